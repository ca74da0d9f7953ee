/* mc-sync-log-window.c: what each sync did, for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When, what went and came, how much, how long, and what failed, with a code to read out on the telephone.
 */

#include "mc-sync-log-window.h"

#include <glib/gi18n.h>

#include "core/mc-sync-log.h"
#include "core/mc-text.h"
#include "wire/mc-sync-error.h"
#include "mc-error-text.h"
#include "mc-lines-window.h"

#define MAX_ROWS 200

typedef struct
{
  McContext *context;   /* (owned) */
  GtkWidget *window;    /* owns this */
  GtkWidget *list;
} SyncLog;

static void
sync_log_free (gpointer data)
{
  SyncLog *self = data;

  g_object_unref (self->context);
  g_free (self);
}

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return mc_journal_list_sync_log (journal, MAX_ROWS, error);
}

/* words */

static char *
outcome_text (McSyncLogEntry *entry)
{
  if (g_str_equal (entry->outcome, "ok"))
    return g_strdup (_("went through"));
  if (g_str_equal (entry->outcome, "cancelled"))
    return g_strdup (_("stopped by hand"));

  return mc_error_text_slug (entry->outcome);
}

static char *
work_text (McSyncLogEntry *entry)
{
  g_autofree char *sent = mc_text_format_size (entry->bytes_sent), *received = mc_text_format_size (entry->bytes_received);
  gint64 tenths = (entry->ended_us - entry->started_us) / (G_TIME_SPAN_SECOND / 10);

  /* Translators: edits sent, files sent, files to send, items received; bytes there and back, requests, seconds. */
  return g_strdup_printf (_("Sent %u edits and %u of %u files, received %u items, refused %u · %s out, %s in · %u turns · %d,%d s"),
                          entry->changes_sent, entry->files_done, entry->files_total, entry->received, entry->refused,
                          sent, received, entry->turns, (int) (tenths / 10), (int) (tenths % 10));
}

static void
copy_cb (GtkButton *button,
         SyncLog   *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), g_object_get_data (G_OBJECT (button), "code"));
  mc_context_toast (self->context, _("The code was copied."));
}

static void
add_code (SyncLog        *self,
          GtkWidget      *row,
          McSyncLogEntry *entry,
          const char     *at)
{
  GtkWidget *button = gtk_button_new_with_label (_("Copy the code"));
  g_autofree char *code = g_strdup_printf ("MC/%s/%s/%u/%" G_GUINT64_FORMAT, entry->outcome, at, entry->turns, entry->bytes_sent);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("For whoever helps you: what failed, and when"));
  g_object_set_data_full (G_OBJECT (button), "code", g_steal_pointer (&code), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (copy_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
make_row (SyncLog        *self,
          McSyncLogEntry *entry)
{
  GtkWidget *row = adw_action_row_new ();
  gboolean is_good = g_str_equal (entry->outcome, "ok");
  g_autofree char *at = mc_text_format_moment (entry->started_us, "%d/%m/%Y %H:%M:%S"), *outcome = outcome_text (entry), *work = work_text (entry);
  g_autofree char *title = g_strdup_printf ("%s – %s", at, outcome);
  g_autofree char *title_markup = g_markup_escape_text (title, -1), *work_markup = g_markup_escape_text (work, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), work_markup);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), is_good ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  if (!is_good)
    add_code (self, row, entry, at);

  return row;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  SyncLog *self = g_object_get_data (G_OBJECT (window), "sync-log");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = mc_store_run_finish (MC_STORE (source), result, &error);

  if (entries == NULL)
    {
      mc_context_toast_error (self->context, error);
      return;
    }
  mc_lines_window_set_empty (self->list, _("Nothing was synced yet."));
  for (guint i = 0; i < entries->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, entries->pdata[i]));
}

void
mc_sync_log_window_show (GtkWidget *parent,
                         McContext *context)
{
  SyncLog *self = g_new0 (SyncLog, 1);

  self->context = g_object_ref (context);
  self->window = mc_lines_window_new (parent, _("Sync log"), 720, 560, NULL, &self->list);
  g_object_set_data_full (G_OBJECT (self->window), "sync-log", self, sync_log_free);
  mc_store_run_async (mc_context_get_store (context), read_in_worker, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, NULL,
                      read_cb, g_object_ref (self->window));
  gtk_window_present (GTK_WINDOW (self->window));
}
