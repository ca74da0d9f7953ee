/* mc-words-row.c: words in a list of rows, about the row above them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-words-row.h"

struct _McWordsRow
{
  AdwPreferencesRow parent_instance;

  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (McWordsRow, mc_words_row, ADW_TYPE_PREFERENCES_ROW)

/* A list box that comes to a row without focus leaves the list: this one hands the focus on to the row behind it. */
static gboolean
mc_words_row_focus (GtkWidget        *widget,
                    GtkDirectionType  direction)
{
  gboolean is_back = direction == GTK_DIR_TAB_BACKWARD || direction == GTK_DIR_UP;
  GtkWidget *other = widget;

  do
    other = is_back ? gtk_widget_get_prev_sibling (other) : gtk_widget_get_next_sibling (other);
  while (other != NULL && !gtk_widget_get_visible (other));

  return other != NULL && gtk_widget_child_focus (other, direction);
}

static void
mc_words_row_class_init (McWordsRowClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = mc_words_row_focus;
}

static void
mc_words_row_init (McWordsRow *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (self->label, "error");
  gtk_widget_add_css_class (GTK_WIDGET (self), "words");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), self->label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
mc_words_row_new (void)
{
  return g_object_new (MC_TYPE_WORDS_ROW, NULL);
}

void
mc_words_row_set_text (McWordsRow *self,
                       const char *text)
{
  if (text != NULL)
    gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_widget_set_visible (GTK_WIDGET (self), text != NULL);
}
