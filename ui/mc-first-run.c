/* mc-first-run.c: three steps: the enrolment line, who works here, a look around
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-first-run.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-text.h"
#include "wire/mc-enrolment.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-present.h"

#define MAX_LINE_FILE_BYTES (64 * 1024)

struct _McFirstRun
{
  AdwApplicationWindow parent_instance;

  GtkWidget *stack;
  GtkWidget *line;          /* text view */
  GtkWidget *line_error;
  GtkWidget *units;         /* combo row, for the trial */
  GtkWidget *name;
  GtkWidget *position;
  GtkWidget *person_error;
  GtkWidget *spinner;
  GtkWidget *go;
  GtkWidget *welcome;
  gboolean is_trial;
};

enum
{
  SIGNAL_ENROL,
  SIGNAL_TRIAL,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McFirstRun, mc_first_run, ADW_TYPE_APPLICATION_WINDOW)

static void
show_error (GtkWidget  *label,
            const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL);
}

static char *
dup_line (McFirstRun *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->line));
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);

  return g_strdup (g_strstrip (text));
}

void
mc_first_run_set_line (McFirstRun *self,
                       const char *line)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->line)), line, -1);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "line");
}

/* the first step */

static void
line_next_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  McFirstRun *self = MC_FIRST_RUN (widget);
  g_autofree char *line = dup_line (self);
  g_autoptr(McEnrolment) enrolment = NULL;
  g_autoptr(GError) error = NULL;

  if (*line == '\0')
    {
      show_error (self->line_error, _("Paste the enrolment line that the district gave you, or open its file."));
      return;
    }
  if ((enrolment = mc_enrolment_parse (line, 0, &error)) == NULL)
    {
      g_autofree char *text = mc_error_text (error);

      show_error (self->line_error, text);
      return;
    }
  show_error (self->line_error, NULL);
  self->is_trial = FALSE;
  gtk_widget_set_visible (self->units, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "person");
  gtk_widget_grab_focus (self->name);
}

static void
trial_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  McFirstRun *self = MC_FIRST_RUN (widget);

  self->is_trial = TRUE;
  show_error (self->line_error, NULL);
  gtk_widget_set_visible (self->units, TRUE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "person");
  gtk_widget_grab_focus (self->name);
}

/* Whatever is taken for an enrolment file, no more of it is read than one can have. */
static gboolean
read_more_cb (const char *contents,
              goffset     n_read,
              gpointer    user_data)
{
  return n_read <= MAX_LINE_FILE_BYTES;
}

static void
file_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(McFirstRun) self = user_data;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_load_partial_contents_finish (G_FILE (source), result, &text, &length, NULL, NULL) || length > MAX_LINE_FILE_BYTES ||
      !g_utf8_validate (text, length, NULL) || *g_strstrip (text) == '\0')
    show_error (self->line_error, _("This file cannot be read as an enrolment file. Ask the district for it again."));
  else
    {
      show_error (self->line_error, NULL);
      mc_first_run_set_line (self, text);
    }
}

void
mc_first_run_read_file (McFirstRun *self,
                        GFile      *file)
{
  g_file_load_partial_contents_async (file, NULL, read_more_cb, file_read_cb, g_object_ref (self));
}

static void
file_chosen_cb (GFile    *file,
                gpointer  user_data)
{
  if (file != NULL)
    mc_first_run_read_file (user_data, file);
}

static void
open_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  mc_dialogs_open_file (widget, _("Open the enrolment file"), _("Enrolment files"), "*.mcenrol", file_chosen_cb, widget);
}

/* the second step */

static void
set_busy (McFirstRun *self,
          gboolean    is_busy)
{
  gtk_widget_set_visible (self->spinner, is_busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "first.go", !is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "first.back", !is_busy);
}

static void
go_cb (GtkWidget  *widget,
       const char *action,
       GVariant   *parameter)
{
  McFirstRun *self = MC_FIRST_RUN (widget);
  g_autofree char *name = mc_text_normalize (gtk_editable_get_text (GTK_EDITABLE (self->name)));
  g_autofree char *position = mc_text_normalize (gtk_editable_get_text (GTK_EDITABLE (self->position)));
  g_autofree char *person = NULL, *line = dup_line (self);

  if (*name == '\0')
    {
      show_error (self->person_error, _("Type your name: it stands beside everything you enter."));
      gtk_widget_grab_focus (self->name);
      return;
    }
  show_error (self->person_error, NULL);
  person = *position != '\0' ? g_strdup_printf ("%s, %s", name, position) : g_strdup (name);
  set_busy (self, TRUE);
  if (self->is_trial)
    g_signal_emit (self, signals[SIGNAL_TRIAL], 0, adw_combo_row_get_selected (ADW_COMBO_ROW (self->units)), person);
  else
    g_signal_emit (self, signals[SIGNAL_ENROL], 0, line, person);
}

static void
back_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  gtk_stack_set_visible_child_name (GTK_STACK (MC_FIRST_RUN (widget)->stack), "line");
}

void
mc_first_run_done (McFirstRun *self,
                   const char *unit_name)
{
  g_autofree char *text = g_strdup_printf (_("Everything is ready for %s."), unit_name);

  set_busy (self, FALSE);
  gtk_label_set_text (GTK_LABEL (self->welcome), text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "tour");
}

void
mc_first_run_fail (McFirstRun   *self,
                   const GError *error)
{
  g_autofree char *text = mc_error_text_enrol (error);

  set_busy (self, FALSE);
  show_error (self->line_error, text);
  show_error (self->person_error, text);
  if (!self->is_trial)
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "line");
}

static void
finish_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_FINISHED], 0);
}

/* the window */

static void
mc_first_run_class_init (McFirstRunClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_ENROL] = g_signal_new ("enrol", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_TRIAL] = g_signal_new ("trial", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/minhchung/MinhChung/ui/mc-first-run.ui");
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, stack);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, line);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, line_error);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, units);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, name);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, position);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, person_error);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, spinner);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, go);
  gtk_widget_class_bind_template_child (widget_class, McFirstRun, welcome);
  gtk_widget_class_install_action (widget_class, "first.next", NULL, line_next_cb);
  gtk_widget_class_install_action (widget_class, "first.trial", NULL, trial_cb);
  gtk_widget_class_install_action (widget_class, "first.open", NULL, open_cb);
  gtk_widget_class_install_action (widget_class, "first.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "first.go", NULL, go_cb);
  gtk_widget_class_install_action (widget_class, "first.finish", NULL, finish_cb);
}

static void
mc_first_run_init (McFirstRun *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mc_present_stack (GTK_STACK (self->stack));
}

GtkWidget *
mc_first_run_new (GtkApplication     *application,
                  const char * const *trial_units)
{
  McFirstRun *self = g_object_new (MC_TYPE_FIRST_RUN, "application", application, NULL);
  g_autoptr(GtkStringList) list = gtk_string_list_new (trial_units);

  adw_combo_row_set_model (ADW_COMBO_ROW (self->units), G_LIST_MODEL (list));
  gtk_widget_grab_focus (self->line);

  return GTK_WIDGET (self);
}
