/* sim-device.c: a device and what befalls it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "wire/mc-enrolment.h"
#include "mc-test.h"

/* Who is enrolled: four of a town, two of a commune, two of their district. */
static const struct
{
  const char *log, *role;
} seats[SIM_SEATS] = {
  { SIM_TOWN, "commune" }, { SIM_DISTRICT, "district" }, { SIM_TOWN, "commune" }, { SIM_COMMUNE, "commune" },
  { SIM_TOWN, "commune" }, { SIM_COMMUNE, "commune" }, { SIM_DISTRICT, "district" }, { SIM_TOWN, "commune" },
};

/* All but the hub's identity; strings are the caller's. */
void
sim_seat_fill_account (guint      seat,
                       McAccount *out)
{
  static const char * const district_reads[] = { SIM_DISTRICT, SIM_SHARED, SIM_TOWN, SIM_COMMUNE, NULL };
  const char * const unit_reads[] = { seats[seat].log, SIM_SHARED, NULL };
  guint8 seed[MC_KEY_BYTES] = { 0x5e, seat };

  out->device = g_strdup_printf ("0000000%u-0000-7000-8000-00000000000%u", seat, seat);
  out->log = g_strdup (seats[seat].log);
  out->role = g_strdup (seats[seat].role);
  out->read = g_strdupv ((char **) (g_str_equal (seats[seat].role, "district") ? district_reads : unit_reads));
  mc_signing_key_from_seed (&out->key, seed);
  memset (out->unit_key, seats[seat].log[4], sizeof out->unit_key);
}

static int
commit_cb (gpointer data)
{
  SimDevice *self = data;

  if (self->fails_in >= 0 && self->fails_in-- == 0)
    {
      self->failed = TRUE;
      return 1;
    }
  if (self->commits_left < 0)
    return 0;
  if (self->commits_left > 0)
    {
      self->commits_left--;
      return 0;
    }
  self->crashed = TRUE;

  return 1;
}

void
sim_device_open (SimDevice *self)
{
  McJournalConfig config = { .dir = self->dir, .device = self->account->device, .log = self->account->log,
                             .by = self->name, .machine = self->machine, .pack = sim_get_pack () };
  g_autoptr(GError) error = NULL;

  config.sealer = mc_seal_new (self->account->unit_key, 1);
  self->journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
  self->commits_left = self->fails_in = self->turns_left = -1;
  self->crashed = self->failed = self->full = FALSE;
  sim_db_relax (mc_journal_get_db (self->journal));
  sqlite3_commit_hook (mc_db_get_handle (mc_journal_get_db (self->journal)), commit_cb, self);
}

void
sim_device_close (SimDevice *self)
{
  g_clear_object (&self->form);
  g_clear_pointer (&self->journal, mc_journal_close);
}

static SimDevice *
device_alloc (SimWorld *world,
              guint     seat)
{
  SimDevice *self = g_new0 (SimDevice, 1);
  guint kind = sim_random_below (&world->chance, 8);

  self->world = world;
  self->seat = seat;
  self->dir = sim_new_folder (world, "device");
  self->copies = g_ptr_array_new_with_free_func (g_free);
  self->account = g_new0 (McAccount, 1);
  self->account->dir = g_strdup (self->dir);
  self->account->address = g_strdup ("https://hub.invalid");
  self->account->by = g_strdup ("");
  self->account->hub = world->hub->identity;
  sim_seat_fill_account (seat, self->account);
  self->reads = g_strdupv (self->account->read);
  sim_rights_give (self);
  /* Some clocks are ten years off, either way. */
  self->clock_off_us = kind == 0 ? G_TIME_SPAN_DAY * 3650 : kind == 1 ? -G_TIME_SPAN_DAY * 3650
                       : (gint64) sim_random_below (&world->chance, 600) * G_TIME_SPAN_SECOND;

  return self;
}

/* The hub lets the device in, and says who it is. */
static void
enrol (SimDevice *self)
{
  SimWorld *world = self->world;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = mc_hub_enrol (world->hub, self->account->log, self->account->role, NULL, 30, world->now_us, &error);
  g_autoptr(McEnrolment) enrolment = mc_enrolment_parse (line, world->now_us, &error);
  g_autofree char *secret = mc_hex (enrolment->secret, MC_SECRET_BYTES), *request = NULL, *answer = NULL;
  g_autofree char *key = mc_hex (self->account->key.public_key, MC_KEY_BYTES);
  g_autoptr(JsonNode) root = NULL;
  const char *problem;

  request = g_strdup_printf ("{\"secret\":\"%s\",\"device\":\"%s\",\"public_key\":\"%s\",\"name\":\"%s\"}", secret,
                             self->account->device, key, self->name);
  answer = mc_hub_answer_enrol (world->hub, request, strlen (request), world->now_us, &problem, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (problem, ==, NULL);
  root = json_from_string (answer, NULL);
  self->account->certificate = json_node_copy (json_object_get_member (json_node_get_object (root), "certificate"));
}

/* The next device is enrolled and switched on for the first time. */
SimDevice *
sim_device_new (SimWorld *world)
{
  SimDevice *self = device_alloc (world, world->seats_taken++);
  g_autofree char *store = g_build_filename (sim_get_template (), "store", NULL);

  self->name = g_strdup_printf ("%c", 'A' + self->seat);
  sim_hub_make_room (world);
  enrol (self);
  self->machine = g_strdup (self->name);
  sim_copy_tree (store, self->dir);
  sim_device_open (self);
  g_ptr_array_add (world->devices, self);
  sim_say (world, "%s: new, %s of %s", self->name, self->account->role, self->account->log);

  return self;
}

void
sim_device_free (SimDevice *self)
{
  sim_device_close (self);
  mc_account_free (self->account);
  g_ptr_array_unref (self->copies);
  g_free (self->name);
  g_free (self->dir);
  g_free (self->machine);
  g_strfreev (self->reads);
  g_free (self);
}

/* faults */

static void
move_to (SimDevice *self,
         char      *dir)
{
  mc_test_remove_tree (self->dir);
  g_free (self->dir);
  self->dir = dir;
  g_free (self->account->dir);
  self->account->dir = g_strdup (dir);
}

/* The program ends in the middle: what is on disk at this moment, write-ahead log and all, is what the next start finds. */
void
sim_device_crash (SimDevice *self)
{
  char *dir = sim_new_folder (self->world, "device");

  sim_copy_tree (self->dir, dir);
  if (sim_random_is (&self->world->chance, 30))
    {
      g_autofree char *mark = g_build_filename (dir, "high-water", NULL);

      g_assert_true (g_file_set_contents (mark, "", 0, NULL));
    }
  /* What a disk check found damaged is not there any more. */
  if (sim_random_is (&self->world->chance, 5))
    {
      g_autofree char *identity = g_build_filename (dir, "identity", NULL);

      g_unlink (identity);
      sim_say (self->world, "%s: its identity file is gone", self->name);
    }
  sim_device_close (self);
  move_to (self, dir);
  sim_device_open (self);
  sim_say (self->world, "%s: crashed and started again", self->name);
}

/* A copy of the folder is put away. */
void
sim_device_keep (SimDevice *self)
{
  char *dir = sim_new_folder (self->world, "copy");

  sim_copy_tree (self->dir, dir);
  g_ptr_array_add (self->copies, dir);
  sim_say (self->world, "%s: copy %u", self->name, self->copies->len - 1);
}

static void
go_back (SimDevice *self,
         guint      which,
         gboolean   whole)
{
  SimWorld *world = self->world;
  char *dir = sim_new_folder (world, "device");
  static const char * const outside[] = { "identity", "high-water" };

  sim_device_close (self);
  sim_copy_tree (self->copies->pdata[which], dir);
  for (guint i = 0; i < G_N_ELEMENTS (outside) && !whole; i++)
    {
      g_autofree char *from = g_build_filename (self->dir, outside[i], NULL), *to = g_build_filename (dir, outside[i], NULL);
      g_autofree char *content = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (from, &content, &size, NULL));
      g_assert_true (g_file_set_contents (to, content, size, NULL));
    }
  move_to (self, dir);
  sim_device_open (self);
  sim_say (world, "%s: %s restored from copy %u", self->name, whole ? "folder" : "database", which);
  sim_count_losses (world);
}

/* The database, or the whole folder, goes back to a copy. */
void
sim_device_restore (SimDevice *self)
{
  guint which = sim_random_below (&self->world->chance, self->copies->len);

  go_back (self, which, sim_random_is (&self->world->chance, 50));
}

/* The whole folder goes back to the last copy: nothing in it tells. */
void
sim_device_put_back (SimDevice *self)
{
  go_back (self, self->copies->len - 1, TRUE);
}

/* The folder is copied to another PC, and both go on. */
void
sim_device_clone (SimDevice *self)
{
  SimWorld *world = self->world;
  SimDevice *clone = device_alloc (world, self->seat);

  clone->name = g_strdup_printf ("%s'%u", self->name, world->devices->len);
  /* An image that was deployed, or a virtual machine with everything the same. */
  clone->account->certificate = json_node_copy (self->account->certificate);
  clone->machine = g_strdup (sim_random_is (&world->chance, 50) ? clone->name : self->machine);
  sim_copy_tree (self->dir, clone->dir);
  sim_device_open (clone);
  g_ptr_array_add (world->devices, clone);
  sim_say (world, "%s: cloned as %s, machine “%s”", self->name, clone->name, clone->machine);
}

/* Its disk is gone, and nobody ever hears of it again. */
void
sim_device_lose (SimDevice *self)
{
  SimWorld *world = self->world;

  sim_say (world, "%s: lost for good", self->name);
  g_ptr_array_remove (world->devices, self);
  sim_count_losses (world);
}

/* what does not go through */

void
sim_device_make_room (SimDevice *self)
{
  sim_db_make_room (mc_journal_get_db (self->journal));
  self->full = FALSE;
}

void
sim_device_tempt (SimDevice *self,
                  guint      crash_percent,
                  guint      fail_percent)
{
  SimRandom *chance = &self->world->chance;

  self->failed = FALSE;
  if (sim_random_is (chance, crash_percent))
    self->commits_left = sim_random_below (chance, 8);
  else if (sim_random_is (chance, fail_percent))
    self->fails_in = sim_random_below (chance, 8);
}

gboolean
sim_device_settle (SimDevice *self)
{
  gboolean whole = !self->crashed && !self->failed && !self->full;

  /* Where a hub that lies ends a log inside a group the rest is aside, until it is brought, also in copies. */
  if (self->crashed)
    sim_device_crash (self);
  else if (!self->world->lies)
    sim_check_groups (self);
  self->commits_left = self->fails_in = -1;
  self->failed = FALSE;

  return whole;
}

/* sync */

gboolean
sim_device_sync (SimDevice *self,
                 gboolean   calm)
{
  SimWorld *world = self->world;
  McTransport *line = sim_line_new (self, calm);
  g_autoptr(GPtrArray) heads = sim_epoch_look (self);
  g_autoptr(GError) error = NULL;
  McSyncReport report;
  gboolean lied_to = self->lied_to, done;

  if (calm)
    sim_device_make_room (self);
  else
    sim_device_tempt (self, 15, 10);
  self->lied_to = FALSE;
  done = mc_session_run_over (self->journal, self->account, line, &report, NULL, NULL, NULL, &error);
  line->free (line);
  self->idle = done && report.turns == 1 && report.n_sent == 0 && report.n_received == 0;
  sim_say (world, "%s: sync %s: %u turns, %u sent, %u refused, %u received", self->name,
           done ? "done" : error->message, report.turns, report.n_sent, report.n_refused, report.n_received);

  if (done && !self->crashed && !self->lied_to)
    sim_check_synced (self);
  else if (calm && !sim_is_shut_out (self) && self->turns_left < 0)
    sim_fail (world, "%s cannot sync over a good line: %s", self->name, error->message);
  if (done && !sim_is_shut_out (self) && !self->lied_to)
    sim_epoch_check (self, heads);
  self->lied_to = self->lied_to || (lied_to && !done);
  sim_device_settle (self);

  return done;
}

void
sim_device_sync_turns (SimDevice *self,
                       guint      turns)
{
  self->turns_left = turns;
  sim_device_sync (self, TRUE);
  self->turns_left = -1;
}

/* losses */

void
sim_add_ids (McDb       *db,
             const char *sql,
             GHashTable *ids)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_hash_table_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
}

void
sim_count_losses (SimWorld *world)
{
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer value;

  sim_add_ids (world->hub->db, "SELECT id FROM change UNION ALL SELECT id FROM refused", ids);
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];

      if (device->journal != NULL)
        sim_add_ids (mc_journal_get_db (device->journal), "SELECT id FROM change", ids);
    }

  g_hash_table_iter_init (&iter, world->saved);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SimSaved *saved = value;
      gboolean exists = g_hash_table_contains (ids, saved->id);

      if (saved->required && !exists)
        sim_say (world, "destroyed: the last copy of %.13s of %s", saved->id, saved->author);
      saved->required = exists;
    }
}
