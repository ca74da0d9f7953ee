/* mc-journal-heal.c: what a device does to make a unit log whole again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-heal.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-hex.h"
#include "core/mc-journal-private.h"

void
mc_stream_place_free (McStreamPlace *place)
{
  g_free (place->device);
  g_free (place->incarnation);
  g_free (place);
}

void
mc_refused_free (McRefused *refused)
{
  g_clear_pointer (&refused->group, mc_group_free);
  g_free (refused->problem);
  g_free (refused);
}

/* where two logs part */

gboolean
mc_journal_fill_places (McJournal   *self,
                        const char  *log,
                        GArray      *places,
                        GError     **error)
{
  g_autoptr(McStmt) stmt = mc_journal_select_log (self, log, error);
  McDigest chain = { { 0 } };
  guint64 seq = 0;
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  for (guint i = 0; i < places->len; i++)
    {
      McPlace *place = &g_array_index (places, McPlace, i);

      for (; seq < place->seq; seq++)
        {
          if (!mc_stmt_next (stmt, &has_row, error))
            return FALSE;
          if (!has_row)
            {
              g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "Row %" G_GUINT64_FORMAT " of %s is missing",
                           seq + 1, log);
              return FALSE;
            }
          mc_journal_step_log (&chain, stmt);
        }
      place->chain = chain;
    }

  return TRUE;
}

/* rows of others that the hub has lost */

gboolean
mc_journal_count_aside (McJournal   *self,
                        const char  *log,
                        guint       *out_count,
                        GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_count = 0;
  if (!(stmt = mc_db_prepare (self->db, "SELECT count (*) FROM change WHERE log = ? AND own = 0 AND state = 2", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_count = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

/* What a count and a sum say alike of two sets, their names in a row do not. */
char *
mc_journal_describe_aside (McJournal   *self,
                           const char  *log,
                           GError     **error)
{
  g_autoptr(GByteArray) rows = g_byte_array_new ();
  g_autoptr(McStmt) stmt = NULL;
  g_autofree char *hex = NULL;
  gint64 newest = 0;
  McDigest digest;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT number, n, (SELECT coalesce (max (c.number), 0) FROM change AS c WHERE c.log = ?1"
                              " AND c.device IN (SELECT DISTINCT device FROM change WHERE log = ?1 AND own = 0 AND state = 2))"
                              " FROM change WHERE log = ?1 AND own = 0 AND state = 2 ORDER BY number", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  while (TRUE)
    {
      gint64 row[2];

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      row[0] = mc_stmt_get_int64 (stmt, 0);
      row[1] = mc_stmt_get_int64 (stmt, 1);
      newest = mc_stmt_get_int64 (stmt, 2);
      g_byte_array_append (rows, (const guint8 *) row, sizeof row);
    }
  mc_digest_of_data (&digest, rows->data, rows->len);
  hex = mc_digest_to_hex (&digest);

  return g_strdup_printf ("%s %" G_GINT64_FORMAT, hex, newest);
}

GStrv
mc_journal_list_aside_authors (McJournal   *self,
                               const char  *log,
                               GError     **error)
{
  g_autoptr(GStrvBuilder) authors = g_strv_builder_new ();
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT DISTINCT device FROM change WHERE log = ? AND own = 0 AND state = 2", error);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_strv_builder_end (authors);
      g_strv_builder_add (authors, mc_stmt_get_text (stmt, 0));
    }
}

static guint64
find_place (GPtrArray  *streams,
            const char *device,
            const char *incarnation)
{
  for (guint i = 0; i < streams->len; i++)
    {
      McStreamPlace *place = streams->pdata[i];

      if (g_str_equal (place->device, device) && g_str_equal (place->incarnation, incarnation))
        return place->n;
    }

  return 0;
}

/* Adds the hashes of the places @first … before @group to it; @out_known FALSE if one of them is not known here. */
static gboolean
add_holes (McJournal   *self,
           const char  *log,
           McGroup     *group,
           guint64      first,
           gboolean    *out_known,
           GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_known = TRUE;
  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT hash FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND n = ?4 UNION ALL"
                              " SELECT hash FROM place WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND n = ?4 LIMIT 1",
                              error)))
    return FALSE;
  for (guint64 n = first; n < group->n && *out_known; n++)
    {
      mc_stmt_bind_text (stmt, 1, log);
      mc_stmt_bind_text (stmt, 2, group->device);
      mc_stmt_bind_text (stmt, 3, group->incarnation);
      mc_stmt_bind_int64 (stmt, 4, n);
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (has_row)
        g_ptr_array_add (group->holes, mc_stmt_dup_bytes (stmt, 0));
      *out_known = has_row;
      sqlite3_reset (stmt);
    }

  return TRUE;
}

McGroup *
mc_journal_read_group (McStmt   *stmt,
                       gboolean *has_row,
                       GError  **error)
{
  g_autoptr(McGroup) group = g_new0 (McGroup, 1);
  gint64 m = mc_stmt_get_int64 (stmt, 4);

  group->device = g_strdup (mc_stmt_get_text (stmt, 0));
  group->incarnation = g_strdup (mc_stmt_get_text (stmt, 1));
  group->n = mc_stmt_get_int64 (stmt, 2);
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  while (*has_row && group->changes->len < m && g_str_equal (mc_stmt_get_text (stmt, 0), group->device) &&
         g_str_equal (mc_stmt_get_text (stmt, 1), group->incarnation) &&
         mc_stmt_get_int64 (stmt, 2) == (gint64) (group->n + group->changes->len))
    {
      g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 5);
      McChange *change = mc_change_parse (bytes, error);

      if (change == NULL)
        return NULL;
      g_ptr_array_add (group->changes, change);
      if (!mc_stmt_is_null (stmt, 6))
        {
          g_clear_pointer (&group->signature, g_bytes_unref);
          group->signature = mc_stmt_dup_bytes (stmt, 6);
        }
      if (!mc_stmt_next (stmt, has_row, error))
        return NULL;
    }
  /* A part of a group proves nothing. */
  if (group->changes->len < m)
    g_ptr_array_set_size (group->changes, 0);

  return g_steal_pointer (&group);
}

gsize
mc_group_get_size (McGroup *group)
{
  gsize size = group->holes->len * MC_DIGEST_SIZE;

  for (guint i = 0; i < group->changes->len; i++)
    size += g_bytes_get_size (mc_change_get_bytes (group->changes->pdata[i]));

  return size;
}

/**
 * mc_journal_list_aside:
 * @self: a journal whose cursor in @log is where the hub's log ends
 * @log: a unit log
 * @streams: (element-type McStreamPlace): how far the hub is in the streams of @log
 * @max_bytes: about how much; at least one group
 * @error: return location for an error
 *
 * Each group carries the hashes of the places between the hub's last one and its own.  What cannot be proven with what
 * is here is left out: its author, or somebody else, has to bring it.
 *
 * Returns: (transfer full) (element-type McGroup): in the order of their streams
 */
GPtrArray *
mc_journal_list_aside (McJournal   *self,
                       const char  *log,
                       GPtrArray   *streams,
                       gsize        max_bytes,
                       GError     **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autofree char *device = g_strdup (""), *incarnation = g_strdup ("");
  g_autoptr(McStmt) stmt = NULL;
  guint64 hub_n = 0, next = 0;
  gboolean known = TRUE, has_row;
  gsize total = 0;
  guint n_proven = 0;

  if (!(stmt = mc_db_prepare (self->db, "SELECT device, incarnation, n, k, m, bytes, signature FROM change WHERE log = ?"
                              " AND own = 0 AND state = 2 AND n > 0 ORDER BY device, incarnation, n", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return NULL;

  /* A group without a signature is proven by the next one in its stream that has one. */
  while (has_row && (total < max_bytes || n_proven < groups->len))
    {
      g_autoptr(McGroup) group = mc_journal_read_group (stmt, &has_row, error);

      if (group == NULL)
        return NULL;
      if (!g_str_equal (group->device, device) || !g_str_equal (group->incarnation, incarnation))
        {
          g_ptr_array_set_size (groups, n_proven);
          g_free (device);
          g_free (incarnation);
          device = g_strdup (group->device);
          incarnation = g_strdup (group->incarnation);
          hub_n = find_place (streams, device, incarnation);
          next = hub_n + 1;
          known = TRUE;
        }
      if (group->changes->len == 0)
        continue;
      if (group->n > next && (!known || !add_holes (self, log, group, next, &known, error)))
        {
          if (error != NULL && *error != NULL)
            return NULL;
          continue;
        }
      if (!known || group->holes->len > G_MAXUINT16 || (mc_faults & MC_FAULT_NO_HOLES && group->holes->len > 0))
        continue;
      next = MAX (next, group->n + group->changes->len);
      total += mc_group_get_size (group);
      g_ptr_array_add (groups, group);
      /* Where the hub has the hash of a place, that is proof enough. */
      if (group->signature != NULL || group->n <= hub_n)
        n_proven = groups->len;
      g_steal_pointer (&group);
    }
  g_ptr_array_set_size (groups, n_proven);

  return g_steal_pointer (&groups);
}

/* certificates */

gboolean
mc_journal_keep_certificate (McJournal   *self,
                             const char  *device,
                             const char  *body,
                             GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO certificate (device, body) VALUES (?1, ?2) ON CONFLICT (device)"
                              " DO UPDATE SET body = excluded.body WHERE body <> excluded.body", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, device);
  mc_stmt_bind_text (stmt, 2, body);

  return mc_stmt_exec (stmt, error);
}

char *
mc_journal_get_certificate (McJournal  *self,
                            const char *device)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT body FROM certificate WHERE device = ?", NULL);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, device);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row ? g_strdup (mc_stmt_get_text (stmt, 0)) : NULL;
}

/* the hub's epoch */

gboolean
mc_journal_note_epoch (McJournal     *self,
                       const guint8   epoch[16],
                       GError       **error)
{
  g_autofree char *text = mc_hex (epoch, 16), *known = mc_journal_get_setting (self, "hub_epoch");

  return g_strcmp0 (known, text) == 0 || mc_journal_set_setting (self, "hub_epoch", text, error);
}

/* refused groups that come back */

/* *out_waits: it is here at a place of the present stream of which the hub has not heard. */
static gboolean
is_known (McJournal   *self,
          const char  *id,
          gboolean    *out_known,
          gboolean    *out_waits,
          GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT s.log IS NOT NULL FROM change AS c LEFT JOIN stream AS s ON s.log = c.log"
                              " AND s.incarnation = ?2 AND c.incarnation = ?2 AND c.n > s.hub_n WHERE c.id = ?1", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, id);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  if (!mc_stmt_next (stmt, out_known, error))
    return FALSE;
  *out_waits = *out_known && mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

/* At the end of the present stream, which is then sent with it, though the verdict is known: a store that goes back to before
 * this is seen by its stream to have done so, and is given it again.  So nothing is said to be taken before it was sent. */
static gboolean
insert_refused (McJournal   *self,
                const char  *log,
                McRefused   *refused,
                GError     **error)
{
  McGroup *group = refused->group;
  g_autoptr(McStmt) stmt = NULL;
  guint64 first;

  if (!mc_journal_take_places (self, log, group->changes->len, &first, error))
    return FALSE;
  for (guint i = 0; i < group->changes->len; i++)
    if (!mc_journal_insert_change (self, group->changes->pdata[i], log, self->device, self->incarnation, first + i,
                                   refused->held ? MC_CHANGE_HELD : MC_CHANGE_REJECTED, 0, NULL, NULL, error))
      return FALSE;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET verdict = ? WHERE log = ? AND device = ? AND incarnation = ?"
                              " AND n BETWEEN ? AND ?", error)))
    return FALSE;
  if (refused->problem != NULL)
    mc_stmt_bind_text (stmt, 1, refused->problem);
  else
    mc_stmt_bind_null (stmt, 1);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, self->device);
  mc_stmt_bind_text (stmt, 4, self->incarnation);
  mc_stmt_bind_int64 (stmt, 5, first);
  mc_stmt_bind_int64 (stmt, 6, first + group->changes->len - 1);
  if (!mc_stmt_exec (stmt, error))
    return FALSE;

  for (guint i = 0; i < group->changes->len; i++)
    if (!mc_journal_refold (self, mc_change_get_record (group->changes->pdata[i]), error))
      return FALSE;

  return TRUE;
}

gboolean
mc_journal_take_back (McJournal   *self,
                      const char  *log,
                      GPtrArray   *refused,
                      GArray      *out_numbers,
                      GError     **error)
{
  g_autoptr(McTransaction) transaction = mc_db_begin (self->db, error);

  if (transaction == NULL || !mc_journal_read_incarnation (self, error))
    return FALSE;
  for (guint i = 0; i < refused->len; i++)
    {
      McRefused *one = refused->pdata[i];
      gboolean any = FALSE, any_waits = FALSE, is_own = g_str_equal (one->group->device, self->device);

      for (guint k = 0; k < one->group->changes->len; k++)
        {
          gboolean known, waits;

          if (!is_known (self, mc_change_get_id (one->group->changes->pdata[k]), &known, &waits, error))
            return FALSE;
          any = any || known;
          any_waits = any_waits || waits;
        }
      if (!any && is_own && !insert_refused (self, log, one, error))
        return FALSE;
      if (!is_own || (any && !any_waits))
        g_array_append_val (out_numbers, one->number);
    }
  if (!mc_journal_settle_corrected (self, log, error) || !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  mc_identity_note_high_water (self->identity, mc_journal_count_written (self));

  return TRUE;
}
