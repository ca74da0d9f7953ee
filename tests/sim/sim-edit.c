/* sim-edit.c: officials at work
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-refused.h"

/* what was saved */

gint64
sim_last_number (SimDevice *device)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT coalesce (max (number), 0) FROM change", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  g_assert_true (mc_stmt_next (stmt, &has_row, NULL));

  return mc_stmt_get_int64 (stmt, 0);
}

void
sim_note_saved (SimDevice  *device,
                gint64      number,
                const char *how)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT id, log, bytes, n, record FROM change"
                                          " WHERE number > ? ORDER BY number", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  mc_stmt_bind_int64 (stmt, 1, number);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      SimSaved *saved = g_new0 (SimSaved, 1);

      saved->id = g_strdup (mc_stmt_get_text (stmt, 0));
      saved->log = g_strdup (mc_stmt_get_text (stmt, 1));
      saved->author = g_strdup (device->name);
      saved->bytes = mc_stmt_dup_bytes (stmt, 2);
      saved->required = TRUE;
      g_hash_table_insert (device->world->saved, saved->id, saved);
      sim_say (device->world, "%s: %s: %s n=%d %.*s", device->name, how, saved->log, (int) mc_stmt_get_int64 (stmt, 3),
               (int) g_bytes_get_size (saved->bytes), (const char *) g_bytes_get_data (saved->bytes, NULL));
    }
}

void
sim_save (SimDevice  *device,
          McEdit     *edit,
          const char *how)
{
  SimWorld *world = device->world;
  gint64 number = sim_last_number (device);
  g_autoptr(GError) error = NULL;

  device->failed = FALSE;
  if (sim_random_is (&world->chance, 3))
    device->commits_left = 0;
  else if (sim_random_is (&world->chance, 3))
    device->fails_in = 0;
  if (mc_journal_save (device->journal, edit, world->now_us + device->clock_off_us, NULL, &error))
    sim_note_saved (device, number, how);
  else
    {
      sim_say (world, "%s: %s is not saved: %s", device->name, how, error->message);
      if (!device->crashed && !device->failed && !device->full)
        sim_fail (world, "%s could not save: %s", device->name, error->message);
    }
  sim_device_settle (device);
}

/* records */

static gboolean
is_district (SimDevice *device)
{
  return g_str_equal (device->account->role, "district");
}

static const char *
choose_log (SimDevice *device)
{
  static const char * const logs[] = { SIM_TOWN, SIM_TOWN, SIM_COMMUNE, SIM_SHARED, SIM_DISTRICT };

  if (is_district (device))
    return logs[sim_random_below (&device->world->chance, G_N_ELEMENTS (logs))];
  if (device->world->merged && g_str_equal (device->account->log, SIM_TOWN) && sim_random_is (&device->world->chance, 30))
    return SIM_COMMUNE;

  return device->account->log;
}

/* A record of @log that the device knows, or NULL. */
static McRecord *
find_record (SimDevice  *device,
             const char *log)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT id FROM record WHERE log = ? ORDER BY id", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  mc_stmt_bind_text (stmt, 1, log);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_ptr_array_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
  g_clear_pointer (&stmt, mc_stmt_release);

  return ids->len == 0 ? NULL : mc_journal_get (device->journal, ids->pdata[sim_random_below (&device->world->chance, ids->len)], NULL);
}

static McRecord *
new_record (SimDevice  *device,
            const char *log,
            const char *type,
            const char *parent)
{
  g_autofree char *id = mc_id_new (device->world->now_us + device->clock_off_us);

  return mc_record_new_empty (id, log, type, mc_pack_get_id (sim_get_pack ()), parent);
}

/* A month has one record however many PCs begin it. */
static McRecord *
month_record (SimDevice  *device,
              const char *log)
{
  g_autofree char *month = g_strdup_printf ("2021-0%u", 1 + sim_random_below (&device->world->chance, 3));
  const char *key[] = { month, NULL };
  g_autofree char *id = mc_id_new_from_key (log, "document-month", mc_pack_get_id (sim_get_pack ()), key);
  McRecord *record = mc_journal_get (device->journal, id, NULL);

  return record != NULL ? record : mc_record_new_empty (id, log, "document-month", mc_pack_get_id (sim_get_pack ()), NULL);
}

/* Whether the device may only review in @log. */
gboolean
sim_is_reviewer (SimDevice  *device,
             const char *log)
{
  return is_district (device) && !g_str_has_prefix (log, SIM_DISTRICT);
}

static void
set_fields (SimDevice *device,
            McEdit    *edit,
            McRecord  *record)
{
  static const char * const numbers[] = { "copies", "fee", "total" };
  SimRandom *chance = &device->world->chance;
  gboolean reviewer = sim_is_reviewer (device, mc_record_get_log (record));
  guint count = 1 + sim_random_below (chance, 2);

  /* Now and then somebody sets what only the other side may: the hub will refuse it. */
  if (sim_random_is (chance, 8))
    reviewer = !reviewer;
  if (reviewer)
    {
      mc_edit_set_int (edit, record, "review.quality", sim_random_below (chance, 5));
      return;
    }
  for (guint i = 0; i < count; i++)
    mc_edit_set_int (edit, record, numbers[sim_random_below (chance, G_N_ELEMENTS (numbers))], sim_random_below (chance, 5));
  if (sim_random_is (chance, 40) && g_str_equal (mc_record_get_type_id (record), "certified-copy"))
    {
      g_autofree char *name = g_strdup_printf ("Đinh Văn %u", sim_random_below (chance, 2));

      mc_edit_set_text (edit, record, "requester", name);
    }
}

/* acts */

static void
edit_new (SimDevice  *device,
          const char *log)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  SimRandom *chance = &device->world->chance;
  g_autoptr(McRecord) record = NULL;

  if (sim_is_reviewer (device, log))
    return;
  if (sim_random_is (chance, 30))
    record = month_record (device, log);
  else
    record = new_record (device, log, sim_random_is (chance, 50) ? "certified-copy" : "plan", NULL);
  set_fields (device, edit, record);
  if (g_str_equal (mc_record_get_type_id (record), "plan"))
    for (guint i = sim_random_below (chance, 3); i > 0; i--)
      {
        g_autoptr(McRecord) task = new_record (device, log, "plan-task", mc_record_get_id (record));

        mc_edit_set_text (edit, task, "parent", mc_record_get_id (record));
        mc_edit_set_int (edit, task, "order", i);
      }
  sim_save (device, edit, "new");
}

static void
edit_child (SimDevice *device,
            McRecord  *record)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) task = NULL;

  if (!g_str_equal (mc_record_get_type_id (record), "plan") || sim_is_reviewer (device, mc_record_get_log (record)))
    return;
  task = new_record (device, mc_record_get_log (record), "plan-task", mc_record_get_id (record));
  mc_edit_set_text (edit, task, "parent", mc_record_get_id (record));
  mc_edit_set_int (edit, task, "order", sim_random_below (&device->world->chance, 9));
  sim_save (device, edit, "child");
}

static void
edit_some (SimDevice *device,
           McRecord  *record)
{
  g_autoptr(McEdit) edit = mc_edit_new ();

  set_fields (device, edit, record);
  if (sim_random_is (&device->world->chance, 20))
    {
      g_autoptr(McRecord) other = find_record (device, mc_record_get_log (record));

      if (other != NULL)
        set_fields (device, edit, other);
    }
  sim_save (device, edit, "edit");
}

/* Two colleagues write the same name into the same line, each at his own PC. */
static void
edit_name (SimDevice *device,
           McRecord  *record)
{
  SimWorld *world = device->world;

  if (!g_str_equal (mc_record_get_type_id (record), "certified-copy") || sim_is_reviewer (device, mc_record_get_log (record)))
    return;
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *other = world->devices->pdata[i];
      g_autoptr(McRecord) shown = g_str_equal (other->account->log, device->account->log)
                                  ? mc_journal_get (other->journal, mc_record_get_id (record), NULL) : NULL;
      g_autoptr(McEdit) edit = mc_edit_new ();

      if (shown == NULL)
        continue;
      mc_edit_set_text (edit, shown, "requester", "Đinh Thị Hà");
      sim_save (other, edit, "same name");
    }
}

static void
edit_delete (SimDevice *device,
             McRecord  *record)
{
  g_autoptr(McEdit) edit = mc_edit_new ();

  if (sim_is_reviewer (device, mc_record_get_log (record)))
    return;
  mc_edit_delete (edit, record);
  sim_save (device, edit, "delete");
}

/* Gives up what was refused; it is named by the first change of its save. */
static void
withdraw (SimDevice  *device,
          const char *change_id)
{
  SimWorld *world = device->world;
  gint64 number = sim_last_number (device);
  g_autoptr(GPtrArray) groups = mc_journal_list_refused (device->journal, FALSE, NULL);

  for (guint i = 0; i < groups->len; i++)
    {
      McRefusedGroup *group = groups->pdata[i];

      for (guint k = 0; k < group->changes->len; k++)
        if (g_str_equal (mc_change_get_id (group->changes->pdata[k]), change_id))
          {
            g_assert_true (mc_journal_withdraw (device->journal, group->change_id, world->now_us + device->clock_off_us, NULL));
            sim_note_saved (device, number, "withdraw");
            return;
          }
    }
}

/* A correction names what it stands instead of. */
static void
edit_correct (SimDevice *device,
              McRecord  *record)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  GPtrArray *refusals = mc_record_get_refusals (record);
  McRefusal *refusal;

  if (refusals == NULL || refusals->len == 0)
    return;
  refusal = refusals->pdata[sim_random_below (&device->world->chance, refusals->len)];
  if (sim_random_is (&device->world->chance, 30))
    {
      withdraw (device, refusal->change_id);
      return;
    }
  if (refusal->held)
    return;
  mc_edit_set_int (edit, record, sim_is_reviewer (device, mc_record_get_log (record)) ? "review.quality" : "copies",
                   100 + sim_random_below (&device->world->chance, 100));
  mc_edit_set_instead (edit, refusal->change_id);
  sim_save (device, edit, "correct");
}

static void
edit_revert (SimDevice *device,
             McRecord  *record)
{
  g_autoptr(GPtrArray) history = mc_journal_get_history (device->journal, mc_record_get_id (record), NULL);
  SimWorld *world = device->world;
  gint64 number = sim_last_number (device);
  McHistoryEntry *entry;

  if (history == NULL || history->len == 0 || sim_is_reviewer (device, mc_record_get_log (record)))
    return;
  entry = history->pdata[sim_random_below (&world->chance, history->len)];
  if (mc_journal_revert (device->journal, mc_change_get_id (entry->change), world->now_us + device->clock_off_us, NULL, NULL))
    sim_note_saved (device, number, "undo");
}

/* Typed text that becomes a change some time later. */
static void
edit_draft (SimDevice *device,
            McRecord  *record)
{
  SimWorld *world = device->world;
  gint64 number = sim_last_number (device);

  if (sim_is_reviewer (device, mc_record_get_log (record)))
    return;
  g_assert_true (mc_journal_set_draft (device->journal, record, "fee",
                                       json_node_init_int (json_node_alloc (), sim_random_below (&world->chance, 5)),
                                       world->now_us, NULL));
  if (sim_random_is (&world->chance, 30))
    sim_device_sync (device, FALSE);
  number = sim_last_number (device);
  g_assert_true (mc_journal_commit_drafts (device->journal, NULL, world->now_us + device->clock_off_us, NULL, NULL));
  sim_note_saved (device, number, "draft");
}

/* Whether @names has the name of every value that @form showed of @field, and of no other: what stood, and own saves that were
 * held. */
static gboolean
is_as_shown (McRecord   *form,
             const char *field,
             JsonArray  *names)
{
  GPtrArray *shown = mc_record_get_heads (form, field), *refusals = mc_record_get_refusals (form);
  guint n = names != NULL ? json_array_get_length (names) : 0, k = 0;

  for (guint i = 0; shown != NULL && i < shown->len; i++, k++)
    if (k >= n || !g_str_equal (json_array_get_string_element (names, k), ((McHead *) shown->pdata[i])->short_id))
      return FALSE;
  for (guint i = 0; i < refusals->len; i++)
    {
      McRefusal *refusal = refusals->pdata[i];
      g_autofree char *name = mc_id_to_short (refusal->change_id);

      if (!refusal->held || !g_str_equal (refusal->field, field))
        continue;
      if (k >= n || !g_str_equal (json_array_get_string_element (names, k), name))
        return FALSE;
      k++;
    }

  return k == n;
}

/* What a change says that its author had before his eyes is what the form showed when it was opened. */
static void
check_seen (SimDevice *device,
            gint64     number,
            McRecord  *form)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT bytes FROM change WHERE number > ?", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  mc_stmt_bind_int64 (stmt, 1, number);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 0);
      g_autoptr(McChange) change = mc_change_parse (bytes, NULL);
      const char * const *fields = mc_change_get_fields (change);
      JsonObject *seen = mc_change_get_seen (change);

      for (gsize i = 0; fields[i] != NULL; i++)
        if (!is_as_shown (form, fields[i], seen != NULL && json_object_has_member (seen, fields[i])
                          ? json_object_get_array_member (seen, fields[i]) : NULL))
          sim_fail (device->world, "%s says to have seen of %s what the form did not show", device->name, fields[i]);
    }
}

/* A form that was opened some time ago, while pages came in behind it. */
static void
edit_form (SimDevice *device)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) form = g_steal_pointer (&device->form), behind = NULL;
  gint64 number;

  /* The same record was edited in another window, or at another PC, and the form knows nothing of it. */
  if (sim_random_is (&device->world->chance, 50) && (behind = mc_journal_get (device->journal, mc_record_get_id (form), NULL)))
    edit_some (device, behind);
  number = sim_last_number (device);
  set_fields (device, edit, form);
  sim_save (device, edit, "form");
  check_seen (device, number, form);
}

/* What the hub will refuse, and something else after it that it will take. */
void
sim_edit_refused (SimDevice *device)
{
  const char *log = is_district (device) ? SIM_TOWN : device->account->log;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) record = new_record (device, log, "certified-copy", NULL);

  mc_edit_set_int (edit, record, is_district (device) ? "copies" : "review.quality", 9);
  sim_save (device, edit, "forbidden");
  edit_new (device, device->account->log);
}

void
sim_edit_elsewhere (SimDevice *device)
{
  const char *log = g_str_equal (device->account->log, SIM_COMMUNE) ? SIM_TOWN : SIM_COMMUNE;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) record = new_record (device, log, "plan", NULL);

  if (is_district (device))
    return;
  mc_edit_set_int (edit, record, "copies", 7);
  sim_save (device, edit, "elsewhere");
}

void
sim_edit_with_file (SimDevice *device)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) record = new_record (device, is_district (device) ? device->account->log : choose_log (device), "plan", NULL);

  sim_device_make_room (device);
  mc_edit_set_int (edit, record, "copies", 2);
  sim_save (device, edit, "with a file");
  sim_files_attach (device, record);
}

void
sim_edit_held (SimDevice *device)
{
  const char *log = is_district (device) ? SIM_TOWN : device->account->log;
  g_autoptr(McEdit) edit = mc_edit_new (), more = mc_edit_new ();
  g_autoptr(McRecord) record = new_record (device, log, "certified-copy", NULL);

  mc_edit_set_int (edit, record, is_district (device) ? "copies" : "review.quality", 9);
  sim_save (device, edit, "forbidden");
  mc_edit_set_int (more, record, is_district (device) ? "review.quality" : "copies", 4);
  sim_save (device, more, "behind it");
}

void
sim_edit_mend (SimDevice *device)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT record FROM change WHERE own = 1 AND state = 3"
                                          " ORDER BY number DESC LIMIT 1", NULL);
  g_autoptr(McRecord) record = NULL;
  gboolean has_row;

  g_assert_true (mc_stmt_next (stmt, &has_row, NULL));
  record = has_row ? mc_journal_get (device->journal, mc_stmt_get_text (stmt, 0), NULL) : NULL;
  g_clear_pointer (&stmt, mc_stmt_release);
  sim_device_make_room (device);
  if (record != NULL)
    edit_correct (device, record);
}

/* One thing that somebody does at a device. */
void
sim_edit (SimDevice *device)
{
  SimRandom *chance = &device->world->chance;
  const char *log = choose_log (device);
  g_autoptr(McRecord) record = find_record (device, log);
  guint what = sim_random_below (chance, 100);

  /* Somebody makes room sooner or later. */
  if (device->full && (what >= 37 || sim_random_is (chance, 50)))
    sim_device_make_room (device);
  if (record == NULL || what < 20)
    edit_new (device, log);
  else if (what < 30)
    edit_child (device, record);
  else if (what < 37)
    edit_delete (device, record);
  else if (what < 40)
    edit_revert (device, record);
  else if (what < 47)
    edit_name (device, record);
  else if (what < 50)
    sim_files_attach (device, record);
  else if (what < 53)
    edit_draft (device, record);
  else if (what < 60 && device->form == NULL)
    device->form = g_steal_pointer (&record);
  else if (what < 70 && device->form != NULL)
    edit_form (device);
  else if (mc_record_get_refusals (record) != NULL && mc_record_get_refusals (record)->len > 0)
    edit_correct (device, record);
  else
    edit_some (device, record);
}
