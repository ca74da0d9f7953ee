/* mc-application-open.c: from an enrolment on the disk to its window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-application-private.h"

#include <glib/gi18n.h>

#include "mc-dialogs.h"
#include "mc-stick-window.h"
#include "mc-waiting.h"
#include "mc-window.h"

#define CHECKING_AFTER_MS 400   /* most stores are open long before, and nothing flashes */

void
mc_application_set_window (McApplication *self,
                           GtkWidget     *window)
{
  GtkWindow *before = self->window;

  g_set_weak_pointer (&self->window, GTK_WINDOW (window));
  if (!self->is_quiet || !MC_IS_WINDOW (window))
    gtk_window_present (self->window);
  if (before != NULL)
    gtk_window_destroy (before);
}

/* An enrolment that cannot be opened: what is on disk stays as it is. */
void
mc_application_tell_failure (McApplication *self,
                             const GError  *error)
{
  g_message ("Cannot open %s: %s", self->data_dir, error->message);
  mc_application_set_window (self, mc_waiting_new_failure (GTK_APPLICATION (self), error));
}

typedef struct
{
  McApplication *self;   /* (owned) */
  McAccount *account;    /* (owned) */
  McStore *store;        /* (owned) (nullable) once it is open */
  GError *error;         /* (owned) (nullable) or why it is not */
} Opening;

static void
opening_free (Opening *opening)
{
  mc_account_free (opening->account);
  g_clear_object (&opening->store);
  g_clear_error (&opening->error);
  g_object_unref (opening->self);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
drafts_committed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  guint n_records = 0;

  if (mc_store_commit_drafts_finish (MC_STORE (source), result, &n_records, NULL) && n_records > 0)
    g_message ("Brought back what was being typed in %u records", n_records);
}

void
mc_application_take_bundle (McApplication *self)
{
  g_autofree char *path = NULL;

  if (self->bundle == NULL || self->window == NULL || !MC_IS_WINDOW (self->window))
    return;
  path = g_steal_pointer (&self->bundle);
  mc_stick_window_read (GTK_WIDGET (self->window), mc_window_get_context (MC_WINDOW (self->window)), path);
}

/* A thread that still works when main() returns works on what is being taken down: the program ends after it.  In the
 * main thread, for that is where mc_worker_run_apart() lets go. */
static void
gone_cb (gpointer  application,
         GObject  *gone)
{
  g_application_release (application);
}

static void
stay_for (McApplication *self,
          gpointer       object)
{
  g_application_hold (G_APPLICATION (self));
  g_object_weak_ref (object, gone_cb, self);
}

static void
window_destroyed_cb (GtkWidget     *window,
                     McApplication *self)
{
  /* Another window may have taken its place, with a sync of its own. */
  if ((GtkWidget *) self->window != window)
    return;
  mc_notices_watch (self->notices, NULL);
  if (self->sync != NULL)
    mc_sync_cancel (self->sync);
  g_clear_object (&self->sync);
}

/* Closing hides the window of an enrolment that goes on syncing without one. */
void
mc_application_apply_stay (McApplication *self)
{
  if (self->window != NULL && MC_IS_WINDOW (self->window))
    gtk_window_set_hide_on_close (self->window, self->stays && self->sync != NULL);
}

/* For good, as always with everything typed on disk. */
void
mc_application_end_window (McApplication *self)
{
  if (self->window == NULL)
    return;
  gtk_window_set_hide_on_close (self->window, FALSE);
  /* What has never been shown has nothing typed in it, and cannot be closed. */
  if (gtk_widget_get_realized (GTK_WIDGET (self->window)))
    gtk_window_close (self->window);
  else
    gtk_window_destroy (self->window);
}

/* Where a notice led to. */
void
mc_application_take_place (McApplication *self)
{
  g_autofree char *place = NULL;

  if (self->place == NULL || self->window == NULL || !MC_IS_WINDOW (self->window))
    return;
  place = g_steal_pointer (&self->place);
  if (g_str_equal (place, "attention"))
    gtk_widget_activate_action (GTK_WIDGET (self->window), "win.attention", NULL);
  else
    mc_window_show_page (MC_WINDOW (self->window), place);
}

static void
show_store (McApplication *self,
            McAccount     *account,
            McStore       *store)
{
  g_autoptr(McContext) context = NULL;
  GtkWidget *window;

  /* What was being typed when the power failed becomes a change now. */
  mc_store_commit_drafts_async (store, NULL, g_get_real_time (), NULL, drafts_committed_cb, NULL);
  g_clear_object (&self->sync);
  if (!mc_account_is_trial (account))
    {
      self->sync = mc_sync_new (self->data_dir, self->pack);
      stay_for (self, self->sync);
      mc_sync_set_interval (self->sync, mc_settings_get_interval (self->settings));
      mc_sync_set_spares_metered (self->sync, mc_settings_get_spares_metered (self->settings));
    }
  context = mc_context_new (store, self->sync, mc_account_get_unit_name (account, account->log), account->role, account->by);
  mc_context_set_units (context, account->units);
  window = mc_window_new (GTK_APPLICATION (self), context);
  g_signal_connect_object (window, "destroy", G_CALLBACK (window_destroyed_cb), self, 0);
  if (self->page != NULL)
    mc_window_show_page (MC_WINDOW (window), self->page);
  mc_application_set_window (self, window);
  mc_application_apply_stay (self);
  mc_notices_watch (self->notices, context);
  if (self->sync != NULL)
    mc_sync_note_change (self->sync);
  if (self->news != NULL)
    mc_dialogs_tell (window, _("The backup is back"), self->news);
  g_clear_pointer (&self->news, g_free);
  mc_application_take_bundle (self);
  mc_application_take_place (self);
  mc_application_take_line (self);
}

/* Closed while the data is checked: what goes on without its window does so. */
static gboolean
give_up_cb (McApplication *self)
{
  self->is_quiet = self->stays;
  self->is_given_up = !self->stays;

  return GDK_EVENT_PROPAGATE;
}

/* A store that opens slowly is being checked, after an end nobody closed it in.  Nothing is written before that is through:
 * there is no window yet to type in, and nothing that syncs. */
gboolean
mc_application_show_checking (gpointer user_data)
{
  McApplication *self = user_data;
  GtkWidget *window;

  self->checking_source = 0;
  if (self->window == NULL && !self->is_quiet)
    {
      window = mc_waiting_new_checking (GTK_APPLICATION (self));
      g_signal_connect_object (window, "close-request", G_CALLBACK (give_up_cb), self, G_CONNECT_SWAPPED);
      mc_application_set_window (self, window);
    }

  return G_SOURCE_REMOVE;
}

static gboolean
opened_cb (gpointer user_data)
{
  g_autoptr(Opening) opening = user_data;
  McApplication *self = opening->self;

  self->is_opening = FALSE;
  /* Given up as well: it is closed in order, else the next start checks it once more. */
  if (opening->store != NULL)
    stay_for (self, opening->store);
  if (!self->is_given_up && opening->store != NULL)
    show_store (self, opening->account, opening->store);
  else if (!self->is_given_up)
    mc_application_tell_failure (self, opening->error);
  g_application_release (G_APPLICATION (self));

  return G_SOURCE_REMOVE;
}

/* What GTK has left for later goes first: that its icons have changed makes it look at every widget there is. */
static void
store_opened_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Opening *opening = user_data;

  g_clear_handle_id (&opening->self->checking_source, g_source_remove);
  opening->store = mc_store_open_finish (result, &opening->error);
  g_idle_add (opened_cb, opening);
}

void
mc_application_open_account (McApplication *self,
                             McAccount     *account)   /* (transfer full) */
{
  McJournalConfig config;
  Opening *opening = g_new0 (Opening, 1);

  opening->self = g_object_ref (self);
  opening->account = account;
  mc_account_fill_config (account, self->pack, &config);
  self->is_opening = TRUE;
  self->is_given_up = FALSE;
  g_clear_handle_id (&self->checking_source, g_source_remove);
  self->checking_source = g_timeout_add (CHECKING_AFTER_MS, mc_application_show_checking, self);
  g_application_hold (G_APPLICATION (self));
  mc_store_open_async (&config, NULL, store_opened_cb, opening);
}
