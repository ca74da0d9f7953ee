/* mc-plan-page.c: the commune's reform plan of the year and its tasks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tasks are records of their own under the plan: two people may work on two tasks of one plan at the same time.
 */

#include "mc-plan-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mc-dialogs.h"
#include "mc-form.h"
#include "mc-history.h"
#include "mc-load.h"
#include "mc-own-note.h"
#include "mc-page.h"
#include "mc-pane.h"
#include "mc-plan-start.h"
#include "mc-reload.h"
#include "mc-sheet.h"

#define N_QUESTIONS 7
#define WORD_CHARS 13   /* of a product, of who leads */

static const char * const questions[N_QUESTIONS] = {
  "q_on_time", "q_all_domains", "q_products", "q_leads", "q_deadlines", "q_funding", "q_measurable"
};

struct _McPlanPage
{
  AdwBin parent_instance;

  McContext *context;       /* (owned) */
  GtkWidget *pane;
  GtkWidget *plan_form;
  GtkWidget *tasks;         /* McSheet */
  GtkWidget *task_form;
  GtkWidget *progress;      /* box of domains */
  GtkWidget *start;         /* McPlanStart */
  GtkWidget *overdue;
  McReload *reload;         /* (owned) */
  McRecord *plan;           /* (owned) (nullable) */
  McRecord *next_task;      /* (owned) (nullable) the empty line at the end */
  GPtrArray *faults;        /* (owned) (nullable) of the plan */
  guint n_tasks;
  char *shown;              /* (owned) (nullable) task in the details */
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McPlanPage, mc_plan_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

static void
mc_plan_page_dispose (GObject *object)
{
  McPlanPage *self = MC_PLAN_PAGE (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  g_clear_object (&self->plan);
  g_clear_object (&self->next_task);
  g_clear_pointer (&self->faults, g_ptr_array_unref);
  g_clear_pointer (&self->shown, g_free);

  G_OBJECT_CLASS (mc_plan_page_parent_class)->dispose (object);
}

static void
mc_plan_page_finalize (GObject *object)
{
  McPlanPage *self = MC_PLAN_PAGE (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_plan_page_parent_class)->finalize (object);
}

static void
mc_plan_page_class_init (McPlanPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_plan_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_plan_page_finalize;
}

static void
mc_plan_page_init (McPlanPage *self)
{
}

/* tasks */

static gboolean
is_overdue (McRecord   *task,
            const char *today)
{
  const char *state = mc_record_get_text (task, "state"), *deadline = mc_record_get_text (task, "deadline");

  return *deadline != '\0' && strcmp (deadline, today) < 0 && !g_str_equal (state, "done") && !g_str_equal (state, "cancelled");
}

static char *
overdue_cb (McRecord *task,
            gpointer  user_data)
{
  McPlanPage *self = user_data;
  g_autofree char *today = mc_context_today (self->context);

  return g_strdup (is_overdue (task, today) ? _("overdue") : "");
}

/* A new task says which it is, and brings the plan into being if it is the first thing that is typed. */
static void
prepare_task_cb (gpointer    source,
                 McEdit     *edit,
                 McRecord   *record,
                 McPlanPage *self)
{
  if (!mc_record_exists (self->plan))
    mc_edit_set_text (edit, self->plan, "symbol", "KH-UBND");
  mc_edit_set_int (edit, record, "order", self->n_tasks + 1);
  mc_edit_set_text (edit, record, "state", "planned");
}

static McRecord *
more_tasks_cb (McEdit  *edit,
               guint    i,
               gpointer user_data)
{
  McPlanPage *self = user_data;
  McRecord *task = mc_context_new_record (self->context, "plan-task", mc_record_get_id (self->plan));

  /* The empty line at the end is the first of the new ones. */
  mc_edit_set_int (edit, task, "order", self->n_tasks + 2 + i);
  mc_edit_set_text (edit, task, "state", "planned");

  return task;
}

static void
prepare_plan_cb (gpointer    source,
                 McEdit     *edit,
                 McRecord   *record,
                 McPlanPage *self)
{
  mc_edit_set_text (edit, record, "symbol", "KH-UBND");
}

static char *
task_title (McRecord *task)
{
  return g_strdup_printf (_("Task %d"), (int) mc_record_get_int (task, "order", 0));
}

static void
details_cb (McSheet    *sheet,
            McRecord   *record,
            McPlanPage *self)
{
  g_autofree char *title = mc_record_exists (record) ? task_title (record) : g_strdup (_("New task"));

  g_free (self->shown);
  self->shown = g_strdup (mc_record_get_id (record));
  mc_form_set_record (MC_FORM (self->task_form), record);
  mc_pane_show_details (MC_PANE (self->pane), title);
  mc_reload_queue (self->reload);
}

static void
delete_confirmed_cb (gpointer user_data)
{
  McPlanPage *self = user_data;
  McEdit *edit = mc_edit_new ();

  mc_pane_hide_details (MC_PANE (self->pane));
  g_clear_pointer (&self->shown, g_free);
  mc_edit_delete (edit, mc_form_get_record (MC_FORM (self->task_form)));
  mc_context_save (self->context, edit, _("deleting a task"));
}

static void
delete_cb (GtkButton  *button,
           McPlanPage *self)
{
  McRecord *record = mc_form_get_record (MC_FORM (self->task_form));

  if (record != NULL && mc_record_exists (record))
    mc_dialogs_confirm (GTK_WIDGET (self), _("Delete this task?"),
                        _("It disappears from the plan. Undo brings it back, and its history is kept."), _("_Delete"),
                        delete_confirmed_cb, self);
}

/* progress */

static void
add_progress (McPlanPage *self,
              const char *title,
              guint       n_done,
              guint       n_all)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *name = gtk_label_new (title), *bar = gtk_level_bar_new ();
  g_autofree char *text = g_strdup_printf (_("%u of %u done"), n_done, n_all);
  GtkWidget *count = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_width_chars (GTK_LABEL (name), 24);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), (double) n_done / n_all);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), bar);
  gtk_box_append (GTK_BOX (row), count);
  gtk_box_append (GTK_BOX (self->progress), row);
}

static void
show_progress (McPlanPage *self,
               GPtrArray  *tasks)
{
  McField *field = mc_record_type_find_field (mc_pack_find_type (mc_context_get_pack (self->context), "plan-task"), "domain");
  g_autofree char *today = mc_context_today (self->context), *text = NULL;
  guint n_overdue = 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->progress)) != NULL)
    gtk_box_remove (GTK_BOX (self->progress), child);
  for (guint d = 0; d < field->values->len; d++)
    {
      McChoice *choice = &g_array_index (field->values, McChoice, d);
      guint n_all = 0, n_done = 0;

      for (guint i = 0; i < tasks->len; i++)
        {
          McRecord *task = tasks->pdata[i];

          if (!g_str_equal (mc_record_get_text (task, "domain"), choice->id) ||
              g_str_equal (mc_record_get_text (task, "state"), "cancelled"))
            continue;
          n_all++;
          n_done += g_str_equal (mc_record_get_text (task, "state"), "done");
        }
      if (n_all > 0)
        add_progress (self, choice->title, n_done, n_all);
    }
  for (guint i = 0; i < tasks->len; i++)
    n_overdue += is_overdue (tasks->pdata[i], today);
  text = g_strdup_printf (ngettext ("%u task is overdue.", "%u tasks are overdue.", n_overdue), n_overdue);
  gtk_label_set_text (GTK_LABEL (self->overdue), text);
  gtk_widget_set_visible (self->overdue, n_overdue > 0);
}

/* loading */

static void
show_questions (McPlanPage *self)
{
  for (guint i = 0; i < N_QUESTIONS; i++)
    {
      g_autofree char *reason = g_strdup_printf ("%s_reason", questions[i]);
      McFieldEditor *editor = mc_form_get_editor (MC_FORM (self->plan_form), reason);
      gboolean is_no = !mc_record_is_blank (self->plan, questions[i]) && !mc_record_get_boolean (self->plan, questions[i]);

      gtk_widget_set_visible (mc_field_editor_get_widget (editor), is_no || !mc_record_is_blank (self->plan, reason));
    }
}

static void
show_tasks (McPlanPage *self,
            McLoad     *load)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new ();
  g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);

  self->n_tasks = load->records->len;
  for (guint i = 0; i < load->records->len; i++)
    {
      McRecord *task = load->records->pdata[i];

      g_ptr_array_add (records, task);
      g_ptr_array_add (titles, g_strdup_printf ("%d", (int) mc_record_get_int (task, "order", i + 1)));
      if (g_str_equal (mc_record_get_id (task), mc_record_get_id (self->next_task)))
        g_clear_object (&self->next_task);
      if (self->next_task == NULL)
        self->next_task = mc_context_new_record (self->context, "plan-task", mc_record_get_id (self->plan));
      if (g_strcmp0 (mc_record_get_id (task), self->shown) == 0)
        {
          mc_form_set_record (MC_FORM (self->task_form), task);
          mc_form_set_faults (MC_FORM (self->task_form), load->faults);
        }
    }
  g_ptr_array_add (records, self->next_task);
  g_ptr_array_add (titles, g_strdup (_("New")));
  g_ptr_array_add (titles, NULL);
  mc_sheet_set_rows (MC_SHEET (self->tasks), records, (const char * const *) titles->pdata);
  mc_sheet_set_faults (MC_SHEET (self->tasks), load->faults);
  show_progress (self, load->records);
}

static void
failed (McPlanPage   *self,
        const GError *error)
{
  mc_context_toast_error (self->context, error);
  mc_reload_done (self->reload);
}

static void
tasks_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(McPlanPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McLoad) load = mc_load_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    return;
  if (load == NULL)
    {
      failed (self, error);
      return;
    }
  show_tasks (self, load);
  mc_reload_done (self->reload);
}

static void
plan_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(McPlanPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McLoad) load = mc_load_finish (MC_STORE (source), result, &error);
  McLoadRequest request = { .type = "plan-task", .with_faults = TRUE };

  if (self->reload == NULL)
    return;
  if (load == NULL)
    {
      failed (self, error);
      return;
    }

  if (load->records->len > 0)
    g_set_object (&self->plan, load->records->pdata[0]);
  else if (self->plan == NULL || mc_record_exists (self->plan))
    {
      /* One that was there was deleted, perhaps by undo: what is typed now begins another. */
      g_clear_object (&self->plan);
      self->plan = mc_context_new_record (self->context, "plan", NULL);
    }
  if (self->next_task == NULL || g_strcmp0 (mc_record_get_parent (self->next_task), mc_record_get_id (self->plan)) != 0)
    {
      g_clear_object (&self->next_task);
      self->next_task = mc_context_new_record (self->context, "plan-task", mc_record_get_id (self->plan));
    }
  mc_form_set_record (MC_FORM (self->plan_form), self->plan);
  mc_form_set_faults (MC_FORM (self->plan_form), load->faults);
  show_questions (self);
  mc_plan_start_set_plan (MC_PLAN_START (self->start), self->plan);
  request.parent = mc_record_get_id (self->plan);
  mc_load_async (MC_STORE (source), &request, tasks_loaded_cb, g_object_ref (self));
}

static void
load (gpointer user_data)
{
  McPlanPage *self = user_data;
  McLoadRequest request = { .type = "plan", .with_faults = TRUE };

  mc_load_async (mc_context_get_store (self->context), &request, plan_loaded_cb, g_object_ref (self));
}

/* the page */

static GtkWidget *
heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");

  return label;
}

static GtkWidget *
make_tasks (McPlanPage *self)
{
  static const char * const fields[] = { "domain", "content", "product", "lead", "deadline", "state", NULL };

  self->tasks = mc_sheet_new (self->context, mc_pack_find_type (mc_context_get_pack (self->context), "plan-task"), _("No."), fields);
  mc_sheet_add_computed (MC_SHEET (self->tasks), "", overdue_cb, self);
  mc_sheet_set_more (MC_SHEET (self->tasks), more_tasks_cb, self);
  mc_sheet_set_word_chars (MC_SHEET (self->tasks), WORD_CHARS);
  g_signal_connect (self->tasks, "prepare", G_CALLBACK (prepare_task_cb), self);
  g_signal_connect (self->tasks, "details", G_CALLBACK (details_cb), self);

  return self->tasks;
}

static void
plan_history_cb (McPlanPage *self)
{
  if (self->plan != NULL)
    mc_history_show (GTK_WIDGET (self), self->context, self->plan);
}

static void
make_plan_form (McPlanPage *self)
{
  static const char * const head[] = { "number", "symbol", "issued", "summary", "signer", "signer_title", "authority", "bases", NULL };
  static const char * const files[] = { "signed_file", "files", NULL };
  const char *asked[2 * N_QUESTIONS + 1] = { NULL };
  char *reasons[N_QUESTIONS];
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (self->context), "plan");
  GtkWidget *group, *history = mc_history_button_new ();

  for (guint i = 0; i < N_QUESTIONS; i++)
    {
      reasons[i] = g_strdup_printf ("%s_reason", questions[i]);
      asked[2 * i] = questions[i];
      asked[2 * i + 1] = reasons[i];
    }
  self->plan_form = mc_form_new (self->context, type);
  group = mc_form_add_group (MC_FORM (self->plan_form), _("The plan"), head);
  g_signal_connect_object (history, "clicked", G_CALLBACK (plan_history_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), history);
  mc_form_add_group (MC_FORM (self->plan_form), NULL, files);
  mc_form_add_group (MC_FORM (self->plan_form), _("Quality of the plan, by your own check"), asked);
  g_signal_connect (self->plan_form, "prepare", G_CALLBACK (prepare_plan_cb), self);
  for (guint i = 0; i < N_QUESTIONS; i++)
    g_free (reasons[i]);
}

static GtkWidget *
make_content (McPlanPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *title = heading (_("Tasks of the plan"));

  gtk_widget_set_hexpand (title, TRUE);
  self->start = mc_plan_start_new (self->context);
  gtk_box_append (GTK_BOX (top), title);
  gtk_box_append (GTK_BOX (top), self->start);
  self->progress = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->overdue = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->overdue), 0);
  gtk_widget_add_css_class (self->overdue, "warning");
  make_plan_form (self);
  gtk_widget_add_css_class (box, "page");
  mc_own_note_append (GTK_BOX (box), self->context);
  gtk_box_append (GTK_BOX (box), top);
  gtk_box_append (GTK_BOX (box), make_tasks (self));
  gtk_box_append (GTK_BOX (box), self->overdue);
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), self->plan_form);
  /* The table scrolls sideways, not the page with it. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);

  return scrolled;
}

GtkWidget *
mc_plan_page_new (McContext *context)
{
  McPlanPage *self = g_object_new (MC_TYPE_PLAN_PAGE, NULL);
  GtkWidget *delete = gtk_button_new_with_mnemonic (_("_Delete this task"));

  self->context = g_object_ref (context);
  self->task_form = mc_form_new (context, mc_pack_find_type (mc_context_get_pack (context), "plan-task"));
  mc_form_add_group (MC_FORM (self->task_form), NULL, NULL);
  g_signal_connect (self->task_form, "prepare", G_CALLBACK (prepare_task_cb), self);
  gtk_widget_add_css_class (delete, "destructive-action");
  gtk_widget_set_halign (delete, GTK_ALIGN_START);
  g_signal_connect (delete, "clicked", G_CALLBACK (delete_cb), self);
  mc_form_add_widget (MC_FORM (self->task_form), delete);
  self->pane = mc_pane_new (context, make_content (self), self->task_form);
  adw_bin_set_child (ADW_BIN (self), self->pane);
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);

  return GTK_WIDGET (self);
}

static void
commit (McPage *page)
{
  McPlanPage *self = MC_PLAN_PAGE (page);

  mc_form_commit (MC_FORM (self->plan_form));
  mc_form_commit (MC_FORM (self->task_form));
  mc_sheet_commit (MC_SHEET (self->tasks));
}

static gboolean
show_record (McPage     *page,
             const char *record,
             const char *type)
{
  McPlanPage *self = MC_PLAN_PAGE (page);

  if (g_strcmp0 (type, "plan") == 0)
    return TRUE;
  if (g_strcmp0 (type, "plan-task") != 0)
    return FALSE;
  g_free (self->shown);
  self->shown = g_strdup (record);
  mc_pane_show_details (MC_PANE (self->pane), _("Task"));
  mc_reload_queue (self->reload);

  return TRUE;
}

static void
page_init (McPageInterface *iface)
{
  iface->title = N_("Reform plan");
  iface->icon_name = "view-list-symbolic";
  iface->help = "ke-hoach";
  iface->commit = commit;
  iface->show_record = show_record;
}
