/* test-toasts.c: what is said in passing at the foot of the window, and for how long it is true
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "core/mc-error.h"
#include "mc-context-private.h"
#include "mc-error-text.h"
#include "mc-ui.h"
#include "mc-window.h"
#include "ui/ui-fixture.h"

static gboolean
is_toast (GtkWidget  *widget,
          const char *text)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget") && gtk_widget_get_mapped (widget) &&
         ui_find (widget, ui_is_label, text) != NULL;
}

static gboolean
is_cell (GtkWidget  *widget,
         const char *text)
{
  return GTK_IS_ENTRY (widget) && gtk_widget_get_mapped (widget) && g_str_equal (gtk_editable_get_text (GTK_EDITABLE (widget)), text);
}

static GtkWidget *
open_window (UiFixture *fixture)
{
  GtkWidget *window = mc_window_new (NULL, fixture->context);

  gtk_window_set_default_size (GTK_WINDOW (window), 1300, 760);
  gtk_window_present (GTK_WINDOW (window));
  mc_window_show_page (MC_WINDOW (window), "documents");
  UI_WAIT_FOR (ui_find (window, is_cell, "") != NULL);

  return window;
}

static GtkWidget *
type (GtkWidget  *window,
      const char *text)
{
  GtkWidget *cell = ui_find (window, is_cell, "");

  g_assert_nonnull (cell);
  gtk_widget_grab_focus (cell);
  gtk_editable_set_text (GTK_EDITABLE (cell), text);
  gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);

  return cell;
}

/* (transfer full) a sentence that is read for longer than anything is waited for here: if it goes, then not by itself. */
static char *
long_sentence (const char *begin)
{
  GString *text = g_string_new (begin);

  while (text->len < (UI_PATIENCE_S + 10) * 10)
    g_string_append (text, " and what else there is to say");

  return g_string_free (text, FALSE);
}

/* Of two cells that cannot be saved the newer one is told of at once, the older one no longer. */
static void
test_newest (UiFixture     *fixture,
             gconstpointer  data)
{
  GtkWidget *window = open_window (fixture);
  gint64 begin;

  type (window, "3x");
  UI_WAIT_FOR (ui_find (window, is_toast, "“3x”") != NULL);
  begin = g_get_monotonic_time ();
  type (window, "5y");
  UI_WAIT_FOR (ui_find (window, is_toast, "“5y”") != NULL && ui_find (window, is_toast, "“3x”") == NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * G_USEC_PER_SEC);
  /* … and does not come back once the newer one is gone. */
  UI_WAIT_FOR (ui_find (window, is_toast, "") == NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What was said of a cell goes as soon as the cell is right; what was said of another one stays. */
static void
test_corrected (UiFixture     *fixture,
                gconstpointer  data)
{
  GtkWidget *window = open_window (fixture), *first, *second;
  gint64 begin;

  first = type (window, "3x");
  second = type (window, "5y");
  UI_WAIT_FOR (ui_find (window, is_toast, "“5y”") != NULL);
  gtk_editable_set_text (GTK_EDITABLE (first), "3");
  g_assert_nonnull (ui_find (window, is_toast, "“5y”"));
  begin = g_get_monotonic_time ();
  gtk_editable_set_text (GTK_EDITABLE (second), "5");
  UI_WAIT_FOR (ui_find (window, is_toast, "") == NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * G_USEC_PER_SEC);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* On another page nothing is said of the one that was left, but for what went wrong. */
static void
test_left (UiFixture     *fixture,
           gconstpointer  data)
{
  GtkWidget *window = open_window (fixture);
  g_autofree char *typed = long_sentence ("typed"), *passing = long_sentence ("in passing"), *wrong = long_sentence ("the disk is full");
  gint64 begin;

  mc_context_toast_typed (fixture->context, window, typed);
  UI_WAIT_FOR (ui_find (window, is_toast, "typed") != NULL);
  mc_window_show_page (MC_WINDOW (window), "plan");
  UI_WAIT_FOR (ui_find (window, is_toast, "") == NULL);
  /* One that still goes, and one that waits for that. */
  mc_context_toast_typed (fixture->context, window, typed);
  UI_WAIT_FOR (ui_find (window, is_toast, "typed") != NULL);
  mc_context_toast (fixture->context, passing);
  mc_window_show_page (MC_WINDOW (window), "documents");
  UI_WAIT_FOR (ui_find (window, is_toast, "") == NULL);
  mc_context_toast_refused (fixture->context, wrong);
  UI_WAIT_FOR (ui_find (window, is_toast, "") != NULL);
  mc_window_show_page (MC_WINDOW (window), "overview");
  begin = g_get_monotonic_time ();
  while (g_get_monotonic_time () - begin < G_USEC_PER_SEC)
    {
      g_assert_nonnull (ui_find (window, is_toast, ""));
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
is_close (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         gtk_widget_get_ancestor (widget, g_type_from_name ("AdwToastWidget")) != NULL;
}

/* What a person's click on the middle of the toast's cross does: whether it meets anything of the toast. */
static gboolean
click_close (GtkWidget *window)
{
  GtkWidget *button = ui_find (window, is_close, NULL), *picked;
  graphene_rect_t bounds;

  if (button == NULL || !gtk_widget_compute_bounds (button, window, &bounds))
    return FALSE;
  picked = gtk_widget_pick (window, bounds.origin.x + bounds.size.width / 2, bounds.origin.y + bounds.size.height / 2, GTK_PICK_DEFAULT);
  if (picked == NULL || (picked != button && !gtk_widget_is_ancestor (picked, button)))
    return FALSE;
  g_signal_emit_by_name (button, "clicked");

  return TRUE;
}

/* A click on the cross of a toast that is still coming, in any of its frames, does no harm; one on a toast that has come closes it. */
static void
test_closed (UiFixture     *fixture,
             gconstpointer  data)
{
  GtkWidget *window = open_window (fixture);

  for (int i = 0; i < 12; i++)
    {
      /* So long a sentence does not go by itself meanwhile. */
      g_autofree char *text = g_strdup_printf ("%d said in a sentence that takes about twelve seconds to read if one reads slowly, as we do", i);
      gint64 begin;

      mc_context_toast (fixture->context, text);
      UI_WAIT_FOR (ui_find (window, is_toast, text) != NULL);
      begin = g_get_monotonic_time ();
      UI_WAIT_FOR (g_get_monotonic_time () - begin > i * 25 * 1000);
      UI_WAIT_FOR (click_close (window));
      UI_WAIT_FOR (ui_find (window, is_toast, "") == NULL);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
end_saving (McContext *context,
            int        code)
{
  g_autoptr(GError) error = code >= 0 ? g_error_new_literal (MC_STORE_ERROR, code, "technical") : NULL;

  mc_context_begin_saving (context);
  mc_context_end_saving (context, error);
}

/* That the disk is full is not said any more once something is saved; that an edit was none is, for it was lost. */
static void
test_passed (UiFixture     *fixture,
             gconstpointer  data)
{
  GtkWidget *window = open_window (fixture);
  g_autoptr(GError) full = g_error_new_literal (MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE, "technical");
  g_autofree char *words = mc_error_text (full);
  gint64 begin;

  end_saving (fixture->context, MC_STORE_ERROR_NO_SPACE);
  UI_WAIT_FOR (ui_find (window, is_toast, words) != NULL);
  begin = g_get_monotonic_time ();
  end_saving (fixture->context, -1);
  UI_WAIT_FOR (ui_find (window, is_toast, words) == NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * G_USEC_PER_SEC);
  end_saving (fixture->context, MC_STORE_ERROR_INVALID);
  UI_WAIT_FOR (ui_find (window, is_toast, "") != NULL);
  end_saving (fixture->context, -1);
  g_assert_nonnull (ui_find (window, is_toast, ""));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/toasts/newest", UiFixture, NULL, ui_set_up, test_newest, ui_tear_down);
  g_test_add ("/toasts/corrected", UiFixture, NULL, ui_set_up, test_corrected, ui_tear_down);
  g_test_add ("/toasts/closed", UiFixture, NULL, ui_set_up, test_closed, ui_tear_down);
  g_test_add ("/toasts/left", UiFixture, NULL, ui_set_up, test_left, ui_tear_down);
  g_test_add ("/toasts/passed", UiFixture, NULL, ui_set_up, test_passed, ui_tear_down);

  return g_test_run ();
}
