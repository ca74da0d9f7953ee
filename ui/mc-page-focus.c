/* mc-page-focus.c: brings the keyboard into a page that was turned to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-page-focus.h"

#include "mc-page.h"

#define EVERY_MS 30
#define TRIES 200

struct _McPageFocus
{
  GtkWindow *window;
  GtkListBox *sections;
  GtkWidget *page;    /* of the window */
  guint source;
  guint tries;
};

McPageFocus *
mc_page_focus_new (GtkWindow  *window,
                   GtkListBox *sections)
{
  McPageFocus *self = g_new0 (McPageFocus, 1);

  self->window = window;
  self->sections = sections;

  return self;
}

void
mc_page_focus_free (McPageFocus *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self);
}

static void
focus_section (McPageFocus *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_selected_row (self->sections)));
}

/* A scrolled window takes the focus itself as long as nothing in it can. */
static gboolean
is_elsewhere (McPageFocus *self)
{
  GtkWidget *focus = gtk_window_get_focus (self->window);

  return focus != NULL && gtk_widget_get_mapped (focus) && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sections)) &&
         !GTK_IS_SCROLLED_WINDOW (focus);
}

static gboolean
try_cb (gpointer user_data)
{
  McPageFocus *self = user_data;

  if (!is_elsewhere (self))
    {
      mc_page_take_focus (MC_PAGE (self->page));
      if (!is_elsewhere (self) && --self->tries > 0)
        {
          focus_section (self);
          return G_SOURCE_CONTINUE;
        }
    }
  self->source = 0;

  return G_SOURCE_REMOVE;
}

void
mc_page_focus_bring (McPageFocus *self,
                     GtkWidget   *page)
{
  focus_section (self);
  self->page = page;
  self->tries = TRIES;
  if (self->source == 0)
    self->source = g_timeout_add (EVERY_MS, try_cb, self);
}
