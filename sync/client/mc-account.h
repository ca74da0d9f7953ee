/* mc-account.h: what a device knows about its enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `account.json` (0600) beside the store: address and keys of the hub, the device's signing key, the unit's key.
 * It lives outside the database, so that a copied database alone can neither sign nor read personal fields.
 */

#pragma once

#include <json-glib/json-glib.h>

#include "core/mc-journal.h"
#include "wire/mc-keys.h"
#include "wire/mc-seal.h"

G_BEGIN_DECLS

typedef struct
{
  char *dir;               /* (owned) folder of account and store */
  char *device;            /* (owned) */
  char *log;               /* (owned) */
  char *role;              /* (owned) */
  char *by;                /* (owned) name and position of who works here */
  char *address;           /* (owned) "" = a trial without a hub */
  McHubIdentity hub;
  McSigningKey key;
  guint8 unit_key[MC_SEAL_KEY_BYTES];
  char **read;             /* (owned) logs that this device follows */
  JsonNode *units;         /* (owned) (nullable) */
  JsonNode *certificate;   /* (owned) (nullable) the hub's word on who this device is */
} McAccount;

/* A new device with fresh keys, not on disk yet. */
McAccount  *mc_account_new            (const char  *dir,
                                       const char  *log,
                                       const char  *role,
                                       const char  *by) G_GNUC_WARN_UNUSED_RESULT;
McAccount  *mc_account_load           (const char  *dir,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT; /* G_FILE_ERROR_NOENT: not enrolled */
gboolean    mc_account_save           (McAccount   *self,
                                       GError     **error);
void        mc_account_free           (McAccount   *self);
const char *mc_account_get_unit_name  (McAccount   *self,
                                       const char  *log);  /* the log's name if no unit is known */
const char *mc_account_name_unit      (JsonNode    *units,       /* (nullable) as @units above */
                                       const char  *log);        /* the same of a table alone */
gboolean    mc_account_is_trial       (McAccount   *self);

/* mc-account-units.c */
gboolean    mc_account_renew_units    (McAccount    *self,
                                       McJournal    *journal,
                                       gint64        now_us,
                                       GCancellable *cancellable);

/* The store of this enrolment, opened in the calling thread. */
McJournal  *mc_account_open_journal   (McAccount   *self,
                                       McPack      *pack,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* What mc_journal_open() and mc_store_open_async() take; its strings belong to @self and to the caller's static. */
void        mc_account_fill_config    (McAccount       *self,
                                       McPack          *pack,
                                       McJournalConfig *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McAccount, mc_account_free)

G_END_DECLS
