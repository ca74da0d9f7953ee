/* sim-oracle.c: what must be true, whatever happened
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every saved change is on the hub exactly once, byte for byte, or refused, on its device with a reason.  All who read a
 * log have the same rows, chains and records, and the heads of each field are what the definition says: the changes that
 * set it and that no change has seen.  Signatures hold.
 */

#include "sim/sim-world.h"

#include "hub/mc-hub-log.h"
#include "hub/mc-hub-lost.h"
#include "wire/mc-receipt.h"

/* on the device, after a sync that says that it went through */

static gint64
count (McDb       *db,
       const char *sql,
       const char *first)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  if (first != NULL)
    mc_stmt_bind_text (stmt, 1, first);
  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

static void
check_cursor (SimDevice  *device,
              const char *log)
{
  McCursor cursor;
  McDigest chain, ours;
  guint64 seq;

  g_assert_true (mc_hub_get_head (device->world->hub, log, &seq, &chain, NULL));
  g_assert_true (mc_journal_get_cursor (device->journal, log, &cursor, NULL));
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  if (cursor.seq != seq || !mc_digest_equal (&cursor.chain, &chain))
    sim_fail (device->world, "%s says it is done and has %s up to %d, the hub up to %d", device->name, log, (int) cursor.seq, (int) seq);
  g_assert_true (mc_journal_get_log_chain (device->journal, log, seq, &ours, NULL));
  if (!mc_digest_equal (&ours, &chain))
    sim_fail (device->world, "%s has a cursor in %s that its rows do not bear out", device->name, log);
}

/* Never, not even between two pages, does anybody show half of what was saved at once. */
void
sim_check_groups (SimDevice *device)
{
  if (count (mc_journal_get_db (device->journal),
             "SELECT count (*) FROM (SELECT m, count (*) AS have FROM change WHERE state = 1 GROUP BY log,"
             " coalesce (log_device, device), coalesce (log_incarnation, incarnation), coalesce (log_n, n) - k) WHERE have <> m",
             NULL) > 0)
    sim_fail (device->world, "%s shows half a group", device->name);
}

void
sim_check_synced (SimDevice *device)
{
  for (gsize i = 0; device->reads[i] != NULL; i++)
    check_cursor (device, device->reads[i]);
  if (count (mc_journal_get_db (device->journal), "SELECT count (*) FROM change WHERE state = 0", NULL) > 0)
    sim_fail (device->world, "%s says it is done and has changes that wait", device->name);
}

/* at rest: the hub */

static void
check_hub (SimWorld *world)
{
  g_autofree char *report = NULL;
  g_autoptr(GError) error = NULL;

  if (!mc_hub_verify (world->hub, &report, &error))
    sim_fail (world, "the hub does not verify: %s", error->message);
  if (count (world->hub->db, "SELECT count (*) FROM (SELECT m, count (*) AS have, max (seq) - min (seq) + 1 AS span FROM change"
             " GROUP BY log, device, incarnation, n - k) WHERE have <> m OR span <> m", NULL) > 0)
    sim_fail (world, "the hub has half a group");
  if (count (world->hub->db, "SELECT count (*) - count (DISTINCT id) FROM change", NULL) > 0)
    sim_fail (world, "the hub has a change twice");
}

/* Every row of the hub is what somebody saved, to the byte. */
static GHashTable *
check_rows (SimWorld *world)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(McStmt) stmt = mc_db_prepare (world->hub->db, "SELECT id, bytes, log FROM change", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      const char *id = mc_stmt_get_text (stmt, 0);
      SimSaved *saved = g_hash_table_lookup (world->saved, id);
      g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 1);

      if (saved == NULL || !g_bytes_equal (saved->bytes, bytes) || !g_str_equal (saved->log, mc_stmt_get_text (stmt, 2)))
        sim_fail (world, "the hub has a change %s that nobody saved so", id);
      g_hash_table_add (ids, g_strdup (id));
    }

  return ids;
}

static gboolean
is_refused (SimWorld   *world,
            const char *id)
{
  if (count (world->hub->db, "SELECT count (*) FROM refused WHERE id = ?", id) > 0)
    return TRUE;
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];

      if (count (mc_journal_get_db (device->journal), "SELECT count (*) FROM change WHERE id = ? AND own = 1"
                 " AND state IN (3, 4, 5) AND verdict IS NOT NULL", id) > 0)
        return TRUE;
    }

  return FALSE;
}

/* What the hub does not have, and only devices that it has shut out, stays with them. */
static gboolean
is_out_of_reach (SimWorld   *world,
                 const char *id)
{
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];

      if (!sim_is_shut_out (device) &&
          count (mc_journal_get_db (device->journal), "SELECT count (*) FROM change WHERE id = ?", id) > 0)
        return FALSE;
    }

  return g_hash_table_size (world->shut_out) > 0;
}

static void
check_saved (SimWorld *world)
{
  g_autoptr(GHashTable) ids = check_rows (world);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->saved);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SimSaved *saved = value;

      if (saved->required && !g_hash_table_contains (ids, saved->id) && !is_refused (world, saved->id) &&
          !is_out_of_reach (world, saved->id))
        sim_fail (world, "lost: %.*s of %s", (int) g_bytes_get_size (saved->bytes),
                  (const char *) g_bytes_get_data (saved->bytes, NULL), saved->author);
    }
}

/* at rest: receipts */

static void
check_receipts (SimDevice *device)
{
  g_autoptr(GPtrArray) receipts = mc_journal_list_receipts (device->journal, NULL);

  for (guint i = 0; i < receipts->len; i++)
    if (!mc_receipt_holds (receipts->pdata[i], device->account->hub.id, device->account->hub.key))
      sim_fail (device->world, "%s has a receipt that does not hold", device->name);
  if (count (mc_journal_get_db (device->journal), "SELECT count (*) FROM change LEFT JOIN receipt_item AS i ON i.kind = 1"
             " AND i.hash = change.hash WHERE own = 1 AND state = 1 AND i.hash IS NULL AND incarnation ="
             " (SELECT value FROM setting WHERE name = 'incarnation') AND coalesce (log_incarnation, incarnation) = incarnation",
             NULL) > 0)
    sim_fail (device->world, "%s has no receipt for what the hub has", device->name);
}

/* at rest: what is refused or held, on both sides */

/* What an accepted change corrects is open nowhere. */
static void
check_corrected (SimWorld   *world,
                 McDb       *db,
                 const char *who,
                 const char *open)
{
  g_autofree char *sql = g_strdup_printf ("SELECT id FROM (%s) AS refused WHERE EXISTS (SELECT 1 FROM change"
                                          " WHERE change.device = refused.device AND change.seq IS NOT NULL AND change.k = 0"
                                          " AND json_extract (CAST (change.bytes AS TEXT), '$.instead') = refused.id)", open);
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    sim_fail (world, "%s is open %s, though its correction was accepted", mc_stmt_get_text (stmt, 0), who);
}

static void
check_refused (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT id, state FROM change"
                                          " WHERE own = 1 AND state IN (3, 4, 5)", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      const char *id = mc_stmt_get_text (stmt, 0);

      if (mc_stmt_get_int64 (stmt, 1) == 4 &&
          count (world->hub->db, "SELECT count (*) FROM refused WHERE id = ? AND held = 1", id) == 0)
        sim_fail (world, "%s takes %s for held, the hub does not have it", device->name, id);
      if (mc_stmt_get_int64 (stmt, 1) == 3 &&
          count (world->hub->db, "SELECT count (*) FROM refused WHERE id = ? AND held = 0", id) == 0)
        sim_fail (world, "%s takes %s for refused, the hub knows nothing of it", device->name, id);
    }
  if (count (mc_journal_get_db (device->journal), "SELECT count (*) FROM change WHERE state = 2", NULL) > 0)
    sim_fail (world, "%s has rows set aside that the hub never took back", device->name);
  check_corrected (world, mc_journal_get_db (device->journal), device->name,
                   "SELECT id, device FROM change WHERE own = 1 AND state IN (3, 4)");
}

/* Whether each device of that name, the original and its clones, has the change; of a log that it may not read, and asks for only
 * if it has written there itself, one of them. */
static gboolean
author_has (SimWorld   *world,
            const char *author,
            const char *id,
            const char *log)
{
  guint any = 0, all = 0;

  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];
      gboolean has, reads = g_strv_contains ((const char * const *) device->reads, log);

      if (!g_str_equal (device->account->device, author))
        continue;
      has = count (mc_journal_get_db (device->journal), "SELECT count (*) FROM change WHERE id = ?", id) > 0;
      if (reads && !has)
        return FALSE;
      any += has;
      all++;
    }

  return any > 0 || all == 0;
}

/* What the hub refused is with its author too, and no correction waits, nor what one of them corrected. */
static void
check_given_back (SimWorld *world)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (world->hub->db, "SELECT id, held, CAST (bytes AS TEXT) LIKE '%\"instead\"%', device,"
                                          " log FROM refused WHERE settled = 0", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      const char *id = mc_stmt_get_text (stmt, 0);

      if (!g_hash_table_contains (world->shut_out, mc_stmt_get_text (stmt, 3)) &&
          !author_has (world, mc_stmt_get_text (stmt, 3), id, mc_stmt_get_text (stmt, 4)))
        sim_fail (world, "its author does not have %s, which the hub refused", id);
      if (mc_stmt_get_int64 (stmt, 1) && mc_stmt_get_int64 (stmt, 2))
        sim_fail (world, "a correction waits: %s", id);
    }
  check_corrected (world, world->hub->db, "at the hub", "SELECT id, device FROM refused WHERE settled = 0");
}

/* at rest: records */

/* Heads by definition: record, field → the changes that set it and that no other has seen. */
static void
note_change (GHashTable *setters,
             GHashTable *seen,
             McChange   *change)
{
  JsonObject *named = mc_change_get_seen (change);
  JsonObjectIter iter;
  const char *field;
  JsonNode *node;

  json_object_iter_init (&iter, mc_change_get_set (change));
  while (json_object_iter_next (&iter, &field, NULL))
    {
      char *key = g_strdup_printf ("%s %s", mc_change_get_record (change), field);
      GPtrArray *list = g_hash_table_lookup (setters, key);

      if (list == NULL)
        g_hash_table_insert (setters, g_strdup (key), list = g_ptr_array_new_with_free_func (g_free));
      g_ptr_array_add (list, g_strdup (mc_change_get_short (change)));
      g_free (key);
    }
  if (named == NULL)
    return;
  json_object_iter_init (&iter, named);
  while (json_object_iter_next (&iter, &field, &node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      g_hash_table_add (seen, g_strdup_printf ("%s %s %s", mc_change_get_record (change), field,
                                               json_array_get_string_element (json_node_get_array (node), i)));
}

typedef struct
{
  GHashTable *setters, *seen;
  SimDeletions *deletions;
} Expected;

static void
expected_init (Expected *self,
               SimWorld *world)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (world->hub->db, "SELECT bytes FROM change", NULL);
  gboolean has_row;

  self->setters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->deletions = sim_deletions_new ();
  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 0);
      g_autoptr(McChange) change = mc_change_parse (bytes, NULL);

      g_assert_nonnull (change);
      note_change (self->setters, self->seen, change);
      sim_deletions_add (self->deletions, change);
    }
}

static void
expected_clear (Expected *self)
{
  g_hash_table_unref (self->setters);
  g_hash_table_unref (self->seen);
  sim_deletions_free (self->deletions);
}

static void
check_heads (SimDevice  *device,
             Expected   *expected,
             McRecord   *record,
             const char *field)
{
  g_autofree char *key = g_strdup_printf ("%s %s", mc_record_get_id (record), field);
  GPtrArray *setters = g_hash_table_lookup (expected->setters, key), *heads = mc_record_get_heads (record, field);
  guint n = 0;

  for (guint i = 0; setters != NULL && i < setters->len; i++)
    {
      g_autofree char *named = g_strdup_printf ("%s %s", key, (char *) setters->pdata[i]);
      gboolean shown = FALSE;

      if (g_hash_table_contains (expected->seen, named))
        continue;
      n++;
      for (guint h = 0; heads != NULL && h < heads->len; h++)
        shown = shown || g_str_equal (((McHead *) heads->pdata[h])->short_id, setters->pdata[i]);
      if (!shown)
        sim_fail (device->world, "%s hides a value of %s that nobody replaced", device->name, key);
    }
  if (n != (heads != NULL ? heads->len : 0))
    sim_fail (device->world, "%s shows %u values of %s instead of %u", device->name, heads != NULL ? heads->len : 0, key, n);
}

/* A record is hidden only by a deletion that knew of every word of the unit on it and on its parts. */
static void
check_deletion (SimDevice  *device,
                Expected   *expected,
                McRecord   *record)
{
  gboolean hidden = sim_deletions_hide (expected->deletions, mc_record_get_id (record));

  if (hidden != ((mc_record_get_flags (record) & MC_RECORD_DELETED) != 0))
    sim_fail (device->world, "%s %s %s", device->name, hidden ? "shows the deleted" : "hides", mc_record_get_id (record));
}

/* What a record says, as text: the same for all who hold its log; values only for those with the same key. */
static void
describe_record (SimDevice  *device,
                 McRecord   *record,
                 GString    *text)
{
  g_auto(GStrv) fields = mc_record_list_fields (record);

  g_string_append_printf (text, "%s %d", mc_record_get_id (record),
                          mc_record_get_flags (record) & (MC_RECORD_DELETED | MC_RECORD_CONFLICT | MC_RECORD_EDITED_AFTER));
  for (gsize i = 0; fields[i] != NULL; i++)
    {
      GPtrArray *heads = mc_record_get_heads (record, fields[i]);

      g_string_append_printf (text, " %s=", fields[i]);
      for (guint h = 0; heads != NULL && h < heads->len; h++)
        {
          McHead *head = heads->pdata[h];
          g_autofree char *value = json_to_string (head->value, FALSE);

          g_string_append_printf (text, "%s:%s:%s:%s,", head->short_id, head->by, head->at,
                                  g_str_equal (fields[i], "requester") ? "" : value);
        }
    }
  g_string_append_c (text, '\n');
}

static char *
describe_log (SimDevice  *device,
              const char *log,
              Expected   *expected)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT id FROM record WHERE log = ? ORDER BY id", NULL);
  GString *text = g_string_new (NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  mc_stmt_bind_text (stmt, 1, log);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_ptr_array_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (device->journal, ids->pdata[i], NULL);
      g_auto(GStrv) fields = mc_record_list_fields (record);

      /* What was only ever refused exists for its author alone. */
      if (fields[0] == NULL)
        continue;
      for (gsize f = 0; fields[f] != NULL; f++)
        check_heads (device, expected, record, fields[f]);
      check_deletion (device, expected, record);
      if (mc_record_get_flags (record) & MC_RECORD_PENDING)
        sim_fail (device->world, "%s still marks %s as unsent", device->name, (char *) ids->pdata[i]);
      describe_record (device, record, text);
    }

  return g_string_free (text, FALSE);
}

static void
check_log (SimWorld   *world,
           const char *log,
           Expected   *expected)
{
  g_autofree char *first = NULL;
  SimDevice *whose = NULL;

  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];
      g_autofree char *text = NULL;

      if (!g_strv_contains ((const char * const *) device->reads, log) || sim_is_shut_out (device))
        continue;
      check_cursor (device, log);
      text = describe_log (device, log, expected);
      if (first == NULL)
        {
          first = g_steal_pointer (&text);
          whose = device;
        }
      else if (!g_str_equal (first, text))
        sim_fail (world, "%s and %s differ in %s:\n%s\n%s", whose->name, device->name, log, first, text);
    }
}

void
sim_check_rest (SimWorld *world)
{
  static const char * const logs[] = { SIM_TOWN, SIM_COMMUNE, SIM_DISTRICT, SIM_SHARED };
  Expected expected;
  guint lost;

  /* As every ten seconds, with or without anybody who asks. */
  g_assert_true (mc_hub_look_at_files (world->hub, G_MAXINT, world->now_us, &lost, NULL));
  check_hub (world);
  check_saved (world);
  sim_rights_check (world);
  for (guint i = 0; i < world->devices->len; i++)
    {
      if (sim_is_shut_out (world->devices->pdata[i]))
        continue;
      check_refused (world->devices->pdata[i]);
      check_receipts (world->devices->pdata[i]);
    }
  check_given_back (world);
  sim_files_check (world);
  expected_init (&expected, world);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    check_log (world, logs[i], &expected);
  expected_clear (&expected);
}
