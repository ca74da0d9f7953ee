/* sim-purge.c: many deletions at once, and the question before they are believed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include "core/mc-id.h"
#include "core/mc-spared.h"

#define N_RECORDS (MC_SPARE_LEAST + 2)

/* A register with so many lines that they are not deleted unasked. */
void
sim_purge_prepare (SimDevice *device)
{
  SimWorld *world = device->world;
  const char *log = device->account->log;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree char *id = mc_id_new (world->now_us + device->clock_off_us);
      McRecord *record = mc_record_new_empty (id, log, "certified-copy", mc_pack_get_id (sim_get_pack ()), NULL);

      g_ptr_array_add (records, record);
      mc_edit_set_int (edit, record, "number", i + 1);
    }
  sim_save (device, edit, "register");
}

/* All that @device shows of its log is deleted, in one save. */
void
sim_purge (SimDevice *device)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free), records = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT id FROM record WHERE log = ? AND flags & 1 = 0"
                                          " ORDER BY id", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  mc_stmt_bind_text (stmt, 1, device->account->log);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_ptr_array_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
  g_clear_pointer (&stmt, mc_stmt_release);
  if (ids->len == 0)
    return;
  for (guint i = 0; i < ids->len; i++)
    {
      g_ptr_array_add (records, mc_journal_get (device->journal, ids->pdata[i], NULL));
      mc_edit_delete (edit, records->pdata[i]);
    }
  sim_save (device, edit, "purge");
}

gboolean
sim_purge_answer (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autoptr(GPtrArray) asked = mc_journal_list_spared (device->journal, NULL);
  gint64 number = sim_last_number (device);
  gboolean revives;

  g_assert_nonnull (asked);
  if (asked->len == 0)
    return FALSE;
  revives = sim_random_is (&world->chance, 40);
  sim_say (world, "%s: is asked about %u deletions: %s", device->name, asked->len, revives ? "they come back" : "yes");
  sim_device_make_room (device);
  if (revives)
    g_assert_true (mc_journal_revive_spared (device->journal, world->now_us + device->clock_off_us, NULL));
  else
    g_assert_true (mc_journal_hide_spared (device->journal, NULL));
  sim_note_saved (device, number, "revive");

  return TRUE;
}
