/* mc-tls-nobody.c: no authority is asked about a certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both ends know each other by keys that an enrolment named.  glib-networking would read all authorities of the system
 * anew for every connection, on either end: 4 MB and 40 ms each, for nothing.
 */

#include "wire/mc-tls-nobody.h"

#define TYPE_NOBODY (nobody_get_type ())
G_DECLARE_FINAL_TYPE (Nobody, nobody, MC, NOBODY, GTlsDatabase)

struct _Nobody
{
  GTlsDatabase parent_instance;
};

G_DEFINE_FINAL_TYPE (Nobody, nobody, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
nobody_verify_chain (GTlsDatabase             *self,
                     GTlsCertificate          *chain,
                     const char               *purpose,
                     GSocketConnectable       *identity,
                     GTlsInteraction          *interaction,
                     GTlsDatabaseVerifyFlags   flags,
                     GCancellable             *cancellable,
                     GError                  **error)
{
  return G_TLS_CERTIFICATE_UNKNOWN_CA;
}

static void
nobody_class_init (NobodyClass *klass)
{
  G_TLS_DATABASE_CLASS (klass)->verify_chain = nobody_verify_chain;
}

static void
nobody_init (Nobody *self)
{
}

static gpointer
trust_nobody (gpointer data)
{
  g_autoptr(GTlsDatabase) nobody = g_object_new (TYPE_NOBODY, NULL);

  g_tls_backend_set_default_database (g_tls_backend_get_default (), nobody);

  return NULL;
}

void
mc_tls_trust_nobody (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, trust_nobody, NULL);
}
