/* mc-plan-start.c: a button that begins the plan of a year with the tasks of the year before
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-plan-start.h"

#include <glib/gi18n.h>

#include "core/mc-last-year.h"
#include "mc-dialogs.h"

struct _McPlanStart
{
  AdwBin parent_instance;

  McContext *context;     /* (owned) */
  GtkWidget *button;
  McRecord *plan;         /* (owned) (nullable) */
  McLastYear *last;       /* (owned) (nullable) what is asked about */
  GPtrArray *present;     /* (owned) (nullable) (element-type McRecord) tasks of the plan as they were then */
};

G_DEFINE_FINAL_TYPE (McPlanStart, mc_plan_start, ADW_TYPE_BIN)

/* What the worker reads. */
typedef struct
{
  McLastYear *last;       /* (owned) (nullable) */
  GPtrArray *present;     /* (owned) */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->last, mc_last_year_free);
  g_clear_pointer (&reading->present, g_ptr_array_unref);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void
mc_plan_start_dispose (GObject *object)
{
  McPlanStart *self = MC_PLAN_START (object);

  self->button = NULL;
  g_clear_object (&self->plan);
  g_clear_pointer (&self->last, mc_last_year_free);
  g_clear_pointer (&self->present, g_ptr_array_unref);

  G_OBJECT_CLASS (mc_plan_start_parent_class)->dispose (object);
}

static void
mc_plan_start_finalize (GObject *object)
{
  McPlanStart *self = MC_PLAN_START (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_plan_start_parent_class)->finalize (object);
}

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  McQuery query = { .type = "plan-task", .parent = data, .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(Reading) reading = g_new0 (Reading, 1);
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);

  if (numbers == NULL ||
      !(reading->present = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)) ||
      !mc_last_year_read (journal, &reading->last, error))
    return NULL;

  return g_steal_pointer (&reading);
}

static void
read_plans (McPlanStart         *self,
            GAsyncReadyCallback  callback)
{
  mc_store_run_async (mc_context_get_store (self->context), read_in_worker, g_strdup (mc_record_get_id (self->plan)), g_free,
                      reading_free, NULL, callback, g_object_ref (self));
}

/* copying */

static guint
count_new (McPlanStart *self,
           McEdit      *edit)
{
  return mc_last_year_copy (self->last, mc_context_get_pack (self->context), edit, self->plan, self->present,
                            mc_context_now_us (self->context));
}

static void
confirmed_cb (gpointer user_data)
{
  McPlanStart *self = user_data;
  McEdit *edit = mc_edit_new ();
  guint n_copied;
  g_autofree char *said = NULL;

  if (self->last == NULL)
    {
      mc_edit_free (edit);
      return;
    }
  n_copied = count_new (self, edit);
  said = g_strdup_printf (ngettext ("%u task of %d was copied. Look at its deadline; undo takes it away again.",
                                    "%u tasks of %d were copied. Look at their deadlines; undo takes them away again.", n_copied),
                          n_copied, self->last->year);
  mc_context_save (self->context, edit, _("copying last year's tasks"));
  mc_context_toast (self->context, said);
}

static void
ask (McPlanStart *self)
{
  g_autoptr(McEdit) trial = mc_edit_new ();
  guint n_copied = count_new (self, trial), n_left = self->last->tasks->len - n_copied;
  g_autofree char *heading = g_strdup_printf (ngettext ("Copy %u task from the plan of %d?", "Copy %u tasks from the plan of %d?", n_copied),
                                              n_copied, self->last->year);
  g_autofree char *left = n_left > 0 ? g_strdup_printf (ngettext ("\n%u task is in this year's plan already and is left out.",
                                                                  "\n%u tasks are in this year's plan already and are left out.", n_left),
                                                        n_left) : g_strdup ("");
  g_autofree char *body = g_strdup_printf (_("Each becomes a new task of %d: the same content, product and lead, the dates moved to this year, "
                                             "not begun yet. Files stay with the old plan, and what was given up is not copied.%s"),
                                           mc_context_get_year (self->context), left);

  if (n_copied == 0)
    {
      mc_context_toast (self->context, _("All tasks of that plan are in this year's already."));
      return;
    }
  mc_dialogs_confirm (GTK_WIDGET (self), heading, body, _("_Copy"), confirmed_cb, self);
}

static void
read_for_copy_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(McPlanStart) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(Reading) reading = mc_store_run_finish (MC_STORE (source), result, &error);

  if (reading == NULL)
    {
      mc_context_toast_error (self->context, error);
      return;
    }
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL || self->plan == NULL || reading->last == NULL)
    return;
  g_clear_pointer (&self->last, mc_last_year_free);
  g_clear_pointer (&self->present, g_ptr_array_unref);
  self->last = g_steal_pointer (&reading->last);
  self->present = g_steal_pointer (&reading->present);
  ask (self);
}

static void
clicked_cb (McPlanStart *self)
{
  if (self->plan != NULL)
    read_plans (self, read_for_copy_cb);
}

/* whether there is anything to copy */

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McPlanStart) self = user_data;
  g_autoptr(Reading) reading = mc_store_run_finish (MC_STORE (source), result, NULL);
  gboolean is_there = reading != NULL && reading->last != NULL;

  /* The page may have gone meanwhile. */
  if (self->button == NULL)
    return;
  if (is_there)
    {
      g_autofree char *label = g_strdup_printf (_("_Begin with the plan of %d…"), reading->last->year);

      gtk_button_set_label (GTK_BUTTON (self->button), label);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), is_there);
}

void
mc_plan_start_set_plan (McPlanStart *self,
                        McRecord    *plan)
{
  g_set_object (&self->plan, plan);
  read_plans (self, looked_cb);
}

static void
mc_plan_start_class_init (McPlanStartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_plan_start_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_plan_start_finalize;
}

static void
mc_plan_start_init (McPlanStart *self)
{
  self->button = gtk_button_new_with_mnemonic ("");
  gtk_widget_set_tooltip_text (self->button, _("Copies the tasks of last year's plan; the dates move on, nothing counts as done"));
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (clicked_cb), self);
  adw_bin_set_child (ADW_BIN (self), self->button);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
mc_plan_start_new (McContext *context)
{
  McPlanStart *self = g_object_new (MC_TYPE_PLAN_START, NULL);

  self->context = g_object_ref (context);

  return GTK_WIDGET (self);
}
