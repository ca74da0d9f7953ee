/* sim-files.c: evidence files: attached, damaged, fetched by others
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "client/mc-fetch.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-rot.h"
#include "wire/mc-sync-error.h"

#define MAX_FILE 300

/* Three hundred letters, each with its accent behind it, as another system writes them. */
static char *
long_name (void)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < 60; i++)
    g_string_append (name, "Minh\xcc\x81");

  return g_string_free (g_string_append (name, ".pdf"), FALSE);
}

void
sim_files_attach (SimDevice *device,
                  McRecord  *record)
{
  SimWorld *world = device->world;
  g_autoptr(McEdit) edit = mc_edit_new ();
  gsize size = sim_random_is (&world->chance, 5) ? 0 : 1 + sim_random_below (&world->chance, MAX_FILE);
  g_autofree char *name = sim_random_is (&world->chance, 10) ? long_name () : g_strdup ("file.bin");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(McEvidence) file = NULL;
  g_autoptr(JsonArray) files = json_array_new ();
  guint8 *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = sim_random_next (&world->chance) >> 16;
  bytes = g_bytes_new_take (data, size);
  /* Those of a copy are as personal as it is. */
  if (sim_is_reviewer (device, mc_record_get_log (record)) || g_str_equal (mc_record_get_type_id (record), "certified-copy") ||
      !(file = mc_journal_attach_bytes (device->journal, bytes, name, world->now_us, NULL)))
    return;
  json_array_add_element (files, mc_evidence_to_json (file));
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  sim_save (device, edit, "attach");
}

/* One of the files that @device has. */
static char *
choose_file (SimDevice *device)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT sha256 FROM evidence WHERE have = 1 ORDER BY sha256",
                                          NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      char *path = mc_journal_get_evidence_path (device->journal, mc_stmt_get_text (stmt, 0), NULL);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }

  return paths->len == 0 ? NULL : g_strdup (paths->pdata[sim_random_below (&device->world->chance, paths->len)]);
}

void
sim_files_damage (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autofree char *path = choose_file (device), *content = NULL;
  gsize size;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_unlink (path);
  if (size > 0 && sim_random_is (&world->chance, 50))
    {
      content[sim_random_below (&world->chance, size)] ^= 1;
      g_assert_true (g_file_set_contents (path, content, size, NULL));
      sim_say (world, "%s: a file has rotted", device->name);
    }
  else
    sim_say (world, "%s: a file was deleted by hand", device->name);
}

/* Files that came whole to the hub. */
static GPtrArray *
list_whole (SimWorld *world)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (world->hub->db, "SELECT sha256 FROM evidence WHERE complete = 1 ORDER BY sha256", NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_ptr_array_add (names, g_strdup (mc_stmt_get_text (stmt, 0)));

  return names;
}

/* FALSE: there is nothing in it to rot. */
static gboolean
rot (const char *path)
{
  g_autofree char *content = NULL;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, NULL) || size == 0)
    return FALSE;
  /* Never back to what it was. */
  content[size / 2]++;

  return g_file_set_contents_full (path, content, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

void
sim_files_lose (SimWorld *world)
{
  g_autoptr(GPtrArray) names = list_whole (world);

  if (names->len > 0)
    {
      const char *name = names->pdata[sim_random_below (&world->chance, names->len)];
      char folder[3] = { name[0], name[1], '\0' };
      g_autofree char *path = g_build_filename (world->hub_dir, "evidence", folder, name, NULL);

      /* Half of them rot instead, at their full length. */
      if ((name[2] & 1) == 0 || !rot (path))
        g_unlink (path);
      sim_say (world, "hub: %.13s %s", name, g_file_test (path, G_FILE_TEST_EXISTS) ? "rots" : "was deleted by hand");
    }
}

void
sim_files_read (SimWorld *world)
{
  g_autoptr(GPtrArray) names = list_whole (world);

  for (guint i = 0; i < names->len; i++)
    if (mc_hub_read_file (world->hub_dir, names->pdata[i], 0, NULL) == MC_HUB_FILE_ROTTEN)
      g_assert_true (mc_hub_put_rotten_away (world->hub, names->pdata[i], world->now_us, NULL));
}

/* fetching */

typedef struct
{
  McFetchLine parent;
  SimDevice *device;
  gboolean calm;
} FetchLine;

static GBytes *
read_part (const char *path,
           guint64     offset,
           gsize       size)
{
  guint8 *data = g_malloc (size);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  ssize_t got = fd >= 0 ? pread (fd, data, size, offset) : -1;

  if (fd >= 0)
    close (fd);

  return g_bytes_new_take (data, MAX (got, 0));
}

static GBytes *
get_part (McFetchLine   *line,
          const char    *path,
          guint64        offset,
          gsize          size,
          GCancellable  *cancellable,
          GError       **error)
{
  FetchLine *self = (FetchLine *) line;
  SimWorld *world = self->device->world;
  g_autoptr(McHubDevice) reader = mc_hub_find_device (world->hub, self->device->account->device, NULL);
  g_autofree char *file = reader != NULL ? mc_hub_find_evidence (world->hub, reader, strrchr (path, '/') + 1) : NULL;
  g_autoptr(GBytes) part = NULL;

  if (!self->calm && sim_random_is (&world->chance, 15))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT, "cut");
      return NULL;
    }
  if (file == NULL || reader->revoked)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED, "not there");
      return NULL;
    }
  part = read_part (file, offset, size);
  if (!self->calm && sim_random_is (&world->chance, 3) && g_bytes_get_size (part) > 0)
    {
      guint8 *other = g_memdup2 (g_bytes_get_data (part, NULL), g_bytes_get_size (part));

      other[0] ^= 1;
      return g_bytes_new_take (other, g_bytes_get_size (part));
    }

  return g_steal_pointer (&part);
}

void
sim_files_fetch (SimDevice *device,
                 gboolean   calm)
{
  SimWorld *world = device->world;
  FetchLine line = { { get_part, 1 + sim_random_below (&world->chance, MAX_FILE / 2) }, device, calm };
  g_autoptr(GError) error = NULL;
  guint fetched = 0, missing = 0;
  gboolean done;

  if (!calm)
    sim_device_tempt (device, 10, 10);
  done = mc_fetch_all_over (device->journal, device->account, &line.parent, 0, &fetched, &missing, NULL, &error);
  if (fetched > 0 || !done)
    sim_say (world, "%s: fetched %u files, %u are not there%s%s", device->name, fetched, missing, done ? "" : ": ",
             done ? "" : error->message);
  if (!done && calm)
    sim_fail (world, "%s cannot fetch over a good line: %s", device->name, error->message);
  sim_device_settle (device);
}

/* at rest */

/* Whether somebody has the file and may send it. */
static gboolean
can_come (SimWorld   *world,
          const char *sha256,
          const char *log)
{
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];
      g_autofree char *path = mc_journal_get_evidence_path (device->journal, sha256, NULL);

      if (path != NULL && mc_evidence_is_whole (path, sha256) && sim_is_at_home (world, device->account->log, log) &&
          !sim_is_shut_out (device) && !g_str_equal (device->account->role, "auditor"))
        return TRUE;
    }

  return FALSE;
}

/* What @device does not have, the hub has not either; what it says to have is what the record names. */
static void
check_device (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autoptr(McHubDevice) reader = mc_hub_find_device (world->hub, device->account->device, NULL);
  g_autoptr(GArray) missing = mc_journal_list_evidence_missing (device->journal, NULL);

  for (guint i = 0; i < missing->len; i++)
    {
      const char *sha256 = g_array_index (missing, McEvidenceState, i).sha256;
      g_autofree char *path = mc_hub_find_evidence (world->hub, reader, sha256);

      if (path != NULL)
        sim_fail (world, "%s does not get %s, which the hub has", device->name, sha256);
    }
}

/* What a row names and a device of its unit has, the hub has whole. */
void
sim_files_check (SimWorld *world)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (world->hub->db, "SELECT e.sha256, u.log FROM evidence AS e JOIN evidence_use AS u"
                                          " ON u.sha256 = e.sha256 WHERE complete = 0", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    if (can_come (world, mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1)))
      sim_fail (world, "the hub lacks %s, which a PC of %s has", mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1));
  for (guint i = 0; i < world->devices->len; i++)
    if (!sim_is_shut_out (world->devices->pdata[i]))
      check_device (world->devices->pdata[i]);
}
