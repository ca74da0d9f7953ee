/* mc-evidence-row.c: one evidence file, and whether what lies on this computer is still that file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Disks forget.  The bytes are read again, in a thread, when somebody looks at the record: whoever has to prove something
 * with the file should not learn of it from the district.
 */

#include "mc-evidence-row.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "core/mc-text.h"
#include "core/mc-worker.h"
#include "mc-error-text.h"
#include "wire/mc-sync-error.h"

typedef enum
{
  STATE_WHOLE,
  STATE_DAMAGED,
  STATE_ABSENT,
} State;

typedef struct
{
  McContext *context;     /* (owned) */
  McEvidence *evidence;   /* (owned) */
  GtkWidget *fetch;       /* button */
} Row;

static void
row_free (gpointer data)
{
  Row *self = data;

  g_object_unref (self->context);
  mc_evidence_free (self->evidence);
  g_free (self);
}

static Row *
get_row (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "row");
}

McEvidence *
mc_evidence_row_get_evidence (GtkWidget *row)
{
  return get_row (row)->evidence;
}

/* With a decimal comma, as all figures here; g_format_size() follows a locale that may be another. */
static char *
size_text (guint64 size)
{
  char *text = mc_text_format_size (size);

  g_strdelimit (text, ".", ',');

  return text;
}

static char *
state_text (Row   *self,
            State  state)
{
  gboolean has_district = mc_context_get_sync (self->context) != NULL;

  switch (state)
    {
    case STATE_DAMAGED:
      return g_strdup (has_district ? _("Damaged on this computer. Fetch it from the district again, or attach the original once more.")
                                    : _("Damaged on this computer. Attach the original once more."));
    case STATE_ABSENT:
      return g_strdup (_("Not on this computer. It was attached on another one."));
    case STATE_WHOLE:
    default:
      return size_text (self->evidence->size);
    }
}

static void
show_state (GtkWidget *widget,
            State      state)
{
  Row *self = get_row (widget);
  g_autofree char *text = state_text (self, state), *markup = g_markup_escape_text (text, -1);
  gboolean is_picture = g_str_has_prefix (self->evidence->mime, "image/");

  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), markup);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (widget), state == STATE_DAMAGED ? "dialog-warning-symbolic"
                                : is_picture ? "image-x-generic-symbolic" : "x-office-document-symbolic");
  gtk_widget_set_visible (self->fetch, state != STATE_WHOLE && mc_context_get_sync (self->context) != NULL);
  gtk_widget_set_sensitive (self->fetch, TRUE);
}

/* looking */

/* What was whole once is not read again as long as the disk says it is the same file: hash → stamp. */
static GHashTable *whole;

typedef struct
{
  char *path;
  char sha256[65];
  char *known;   /* (nullable) */
  char *stamp;   /* out: (nullable) */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_free (look->path);
  g_free (look->known);
  g_free (look->stamp);
  g_free (look);
}

static void
look_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Look *look = task_data;
  GStatBuf info;

  if (g_stat (look->path, &info) == 0)
    look->stamp = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, (gint64) info.st_size,
                                   (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec, (gint64) info.st_ino);
  g_task_return_boolean (task, (look->stamp != NULL && g_strcmp0 (look->stamp, look->known) == 0) ||
                               mc_evidence_is_whole (look->path, look->sha256));
}

/* The sync is to know it too: it neither sends it nor holds it for sent. */
static gpointer
note_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return GINT_TO_POINTER (mc_journal_check_evidence (journal, data, error));
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GtkWidget *widget = GTK_WIDGET (source);
  Row *self = get_row (widget);
  Look *look = g_task_get_task_data (G_TASK (result));

  if (g_task_propagate_boolean (G_TASK (result), NULL))
    {
      g_hash_table_replace (whole, g_strdup (look->sha256), g_steal_pointer (&look->stamp));
      show_state (widget, STATE_WHOLE);
      return;
    }
  show_state (widget, STATE_DAMAGED);
  mc_store_run_async (mc_context_get_store (self->context), note_in_worker, g_strdup (self->evidence->sha256), g_free, NULL, NULL,
                      NULL, NULL);
}

static void
path_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autofree char *path = mc_store_get_evidence_path_finish (MC_STORE (source), result, NULL);
  g_autoptr(GTask) task = NULL;
  Look *look;

  if (path == NULL)
    {
      show_state (widget, STATE_ABSENT);
      return;
    }
  look = g_new0 (Look, 1);
  look->path = g_steal_pointer (&path);
  g_strlcpy (look->sha256, mc_evidence_row_get_evidence (widget)->sha256, sizeof look->sha256);
  look->known = g_strdup (g_hash_table_lookup (whole, look->sha256));
  task = g_task_new (widget, NULL, looked_cb, NULL);
  g_task_set_task_data (task, look, look_free);
  mc_worker_run_apart (task, look_in_thread);
}

void
mc_evidence_row_look (GtkWidget *widget)
{
  Row *self = get_row (widget);

  mc_store_get_evidence_path_async (mc_context_get_store (self->context), self->evidence->sha256, NULL, path_cb,
                                    g_object_ref (widget));
}

/* fetching */

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  Row *self = get_row (widget);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL, *why = NULL;

  if (mc_sync_fetch_evidence_finish (MC_SYNC (source), result, &error))
    text = g_strdup_printf (_("“%s” is on this computer again."), self->evidence->name);
  else if (g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED))
    text = g_strdup_printf (_("The district does not have “%s”. Attach the original once more."), self->evidence->name);
  else
    {
      why = mc_error_text (error);
      text = g_strdup_printf (_("“%s” could not be fetched. %s"), self->evidence->name, why);
    }
  mc_context_toast (self->context, text);
  mc_evidence_row_look (widget);
}

static void
fetch_cb (GtkWidget *button,
          GtkWidget *widget)
{
  Row *self = get_row (widget);

  gtk_widget_set_sensitive (button, FALSE);
  mc_sync_fetch_evidence_async (mc_context_get_sync (self->context), self->evidence->sha256, NULL, fetched_cb, g_object_ref (widget));
}

GtkWidget *
mc_evidence_row_new (McContext  *context,
                     McEvidence *evidence)
{
  GtkWidget *widget = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (evidence->name, -1);
  g_autofree char *label = g_strdup_printf (_("Fetch “%s” from the district"), evidence->name);
  Row *self = g_new0 (Row, 1);

  if (whole == NULL)
    whole = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->context = g_object_ref (context);
  self->evidence = evidence;
  self->fetch = gtk_button_new_with_label (_("Fetch"));
  g_object_set_data_full (G_OBJECT (widget), "row", self, row_free);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (widget), 4);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), TRUE);
  gtk_widget_set_valign (self->fetch, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->fetch, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fetch), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect (self->fetch, "clicked", G_CALLBACK (fetch_cb), widget);
  adw_action_row_add_suffix (ADW_ACTION_ROW (widget), self->fetch);
  show_state (widget, STATE_WHOLE);

  return widget;
}
