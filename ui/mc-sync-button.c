/* mc-sync-button.c: the one button
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-sync-button.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-error-text.h"
#include "mc-reload.h"

#define SHORT_CHARS 30

struct _McSyncButton
{
  GtkWidget parent_instance;

  McContext *context;          /* (owned) (nullable) */
  GtkWidget *box;
  GtkWidget *button;
  GtkWidget *icon;
  GtkWidget *spinner;
  GtkWidget *label;
  GtkWidget *cancel;
  GtkWidget *look;
  McJournalSummary summary;
  McReload *reload;            /* (owned) (nullable) of the summary */
};

G_DEFINE_FINAL_TYPE (McSyncButton, mc_sync_button, GTK_TYPE_WIDGET)

/* words */

static char *
working_text (const McSyncReport *report)
{
  g_autofree char *files = NULL, *left = NULL;
  int minutes = (report->seconds_left + 30) / 60;

  if (report->files_total == 0)
    return g_strdup (_("Syncing…"));

  /* Translators: files sent so far, files to send. */
  files = g_strdup_printf (_("Sending %u of %u files"), report->files_done, report->files_total);
  if (report->seconds_left < 0)
    return g_steal_pointer (&files);
  if (minutes == 0)
    left = g_strdup (_("less than a minute left"));
  else
    left = g_strdup_printf (ngettext ("about %d minute left", "about %d minutes left", (gulong) minutes), minutes);

  return g_strdup_printf ("%s – %s", files, left);
}

static char *
waiting_text (const McJournalSummary *summary,
              const McSyncReport     *report)
{
  if (summary->n_pending_records > 0)
    return g_strdup_printf (ngettext ("%u item waiting", "%u items waiting", summary->n_pending_records), summary->n_pending_records);
  if (summary->n_evidence_waiting > 0 && report != NULL && report->files_wait)
    return g_strdup_printf (ngettext ("%u file waits for a network that costs nothing", "%u files wait for a network that costs nothing",
                                      summary->n_evidence_waiting), summary->n_evidence_waiting);
  if (summary->n_evidence_waiting > 0)
    return g_strdup_printf (ngettext ("%u file waiting", "%u files waiting", summary->n_evidence_waiting),
                            summary->n_evidence_waiting);

  return NULL;
}

static guint
n_to_settle (const McJournalSummary *summary)
{
  return summary->n_refused_records + summary->n_spared_records + summary->n_conflict_records;
}

char *
mc_sync_attention_text (const McJournalSummary *summary)
{
  if (summary->n_refused_records > 0)
    return g_strdup_printf (ngettext ("Please look: %u item was refused", "Please look: %u items were refused",
                                      summary->n_refused_records), summary->n_refused_records);
  if (summary->n_spared_records > 0)
    return g_strdup_printf (ngettext ("Please look: %u item deleted elsewhere", "Please look: %u items deleted elsewhere",
                                      summary->n_spared_records), summary->n_spared_records);
  if (summary->n_conflict_records > 0)
    return g_strdup_printf (ngettext ("Please look: two people edited %u item", "Please look: two people edited %u items",
                                      summary->n_conflict_records), summary->n_conflict_records);

  return NULL;
}

static char *
synced_text (gint64 last_us,
             gint64 now_us)
{
  g_autofree char *last = mc_text_format_moment (last_us, "%Y-%m-%d"), *today = mc_text_format_moment (now_us, "%Y-%m-%d");

  /* Translators: a time of today, or a date with a time, as g_date_time_format() writes them. */
  return mc_text_format_moment (last_us, g_str_equal (last, today) ? _("Synced at %H:%M") : _("Synced on %d/%m at %H:%M"));
}

char *
mc_sync_state_text (const McJournalSummary *summary,
                    const McSyncReport     *report,
                    gboolean                is_working,
                    const GError           *error,
                    gint64                  now_us)
{
  g_autofree char *waiting = waiting_text (summary, report), *attention = mc_sync_attention_text (summary);

  if (is_working)
    return working_text (report);
  if (attention != NULL)
    return g_steal_pointer (&attention);
  if (report == NULL)
    return g_strdup (_("Trial – nothing is sent"));
  if (error != NULL && waiting != NULL)
    return g_strdup_printf ("%s – %s", waiting, mc_error_short (error));
  if (error != NULL)
    return g_strdup (mc_error_short (error));
  if (waiting != NULL)
    return g_steal_pointer (&waiting);
  if (mc_sync_report_is_clock_off (report))
    return g_strdup (_("Synced – the clock of this computer is wrong"));
  if (summary->last_sync_us > 0)
    return synced_text (summary->last_sync_us, now_us);

  return g_strdup (_("Not synced yet"));
}

char *
mc_sync_explain_text (const McJournalSummary *summary,
                      const McSyncReport     *report,
                      const GError           *error)
{
  if (error != NULL)
    return mc_error_text (error);
  if (report != NULL && mc_sync_report_is_clock_off (report))
    return g_strdup (_("Everything was synced. The clock of this computer differs from the district's by more than five minutes: please "
                       "set date and time, so that the times of your edits are right."));

  if (summary->n_aside_records > 0)
    return g_strdup_printf (ngettext ("%u item has entries of another computer that the district's server has lost. They are kept here and "
                                      "count as before; each sync gives back what it can. If this stays, please tell the district.",
                                      "%u items have entries of another computer that the district's server has lost. They are kept here "
                                      "and count as before; each sync gives back what it can. If this stays, please tell the district.",
                                      summary->n_aside_records), summary->n_aside_records);

  return g_strdup (_("Send what waits and fetch what is new"));
}

/* the widget */

/* A state is never cut: a long one takes two lines of small letters. */
static void
show_length (McSyncButton *self,
             gboolean      is_long)
{
  gtk_label_set_width_chars (GTK_LABEL (self->label), is_long ? SHORT_CHARS : -1);
  gtk_label_set_wrap (GTK_LABEL (self->label), is_long);
  if (is_long)
    gtk_widget_add_css_class (self->label, "caption");
  else
    gtk_widget_remove_css_class (self->label, "caption");
}

static void
show_state (McSyncButton *self)
{
  McSync *sync = self->context != NULL ? mc_context_get_sync (self->context) : NULL;
  gboolean is_working = sync != NULL && mc_sync_get_state (sync) == MC_SYNC_WORKING;
  const GError *error = sync != NULL && !is_working ? mc_sync_get_error (sync) : NULL;
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  const McSyncReport *report = sync != NULL ? mc_sync_get_report (sync) : NULL;
  gint64 now_us = g_get_real_time ();
  g_autofree char *text = NULL, *said = NULL, *why = NULL;

  if (self->context == NULL)
    return;
  if (is_cancelled)
    error = NULL;
  text = mc_sync_state_text (&self->summary, report, is_working, error, now_us);
  why = mc_sync_explain_text (&self->summary, report, error);
  /* Translators: what a screen reader says of the button; %s is its state in words. */
  said = g_strdup_printf (_("Sync: %s"), text);

  gtk_label_set_text (GTK_LABEL (self->label), text);
  show_length (self, g_utf8_strlen (text, -1) > SHORT_CHARS);
  gtk_widget_set_tooltip_text (self->button, why);
  /* Later versions of GTK call a button by its mnemonic label alone, whatever else it says. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  gtk_widget_set_visible (self->spinner, is_working);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_working);
  gtk_widget_set_visible (self->icon, !is_working);
  gtk_widget_set_visible (self->cancel, is_working);
  gtk_widget_set_visible (self->look, !is_working && n_to_settle (&self->summary) > 0);
}

static void
summary_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(McSyncButton) self = user_data;
  McJournalSummary summary;

  gboolean done = mc_store_get_summary_finish (MC_STORE (source), result, &summary, NULL);

  if (self->reload == NULL)
    return;
  mc_reload_done (self->reload);
  if (!done)
    return;
  self->summary = summary;
  show_state (self);
}

static void
load_cb (gpointer user_data)
{
  McSyncButton *self = user_data;

  mc_store_get_summary_async (mc_context_get_store (self->context), NULL, summary_cb, g_object_ref (self));
}

static void
summary_changed_cb (McSyncButton *self)
{
  if (self->reload != NULL)
    mc_reload_queue (self->reload);
}

static void
state_changed_cb (McSyncButton *self)
{
  show_state (self);
  if (mc_sync_get_state (mc_context_get_sync (self->context)) == MC_SYNC_IDLE)
    summary_changed_cb (self);
}

static void
cancel_cb (McSyncButton *self)
{
  mc_sync_cancel (mc_context_get_sync (self->context));
}

static void
mc_sync_button_dispose (GObject *object)
{
  McSyncButton *self = MC_SYNC_BUTTON (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_sync_button_parent_class)->dispose (object);
}

static void
mc_sync_button_class_init (McSyncButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_sync_button_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
mc_sync_button_init (McSyncButton *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *title = gtk_label_new_with_mnemonic (_("_Sync"));

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->button = gtk_button_new ();
  self->icon = gtk_image_new_from_icon_name ("emblem-synchronizing-symbolic");
  self->spinner = gtk_spinner_new ();
  self->label = gtk_label_new (NULL);
  self->cancel = gtk_button_new_from_icon_name ("process-stop-symbolic");
  self->look = gtk_button_new_with_label (_("Settle"));

  gtk_widget_add_css_class (self->box, "linked");
  gtk_widget_add_css_class (self->button, "suggested-action");
  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_mnemonic_widget (GTK_LABEL (title), self->button);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_add_css_class (self->label, "sync-state");
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), SHORT_CHARS);
  gtk_box_append (GTK_BOX (content), self->icon);
  gtk_box_append (GTK_BOX (content), self->spinner);
  gtk_box_append (GTK_BOX (content), title);
  gtk_box_append (GTK_BOX (content), self->label);
  gtk_button_set_child (GTK_BUTTON (self->button), content);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.sync");
  gtk_widget_set_tooltip_text (self->cancel, _("Stop the sync"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Stop the sync"), -1);
  gtk_widget_set_visible (self->cancel, FALSE);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (cancel_cb), self);
  gtk_box_append (GTK_BOX (self->box), self->button);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->look), "win.attention");
  gtk_widget_set_tooltip_text (self->look, _("See what has to be settled"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->look), GTK_ACCESSIBLE_PROPERTY_LABEL, _("See what has to be settled"), -1);
  gtk_widget_set_visible (self->look, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->cancel);
  gtk_box_append (GTK_BOX (self->box), self->look);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

void
mc_sync_button_set_context (McSyncButton *self,
                            McContext    *context)
{
  McSync *sync = mc_context_get_sync (context);

  g_set_object (&self->context, context);
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load_cb, self);
  g_signal_connect_object (mc_context_get_store (context), "summary-changed", G_CALLBACK (summary_changed_cb), self, G_CONNECT_SWAPPED);
  if (sync != NULL)
    g_signal_connect_object (sync, "state-changed", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
}
