/* mc-message-quiet.c: many logs in a word: that all are as they were, and which of them a device may read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-message-quiet.h"

#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-message-private.h"

void
mc_quiet_add (GByteArray     *heads,
              const char     *log,
              guint64         seq,
              const McDigest *chain,
              guint64         n,
              const McDigest *n_chain)
{
  mc_put_name (heads, log);
  mc_put_u64 (heads, seq);
  mc_put_data (heads, chain, sizeof *chain);
  mc_put_u64 (heads, n);
  mc_put_data (heads, n_chain, sizeof *n_chain);
}

GByteArray *
mc_encode_quiet (GByteArray *heads)
{
  GByteArray *out = g_byte_array_new ();
  McDigest digest;

  mc_digest_of_data (&digest, heads->data, heads->len);
  mc_put_data (out, &digest, MC_QUIET_BYTES);

  return out;
}

gboolean
mc_is_quiet (GBytes     *payload,
             GByteArray *heads)
{
  g_autoptr(GByteArray) expected = mc_encode_quiet (heads);
  g_autoptr(GBytes) bytes = g_bytes_new_static (expected->data, expected->len);

  return g_bytes_equal (payload, bytes);
}

GByteArray *
mc_encode_reads (GPtrArray *logs)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < logs->len; i++)
    mc_put_name (out, logs->pdata[i]);

  return out;
}

GStrv
mc_decode_reads (GBytes   *payload,
                 GError  **error)
{
  g_autoptr(GStrvBuilder) logs = g_strv_builder_new ();
  McReader reader;
  guint count = 0;

  mc_message_read (&reader, payload);
  for (; reader.left > 0 && !reader.failed && count < MC_CURSORS_MAX; count++)
    {
      g_autofree char *log = mc_get_log (&reader);

      if (!reader.failed)
        g_strv_builder_add (logs, log);
    }
  if (!mc_reader_is_done (&reader) || count == 0)
    {
      mc_message_refuse (error, "READS");
      return NULL;
    }

  return g_strv_builder_end (logs);
}
