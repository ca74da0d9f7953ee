/* bench-register.c: scrolling and searching the register of certified copies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The baseline is the very same view with the very same rows over a model that has them all at hand: what is measured
 * is what the database costs a frame.  Both are scrolled in turns.
 */

#include <adwaita.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "core/mc-record-list.h"
#include "mc-context.h"
#include "mc-register.h"
#include "mc-ui.h"

#define LINES         100000
#define N_CONSTANTS   128
#define BLOCKS        24
#define BLOCK_FRAMES  50
#define SETTLE_FRAMES 10
#define SCROLL_PIXELS 90
#define SEARCHES      80

/* a model of constants */

#define CONSTANTS_TYPE (constants_get_type ())
G_DECLARE_FINAL_TYPE (Constants, constants, BENCH, CONSTANTS, GObject)

struct _Constants
{
  GObject parent_instance;
  GPtrArray *items;
};

static GType
constants_get_item_type (GListModel *model)
{
  return MC_TYPE_RECORD_ITEM;
}

static guint
constants_get_n_items (GListModel *model)
{
  return LINES;
}

static gpointer
constants_get_item (GListModel *model,
                    guint       position)
{
  GPtrArray *items = BENCH_CONSTANTS (model)->items;

  return position < LINES ? g_object_ref (items->pdata[position % items->len]) : NULL;
}

static void
constants_list_init (GListModelInterface *iface)
{
  iface->get_item_type = constants_get_item_type;
  iface->get_n_items = constants_get_n_items;
  iface->get_item = constants_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Constants, constants, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, constants_list_init))

static void
constants_class_init (ConstantsClass *klass)
{
}

static void
constants_init (Constants *self)
{
}

/* the bench */

typedef struct
{
  McStore *store;
  GtkWidget *window;
  GtkColumnView *view;
  GtkAdjustment *adjustment;
  GListModel *real;
  GListModel *constants;
  GArray *ours, *theirs;       /* of double: main thread's seconds a frame */
  guint block, frame;
  double last;
  GMainLoop *loop;
} Bench;

static double
thread_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec + now.tv_nsec / 1e9;
}

static GtkWidget *
find_widget (GtkWidget *root,
             GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
run_for (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
show_model (Bench *self)
{
  GListModel *model = self->block % 2 == 0 ? self->real : self->constants;
  GtkSingleSelection *selection = gtk_single_selection_new (g_object_ref (model));

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  Bench *self = user_data;
  double now = thread_seconds (), spent = now - self->last;
  double upper = gtk_adjustment_get_upper (self->adjustment) - gtk_adjustment_get_page_size (self->adjustment);

  self->last = now;
  if (self->frame > SETTLE_FRAMES)
    g_array_append_val (self->block % 2 == 0 ? self->ours : self->theirs, spent);
  if (++self->frame > SETTLE_FRAMES + BLOCK_FRAMES)
    {
      self->frame = 0;
      if (++self->block == BLOCKS)
        {
          g_main_loop_quit (self->loop);
          return G_SOURCE_REMOVE;
        }
      show_model (self);
    }
  else if (self->frame == 1)
    /* Somewhere that was not looked at before. */
    gtk_adjustment_set_value (self->adjustment, upper * (self->block / 2) / (BLOCKS / 2));
  else
    gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_value (self->adjustment) + SCROLL_PIXELS);

  return G_SOURCE_CONTINUE;
}

static double
mean (GArray *values)
{
  double sum = 0;

  for (guint i = 0; i < values->len; i++)
    sum += g_array_index (values, double, i);

  return sum / values->len;
}

static void
measure_scrolling (Bench *self)
{
  Constants *constants = g_object_new (CONSTANTS_TYPE, NULL);

  constants->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < N_CONSTANTS; i++)
    g_ptr_array_add (constants->items, g_list_model_get_item (self->real, i));
  while (mc_record_item_get_record (constants->items->pdata[N_CONSTANTS - 1]) == NULL)
    g_main_context_iteration (NULL, TRUE);
  self->constants = G_LIST_MODEL (constants);

  self->ours = g_array_new (FALSE, FALSE, sizeof (double));
  self->theirs = g_array_new (FALSE, FALSE, sizeof (double));
  show_model (self);
  self->last = thread_seconds ();
  gtk_widget_add_tick_callback (GTK_WIDGET (self->view), tick_cb, self, NULL);
  g_main_loop_run (self->loop);
  bench_report_ratio ("register of 100,000 lines, scroll frame (median) / constants", "ms", bench_median (self->ours) * 1e3,
                      bench_median (self->theirs) * 1e3, 1.5);
  bench_report_ratio ("register of 100,000 lines, scroll frame (mean) / constants", "ms", mean (self->ours) * 1e3,
                      mean (self->theirs) * 1e3, 1.5);
}

/* searching */

static GPtrArray *
draw_prefixes (const char *dir)
{
  GPtrArray *prefixes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (path, &error);

  bench_check (error);
  while (prefixes->len < SEARCHES)
    {
      g_autoptr(McStmt) stmt = mc_db_prepare (db, "SELECT c0 FROM record_text_content WHERE id = ?", &error);
      g_auto(GStrv) words = NULL;
      gboolean has_row;
      const char *word;

      bench_check (error);
      mc_stmt_bind_int64 (stmt, 1, g_rand_int_range (random, 1, LINES));
      mc_stmt_next (stmt, &has_row, &error);
      words = g_strsplit (has_row ? mc_stmt_get_text (stmt, 0) : "", " ", -1);
      word = words[0] != NULL ? words[g_rand_int_range (random, 0, g_strv_length (words))] : "";
      if (g_utf8_strlen (word, -1) >= 3 && g_ascii_isalpha (*word))
        g_ptr_array_add (prefixes, g_utf8_substring (word, 0, 3));
    }

  return prefixes;
}

static void
measure_search (Bench      *self,
                const char *dir)
{
  g_autoptr(GPtrArray) prefixes = draw_prefixes (dir);
  g_autoptr(McRecordList) list = mc_record_list_new (self->store);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (double)), found = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < prefixes->len; i++)
    {
      McQuery query = { .type = "certified-copy", .search = prefixes->pdata[i], .order = MC_ORDER_SORT_DESCENDING };
      double start = bench_now (), seconds, n;

      mc_record_list_set_query (list, &query);
      while (mc_record_list_get_loading (list))
        g_main_context_iteration (NULL, TRUE);
      seconds = bench_now () - start;
      n = g_list_model_get_n_items (G_LIST_MODEL (list));
      g_array_append_val (times, seconds);
      g_array_append_val (found, n);
      if (g_getenv ("BENCH_VERBOSE") != NULL)
        g_printerr ("%s: %.0f lines, %.2f ms\n", (char *) prefixes->pdata[i], n, seconds * 1e3);
    }
  bench_report ("search for a three-letter prefix among 100,000 lines, median", "ms", bench_median (times) * 1e3, 16.7);
  bench_report ("search for a three-letter prefix among 100,000 lines, p90", "ms", bench_percentile (times, 90) * 1e3, 0);
  bench_report ("lines found by such a search, median", "", bench_median (found), 0);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Bench *self = user_data;
  g_autoptr(GError) error = NULL;

  self->store = mc_store_open_finish (result, &error);
  bench_check (error);
  g_main_loop_quit (self->loop);
}

int
main (int    argc,
      char **argv)
{
  static const char * const columns[] = { "number", "certified_on", "requester", "document", "copies", "signer", "note", NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(McAccount) account = argc > 1 ? mc_account_load (argv[1], &error) : NULL;
  Bench self = { 0 };
  McJournalConfig config;
  McContext *context;
  GtkWidget *list;

  bench_check (error);
  if (account == NULL)
    {
      g_printerr ("usage: bench-register FOLDER (of bench-fill)\n");
      return 2;
    }
  adw_init ();
  mc_ui_init ();
  self.loop = g_main_loop_new (NULL, FALSE);
  mc_account_fill_config (account, pack, &config);
  mc_store_open_async (&config, NULL, opened_cb, &self);
  g_main_loop_run (self.loop);

  context = mc_context_new (self.store, NULL, "An Hòa", "commune", account->by);
  list = mc_register_new (context, "certified-copy", columns, MC_ORDER_SORT_DESCENDING);
  self.window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (self.window), list);
  gtk_window_set_default_size (GTK_WINDOW (self.window), 1366, 768);
  gtk_window_present (GTK_WINDOW (self.window));
  self.view = GTK_COLUMN_VIEW (find_widget (list, GTK_TYPE_COLUMN_VIEW));
  self.real = g_object_ref (gtk_single_selection_get_model (GTK_SINGLE_SELECTION (gtk_column_view_get_model (self.view))));
  self.adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self.view));
  while (mc_record_list_get_loading (MC_RECORD_LIST (self.real)))
    g_main_context_iteration (NULL, TRUE);
  run_for (500);

  measure_scrolling (&self);
  measure_search (&self, argv[1]);

  return 0;
}
