/* mc-message-run.c: many groups of one stream under one signature
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A signature is over the chain, so the one at the end of a run says of every group before it whose it is.  A hub that
 * takes runs says so; GROUPS, with a signature each, are for one that does not.
 */

#include "wire/mc-message-private.h"

#include <string.h>

#include "wire/mc-dictionary.h"
#include "wire/mc-frame.h"

GBytes *
mc_encode_run (const McDictionary *dictionary,
               const char         *log,
               GPtrArray          *groups)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();
  McGroup *first = groups->pdata[0], *last = groups->pdata[groups->len - 1];

  g_assert (last->signature != NULL && g_bytes_get_size (last->signature) == MC_SIGNATURE_BYTES);
  mc_put_name (raw, log);
  mc_put_u64 (raw, first->n);
  mc_put_data (raw, g_bytes_get_data (last->signature, NULL), MC_SIGNATURE_BYTES);
  for (guint i = 0; i < groups->len; i++)
    mc_message_put_changes (raw, ((McGroup *) groups->pdata[i])->changes);

  return mc_compress (dictionary, raw->data, raw->len);
}

static McGroup *
get_group (McReader    *reader,
           GArray      *unparsed,
           const char  *device,
           const char  *incarnation,
           guint64      n,
           GError     **error)
{
  g_autoptr(McGroup) group = g_new0 (McGroup, 1);

  group->device = g_strdup (device);
  group->incarnation = g_strdup (incarnation);
  group->n = n;
  if (!(group->changes = mc_message_get_changes (reader, unparsed, error)))
    return NULL;

  return g_steal_pointer (&group);
}

GPtrArray *
mc_decode_run (GBytes      *payload,
               const char  *device,
               const char  *incarnation,
               char       **out_log,
               GError     **error)
{
  McReader reader;
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) raw = mc_message_unpack (&reader, payload, "RUN", error), signature = NULL;
  g_autoptr(GArray) unparsed = mc_message_unparsed_new ();
  g_autofree char *log = NULL;
  guint64 n;

  if (raw == NULL)
    return NULL;
  log = mc_get_log (&reader);
  n = mc_get_u64 (&reader);
  signature = mc_get_bytes (&reader, MC_SIGNATURE_BYTES);
  while (reader.left > 0 && !reader.failed)
    {
      McGroup *group = get_group (&reader, unparsed, device, incarnation, n, error);

      if (group == NULL)
        return NULL;
      g_ptr_array_add (groups, group);
      n += group->changes->len;
    }
  if (reader.failed || groups->len == 0)
    {
      mc_message_refuse (error, "RUN");
      return NULL;
    }
  if (!mc_message_parse_all (unparsed, mc_change_scan, error))
    return NULL;
  ((McGroup *) groups->pdata[groups->len - 1])->signature = g_steal_pointer (&signature);
  *out_log = g_steal_pointer (&log);

  return g_steal_pointer (&groups);
}

/* KNOWS */

GByteArray *
mc_encode_knows (void)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_u8 (out, MC_FRAME_RUN);
  mc_put_u8 (out, MC_FRAME_BRANCH);
  mc_put_u8 (out, MC_FRAME_QUIET);

  return out;
}

gboolean
mc_knows (GBytes *payload,
          guint8  kind)
{
  gsize size;
  const void *kinds = g_bytes_get_data (payload, &size);

  return size > 0 && memchr (kinds, kind, size) != NULL;
}
