/* mc-notices.c: what the desktop tells a person who is not looking at the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-notices.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-sync-button.h"

#define ATTENTION_ID "attention"
#define DAYS_BEFORE 3
#define LOOK_EVERY_SECONDS (60 * 60)
#define FIRST_SUMMARY_SECONDS 1   /* the window is drawn first, which takes all of a slow processor */

struct _McNotices
{
  GObject parent_instance;

  GtkApplication *application;   /* which has this one */
  McSettings *settings;          /* (owned) */
  McContext *context;            /* (owned) (nullable) of the enrolment that is open */
  gulong summary_handler;
  guint source, first_source;
  gboolean is_known;             /* whether there is a summary to compare with */
  McJournalSummary summary;
};

G_DEFINE_FINAL_TYPE (McNotices, mc_notices, G_TYPE_OBJECT)

static void
forget (McNotices *self)
{
  if (self->context != NULL)
    g_clear_signal_handler (&self->summary_handler, mc_context_get_store (self->context));
  g_clear_object (&self->context);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->first_source, g_source_remove);
  self->is_known = FALSE;
}

static void
mc_notices_dispose (GObject *object)
{
  McNotices *self = MC_NOTICES (object);

  forget (self);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (mc_notices_parent_class)->dispose (object);
}

static void
mc_notices_class_init (McNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_notices_dispose;
}

static void
mc_notices_init (McNotices *self)
{
}

/* The action that a click leads to shows the window, and there @place. */
static void
tell (McNotices  *self,
      const char *id,
      const char *title,
      const char *body,
      const char *place)
{
  g_autoptr(GNotification) notification = g_notification_new (title);
  g_autoptr(GIcon) icon = g_themed_icon_new (MC_APP_ID);

  if (!mc_settings_get_notifies (self->settings))
    return;
  g_notification_set_body (notification, body);
  g_notification_set_icon (notification, icon);
  g_notification_set_default_action_and_target (notification, "app.show", "s", place);
  g_application_send_notification (G_APPLICATION (self->application), id, notification);
}

/* what has to be settled */

/**
 * mc_notices_is_worse:
 * @before: what the person may know of
 * @now: what there is
 *
 * Whether there is more to settle than before.  What became less, or only waits to be sent, is no news.
 */
gboolean
mc_notices_is_worse (const McJournalSummary *before,
                     const McJournalSummary *now)
{
  return now->n_refused_records > before->n_refused_records || now->n_conflict_records > before->n_conflict_records ||
         now->n_spared_records > before->n_spared_records;
}

static gboolean
is_looked_at (McNotices *self)
{
  for (GList *each = gtk_application_get_windows (self->application); each != NULL; each = each->next)
    if (gtk_widget_get_mapped (each->data) && gtk_window_is_active (each->data))
      return TRUE;

  return FALSE;
}

static void
summary_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(McNotices) self = user_data;
  g_autofree char *title = NULL;
  McJournalSummary now;

  if (!mc_store_get_summary_finish (MC_STORE (source), result, &now, NULL))
    return;
  if (self->context == NULL || mc_context_get_store (self->context) != MC_STORE (source))
    return;
  title = mc_sync_attention_text (&now);
  if (title == NULL)
    g_application_withdraw_notification (G_APPLICATION (self->application), ATTENTION_ID);
  else if (self->is_known && mc_notices_is_worse (&self->summary, &now) && !is_looked_at (self))
    tell (self, ATTENTION_ID, title, _("Click to see it. Nothing is lost, and nothing has to wait for it."), "attention");
  self->summary = now;
  self->is_known = TRUE;
}

static void
update (McNotices *self)
{
  mc_store_get_summary_async (mc_context_get_store (self->context), NULL, summary_cb, g_object_ref (self));
}

static gboolean
first_cb (gpointer user_data)
{
  McNotices *self = user_data;

  self->first_source = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

/* what is due */

/**
 * mc_notices_due_title:
 * @period: a reporting period
 * @today: yyyy-mm-dd
 *
 * Returns: (nullable): what to say in the last days before its figures are due; %NULL before and after those
 */
char *
mc_notices_due_title (const McPackPeriod *period,
                      const char         *today)
{
  int days = mc_text_days_between (today, period->cutoff);

  if (days < 0 || days > DAYS_BEFORE)
    return NULL;
  if (days == 0)
    return g_strdup (_("Figures are due today"));

  return g_strdup_printf (ngettext ("Figures are due in %d day", "Figures are due in %d days", (gulong) days), days);
}

/* Each period is told once, whatever starts and stops meanwhile. */
static gboolean
look_cb (gpointer user_data)
{
  McNotices *self = user_data;
  McPack *pack = mc_context_get_pack (self->context);
  GPtrArray *periods = mc_pack_get_periods (pack);
  g_autofree char *today = mc_context_today (self->context);

  for (guint i = 0; i < periods->len && mc_settings_get_notifies (self->settings); i++)
    {
      McPackPeriod *period = periods->pdata[i];
      g_autofree char *title = mc_notices_due_title (period, today), *date = mc_text_format_date (period->cutoff), *body = NULL;
      g_autofree char *id = g_strdup_printf ("%s/%s", mc_pack_get_id (pack), period->id);

      if (title == NULL || !mc_settings_note_told (self->settings, id))
        continue;
      /* Translators: a reporting period, and a date. */
      body = g_strdup_printf (_("%s – figures up to %s"), period->title, date);
      tell (self, id, title, body, "overview");
    }

  return G_SOURCE_CONTINUE;
}

/**
 * mc_notices_watch:
 * @self: the notices
 * @context: (nullable): of the enrolment that has been opened; %NULL once it is closed
 *
 * From now on tells what happens to that enrolment, and no longer what happens to the one before.
 */
void
mc_notices_watch (McNotices *self,
                  McContext *context)
{
  forget (self);
  if (context == NULL)
    return;
  self->context = g_object_ref (context);
  self->summary_handler = g_signal_connect_object (mc_context_get_store (context), "summary-changed", G_CALLBACK (update), self,
                                                   G_CONNECT_SWAPPED);
  if (gtk_application_get_windows (self->application) != NULL)
    self->first_source = g_timeout_add_seconds (FIRST_SUMMARY_SECONDS, first_cb, self);
  else
    update (self);
  self->source = g_timeout_add_seconds (LOOK_EVERY_SECONDS, look_cb, self);
  look_cb (self);
}

/**
 * mc_notices_new:
 * @application: that sends them, and lives longer
 * @settings: whether they are wanted
 *
 * Without a desktop that shows notices nothing happens, and nothing is missing.
 *
 * Returns: (transfer full): notices of nothing yet
 */
McNotices *
mc_notices_new (GtkApplication *application,
                McSettings     *settings)
{
  McNotices *self = g_object_new (MC_TYPE_NOTICES, NULL);

  self->application = application;
  self->settings = g_object_ref (settings);

  return self;
}
