/* mc-journal-save.c: one edit becomes one group of changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include <string.h>

#include "core/mc-book.h"
#include "core/mc-edit-private.h"
#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-text.h"

gboolean
mc_journal_insert_change (McJournal   *self,
                          McChange    *change,
                          const char  *log,
                          const char  *device,
                          const char  *incarnation,
                          guint64      n,
                          int          state,
                          guint64      seq,
                          GBytes      *signature,
                          GBytes      *holes,
                          GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  const McDigest *hash = mc_change_get_hash (change);
  guint k, m;

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO change (id, short, log, record, device, incarnation, n, k, m, hash, bytes,"
                              " signature, holes, state, seq, own) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", error)))
    return FALSE;

  mc_change_get_group (change, &k, &m);
  mc_stmt_bind_text (stmt, 1, mc_change_get_id (change));
  mc_stmt_bind_text (stmt, 2, mc_change_get_short (change));
  mc_stmt_bind_text (stmt, 3, log);
  mc_stmt_bind_text (stmt, 4, mc_change_get_record (change));
  mc_stmt_bind_text (stmt, 5, device);
  mc_stmt_bind_text (stmt, 6, incarnation);
  mc_stmt_bind_int64 (stmt, 7, n);
  mc_stmt_bind_int64 (stmt, 8, k);
  mc_stmt_bind_int64 (stmt, 9, m);
  mc_stmt_bind_blob (stmt, 10, hash->data, MC_DIGEST_SIZE);
  mc_stmt_bind_bytes (stmt, 11, mc_change_get_bytes (change));
  if (signature != NULL)
    mc_stmt_bind_bytes (stmt, 12, signature);
  else
    mc_stmt_bind_null (stmt, 12);
  if (holes != NULL)
    mc_stmt_bind_bytes (stmt, 13, holes);
  else
    mc_stmt_bind_null (stmt, 13);
  mc_stmt_bind_int64 (stmt, 14, state);
  if (seq > 0)
    mc_stmt_bind_int64 (stmt, 15, seq);
  else
    mc_stmt_bind_null (stmt, 15);
  mc_stmt_bind_int64 (stmt, 16, g_str_equal (device, self->device));

  return mc_stmt_exec (stmt, error);
}

/* The next place in the own stream of @log, taken @count times. */
gboolean
mc_journal_take_places (McJournal   *self,
                        const char  *log,
                        guint        count,
                        guint64     *out_first,
                        GError     **error)
{
  g_autoptr(McStmt) read = NULL, stmt = NULL;
  gboolean has_row;

  /* Not RETURNING, for which SQLite makes a table of its own each time: that took longer than the rest of it. */
  if (!(read = mc_db_prepare (self->db, "SELECT n FROM stream WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_text (read, 1, log);
  mc_stmt_bind_text (read, 2, self->incarnation);
  if (!mc_stmt_next (read, &has_row, error))
    return FALSE;
  *out_first = has_row ? mc_stmt_get_int64 (read, 0) + 1 : 1;
  g_clear_pointer (&read, mc_stmt_release);

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO stream (log, incarnation, n) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT (log, incarnation) DO UPDATE SET n = n + ?3", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  mc_stmt_bind_int64 (stmt, 3, count);

  return mc_stmt_exec (stmt, error);
}

static char *
format_at (gint64 now_us)
{
  g_autofree char *seconds = mc_text_format_moment (now_us, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03d+07:00", seconds, (int) (now_us % G_USEC_PER_SEC / 1000));
}

static void
list_files (JsonNode  *value,
            GPtrArray *hashes)
{
  JsonArray *files;

  if (!JSON_NODE_HOLDS_ARRAY (value))
    return;

  files = json_node_get_array (value);
  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonNode *file = json_array_get_element (files, i);
      const char *sha256 = JSON_NODE_HOLDS_OBJECT (file)
        ? mc_json_get_text (json_node_get_object (file), "sha256", NULL) : NULL;

      if (sha256 != NULL && strlen (sha256) == 64)
        g_ptr_array_add (hashes, g_strdup (sha256));
    }
}

/* What goes into the bytes: as @plain, personal fields sealed. */
static JsonObject *
seal_fields (McJournal   *self,
             McRecord    *shown,
             JsonObject  *plain,
             GPtrArray   *hashes,
             GError     **error)
{
  McRecordType *type = self->pack != NULL ? mc_pack_find_type (self->pack, mc_record_get_type_id (shown)) : NULL;
  g_autoptr(JsonObject) set = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, plain);
  while (json_object_iter_next (&iter, &name, &value))
    {
      McField *field = type != NULL ? mc_record_type_find_field (type, name) : NULL;
      JsonNode *sealed;

      list_files (value, hashes);
      if (field == NULL || !field->personal || JSON_NODE_HOLDS_NULL (value))
        {
          json_object_set_member (set, name, json_node_copy (value));
          continue;
        }

      if (self->sealer == NULL)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED,
                       "There is no key to protect the personal field “%s” with", name);
          return NULL;
        }
      if (!(sealed = self->sealer->seal (self->sealer, mc_record_get_id (shown), name, value, error)))
        return NULL;
      json_object_set_member (set, name, sealed);
    }

  return g_steal_pointer (&set);
}

static McChange *
make_change (McJournal   *self,
             McEditPart  *part,
             guint        k,
             guint        m,
             const char  *instead,
             gint64       now_us,
             GError     **error)
{
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *id = mc_id_new (now_us), *at = format_at (now_us);
  g_autofree char *pack = NULL;
  g_autoptr(JsonObject) set = NULL;

  if (!mc_record_exists (part->shown) && mc_record_get_parent (part->shown) != NULL)
    json_object_set_string_member (part->set, "parent", mc_record_get_parent (part->shown));

  if (!(set = seal_fields (self, part->shown, part->set, hashes, error)))
    return NULL;
  g_ptr_array_add (hashes, NULL);

  pack = self->pack != NULL && g_str_equal (mc_pack_get_id (self->pack), mc_record_get_pack (part->shown))
    ? g_strdup (mc_pack_get_full_id (self->pack))
    : g_strdup_printf ("%s/1", mc_record_get_pack (part->shown));

  return mc_change_new (id, mc_record_get_id (part->shown), mc_record_get_type_id (part->shown), pack, at, self->by,
                        set, part->seen, k, m, instead, (const char * const *) hashes->pdata, error);
}

static gboolean
forget_drafts (McJournal   *self,
               McEditPart  *part,
               GError     **error)
{
  JsonObjectIter iter;
  const char *field;
  g_autoptr(McStmt) any = mc_db_prepare (self->db, "SELECT 1 FROM draft WHERE record = ? LIMIT 1", error);
  gboolean has_row;

  if (any == NULL)
    return FALSE;
  mc_stmt_bind_text (any, 1, mc_record_get_id (part->shown));
  if (!mc_stmt_next (any, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  g_clear_pointer (&any, mc_stmt_release);

  json_object_iter_init (&iter, part->set);
  while (json_object_iter_next (&iter, &field, NULL))
    {
      g_autoptr(McStmt) stmt = NULL;

      if (!(stmt = mc_db_prepare (self->db, "DELETE FROM draft WHERE record = ? AND (field = ? OR ? = 'deleted')", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, mc_record_get_id (part->shown));
      mc_stmt_bind_text (stmt, 2, field);
      mc_stmt_bind_text (stmt, 3, field);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

/* Deleting a whole deletes its parts in the same group, and the deletion names what it saw of them. */
static gboolean
add_deleted_parts (McJournal   *self,
                   McEdit      *edit,
                   GError     **error)
{
  GPtrArray *parts = mc_edit_get_parts (edit);
  guint n_parts = parts->len;

  for (guint i = 0; i < n_parts; i++)
    {
      McEditPart *part = parts->pdata[i];
      McQuery query = { .log = "*", .parent = mc_record_get_id (part->shown) };
      g_autoptr(GArray) numbers = NULL;
      g_autoptr(GPtrArray) children = NULL;
      JsonArray *all;

      if (!json_object_has_member (part->set, "deleted") || !json_object_has_member (part->seen, "*"))
        continue;
      if (!(numbers = mc_journal_query (self, &query, error)) ||
          !(children = mc_journal_fetch (self, (const gint64 *) numbers->data, numbers->len, error)))
        return FALSE;

      all = json_object_get_array_member (part->seen, "*");
      for (guint c = 0; c < children->len; c++)
        {
          McRecord *child = children->pdata[c];
          g_auto(GStrv) fields = mc_record_list_fields (child);

          for (gsize f = 0; fields[f] != NULL; f++)
            {
              GPtrArray *heads = mc_record_get_heads (child, fields[f]);

              for (guint h = 0; h < heads->len; h++)
                json_array_add_string_element (all, ((McHead *) heads->pdata[h])->short_id);
            }
          mc_edit_delete (edit, child);
        }
    }

  return TRUE;
}

static gboolean
check_edit (McEdit  *edit,
            GError **error)
{
  GPtrArray *parts = mc_edit_get_parts (edit);
  McEditPart *first = parts->pdata[0];

  if (parts->len > MC_GROUP_MAX_CHANGES)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                   "One save of %u records, where %d are allowed", parts->len, MC_GROUP_MAX_CHANGES);
      return FALSE;
    }
  for (guint i = 1; i < parts->len; i++)
    if (!g_str_equal (mc_record_get_log (((McEditPart *) parts->pdata[i])->shown), mc_record_get_log (first->shown)))
      {
        g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "One save cannot span two units");
        return FALSE;
      }

  return TRUE;
}

static gboolean
write_group (McJournal   *self,
             McEdit      *edit,
             gint64       now_us,
             char       **out_change_id,
             GError     **error)
{
  GPtrArray *parts = mc_edit_get_parts (edit);
  const char *log = mc_record_get_log (((McEditPart *) parts->pdata[0])->shown);
  g_autoptr(GHashTable) written = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) mc_change_unref);
  gboolean done = TRUE;
  guint64 first;

  if (!mc_journal_take_places (self, log, parts->len, &first, error))
    return FALSE;

  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr(McChange) change = make_change (self, parts->pdata[i], i, parts->len,
                                                i == 0 ? mc_edit_get_instead (edit) : NULL, now_us, error);

      if (change == NULL ||
          !mc_journal_insert_change (self, change, log, self->device, self->incarnation, first + i,
                                     MC_CHANGE_PENDING, 0, NULL, NULL, error) ||
          !forget_drafts (self, parts->pdata[i], error))
        return FALSE;
      if (i == 0 && out_change_id != NULL)
        *out_change_id = g_strdup (mc_change_get_id (change));
      g_hash_table_replace (written, (char *) mc_change_get_record (change), mc_change_ref (change));
    }

  self->written = written;
  for (guint i = 0; i < parts->len && done; i++)
    done = mc_journal_refold (self, mc_record_get_id (((McEditPart *) parts->pdata[i])->shown), error);
  self->written = NULL;

  return done;
}

/* In the open transaction. */
static gboolean
add_edit (McJournal   *self,
          McEdit      *edit,
          gint64       now_us,
          char       **out_change_id,
          GError     **error)
{
  return add_deleted_parts (self, edit, error) &&
         check_edit (edit, error) &&
         mc_book_allows (self, edit, error) &&
         mc_journal_name_corrected (self, edit, error) &&
         write_group (self, edit, now_us, out_change_id, error);
}

static gboolean
save_once (McJournal  *self,
           McEdit     *edit,
           gint64      now_us,
           char      **out_change_id,
           GError    **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autofree char *change_id = NULL;
  gboolean added;

  if (mc_faults & MC_FAULT_SEEN_AT_SAVE)
    mc_journal_look_again (self, edit);
  if (!(transaction = mc_db_begin (self->db, error)) ||
      !mc_journal_read_incarnation (self, error))
    return FALSE;
  /* Of many at once the index is hardly more work than of one. */
  self->words_later = mc_edit_get_parts (edit)->len == 1;
  added = add_edit (self, edit, now_us, &change_id, error);
  self->words_later = FALSE;
  if (!added || !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;

  mc_identity_note_high_water (self->identity, mc_journal_count_written (self));
  if (out_change_id != NULL)
    *out_change_id = g_steal_pointer (&change_id);

  return TRUE;
}

/**
 * mc_journal_save_all:
 * @self: a journal
 * @edits: (element-type McEdit): each becomes a group of its own
 * @now_us: the time, for people
 * @out_done: (out): how many changed something; after an error, the place in @edits of the one that could not be saved
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Writes them in one transaction: all are durable when %TRUE is returned, else none is stored.
 */
gboolean
mc_journal_save_all (McJournal  *self,
                     GPtrArray  *edits,
                     gint64      now_us,
                     guint      *out_done,
                     GError    **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  guint changed = 0;

  *out_done = 0;
  if (!(transaction = mc_db_begin (self->db, error)) || !mc_journal_read_incarnation (self, error))
    return FALSE;
  for (guint i = 0; i < edits->len; i++)
    {
      *out_done = i;
      if (mc_edit_get_parts (edits->pdata[i])->len == 0)
        continue;
      if (!add_edit (self, edits->pdata[i], now_us, NULL, error))
        return FALSE;
      changed++;
    }
  if (!mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  mc_identity_note_high_water (self->identity, mc_journal_count_written (self));
  *out_done = changed;

  return TRUE;
}

/**
 * mc_journal_save:
 * @self: a journal
 * @edit: what the official changed
 * @now_us: the time, for people
 * @out_change_id: (out) (optional) (nullable): first change of the group; %NULL if nothing was changed
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Writes @edit as one group: durable when %TRUE is returned, else nothing of it is stored.  When the disk is
 * full the reserve is given up for it.
 */
gboolean
mc_journal_save (McJournal  *self,
                 McEdit     *edit,
                 gint64      now_us,
                 char      **out_change_id,
                 GError    **error)
{
  g_autoptr(GError) local_error = NULL;

  if (out_change_id != NULL)
    *out_change_id = NULL;
  if (mc_edit_get_parts (edit)->len == 0)
    return TRUE;

  if (save_once (self, edit, now_us, out_change_id, &local_error))
    return TRUE;
  if (g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE) &&
      mc_identity_give_up_reserve (self->identity))
    return save_once (self, edit, now_us, out_change_id, error);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}
