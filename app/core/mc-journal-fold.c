/* mc-journal-fold.c: from the change table to the record table
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A record's row is always what the fold of its changes says; nothing edits it in place.
 */

#include "core/mc-journal-private.h"

#include "core/mc-error.h"
#include "core/mc-fold.h"
#include "core/mc-json.h"
#include "core/mc-record-private.h"
#include "core/mc-setting.h"

static void
entry_clear (gpointer data)
{
  McFoldEntry *entry = data;

  mc_change_unref (entry->change);
  g_free ((char *) entry->device);
}

/* The change of @bytes; whoever saves it has it already. */
static McChange *
read_change (McJournal   *self,
             const char  *record,
             GBytes      *bytes,
             GError     **error)
{
  McChange *written = self->written != NULL ? g_hash_table_lookup (self->written, record) : NULL;

  return written != NULL && g_bytes_equal (mc_change_get_bytes (written), bytes) ? mc_change_ref (written)
                                                                               : mc_change_parse (bytes, error);
}

/* Appends the changes of @record that count, in the order of the fold. */
static gboolean
load_entries (McJournal   *self,
              const char  *record,
              GArray      *entries,
              char       **out_log,
              GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT bytes, device, state, log FROM change WHERE record = ? AND state IN (0, 1, 2)"
                              " ORDER BY CASE state WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE 2 END, seq, number", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, record);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      McFoldEntry entry = { 0 };

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;

      bytes = mc_stmt_dup_bytes (stmt, 0);
      if (!(entry.change = read_change (self, record, bytes, error)))
        return FALSE;
      entry.device = g_strdup (mc_stmt_get_text (stmt, 1));
      entry.pending = mc_stmt_get_int64 (stmt, 2) != MC_CHANGE_LOGGED;
      g_array_append_val (entries, entry);
      if (out_log != NULL && *out_log == NULL)
        *out_log = g_strdup (mc_stmt_get_text (stmt, 3));
    }
}

static gboolean
load_child_entries (McJournal   *self,
                    const char  *record,
                    GArray      *entries,
                    GError     **error)
{
  g_autoptr(GPtrArray) children = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT id FROM record WHERE parent = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, record);
  while (mc_stmt_next (stmt, &has_row, error) && has_row)
    g_ptr_array_add (children, g_strdup (mc_stmt_get_text (stmt, 0)));
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < children->len; i++)
    if (!load_entries (self, children->pdata[i], entries, NULL, error))
      return FALSE;

  return TRUE;
}

static gboolean
has_deletion (GArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    if (json_object_has_member (mc_change_get_set (g_array_index (entries, McFoldEntry, i).change), "deleted"))
      return TRUE;

  return FALSE;
}

static void
take_refusal (McJournal *self,
              McRecord  *record,
              McStmt    *stmt,
              McChange  *change)
{
  JsonObjectIter iter;
  const char *field;
  JsonNode *value;

  json_object_iter_init (&iter, mc_change_get_set (change));
  while (json_object_iter_next (&iter, &field, &value))
    {
      McRefusal *refusal = g_new0 (McRefusal, 1);

      refusal->change_id = g_strdup (mc_change_get_id (change));
      refusal->field = g_strdup (field);
      refusal->value = mc_journal_open_value (self, mc_record_get_id (record), field, value);
      refusal->verdict = g_strdup (mc_stmt_get_text (stmt, 2));
      refusal->held = mc_stmt_get_int64 (stmt, 1) == MC_CHANGE_HELD;
      mc_record_add_refusal (record, refusal);
    }
}

/* Adds what was rejected or held.  A record of which nothing else exists begins here. */
static gboolean
load_refusals (McJournal   *self,
               const char  *id,
               McRecord   **record,
               GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT bytes, state, verdict, log FROM change WHERE record = ?"
                              " AND state IN (3, 4) AND own = 1 ORDER BY number", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, id);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(McChange) change = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;

      bytes = mc_stmt_dup_bytes (stmt, 0);
      if (!(change = mc_change_parse (bytes, error)))
        return FALSE;
      if (*record == NULL)
        {
          g_auto(GStrv) pack = g_strsplit (mc_change_get_pack (change), "/", 2);

          /* It is a part of what it says: a deletion of the whole holds again, now that this does not count. */
          *record = mc_record_new_empty (id, mc_stmt_get_text (stmt, 3), mc_change_get_type_id (change), pack[0],
                                         mc_json_get_text (mc_change_get_set (change), "parent", NULL));
          mc_record_set_meta (*record, TRUE, 0);
        }
      mc_record_add_flags (*record, MC_RECORD_REJECTED);
      take_refusal (self, *record, stmt, change);
    }
}

#define BOOK_YEAR   G_GINT64_CONSTANT (1000000000)
#define NO_BOOK_YEAR 9999

/* The numbers of a book begin anew with each year: those of one year stand together, and a line that has no date yet is the
 * newest. */
static gint64
sort_in_book (McRecordType *type,
              McRecord     *record,
              gint64        number)
{
  gint64 year = g_ascii_strtoll (mc_record_get_text (record, type->book_date), NULL, 10);

  return (year > 0 ? year : NO_BOOK_YEAR) * BOOK_YEAR + CLAMP (number, 0, BOOK_YEAR - 1);
}

/* As sort_in_book() for the lines of @type that an older program sorted by their number alone. */
static gboolean
sort_lines_anew (McJournal     *self,
                 McRecordType  *type,
                 GError       **error)
{
  g_autofree char *path = g_strdup_printf ("$.\"%s\"", type->book_date);
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "UPDATE record SET sort = min (max (sort, 0), ?1 - 1)"
                                          " + ?1 * coalesce (nullif (CAST (substr (json_extract (body, ?2), 1, 4) AS INTEGER), 0), ?3)"
                                          " WHERE type = ?4 AND typeof (sort) = 'integer' AND sort < ?1", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, BOOK_YEAR);
  mc_stmt_bind_text (stmt, 2, path);
  mc_stmt_bind_int64 (stmt, 3, NO_BOOK_YEAR);
  mc_stmt_bind_text (stmt, 4, type->id);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_journal_sort_books (McJournal  *self,
                       GError    **error)
{
  g_autofree char *wanted = self->pack != NULL ? mc_setting_get (self->db, "sort-books") : NULL;
  g_autoptr(McTransaction) transaction = NULL;
  GPtrArray *types;

  if (wanted == NULL)
    return TRUE;
  if (!(transaction = mc_db_begin (self->db, error)))
    return FALSE;
  types = mc_pack_get_types (self->pack);
  for (guint i = 0; i < types->len; i++)
    {
      McRecordType *type = types->pdata[i];

      if (type->book != NULL && !sort_lines_anew (self, type, error))
        return FALSE;
    }

  return mc_db_exec (self->db, "DELETE FROM setting WHERE name = 'sort-books'", error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error);
}

static void
bind_sort (McJournal *self,
           McStmt    *stmt,
           int        index,
           McRecord  *record)
{
  McRecordType *type = self->pack != NULL ? mc_pack_find_type (self->pack, mc_record_get_type_id (record)) : NULL;
  JsonNode *value = type != NULL && type->sort != NULL ? mc_record_get (record, type->sort) : NULL;

  if (value != NULL && json_node_get_value_type (value) == G_TYPE_INT64)
    mc_stmt_bind_int64 (stmt, index, type->book != NULL ? sort_in_book (type, record, json_node_get_int (value))
                                                        : json_node_get_int (value));
  else if (value != NULL && json_node_get_value_type (value) == G_TYPE_STRING)
    mc_stmt_bind_text (stmt, index, json_node_get_string (value));
  else
    mc_stmt_bind_null (stmt, index);
}

static gboolean
find_number (McJournal   *self,
             const char  *id,
             gint64      *out_number,
             GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT number FROM record WHERE id = ?", error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, id);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_number = has_row ? mc_stmt_get_int64 (stmt, 0) : 0;

  return TRUE;
}

static gboolean
write_row (McJournal  *self,
           McRecord   *record,
           gint64     *out_number,
           GError    **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autofree char *body = mc_record_dup_body (record), *heads = mc_record_dup_heads (record);

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO record (id, log, type, pack, parent, sort, body, heads, flags, updated_us)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                              " ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, sort = excluded.sort,"
                              " body = excluded.body, heads = excluded.heads, flags = excluded.flags,"
                              " updated_us = excluded.updated_us", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_record_get_id (record));
  mc_stmt_bind_text (stmt, 2, mc_record_get_log (record));
  mc_stmt_bind_text (stmt, 3, mc_record_get_type_id (record));
  mc_stmt_bind_text (stmt, 4, mc_record_get_pack (record));
  if (mc_record_get_parent (record) != NULL)
    mc_stmt_bind_text (stmt, 5, mc_record_get_parent (record));
  else
    mc_stmt_bind_null (stmt, 5);
  bind_sort (self, stmt, 6, record);
  mc_stmt_bind_text (stmt, 7, body);
  mc_stmt_bind_text (stmt, 8, heads);
  mc_stmt_bind_int64 (stmt, 9, mc_record_get_flags (record) & ~MC_RECORD_PENDING);
  mc_stmt_bind_int64 (stmt, 10, mc_record_get_updated_us (record));

  return mc_stmt_exec (stmt, error) && find_number (self, mc_record_get_id (record), out_number, error);
}

/* The record of a row of which no change counts any more; NULL without an error: there is none. */
static gboolean
load_row_alone (McJournal   *self,
               const char  *id,
               McRecord   **out_record,
               GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT log, type, pack, parent FROM record WHERE id = ?", error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, id);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  *out_record = mc_record_new_empty (id, mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2),
                                     mc_stmt_get_text (stmt, 3));
  mc_record_set_meta (*out_record, TRUE, 0);

  return TRUE;
}

/* Nobody's change that counts says anything of it, and nothing is refused any more: what it was begun with was given up. */
static gboolean
is_given_up (McRecord *record)
{
  g_auto(GStrv) fields = mc_record_list_fields (record);

  return fields[0] == NULL && !(mc_record_get_flags (record) & MC_RECORD_REJECTED);
}

/* Folds the changes of @record again and writes its row; in an open transaction. */
static gboolean
refold_one (McJournal   *self,
            const char  *id,
            char       **out_parent,
            GError     **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (McFoldEntry));
  g_autoptr(GArray) child_entries = g_array_new (FALSE, FALSE, sizeof (McFoldEntry));
  g_autoptr(McRecord) record = NULL;
  g_autofree char *log = NULL;
  gint64 number;

  g_array_set_clear_func (entries, entry_clear);
  g_array_set_clear_func (child_entries, entry_clear);

  if (!load_entries (self, id, entries, &log, error) ||
      (has_deletion (entries) && !load_child_entries (self, id, child_entries, error)))
    return FALSE;

  if (entries->len > 0)
    record = mc_fold ((McFoldEntry *) entries->data, entries->len,
                      (McFoldEntry *) child_entries->data, child_entries->len, log, self->sealer);
  if (record != NULL && (mc_record_get_flags (record) & MC_RECORD_DELETED))
    {
      gboolean spared;

      if (!mc_journal_is_spared (self, id, &spared, error))
        return FALSE;
      if (spared)
        mc_record_remove_flags (record, MC_RECORD_DELETED);
    }
  if (!load_refusals (self, id, &record, error) ||
      (record == NULL && !load_row_alone (self, id, &record, error)))
    return FALSE;
  if (record == NULL)
    return TRUE;
  if (is_given_up (record))
    mc_record_add_flags (record, MC_RECORD_DELETED);

  if (!write_row (self, record, &number, error) ||
      !(self->words_later ? mc_journal_index_words_later (self, number, error)
                          : mc_journal_index_words (self, record, number, error)) ||
      !mc_journal_note_evidence (self, record, error))
    return FALSE;
  *out_parent = g_strdup (mc_record_get_parent (record));

  return TRUE;
}

static gboolean
parent_has_deletion (McJournal  *self,
                     const char *parent)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1 FROM record WHERE id = ? AND flags & 17", NULL);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, parent);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row;
}

gboolean
mc_journal_refold (McJournal   *self,
                   const char  *record,
                   GError     **error)
{
  g_autofree char *parent = NULL, *grandparent = NULL;

  if (!refold_one (self, record, &parent, error))
    return FALSE;

  /* A deletion of the whole holds only while it knew of every edit of a part. */
  if (parent != NULL && parent_has_deletion (self, parent))
    return refold_one (self, parent, &grandparent, error);

  return TRUE;
}

/* The snapshot in a row of MC_JOURNAL_RECORD_COLUMNS. */
McRecord *
mc_journal_load_row (McJournal  *self,
                     McStmt     *stmt,
                     gboolean    with_heads,
                     GError    **error)
{
  g_autoptr(McRecord) record = mc_record_new_empty (mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1),
                                                    mc_stmt_get_text (stmt, 2), mc_stmt_get_text (stmt, 3),
                                                    mc_stmt_get_text (stmt, 4));

  if (!mc_record_load (record, mc_stmt_get_text (stmt, 5), mc_stmt_get_text (stmt, 6), error))
    return NULL;
  mc_record_add_flags (record, mc_stmt_get_int64 (stmt, 7));
  mc_record_set_meta (record, TRUE, mc_stmt_get_int64 (stmt, 8));
  if (with_heads && (mc_record_get_flags (record) & MC_RECORD_REJECTED))
    {
      McRecord *same = record;

      if (!load_refusals (self, mc_record_get_id (record), &same, error))
        return NULL;
    }

  return g_steal_pointer (&record);
}
