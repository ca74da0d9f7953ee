/* mc-hub-places.c: the hash at each place of one author's stream
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-places.h"

#include <string.h>

#define MAX_STREAM (64 * 1024 * 1024)

static gboolean
note_place (GArray         *places,
            guint64         n,
            gconstpointer   hash)
{
  McHubPlace *place;

  if (n == 0 || n > MAX_STREAM)
    return FALSE;
  if (places->len < n)
    g_array_set_size (places, n);
  place = &g_array_index (places, McHubPlace, n - 1);
  if (place->known)
    return memcmp (place->hash.data, hash, MC_DIGEST_SIZE) == 0;
  memcpy (place->hash.data, hash, MC_DIGEST_SIZE);
  place->known = TRUE;

  return TRUE;
}

static gboolean
note_holes (GArray        *places,
            guint64        n,
            const guint8  *holes,
            gsize          size)
{
  guint64 count = size / MC_DIGEST_SIZE;

  for (guint64 i = 0; i < count; i++)
    if (n <= count || !note_place (places, n - count + i, holes + i * MC_DIGEST_SIZE))
      return FALSE;

  return TRUE;
}

static gboolean
note_row (GArray *places,
          McStmt *stmt)
{
  g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 2), holes = NULL;
  guint64 n = mc_stmt_get_int64 (stmt, 0);
  McDigest hash;

  mc_digest_of_bytes (&hash, bytes);
  if (!note_place (places, n, hash.data))
    return FALSE;
  if (mc_stmt_is_null (stmt, 3))
    return TRUE;
  holes = mc_stmt_dup_bytes (stmt, 3);

  return note_holes (places, n, g_bytes_get_data (holes, NULL), g_bytes_get_size (holes));
}

/* The places since the last row. */
static gboolean
read_end (McHub       *self,
          const char  *device,
          const char  *incarnation,
          const char  *log,
          GArray      *places,
          GError     **error)
{
  McHubStream stream;
  gboolean done = mc_hub_stream_load (self, device, incarnation, log, &stream, error);

  if (done)
    note_holes (places, stream.n + 1, stream.holes->data, stream.holes->len);
  mc_hub_stream_clear (&stream);

  return done;
}

GArray *
mc_hub_read_places (McHub       *self,
                    const char  *device,
                    const char  *incarnation,
                    const char  *log,
                    guint64     *out_bad_seq,
                    GError     **error)
{
  g_autoptr(GArray) places = g_array_new (FALSE, TRUE, sizeof (McHubPlace));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_bad_seq = 0;
  if (!(stmt = mc_db_prepare (self->db, "SELECT n, seq, bytes, holes FROM change WHERE device = ? AND incarnation = ?"
                              " AND log = ? ORDER BY n", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, device);
  mc_stmt_bind_text (stmt, 2, incarnation);
  mc_stmt_bind_text (stmt, 3, log);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      if (!note_row (places, stmt) && *out_bad_seq == 0)
        *out_bad_seq = mc_stmt_get_int64 (stmt, 1);
    }
  if (!read_end (self, device, incarnation, log, places, error))
    return NULL;

  return g_steal_pointer (&places);
}

gboolean
mc_hub_step_places (GArray   *places,
                    guint64   from,
                    guint64   to,
                    McDigest *chain)
{
  for (guint64 at = from; at < to; at++)
    {
      if (at >= places->len || !g_array_index (places, McHubPlace, at).known)
        return FALSE;
      mc_chain_step (chain, &g_array_index (places, McHubPlace, at).hash);
    }

  return TRUE;
}
