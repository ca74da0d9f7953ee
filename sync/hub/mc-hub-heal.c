/* mc-hub-heal.c: how a hub that went back gets again what its devices still have
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-heal.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-branch.h"
#include "hub/mc-hub-judge.h"
#include "hub/mc-hub-places.h"
#include "hub/mc-hub-refused.h"
#include "hub/mc-hub-restore.h"

/* where two logs part */

gboolean
mc_hub_find_parting (McHub          *self,
                     McCursorFrame  *cursor,
                     GArray         *places,
                     guint64        *out_common,
                     guint64        *out_parted,
                     GError        **error)
{
  McDigest chain;
  guint64 seq;

  if (!mc_hub_get_head (self, cursor->log, &seq, &chain, error))
    return FALSE;
  *out_common = 0;
  *out_parted = MIN (cursor->seq, seq + 1);

  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      McPlace *place = &g_array_index (places, McPlace, i);

      if (place->seq >= *out_parted)
        continue;
      if (!mc_hub_get_chain (self, cursor->log, place->seq, &chain, error))
        return FALSE;
      if (mc_digest_equal (&chain, &place->chain))
        *out_common = MAX (*out_common, place->seq);
      else
        *out_parted = place->seq;
    }
  /* Chains that contradict each other come from no log. */
  if (*out_common >= *out_parted)
    *out_common = 0;

  return TRUE;
}

gboolean
mc_hub_look_at_head (McHub           *self,
                     const char      *log,
                     const McCursor  *head,
                     gint64           now_us,
                     GError         **error)
{
  g_autoptr(GBytes) message = mc_message_log_head (self->identity.id, head->epoch, log, head->seq, &head->chain);
  McDigest chain;
  guint64 seq;

  if (!mc_verify (self->identity.key, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                  g_bytes_get_data (head->signature, NULL)))
    return TRUE;
  if (!mc_hub_get_head (self, log, &seq, &chain, error) ||
      !mc_hub_get_chain (self, log, MIN (head->seq, seq), &chain, error))
    return FALSE;
  if (head->seq <= seq && mc_digest_equal (&chain, &head->chain))
    return TRUE;

  return mc_hub_leave_epoch (self, head->epoch, now_us, error);
}

/* rows of others */

typedef struct
{
  GPtrArray *groups;  /* (element-type McGroup) */
  guint at;           /* the one to be taken */
  guint proven;       /* past the last of which it is known whose it is */
  guint *unproven;    /* of how many of this request it was looked for in vain */
} Rows;

static gboolean
want_places (McHub        *self,
             McHubStream  *stream,
             guint64       first,
             guint         count,
             GError      **error)
{
  for (guint i = 0; i < count; i++)
    {
      g_autoptr(McStmt) stmt = NULL;

      if (!(stmt = mc_db_prepare (self->db, "INSERT INTO wanted (device, incarnation, log, n) VALUES (?, ?, ?, ?)"
                                  " ON CONFLICT DO NOTHING", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, stream->device);
      mc_stmt_bind_text (stmt, 2, stream->incarnation);
      mc_stmt_bind_text (stmt, 3, stream->log);
      mc_stmt_bind_int64 (stmt, 4, first + i);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

/* FALSE if @group does not follow place @n with the hashes that come with it. */
static gboolean
step_group (McGroup  *group,
            guint64  *n,
            McDigest *chain)
{
  if (group->n != *n + 1 + group->holes->len)
    return FALSE;
  for (guint i = 0; i < group->holes->len; i++)
    {
      McDigest hash;

      memcpy (hash.data, g_bytes_get_data (group->holes->pdata[i], NULL), MC_DIGEST_SIZE);
      mc_chain_step (chain, &hash);
    }
  for (guint i = 0; i < group->changes->len; i++)
    mc_chain_step (chain, mc_change_get_hash (group->changes->pdata[i]));
  *n = group->n + group->changes->len - 1;

  return TRUE;
}

/* Whether the signature of a group, or of one in @rows that its stream goes on with, holds over @stream and it.
 * @rows->proven is past the last group of which that is known. */
static gboolean
is_proven (McHub        *self,
           McHubDevice  *author,
           McHubStream  *stream,
           Rows         *rows)
{
  McDigest chain = stream->chain;
  guint64 n = stream->n;

  if (rows->at < rows->proven)
    return TRUE;
  for (guint i = rows->at; i < rows->groups->len; i++)
    {
      McGroup *group = rows->groups->pdata[i];

      if (!g_str_equal (group->device, stream->device) || !g_str_equal (group->incarnation, stream->incarnation) ||
          !step_group (group, &n, &chain))
        return FALSE;
      if (group->signature == NULL)
        continue;
      /* One that nobody signed costs as many looks as there may be branches, while others wait. */
      if (*rows->unproven >= MC_UNPROVEN_MAX)
        return FALSE;
      if (!mc_hub_is_signed (self, author, group, stream->log, &chain) &&
          !mc_hub_is_branch_signed (self, author, group, stream->log, &chain))
        {
          ++*rows->unproven;
          return FALSE;
        }
      rows->proven = i + 1;
      return TRUE;
    }

  return FALSE;
}

/* The next group of @rows goes on after @stream and the hashes that come with it. */
static gboolean
take_next (McHub        *self,
           McHubDevice  *author,
           McHubStream  *stream,
           Rows         *rows,
           gint64        now_us,
           gboolean     *out_taken,
           GError      **error)
{
  McGroup *group = rows->groups->pdata[rows->at];
  McDigest chain = stream->chain;
  guint n_holes = group->holes->len;
  McVerdict verdict = { 0 };
  guint64 first = stream->n + 1, n = stream->n;

  *out_taken = FALSE;
  if (!step_group (group, &n, &chain) || !is_proven (self, author, stream, rows))
    return TRUE;

  for (guint i = 0; i < n_holes; i++)
    g_byte_array_append (stream->holes, g_bytes_get_data (group->holes->pdata[i], NULL), MC_DIGEST_SIZE);
  *out_taken = want_places (self, stream, first, n_holes, error) &&
               mc_hub_judge_group (self, author, stream, group, &chain, TRUE, now_us, &verdict, error);
  g_free (verdict.problem);

  return *out_taken;
}

static gboolean
is_wanted (McHub        *self,
           McHubStream  *stream,
           McGroup      *group,
           gboolean      forget,
           guint        *out_count,
           GError      **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_count = 0;
  if (!(stmt = mc_db_prepare (self->db, forget ? "DELETE FROM wanted WHERE device = ? AND incarnation = ? AND log = ?"
                                                 " AND n BETWEEN ? AND ?"
                                               : "SELECT count (*) FROM wanted WHERE device = ? AND incarnation = ?"
                                                 " AND log = ? AND n BETWEEN ? AND ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, stream->device);
  mc_stmt_bind_text (stmt, 2, stream->incarnation);
  mc_stmt_bind_text (stmt, 3, stream->log);
  mc_stmt_bind_int64 (stmt, 4, group->n);
  mc_stmt_bind_int64 (stmt, 5, group->n + group->changes->len - 1);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    *out_count = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

/* Whether the bytes of @group are those whose hashes stand at its places.  That its author put them there is proven: no
 * stream was moved past a place but by a signature over it. */
static gboolean
fits_places (McHub        *self,
             McHubStream  *stream,
             McGroup      *group,
             gboolean     *out_fits,
             GError      **error)
{
  guint64 bad_seq, last = group->n + group->changes->len - 1;
  g_autoptr(GArray) places = mc_hub_read_places (self, stream->device, stream->incarnation, stream->log, &bad_seq, error);

  *out_fits = FALSE;
  if (places == NULL)
    return FALSE;
  if (bad_seq > 0 || last > places->len)
    return TRUE;
  for (guint i = 0; i < group->changes->len; i++)
    if (!g_array_index (places, McHubPlace, group->n - 1 + i).known ||
        !mc_digest_equal (&g_array_index (places, McHubPlace, group->n - 1 + i).hash, mc_change_get_hash (group->changes->pdata[i])))
      return TRUE;
  *out_fits = TRUE;

  return TRUE;
}

gboolean
mc_hub_take_late (McHub        *self,
                  McHubDevice  *author,
                  McHubStream  *stream,
                  McGroup      *group,
                  gboolean      was_row,
                  gint64        now_us,
                  McVerdict    *out_verdict,
                  gboolean     *out_taken,
                  GError      **error)
{
  gboolean held = FALSE;
  guint count;

  *out_taken = FALSE;
  if (!is_wanted (self, stream, group, FALSE, &count, error) ||
      (was_row && count < group->changes->len && !mc_hub_is_held (self, group, stream->log, &held, error)))
    return FALSE;
  if (count < group->changes->len && !held)
    return TRUE;
  if (!fits_places (self, stream, group, out_taken, error))
    return FALSE;

  return !*out_taken || (mc_hub_judge_group (self, author, stream, group, NULL, was_row, now_us, out_verdict, error) &&
                         is_wanted (self, stream, group, TRUE, &count, error));
}

/* What came as GROUPS was at most MC_GROUPS_MAX_BYTES packed; packed anew it may be a little more. */
static gboolean
fits_page (McGroup *group)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();
  g_autoptr(GBytes) packed = NULL;

  for (guint i = 0; i < group->changes->len; i++)
    {
      gsize size;
      gconstpointer data = g_bytes_get_data (mc_change_get_bytes (group->changes->pdata[i]), &size);

      g_byte_array_append (raw, data, size);
    }
  if (raw->len <= MC_HANDED_MAX_BYTES)
    return TRUE;
  packed = mc_compress (NULL, raw->data, raw->len);

  return g_bytes_get_size (packed) <= MC_HANDED_MAX_BYTES;
}

static gboolean
take_row (McHub       *self,
          const char  *log,
          Rows        *rows,
          gint64       now_us,
          gboolean    *out_taken,
          GError     **error)
{
  McGroup *group = rows->groups->pdata[rows->at];
  g_autoptr(GError) local_error = NULL;
  g_autoptr(McHubDevice) author = mc_hub_find_device (self, group->device, &local_error);
  McVerdict verdict = { 0 };
  McHubStream stream;
  gboolean done;

  *out_taken = FALSE;
  if (author == NULL || !fits_page (group))
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  done = mc_hub_stream_load (self, group->device, group->incarnation, log, &stream, error);
  if (done && group->n > stream.n)
    done = take_next (self, author, &stream, rows, now_us, out_taken, error);
  else if (done)
    done = mc_hub_take_late (self, author, &stream, group, TRUE, now_us, &verdict, out_taken, error);
  done = done && mc_hub_stream_save (self, &stream, error);
  mc_hub_stream_clear (&stream);
  g_free (verdict.problem);

  return done;
}

gboolean
mc_hub_take_rows (McHub       *self,
                  const char  *log,
                  const char  *sender,
                  GPtrArray   *groups,
                  gint64       now_us,
                  guint       *unproven,
                  guint       *out_taken,
                  GError     **error)
{
  Rows rows = { groups, 0, 0, unproven };

  *out_taken = 0;
  for (guint i = 0; i < groups->len; i++)
    {
      gboolean taken;

      if (g_str_equal (((McGroup *) groups->pdata[i])->device, sender))
        continue;
      rows.at = i;
      if (!take_row (self, log, &rows, now_us, &taken, error))
        return FALSE;
      *out_taken += taken ? ((McGroup *) groups->pdata[i])->changes->len : 0;
    }

  return TRUE;
}

GPtrArray *
mc_hub_list_streams (McHub       *self,
                     const char  *log,
                     const char  *asker,
                     GError     **error)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_stream_place_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  /* Whoever makes more of them than can be told makes short ones; of one that is not told all is handed back again. */
  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT device, incarnation, CASE WHEN device <> ?1 THEN n ELSE coalesce ((SELECT min (wanted.n) - 1"
                              " FROM wanted WHERE wanted.device = stream.device AND wanted.incarnation = stream.incarnation"
                              " AND wanted.log = stream.log), n) END FROM stream WHERE log = ?2 ORDER BY stream.n DESC LIMIT ?3",
                              error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, asker);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_int64 (stmt, 3, MC_STREAMS_MAX);

  while (TRUE)
    {
      McStreamPlace *place;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&streams);
      place = g_new0 (McStreamPlace, 1);
      place->device = g_strdup (mc_stmt_get_text (stmt, 0));
      place->incarnation = g_strdup (mc_stmt_get_text (stmt, 1));
      place->n = mc_stmt_get_int64 (stmt, 2);
      g_ptr_array_add (streams, place);
    }
}

GArray *
mc_hub_list_wanted (McHub        *self,
                    McHubStream  *stream,
                    GError      **error)
{
  g_autoptr(GArray) places = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT n FROM wanted WHERE device = ? AND incarnation = ? AND log = ?"
                              " ORDER BY n LIMIT ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, stream->device);
  mc_stmt_bind_text (stmt, 2, stream->incarnation);
  mc_stmt_bind_text (stmt, 3, stream->log);
  mc_stmt_bind_int64 (stmt, 4, MC_WANTED_MAX);

  while (TRUE)
    {
      guint64 n;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&places);
      n = mc_stmt_get_int64 (stmt, 0);
      g_array_append_val (places, n);
    }
}

/* certificates */

gboolean
mc_hub_take_certificate (McHub       *self,
                         const char  *json,
                         gsize        size,
                         GError     **error)
{
  g_autoptr(McCertificate) certificate = mc_certificate_parse (json, size);
  g_autoptr(McStmt) stmt = NULL;

  if (certificate == NULL || !mc_certificate_holds (certificate, self->identity.key) ||
      (mc_faults & MC_FAULT_NO_CERTIFICATES))
    return TRUE;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO device (id, key, name, log, role, enrolled_us)"
                              " VALUES (?, ?, '', ?, ?, ?) ON CONFLICT (id) DO NOTHING", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, certificate->device);
  mc_stmt_bind_blob (stmt, 2, certificate->key, MC_KEY_BYTES);
  mc_stmt_bind_text (stmt, 3, certificate->log);
  mc_stmt_bind_text (stmt, 4, certificate->role);
  mc_stmt_bind_int64 (stmt, 5, certificate->issued_us);

  return mc_stmt_exec (stmt, error) && mc_hub_apply_revoked (self, error);
}

McCertificate *
mc_hub_certify (McHub       *self,
                const char  *device,
                GError     **error)
{
  g_autoptr(McCertificate) certificate = g_new0 (McCertificate, 1);
  g_autoptr(GBytes) key = NULL;
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT key, log, role, enrolled_us FROM device WHERE id = ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, device);
  if (!mc_stmt_next (stmt, &has_row, error) || !has_row)
    return NULL;
  key = mc_stmt_dup_bytes (stmt, 0);
  certificate->device = g_strdup (device);
  memcpy (certificate->key, g_bytes_get_data (key, NULL), MIN (g_bytes_get_size (key), MC_KEY_BYTES));
  certificate->log = g_strdup (mc_stmt_get_text (stmt, 1));
  certificate->role = g_strdup (mc_stmt_get_text (stmt, 2));
  certificate->issued_us = mc_stmt_get_int64 (stmt, 3);
  mc_certificate_sign (certificate, &self->key);

  return g_steal_pointer (&certificate);
}
