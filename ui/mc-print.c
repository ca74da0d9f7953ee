/* mc-print.c: a table on paper
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-print.h"

#include <glib/gi18n.h>

#include "mc-dialogs.h"
#include "mc-portal.h"

#define FAMILY      "Times New Roman"
#define TITLE_SIZE  14
#define TEXT_SIZE   11
#define PADDING     3.0

typedef struct
{
  char *title;    /* (owned) */
  double share;
} Column;

struct _McPrintTable
{
  char *title;        /* (owned) */
  char *name;         /* (owned) (nullable) */
  GPtrArray *lines;   /* (owned) (element-type utf8) */
  GArray *columns;    /* (owned) (element-type Column) */
  GPtrArray *rows;    /* (owned) (element-type GStrv) */
  gboolean is_landscape;
  GArray *first_rows; /* (owned) (element-type guint) of each page, once the paper is known */
};

static void
column_clear (gpointer data)
{
  g_free (((Column *) data)->title);
}

McPrintTable *
mc_print_table_new (const char *title)
{
  McPrintTable *self = g_new0 (McPrintTable, 1);

  self->title = g_strdup (title);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, column_clear);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->first_rows = g_array_new (FALSE, FALSE, sizeof (guint));

  return self;
}

void
mc_print_table_free (McPrintTable *self)
{
  g_free (self->title);
  g_free (self->name);
  g_ptr_array_unref (self->lines);
  g_array_unref (self->columns);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->first_rows);
  g_free (self);
}

void
mc_print_table_set_name (McPrintTable *self,
                         const char   *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
}

const char *
mc_print_table_get_name (McPrintTable *self)
{
  return self->name != NULL ? self->name : self->title;
}

void
mc_print_table_add_line (McPrintTable *self,
                         const char   *text)
{
  g_ptr_array_add (self->lines, g_strdup (text));
}

void
mc_print_table_add_column (McPrintTable *self,
                           const char   *title,
                           double        share)
{
  Column column = { g_strdup (title), share };

  g_array_append_val (self->columns, column);
}

void
mc_print_table_add_row (McPrintTable       *self,
                        const char * const *cells)
{
  g_return_if_fail (g_strv_length ((char **) cells) == self->columns->len);

  g_ptr_array_add (self->rows, g_strdupv ((char **) cells));
}

void
mc_print_table_set_landscape (McPrintTable *self)
{
  self->is_landscape = TRUE;
}

guint
mc_print_table_get_n_rows (McPrintTable *self)
{
  return self->rows->len;
}

/* what stands on the paper */

static PangoLayout *
make_layout (GtkPrintContext *context,
             const char      *text,
             double           width,
             int              size,
             gboolean         is_bold)
{
  PangoLayout *layout = gtk_print_context_create_pango_layout (context);
  g_autoptr(PangoFontDescription) font = pango_font_description_new ();

  pango_font_description_set_family (font, FAMILY);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

static double
get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);

  return (double) height / PANGO_SCALE;
}

static double
get_column_width (McPrintTable *self,
                  guint         column,
                  double        width)
{
  double sum = 0;

  for (guint i = 0; i < self->columns->len; i++)
    sum += g_array_index (self->columns, Column, i).share;

  return width * g_array_index (self->columns, Column, column).share / sum;
}

/* Draws a row at @y, or only measures it if there is no @cr.  Returns its height. */
static double
draw_row (McPrintTable       *self,
          GtkPrintContext    *context,
          cairo_t            *cr,
          const char * const *cells,
          double              y,
          gboolean            is_head)
{
  double width = gtk_print_context_get_width (context), height = 0, x = 0;

  for (guint i = 0; i < self->columns->len; i++)
    {
      g_autoptr(PangoLayout) layout = make_layout (context, cells[i], get_column_width (self, i, width) - 2 * PADDING, TEXT_SIZE, is_head);

      if (cr != NULL)
        {
          cairo_move_to (cr, x + PADDING, y + PADDING);
          pango_cairo_show_layout (cr, layout);
        }
      x += get_column_width (self, i, width);
      height = MAX (height, get_height (layout) + 2 * PADDING);
    }
  if (cr != NULL)
    {
      x = 0;
      for (guint i = 0; i < self->columns->len; i++)
        {
          cairo_rectangle (cr, x, y, get_column_width (self, i, width), height);
          x += get_column_width (self, i, width);
        }
      cairo_set_line_width (cr, 0.5);
      cairo_stroke (cr);
    }

  return height;
}

static double
draw_head (McPrintTable    *self,
           GtkPrintContext *context,
           cairo_t         *cr,
           double           y)
{
  g_autofree const char **titles = g_new0 (const char *, self->columns->len + 1);

  for (guint i = 0; i < self->columns->len; i++)
    titles[i] = g_array_index (self->columns, Column, i).title;

  return draw_row (self, context, cr, titles, y, TRUE);
}

/* Title and lines of the first page. */
static double
draw_top (McPrintTable    *self,
          GtkPrintContext *context,
          cairo_t         *cr)
{
  double width = gtk_print_context_get_width (context), y = 0;

  for (guint i = 0; i <= self->lines->len; i++)
    {
      g_autoptr(PangoLayout) layout = make_layout (context, i == 0 ? self->title : self->lines->pdata[i - 1], width,
                                                   i == 0 ? TITLE_SIZE : TEXT_SIZE, i == 0);

      pango_layout_set_alignment (layout, i == 0 ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
      if (cr != NULL)
        {
          cairo_move_to (cr, 0, y);
          pango_cairo_show_layout (cr, layout);
        }
      y += get_height (layout) + PADDING;
    }

  return y + 2 * PADDING;
}

static void
begin_cb (GtkPrintOperation *operation,
          GtkPrintContext   *context,
          McPrintTable      *self)
{
  double bottom = gtk_print_context_get_height (context) - 2 * TEXT_SIZE;
  double y = draw_top (self, context, NULL) + draw_head (self, context, NULL, 0);
  guint first = 0;

  g_array_set_size (self->first_rows, 0);
  g_array_append_val (self->first_rows, first);
  for (guint i = 0; i < self->rows->len; i++)
    {
      double height = draw_row (self, context, NULL, self->rows->pdata[i], 0, FALSE);

      if (y + height > bottom && i > first)
        {
          first = i;
          g_array_append_val (self->first_rows, first);
          y = draw_head (self, context, NULL, 0);
        }
      y += height;
    }
  gtk_print_operation_set_n_pages (operation, self->first_rows->len);
}

static void
draw_number (McPrintTable    *self,
             GtkPrintContext *context,
             cairo_t         *cr,
             int              page)
{
  /* Translators: number of this page, number of all pages. */
  g_autofree char *text = g_strdup_printf (_("Page %d of %u"), page + 1, self->first_rows->len);
  g_autoptr(PangoLayout) layout = make_layout (context, text, gtk_print_context_get_width (context), TEXT_SIZE, FALSE);

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  cairo_move_to (cr, 0, gtk_print_context_get_height (context) - get_height (layout));
  pango_cairo_show_layout (cr, layout);
}

static void
draw_cb (GtkPrintOperation *operation,
         GtkPrintContext   *context,
         int                page,
         McPrintTable      *self)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  guint first = g_array_index (self->first_rows, guint, page);
  guint end = (guint) page + 1 < self->first_rows->len ? g_array_index (self->first_rows, guint, page + 1) : self->rows->len;
  double y = page == 0 ? draw_top (self, context, cr) : 0;

  y += draw_head (self, context, cr, y);
  for (guint i = first; i < end; i++)
    y += draw_row (self, context, cr, self->rows->pdata[i], y, FALSE);
  draw_number (self, context, cr, page);
}

/* running */

static GtkPrintOperation *
make_operation (McPrintTable *self)
{
  GtkPrintOperation *operation = gtk_print_operation_new ();
  g_autoptr(GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr(GtkPaperSize) size = gtk_paper_size_new (GTK_PAPER_NAME_A4);

  gtk_page_setup_set_paper_size (setup, size);
  if (self->is_landscape)
    gtk_page_setup_set_orientation (setup, GTK_PAGE_ORIENTATION_LANDSCAPE);
  gtk_page_setup_set_top_margin (setup, 20, GTK_UNIT_MM);
  gtk_page_setup_set_bottom_margin (setup, 20, GTK_UNIT_MM);
  gtk_page_setup_set_left_margin (setup, 30, GTK_UNIT_MM);
  gtk_page_setup_set_right_margin (setup, 15, GTK_UNIT_MM);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_job_name (operation, mc_print_table_get_name (self));
  g_signal_connect (operation, "begin-print", G_CALLBACK (begin_cb), self);
  g_signal_connect (operation, "draw-page", G_CALLBACK (draw_cb), self);

  return operation;
}

static void
chosen_cb (GFile    *file,
           gpointer  user_data)
{
  GtkPrintOperation *operation = user_data;
  McContext *context = g_object_get_data (G_OBJECT (operation), "context");
  g_autoptr(GError) error = NULL;
  g_autofree char *name = NULL, *text = NULL;

  if (file == NULL)
    return;
  gtk_print_operation_set_allow_async (operation, FALSE);
  gtk_print_operation_set_export_filename (operation, g_file_peek_path (file));
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT, NULL, &error) == GTK_PRINT_OPERATION_RESULT_ERROR)
    {
      mc_context_toast_error (context, error);
      return;
    }
  name = g_file_get_basename (file);
  /* Translators: %s is the name of a PDF file. */
  text = g_strdup_printf (_("Saved as “%s”. Open that file to print it."), name);
  mc_context_toast (context, text);
}

/* Inside a sandbox GTK without the portal shows no dialog for printers, and says nothing. */
static void
portal_cb (gboolean is_there,
           gpointer user_data)
{
  g_autoptr(GtkPrintOperation) operation = user_data;
  GtkWidget *parent = g_object_get_data (G_OBJECT (operation), "parent");
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWindow *window = GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *job = NULL, *name = NULL;

  if (!is_there)
    {
      g_object_get (operation, "job-name", &job, NULL);
      name = g_strdup_printf ("%s.pdf", g_strdelimit (job, "/", '-'));
      mc_dialogs_save_file (parent, _("This Computer Lacks the Service for Printing: Save as PDF"), name, chosen_cb, operation);
    }
  else if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, window, &error) ==
           GTK_PRINT_OPERATION_RESULT_ERROR)
    mc_context_toast_error (g_object_get_data (G_OBJECT (operation), "context"), error);
}

void
mc_print_table_run (McPrintTable *self,
                    GtkWidget    *parent,
                    McContext    *context)
{
  GtkPrintOperation *operation = make_operation (self);

  g_object_set_data_full (G_OBJECT (operation), "table", self, (GDestroyNotify) mc_print_table_free);
  g_object_set_data_full (G_OBJECT (operation), "parent", g_object_ref (parent), g_object_unref);
  g_object_set_data_full (G_OBJECT (operation), "context", g_object_ref (context), g_object_unref);
  gtk_print_operation_set_allow_async (operation, TRUE);
  mc_portal_ask ("org.freedesktop.portal.Print", portal_cb, operation);
}

gboolean
mc_print_table_export (McPrintTable  *self,
                       const char    *path,
                       GError       **error)
{
  g_autoptr(GtkPrintOperation) operation = make_operation (self);

  gtk_print_operation_set_export_filename (operation, path);

  return gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT, NULL, error) !=
         GTK_PRINT_OPERATION_RESULT_ERROR;
}
