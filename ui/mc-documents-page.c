/* mc-documents-page.c: the share of documents handled electronically, month by month
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rate = electronic / (all − classified); its band gives the points of criterion 7.1.
 */

#include "mc-documents-page.h"

#include <glib/gi18n.h>

#include "core/mc-points.h"
#include "core/mc-text.h"
#include "mc-month-sheet.h"
#include "mc-page.h"
#include "mc-rate-chart.h"

#define TYPE "document-month"
#define MEASURE "documents_electronic"

struct _McDocumentsPage
{
  AdwBin parent_instance;

  McContext *context;   /* (owned) */
  GtkWidget *months;
  GtkWidget *chart;
  GtkWidget *summary;
  GtkWidget *points;
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McDocumentsPage, mc_documents_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

/* Counts of one record; FALSE while they say nothing about a rate. */
static gboolean
get_rate (McRecord *record,
          gint64   *digital,
          gint64   *countable)
{
  if (mc_record_is_blank (record, "total") || mc_record_is_blank (record, "digital"))
    return FALSE;
  *digital = mc_record_get_int (record, "digital", 0);
  *countable = mc_record_get_int (record, "total", 0) - mc_record_get_int (record, "classified", 0);

  return *countable > 0 && *digital >= 0;
}

static char *
rate_text (gint64 digital,
           gint64 countable)
{
  gint64 percent;
  g_autofree char *text = NULL;

  if (!mc_points_percent (digital, countable, &percent))
    return g_strdup ("");
  text = mc_points_format_vi (percent);

  return g_strdup_printf ("%s%%", text);
}

static char *
rate_cb (McRecord *record,
         gpointer  user_data)
{
  gint64 digital, countable;

  return get_rate (record, &digital, &countable) ? rate_text (digital, countable) : g_strdup ("");
}

static McCriterion *
find_criterion (McPack *pack)
{
  GPtrArray *criteria = mc_pack_get_criteria (pack);

  for (guint i = 0; i < criteria->len; i++)
    {
      McCriterion *criterion = criteria->pdata[i];

      if (g_strcmp0 (criterion->rule.measure, MEASURE) == 0)
        return criterion;
    }

  return NULL;
}

static McBand *
find_band (GArray *bands,
           gint64  digital,
           gint64  countable)
{
  for (guint i = 0; bands != NULL && i < bands->len; i++)
    {
      McBand *band = &g_array_index (bands, McBand, i);

      if (mc_points_compare_ratio (digital, countable, band->from) >= 0 &&
          (band->to == G_MAXINT64 || mc_points_compare_ratio (digital, countable, band->to) < 0))
        return band;
    }

  return NULL;
}

/* How many more documents must be electronic for the next band. */
static char *
next_text (GArray *bands,
           McBand *band,
           gint64  digital,
           gint64  countable)
{
  McBand *next = band + 1;
  gint64 wanted;
  g_autofree char *percent = NULL, *points = NULL;

  if (band == &g_array_index (bands, McBand, bands->len - 1))
    return g_strdup (_("This is the highest band."));
  wanted = (next->from * countable + 9999) / 10000 - digital;
  percent = mc_points_format_vi (next->from);
  points = mc_points_format_vi (next->points);

  /* Translators: a number of documents, a percentage, a number of points. */
  return g_strdup_printf (ngettext ("%d more electronic document would have reached %s%% (%s points).",
                                    "%d more electronic documents would have reached %s%% (%s points).", (gulong) wanted),
                          (int) wanted, percent, points);
}

static void
show_points (McDocumentsPage *self,
             gint64           digital,
             gint64           countable)
{
  McCriterion *criterion = find_criterion (mc_context_get_pack (self->context));
  McBand *band = criterion != NULL ? find_band (criterion->rule.bands, digital, countable) : NULL;
  g_autofree char *points = NULL, *max = NULL, *next = NULL, *text = NULL;

  if (band == NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->points), "");
      return;
    }
  points = mc_points_format_vi (band->points);
  max = mc_points_format_vi (criterion->max);
  next = next_text (criterion->rule.bands, band, digital, countable);
  /* Translators: code of a criterion, points, most points, a sentence on the next band. */
  text = g_strdup_printf (_("Criterion %s, if the whole district were like this unit: %s of %s points. %s"), criterion->code, points,
                          max, next);
  gtk_label_set_text (GTK_LABEL (self->points), text);
}

static void
loaded_cb (McMonthSheet    *months,
           GPtrArray       *records,
           McDocumentsPage *self)
{
  McCriterion *criterion = find_criterion (mc_context_get_pack (self->context));
  gint64 rates[12], sum_digital = 0, sum_countable = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < 12; i++)
    {
      gint64 digital, countable;

      rates[i] = -1;
      if (!get_rate (records->pdata[i], &digital, &countable) || !mc_points_percent (digital, countable, &rates[i]))
        continue;
      sum_digital += digital;
      sum_countable += countable;
    }
  mc_rate_chart_set (MC_RATE_CHART (self->chart), rates, 12, criterion != NULL ? criterion->rule.bands : NULL);
  if (sum_countable > 0)
    {
      g_autofree char *rate = rate_text (sum_digital, sum_countable), *part = mc_text_format_integer (sum_digital);
      g_autofree char *whole = mc_text_format_integer (sum_countable);

      /* Translators: a percentage, electronic documents, all countable documents. */
      text = g_strdup_printf (_("Rate of the year: %s (%s of %s documents, classified ones left out)"), rate, part, whole);
    }
  else
    text = g_strdup (_("No counts yet. Type the first month: all documents, then those that are electronic only."));
  gtk_label_set_text (GTK_LABEL (self->summary), text);
  show_points (self, sum_digital, MAX (sum_countable, 0));
  gtk_widget_set_visible (self->points, sum_countable > 0);
}

static void
mc_documents_page_finalize (GObject *object)
{
  McDocumentsPage *self = MC_DOCUMENTS_PAGE (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_documents_page_parent_class)->finalize (object);
}

static void
mc_documents_page_class_init (McDocumentsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_documents_page_finalize;
}

static void
mc_documents_page_init (McDocumentsPage *self)
{
}

static GtkWidget *
wrapped_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);

  return label;
}

GtkWidget *
mc_documents_page_new (McContext *context)
{
  static const char * const fields[] = { "total", "digital", "digital_with_paper", "paper_only", "classified", "incoming_digital",
                                         "incoming_paper", "work_files_total", "work_files_digital", "nil", NULL };
  McDocumentsPage *self = g_object_new (MC_TYPE_DOCUMENTS_PAGE, NULL);
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->context = g_object_ref (context);
  self->months = mc_month_sheet_new (context, TYPE, fields, NULL, NULL);
  mc_sheet_add_computed (mc_month_sheet_get_sheet (MC_MONTH_SHEET (self->months)), _("Rate"), rate_cb, NULL);
  self->summary = wrapped_label ("heading");
  self->points = wrapped_label ("body");
  self->chart = mc_rate_chart_new ();
  gtk_box_append (GTK_BOX (below), self->summary);
  gtk_box_append (GTK_BOX (below), self->points);
  gtk_box_append (GTK_BOX (below), self->chart);
  mc_month_sheet_set_below (MC_MONTH_SHEET (self->months), below);
  g_signal_connect_object (self->months, "loaded", G_CALLBACK (loaded_cb), self, 0);
  adw_bin_set_child (ADW_BIN (self), self->months);

  return GTK_WIDGET (self);
}

static void
commit (McPage *page)
{
  mc_month_sheet_commit (MC_MONTH_SHEET (MC_DOCUMENTS_PAGE (page)->months));
}

static gboolean
show_record (McPage     *page,
             const char *record,
             const char *type)
{
  if (g_strcmp0 (type, TYPE) != 0)
    return FALSE;
  mc_month_sheet_show_record (MC_MONTH_SHEET (MC_DOCUMENTS_PAGE (page)->months), record);

  return TRUE;
}

static void
page_init (McPageInterface *iface)
{
  iface->title = N_("Share of electronic documents");
  iface->icon_name = "mail-send-symbolic";
  iface->help = "ty-le-van-ban";
  iface->commit = commit;
  iface->show_record = show_record;
}
