/* mc-making.c: the first run makes an enrolment, or a trial
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-making.h"

#include <glib/gstdio.h>

#include "client/mc-account.h"
#include "client/mc-enrol.h"
#include "core/mc-error.h"
#include "core/mc-worker.h"
#include "demo/mc-demo.h"

#define DEMO_SEED 2021
#define UNITS_RESOURCE "/vn/minhchung/MinhChung/units/an-lao.json"

/* What a first run makes things of. */
typedef struct
{
  char *dir;
  McPack *pack;
} Place;

static void
place_free (gpointer  data,
            GClosure *closure)
{
  Place *place = data;

  g_free (place->dir);
  mc_pack_unref (place->pack);
  g_free (place);
}

typedef struct
{
  char *dir;
  char *line;       /* (nullable) NULL = a trial */
  char *log;        /* of the trial */
  char *person;
  McPack *pack;
} Making;

static void
making_free (gpointer data)
{
  Making *making = data;

  g_free (making->dir);
  g_free (making->line);
  g_free (making->log);
  g_free (making->person);
  mc_pack_unref (making->pack);
  g_free (making);
}

static JsonNode *
load_units (void)
{
  g_autoptr(GBytes) bytes = g_resources_lookup_data (UNITS_RESOURCE, 0, NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonObject *root;

  if (bytes == NULL || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL))
    return NULL;
  root = json_node_get_object (json_parser_get_root (parser));

  return json_node_copy (json_object_get_member (root, "units"));
}

static McAccount *
make_trial (Making  *making,
            GError **error)
{
  g_autoptr(McAccount) account = mc_account_new (making->dir, making->log, "commune", making->person);
  g_autoptr(McJournal) journal = NULL;

  account->units = load_units ();
  if (g_mkdir_with_parents (making->dir, 0700) != 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "%s cannot be made", making->dir);
      return NULL;
    }
  if (!mc_account_save (account, error) || !(journal = mc_account_open_journal (account, making->pack, error)) ||
      !mc_demo_write (journal, making->log, DEMO_SEED, NULL, error))
    return NULL;

  return g_steal_pointer (&account);
}

static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Making *making = task_data;
  g_autoptr(GError) error = NULL;
  McAccount *account = making->line != NULL
                     ? mc_enrol (making->dir, making->line, making->person, cancellable, &error)
                     : make_trial (making, &error);

  mc_worker_return (task, account, (GDestroyNotify) mc_account_free, g_steal_pointer (&error));
}

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  McFirstRun *first = MC_FIRST_RUN (source);
  g_autoptr(GError) error = NULL;
  g_autoptr(McAccount) account = g_task_propagate_pointer (G_TASK (result), &error);

  if (account != NULL)
    mc_first_run_done (first, mc_account_get_unit_name (account, account->log));
  else
    mc_first_run_fail (first, error);
}

static void
make (Place      *place,
      McFirstRun *first,
      const char *line,
      const char *log,
      const char *person)
{
  g_autoptr(GTask) task = g_task_new (first, NULL, made_cb, NULL);
  Making *making = g_new0 (Making, 1);

  making->dir = g_strdup (place->dir);
  making->line = g_strdup (line);
  making->log = g_strdup (log);
  making->person = g_strdup (person);
  making->pack = mc_pack_ref (place->pack);
  g_task_set_task_data (task, making, making_free);
  mc_worker_run_apart (task, make_in_thread);
}

static void
enrol_cb (McFirstRun *first,
          const char *line,
          const char *person,
          gpointer    place)
{
  make (place, first, line, NULL, person);
}

static void
trial_cb (McFirstRun *first,
          guint       unit,
          const char *person,
          gpointer    place)
{
  make (place, first, NULL, mc_demo_list_communes ()[unit], person);
}

static Place *
place_new (const char *data_dir,
           McPack     *pack)
{
  Place *place = g_new0 (Place, 1);

  place->dir = g_strdup (data_dir);
  place->pack = mc_pack_ref (pack);

  return place;
}

/**
 * mc_making_new:
 * @application: whose window it is
 * @data_dir: folder in which the enrolment is made
 * @pack: the criteria set of a trial
 *
 * Makes the window of the first run.  What the person chooses in it is made in a thread; McFirstRun::finished tells that
 * @data_dir has an account.
 *
 * Returns: (transfer none): an #McFirstRun
 */
GtkWidget *
mc_making_new (GtkApplication *application,
               const char     *data_dir,
               McPack         *pack)
{
  g_autoptr(McAccount) names = mc_account_new (data_dir, "", "commune", "");
  g_autoptr(GPtrArray) units = g_ptr_array_new ();
  GtkWidget *window;

  names->units = load_units ();
  for (guint i = 0; mc_demo_list_communes ()[i] != NULL; i++)
    g_ptr_array_add (units, (gpointer) mc_account_get_unit_name (names, mc_demo_list_communes ()[i]));
  g_ptr_array_add (units, NULL);
  window = mc_first_run_new (application, (const char * const *) units->pdata);
  g_signal_connect_data (window, "enrol", G_CALLBACK (enrol_cb), place_new (data_dir, pack), place_free, 0);
  g_signal_connect_data (window, "trial", G_CALLBACK (trial_cb), place_new (data_dir, pack), place_free, 0);

  return window;
}
