/* mc-journal-query.c: which records, in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A search for a few letters finds a third of a large register.  Reading and sorting all of those anew for every letter
 * would take longer than a frame, so the order of everything is kept from the query that showed it, until something
 * is written, and a search only picks from it.
 */

#include "core/mc-journal-private.h"

#include <string.h>

#include "core/mc-search.h"

#define FEW_FOUND 500   /* as many are read and sorted faster than everything is gone through */

struct _McOrdered
{
  char *key;           /* (owned) the query, but its words and its limit */
  GArray *numbers;     /* (owned) (element-type gint64) */
  McMoment moment;
};

gboolean
mc_journal_get_moment (McJournal  *self,
                       McMoment   *out_moment,
                       GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "PRAGMA data_version", error);
  gboolean has_row;

  if (stmt == NULL || !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_moment = (McMoment) { mc_stmt_get_int64 (stmt, 0), sqlite3_total_changes (mc_db_get_handle (self->db)) };

  return TRUE;
}

gboolean
mc_moment_equal (const McMoment *a,
                 const McMoment *b)
{
  return a->version == b->version && a->writes == b->writes;
}

void
mc_ordered_free (McOrdered *self)
{
  g_free (self->key);
  g_array_unref (self->numbers);
  g_free (self);
}

static void
add_condition (GString    *sql,
               const char *condition)
{
  g_string_append (sql, sql->len > 0 ? " AND " : " WHERE ");
  g_string_append (sql, condition);
}

/* The order that @query wants of words: of numbers and days the index has it. */
static const char *
find_collation (McJournal     *self,
                const McQuery *query)
{
  McRecordType *type = query->type != NULL && self->pack != NULL ? mc_pack_find_type (self->pack, query->type) : NULL;
  McField *field = type != NULL && type->sort != NULL ? mc_record_type_find_field (type, type->sort) : NULL;

  return field != NULL && field->type == MC_FIELD_TEXT ? " COLLATE " MC_DB_VIETNAMESE : "";
}

/* Asks the database itself; @search is for the index. */
static GArray *
select_numbers (McJournal      *self,
                const McQuery  *query,
                const char     *search,
                GError        **error)
{
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GString) where = g_string_new (NULL);
  g_autoptr(GString) sql = g_string_new ("SELECT number FROM record");
  const char *log = query->log == NULL ? self->log : query->log;
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (query->type != NULL)
    add_condition (where, "type = ?1");
  if (query->type != NULL && self->pack != NULL)
    add_condition (where, "pack = ?2");
  if (!g_str_equal (log, "*"))
    add_condition (where, "log = ?3");
  if (query->parent != NULL)
    add_condition (where, "parent = ?4");
  if (query->flags & MC_RECORD_PENDING)
    add_condition (where, "(flags & ?5 OR " MC_JOURNAL_RECORD_WAITS ")");
  else if (query->flags != 0)
    add_condition (where, "flags <> 0 AND flags & ?5");
  if (!query->with_deleted)
    add_condition (where, "flags & 1 = 0");
  if (search != NULL)
    add_condition (where, "number IN (SELECT rowid FROM record_text WHERE record_text MATCH ?6)");
  g_string_append (sql, where->str);
  if (query->order == MC_ORDER_UPDATED_DESCENDING)
    g_string_append (sql, " ORDER BY updated_us DESC, number DESC");
  else
    g_string_append_printf (sql, " ORDER BY sort%s%s", find_collation (self, query),
                            query->order == MC_ORDER_SORT_ASCENDING ? ", number" : " DESC, number DESC");
  if (query->limit > 0)
    g_string_append (sql, " LIMIT ?7");

  if (!(stmt = mc_db_prepare (self->db, sql->str, error)))
    return NULL;
  if (query->type != NULL)
    mc_stmt_bind_text (stmt, 1, query->type);
  if (query->type != NULL && self->pack != NULL)
    mc_stmt_bind_text (stmt, 2, mc_pack_get_id (self->pack));
  if (!g_str_equal (log, "*"))
    mc_stmt_bind_text (stmt, 3, log);
  if (query->parent != NULL)
    mc_stmt_bind_text (stmt, 4, query->parent);
  if (query->flags != 0)
    mc_stmt_bind_int64 (stmt, 5, query->flags & ~MC_RECORD_PENDING);
  if (search != NULL)
    mc_stmt_bind_text (stmt, 6, search);
  if (query->limit > 0)
    mc_stmt_bind_int64 (stmt, 7, query->limit);

  while (TRUE)
    {
      gint64 number;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&numbers);
      number = mc_stmt_get_int64 (stmt, 0);
      g_array_append_val (numbers, number);
    }
}

/* Without the words and the limit: what is kept. */
static GArray *
get_ordered (McJournal      *self,
             const McQuery  *query,
             GError        **error)
{
  McQuery all = *query;
  g_autofree char *key = g_strdup_printf ("%s/%s/%s/%d/%d/%d", query->type != NULL ? query->type : "",
                                          query->log != NULL ? query->log : self->log,
                                          query->parent != NULL ? query->parent : "", query->flags, query->with_deleted,
                                          query->order);
  GArray *numbers;
  McMoment moment;

  if (!mc_journal_get_moment (self, &moment, error))
    return NULL;
  if (self->ordered != NULL && g_str_equal (self->ordered->key, key) && mc_moment_equal (&self->ordered->moment, &moment))
    return g_array_ref (self->ordered->numbers);

  all.limit = 0;
  if (!(numbers = select_numbers (self, &all, NULL, error)))
    return NULL;
  g_clear_pointer (&self->ordered, mc_ordered_free);
  self->ordered = g_new0 (McOrdered, 1);
  self->ordered->key = g_steal_pointer (&key);
  self->ordered->numbers = g_array_ref (numbers);
  self->ordered->moment = moment;

  return numbers;
}

/* One bit for the number of each record that has the words. */
static GByteArray *
find_words (McJournal   *self,
            const char  *search,
            guint       *out_count,
            GError     **error)
{
  g_autoptr(GByteArray) found = g_byte_array_new ();
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_count = 0;
  if (!(stmt = mc_db_prepare (self->db, "SELECT rowid FROM record_text WHERE record_text MATCH ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, search);

  while (TRUE)
    {
      guint64 number;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&found);
      number = mc_stmt_get_int64 (stmt, 0);
      if (number / 8 >= found->len)
        {
          guint old = found->len;

          g_byte_array_set_size (found, MAX (number / 8 + 1, 2 * old));
          memset (found->data + old, 0, found->len - old);
        }
      found->data[number / 8] |= 1 << number % 8;
      (*out_count)++;
    }
}

/**
 * mc_journal_query:
 * @self: a journal
 * @query: what is wanted
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type gint64) (nullable): numbers of the records, in order
 */
GArray *
mc_journal_query (McJournal      *self,
                  const McQuery  *query,
                  GError        **error)
{
  g_autofree char *search = query->search != NULL ? mc_search_query (query->search) : NULL;
  g_autoptr(GByteArray) found = NULL;
  g_autoptr(GArray) all = NULL, numbers = NULL;
  guint count;

  if (search == NULL)
    return query->limit > 0 ? select_numbers (self, query, NULL, error) : get_ordered (self, query, error);
  /* Where it cannot be written, what is there is searched. */
  mc_journal_index_due (self, NULL);
  if (!(found = find_words (self, search, &count, error)))
    return NULL;
  if (count <= FEW_FOUND)
    return select_numbers (self, query, search, error);
  if (!(all = get_ordered (self, query, error)))
    return NULL;

  numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < all->len && (query->limit <= 0 || numbers->len < query->limit); i++)
    {
      guint64 number = g_array_index (all, gint64, i);

      if (number / 8 < found->len && (found->data[number / 8] & 1 << number % 8))
        g_array_append_val (numbers, number);
    }

  return g_steal_pointer (&numbers);
}
