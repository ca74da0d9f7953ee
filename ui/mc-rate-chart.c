/* mc-rate-chart.c: a rate per month against the bands that give points
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-rate-chart.h"

#include <glib/gi18n.h>

#include "core/mc-points.h"

#define HEIGHT 190
#define LEFT 64
#define RIGHT 84
#define TOP 12
#define BOTTOM 26
#define MAX_RATES 12

struct _McRateChart
{
  GtkWidget parent_instance;

  gint64 rates[MAX_RATES];
  guint n_rates;
  GArray *bands;      /* (owned) (nullable) (element-type McBand) */
  gint64 low;         /* bottom of the scale, hundredths of a percent */
};

G_DEFINE_FINAL_TYPE (McRateChart, mc_rate_chart, GTK_TYPE_WIDGET)

static void
mc_rate_chart_finalize (GObject *object)
{
  McRateChart *self = MC_RATE_CHART (object);

  g_clear_pointer (&self->bands, g_array_unref);

  G_OBJECT_CLASS (mc_rate_chart_parent_class)->finalize (object);
}

static double
y_of (McRateChart *self,
      int          height,
      gint64       rate)
{
  double part = (double) (CLAMP (rate, self->low, 10000) - self->low) / (10000 - self->low);

  return TOP + (height - TOP - BOTTOM) * (1 - part);
}

static double
x_of (McRateChart *self,
      int          width,
      guint        month)
{
  return LEFT + (width - LEFT - RIGHT) * (self->n_rates > 1 ? (double) month / (self->n_rates - 1) : 0.5);
}

static void
draw_text (McRateChart *self,
           cairo_t     *cr,
           const char  *text,
           double       x,
           double       y,
           double       align)   /* 0 = begins at x, 0.5 = around x, 1 = ends at x */
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cr, x - width * align, y - height / 2.0);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_line_at (McRateChart *self,
              cairo_t     *cr,
              int          width,
              int          height,
              McBand      *band)
{
  double y = y_of (self, height, band->from);
  g_autofree char *percent = mc_points_format_vi (band->from), *points = mc_points_format_vi (band->points);
  g_autofree char *left = g_strdup_printf ("%s%%", percent);
  /* Translators: %s is a number of points. */
  g_autofree char *right = g_strdup_printf (_("%s points"), points);
  const double dashes[] = { 4, 4 };

  cairo_set_dash (cr, dashes, 2, 0);
  cairo_move_to (cr, LEFT, y + .5);
  cairo_line_to (cr, width - RIGHT, y + .5);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  draw_text (self, cr, left, LEFT - 8, y, 1);
  draw_text (self, cr, right, width - RIGHT + 8, y - 10, 0);
}

static void
draw_rates (McRateChart *self,
            cairo_t     *cr,
            int          width,
            int          height)
{
  gboolean is_down = FALSE;

  for (guint i = 0; i < self->n_rates; i++)
    {
      if (self->rates[i] < 0)
        {
          is_down = FALSE;
          continue;
        }
      if (is_down)
        cairo_line_to (cr, x_of (self, width, i), y_of (self, height, self->rates[i]));
      else
        cairo_move_to (cr, x_of (self, width, i), y_of (self, height, self->rates[i]));
      is_down = TRUE;
    }
  cairo_stroke (cr);
  for (guint i = 0; i < self->n_rates; i++)
    if (self->rates[i] >= 0)
      {
        cairo_arc (cr, x_of (self, width, i), y_of (self, height, self->rates[i]), 4, 0, 2 * G_PI);
        cairo_fill (cr);
      }
}

static void
mc_rate_chart_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  McRateChart *self = MC_RATE_CHART (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA text, accent;

  gtk_style_context_get_color (style, &text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &accent))
    accent = text;

  text.alpha *= 0.65;
  gdk_cairo_set_source_rgba (cr, &text);
  cairo_set_line_width (cr, 1);
  for (guint i = 0; self->bands != NULL && i < self->bands->len; i++)
    if (g_array_index (self->bands, McBand, i).from > self->low)
      draw_line_at (self, cr, width, height, &g_array_index (self->bands, McBand, i));
  for (guint i = 0; i < self->n_rates; i++)
    {
      g_autofree char *month = g_strdup_printf ("%u", i + 1);

      draw_text (self, cr, month, x_of (self, width, i), height - BOTTOM / 2.0, 0.5);
    }
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_set_line_width (cr, 2.5);
  draw_rates (self, cr, width, height);
  cairo_destroy (cr);
}

static void
mc_rate_chart_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 360 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 720 : HEIGHT;
}

static void
mc_rate_chart_class_init (McRateChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mc_rate_chart_finalize;
  widget_class->snapshot = mc_rate_chart_snapshot;
  widget_class->measure = mc_rate_chart_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "rate-chart");
}

static void
mc_rate_chart_init (McRateChart *self)
{
}

GtkWidget *
mc_rate_chart_new (void)
{
  return g_object_new (MC_TYPE_RATE_CHART, NULL);
}

/* A screen reader says what the line shows. */
static void
describe (McRateChart *self)
{
  g_autoptr(GString) text = g_string_new (_("Rate per month"));

  for (guint i = 0; i < self->n_rates; i++)
    if (self->rates[i] >= 0)
      {
        g_autofree char *rate = mc_points_format_vi (self->rates[i]);

        g_string_append (text, "; ");
        g_string_append_printf (text, _("month %u: %s%%"), i + 1, rate);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
}

void
mc_rate_chart_set (McRateChart  *self,
                   const gint64 *rates,
                   guint         n_rates,
                   GArray       *bands)
{
  gint64 lowest = 10000;

  self->n_rates = MIN (n_rates, MAX_RATES);
  for (guint i = 0; i < self->n_rates; i++)
    {
      self->rates[i] = rates[i];
      if (rates[i] >= 0)
        lowest = MIN (lowest, rates[i]);
    }
  g_clear_pointer (&self->bands, g_array_unref);
  self->bands = bands != NULL ? g_array_ref (bands) : NULL;
  for (guint i = 0; bands != NULL && i < bands->len; i++)
    if (g_array_index (bands, McBand, i).from > 0)
      lowest = MIN (lowest, g_array_index (bands, McBand, i).from);
  /* The scale begins at a round figure below everything that is drawn. */
  self->low = MAX (0, (lowest - 500) / 1000 * 1000);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
