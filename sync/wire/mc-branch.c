/* mc-branch.c: the names of streams that were written twice from some place on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-branch.h"

#include <string.h>

#include "core/mc-limits.h"

#define NAME_DIGITS 4    /* at the end of an incarnation, in hex */

char *
mc_branch_name (const char *incarnation,
                    int         number)
{
  gsize length = strlen (incarnation);
  guint64 last;

  if (length < NAME_DIGITS || !g_ascii_string_to_unsigned (incarnation + length - NAME_DIGITS, 16, 0, G_MAXUINT16, &last, NULL))
    return g_strdup (incarnation);

  return g_strdup_printf ("%.*s%04x", (int) (length - NAME_DIGITS), incarnation, (guint) (last + number) & G_MAXUINT16);
}

char *
mc_branch_find_signed_name (const guint8     hub_id[MC_ID_BYTES],
                            const guint8     key[MC_KEY_BYTES],
                            const char      *device,
                            const char      *incarnation,
                            int              first,
                            const char      *log,
                            guint64          n,
                            const McDigest  *chain,
                            GBytes          *signature)
{
  for (int number = first; number <= MC_BRANCHES_MAX; number++)
    {
      g_autofree char *name = mc_branch_name (incarnation, -number);
      g_autoptr(GBytes) message = mc_message_stream (hub_id, device, name, log, n, chain);

      if (mc_verify (key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), g_bytes_get_data (signature, NULL)))
        return g_steal_pointer (&name);
    }

  return NULL;
}
