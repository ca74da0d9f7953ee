/* mc-overview-page.c: what is due, what is missing, what would gain most
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything here leads to its place in one click.
 */

#include "mc-overview-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-points.h"
#include "core/mc-text.h"
#include "mc-criterion-form.h"
#include "mc-fault-text.h"
#include "mc-load.h"
#include "mc-page.h"
#include "mc-reload.h"
#include "mc-rows.h"

#define N_GAPS 3

struct _McOverviewPage
{
  AdwBin parent_instance;

  McContext *context;     /* (owned) */
  GtkWidget *points;      /* label */
  GtkWidget *rest;        /* label: what is not in the forecast */
  GtkWidget *bar;
  GtkWidget *gaps;        /* list boxes */
  GtkWidget *missing;
  GtkWidget *returned;
  GtkWidget *returned_heading;
  GtkWidget *deadlines;
  gboolean is_empty;      /* no record is here at all */
  McReload *reload;       /* (owned) */
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McOverviewPage, mc_overview_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

static void
mc_overview_page_dispose (GObject *object)
{
  McOverviewPage *self = MC_OVERVIEW_PAGE (object);

  g_clear_pointer (&self->reload, mc_reload_free);

  G_OBJECT_CLASS (mc_overview_page_parent_class)->dispose (object);
}

static void
mc_overview_page_finalize (GObject *object)
{
  McOverviewPage *self = MC_OVERVIEW_PAGE (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_overview_page_parent_class)->finalize (object);
}

static void
mc_overview_page_class_init (McOverviewPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_overview_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_overview_page_finalize;
}

static void
mc_overview_page_init (McOverviewPage *self)
{
}

/* rows */

/* What a row says, and the record, type or criterion that it leads to. */
typedef struct
{
  char *key;                /* (owned) */
  char *title, *subtitle;   /* (owned) */
  const char *icon;         /* (nullable) */
  char *record, *type;      /* (owned) (nullable) NULL = it leads nowhere */
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->key);
  g_free (row->title);
  g_free (row->subtitle);
  g_free (row->record);
  g_free (row->type);
  g_free (row);
}

static GPtrArray *
new_rows (void)
{
  return g_ptr_array_new_with_free_func (row_free);
}

static void
add_row (GPtrArray  *rows,
         const char *title,
         const char *subtitle,
         const char *icon,
         const char *record,
         const char *type)
{
  Row *row = g_new0 (Row, 1);

  row->key = type != NULL ? g_strdup_printf ("%s/%s", type, record) : g_strdup (title);
  row->title = g_strdup (title);
  row->subtitle = g_strdup (subtitle);
  row->icon = icon;
  row->record = g_strdup (record);
  row->type = g_strdup (type);
  g_ptr_array_add (rows, row);
}

static GtkWidget *
make_row_cb (const char *key,
             guint       place,
             gpointer    user_data)
{
  GPtrArray *rows = user_data;
  Row *row = rows->pdata[place];
  GtkWidget *widget = adw_action_row_new ();

  if (row->icon != NULL)
    adw_action_row_set_icon_name (ADW_ACTION_ROW (widget), row->icon);
  if (row->type != NULL)
    adw_action_row_add_suffix (ADW_ACTION_ROW (widget), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), row->type != NULL);
  g_object_set_data_full (G_OBJECT (widget), "record", g_strdup (row->record), g_free);
  g_object_set_data_full (G_OBJECT (widget), "type", g_strdup (row->type), g_free);

  return widget;
}

static void
show_rows (GtkWidget *list,
           GPtrArray *rows)
{
  g_autoptr(GPtrArray) keys = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (keys, ((Row *) rows->pdata[i])->key);
  g_ptr_array_add (keys, NULL);
  mc_rows_set (GTK_LIST_BOX (list), (const char * const *) keys->pdata, make_row_cb, rows);
  for (guint i = 0; i < rows->len; i++)
    {
      GtkListBoxRow *widget = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) i);
      Row *row = rows->pdata[i];
      g_autofree char *title = g_markup_escape_text (row->title, -1), *subtitle = g_markup_escape_text (row->subtitle, -1);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), subtitle);
    }
}

static void
activated_cb (GtkListBox     *list,
              GtkListBoxRow  *row,
              McOverviewPage *self)
{
  const char *type = g_object_get_data (G_OBJECT (row), "type");

  if (type != NULL)
    mc_context_show_record (self->context, g_object_get_data (G_OBJECT (row), "record"), type);
}

/* points */

/* The points that records give, or those that the unit gave itself; MC_POINTS_NONE if there are neither. */
static gint64
forecast_of (const McCriterionScore *one)
{
  return one->state == MC_SCORED ? one->points : one->self;
}

static gint64
gap_of (const McCriterionScore *one)
{
  gint64 forecast = forecast_of (one);

  return one->max - (forecast != MC_POINTS_NONE ? forecast : 0);
}

static int
compare_gaps (gconstpointer a,
              gconstpointer b)
{
  const McCriterionScore *one = *(McCriterionScore **) a, *other = *(McCriterionScore **) b;
  gint64 gap_one = gap_of (one), gap_other = gap_of (other);

  return gap_one < gap_other ? 1 : gap_one > gap_other ? -1 : strcmp (one->criterion->code, other->criterion->code);
}

static void
show_rest (McOverviewPage *self,
           guint           count,
           gint64          max)
{
  g_autofree char *max_text = mc_points_format_vi (max);
  g_autofree char *text = NULL;

  if (mc_context_is_commune (self->context))
    text = g_strdup_printf (ngettext ("%u criterion more waits for your own score or the district's: up to %s points.",
                                      "%u criteria more wait for your own score or the district's: up to %s points.",
                                      count), count, max_text);
  else
    text = g_strdup_printf (ngettext ("%u criterion more has no score yet: up to %s points.",
                                      "%u criteria more have no score yet: up to %s points.", count), count, max_text);

  gtk_label_set_text (GTK_LABEL (self->rest), text);
  gtk_widget_set_visible (self->rest, count > 0);
}

static void
show_points (McOverviewPage *self,
             McScore        *score)
{
  g_autoptr(GPtrArray) gaps = g_ptr_array_new (), rows = new_rows ();
  gint64 points = 0, max = 0, rest = 0;
  g_autofree char *points_text = NULL, *max_text = NULL, *text = NULL;
  guint n_rest = 0;

  for (guint i = 0; i < score->criteria->len; i++)
    {
      McCriterionScore *one = &g_array_index (score->criteria, McCriterionScore, i);

      if (one->criterion->children->len > 0 || !mc_criterion_concerns (self->context, one->criterion))
        continue;
      if (forecast_of (one) == MC_POINTS_NONE)
        {
          rest += one->max;
          n_rest += one->max > 0;
        }
      else
        {
          points += forecast_of (one);
          max += one->max;
        }
      if (gap_of (one) > 0)
        g_ptr_array_add (gaps, one);
    }
  points_text = mc_points_format_vi (points);
  max_text = mc_points_format_vi (max);
  text = max > 0 ? g_strdup_printf (_("Forecast for what this unit contributes to: %s of %s points"), points_text, max_text)
                 : g_strdup (_("There are no figures yet to forecast points from."));
  gtk_label_set_text (GTK_LABEL (self->points), text);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->bar), max > 0 ? (double) points / max : 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);

  show_rest (self, n_rest, rest);

  g_ptr_array_sort (gaps, compare_gaps);
  for (guint i = 0; i < gaps->len && i < N_GAPS; i++)
    {
      McCriterionScore *one = gaps->pdata[i];
      g_autofree char *gap = mc_points_format_vi (gap_of (one));
      g_autofree char *title = g_strdup_printf ("%s  %s", one->criterion->code, one->criterion->name);
      g_autofree char *subtitle = g_strdup_printf (_("Up to %s points more"), gap);

      add_row (rows, title, subtitle, NULL, one->criterion->code, "criterion");
    }
  show_rows (self->gaps, rows);
}

/* what is missing */

static guint
count_of_type (GPtrArray    *faults,
               McRecordType *type,
               char        **out_first)
{
  guint count = 0;

  for (guint i = 0; i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];
      gboolean is_of_type = fault->rule != NULL ? g_ptr_array_find (type->checks, fault->rule, NULL)
                                                : g_ptr_array_find (type->fields, fault->missing, NULL);

      if (!is_of_type || !mc_fault_is_error (fault))
        continue;
      if (count++ == 0)
        *out_first = mc_fault_text (fault);
    }

  return count;
}

static void
show_missing (McOverviewPage *self,
              GPtrArray      *faults)
{
  GPtrArray *types = mc_pack_get_types (mc_context_get_pack (self->context));
  g_autoptr(GPtrArray) rows = new_rows ();

  for (guint i = 0; i < types->len; i++)
    {
      McRecordType *type = types->pdata[i];
      g_autofree char *first = NULL, *title = NULL;
      guint count = count_of_type (faults, type, &first);

      if (count == 0)
        continue;
      /* Translators: title of a record type, number of places. */
      title = g_strdup_printf (ngettext ("%s: %u thing to mend", "%s: %u things to mend", count), type->title, count);
      add_row (rows, title, first, "dialog-warning-symbolic", "", type->parent != NULL ? type->parent : type->id);
    }
  if (rows->len == 0 && self->is_empty)
    add_row (rows, _("Nothing has been entered yet."), _("Begin with the reform plan or the share of electronic documents, at the left."),
             "document-edit-symbolic", NULL, NULL);
  else if (rows->len == 0)
    add_row (rows, _("Nothing is missing in what was entered."), _("The checks of the criteria set find no mistake."),
             "emblem-ok-symbolic", NULL, NULL);
  show_rows (self->missing, rows);
}

/* what came back */

static void
show_returned (McOverviewPage *self,
               GPtrArray      *records)
{
  g_autoptr(GPtrArray) rows = new_rows ();

  for (guint i = 0; i < records->len; i++)
    {
      McRecord *record = records->pdata[i];
      McRecordType *type = mc_pack_find_type (mc_context_get_pack (self->context), mc_record_get_type_id (record));
      McRecordFlags flags = mc_record_get_flags (record);
      const char *why = (flags & MC_RECORD_REJECTED) != 0 ? _("The district's server refused a change; open it and correct it.")
                      : (flags & MC_RECORD_CONFLICT) != 0 ? _("Two people edited the same; open it and choose.")
                                                          : mc_record_get_text (record, "review.reason");

      if (type != NULL)
        add_row (rows, type->title, why, "mail-replied-symbolic", mc_record_get_id (record), type->id);
    }
  show_rows (self->returned, rows);
  gtk_widget_set_visible (self->returned, rows->len > 0);
  gtk_widget_set_visible (self->returned_heading, rows->len > 0);
}

/* deadlines */

static void
show_deadlines (McOverviewPage *self)
{
  GPtrArray *periods = mc_pack_get_periods (mc_context_get_pack (self->context));
  g_autofree char *today = mc_context_today (self->context);
  g_autoptr(GPtrArray) rows = new_rows ();

  for (guint i = 0; i < periods->len; i++)
    {
      McPackPeriod *period = periods->pdata[i];
      int days = mc_text_days_between (today, period->cutoff);
      g_autofree char *date = mc_text_format_date (period->cutoff), *left = NULL, *subtitle = NULL;

      if (days >= 0)
        left = g_strdup_printf (ngettext ("%d day left", "%d days left", (gulong) days), days);
      else
        left = g_strdup (_("over"));
      /* Translators: a date, and how far it is. */
      subtitle = g_strdup_printf (_("Figures up to %s – %s"), date, left);
      add_row (rows, period->title, subtitle, "x-office-calendar-symbolic", NULL, NULL);
    }
  show_rows (self->deadlines, rows);
}

/* loading */

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McOverviewPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McLoad) load = mc_load_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    return;
  if (load == NULL)
    mc_context_toast_error (self->context, error);
  else
    {
      show_points (self, load->score);
      show_missing (self, load->faults);
      show_deadlines (self);
    }
  mc_reload_done (self->reload);
}

static void
flagged_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(McOverviewPage) self = user_data;
  g_autoptr(GPtrArray) records = mc_store_load_finish (MC_STORE (source), result, NULL);

  if (self->reload != NULL && records != NULL)
    show_returned (self, records);
}

static void
any_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(McOverviewPage) self = user_data;
  g_autoptr(GPtrArray) records = mc_store_load_finish (MC_STORE (source), result, NULL);

  self->is_empty = records != NULL && records->len == 0;
}

static void
load (gpointer user_data)
{
  McOverviewPage *self = user_data;
  McQuery any = { .limit = 1 };
  McLoadRequest request = { .with_faults = TRUE, .with_score = TRUE };
  McQuery flagged = { .flags = MC_RECORD_CONFLICT | MC_RECORD_REJECTED, .order = MC_ORDER_UPDATED_DESCENDING, .limit = 20 };

  mc_store_load_async (mc_context_get_store (self->context), &flagged, NULL, flagged_cb, g_object_ref (self));
  mc_store_load_async (mc_context_get_store (self->context), &any, NULL, any_cb, g_object_ref (self));
  mc_load_async (mc_context_get_store (self->context), &request, loaded_cb, g_object_ref (self));
}

/* the page */

static GtkWidget *
add_list (McOverviewPage *self,
          GtkWidget      *box,
          const char     *title,
          GtkWidget     **out_heading)
{
  GtkWidget *heading = gtk_label_new (title), *list = gtk_list_box_new ();

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect (list, "row-activated", G_CALLBACK (activated_cb), self);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), list);
  if (out_heading != NULL)
    *out_heading = heading;

  return list;
}

GtkWidget *
mc_overview_page_new (McContext *context)
{
  McOverviewPage *self = g_object_new (MC_TYPE_OVERVIEW_PAGE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scrolled = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();

  self->context = g_object_ref (context);
  self->points = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->points), 0);
  gtk_label_set_wrap (GTK_LABEL (self->points), TRUE);
  gtk_widget_add_css_class (self->points, "title-4");
  self->rest = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->rest), 0);
  gtk_label_set_wrap (GTK_LABEL (self->rest), TRUE);
  gtk_widget_add_css_class (self->rest, "dim-label");
  self->bar = gtk_level_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Forecast points"), -1);
  gtk_widget_add_css_class (box, "page");
  gtk_box_append (GTK_BOX (box), self->points);
  gtk_box_append (GTK_BOX (box), self->bar);
  gtk_box_append (GTK_BOX (box), self->rest);
  self->returned = add_list (self, box, _("Please look at these"), &self->returned_heading);
  self->missing = add_list (self, box, _("Still to mend"), NULL);
  self->gaps = add_list (self, box, _("What would gain most"), NULL);
  self->deadlines = add_list (self, box, _("Reporting periods"), NULL);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 820);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  adw_bin_set_child (ADW_BIN (self), scrolled);
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);

  return GTK_WIDGET (self);
}

static void
page_init (McPageInterface *iface)
{
  iface->title = N_("Overview");
  iface->icon_name = "go-home-symbolic";
  iface->help = "tong-quan";
}
