/* mc-conflict.c: two people edited the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picking a value is an ordinary edit that has seen both, so every machine agrees on it afterwards.
 */

#include "mc-conflict.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-record-text.h"

typedef struct
{
  McContext *context;
  McRecord *record;   /* (owned) */
  McField *field;
  guint head;
  GtkPopover *popover;
} Choice;

static void
choice_free (gpointer  data,
             GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->record);
  g_free (choice);
}

void
mc_conflict_choose (McContext *context,
                    McRecord  *record,
                    McField   *field,
                    guint      head)
{
  GPtrArray *heads = mc_record_get_heads (record, field->name);
  McEdit *edit = mc_edit_new ();

  mc_edit_set (edit, record, field->name, json_node_copy (((McHead *) heads->pdata[head])->value));
  mc_context_save (context, edit, field->title);
}

void
mc_conflict_keep_all (McContext *context,
                      McRecord  *record,
                      McField   *field)
{
  McEdit *edit = mc_edit_new ();

  mc_edit_set (edit, record, field->name, json_node_copy (mc_record_get (record, field->name)));
  mc_context_save (context, edit, field->title);
}

static void
choice_clicked_cb (GtkButton *button,
                   Choice    *choice)
{
  mc_conflict_choose (choice->context, choice->record, choice->field, choice->head);
  gtk_popover_popdown (choice->popover);
}

static char *
head_text (McField *field,
           McHead  *head)
{
  g_autofree char *value = mc_record_value_text (field, head->value), *at = mc_text_format_time (head->at);

  /* Translators: a value, who wrote it and when. */
  return g_strdup_printf (_("%s\n%s, %s"), value, head->by, at);
}

void
mc_conflict_show (McContext *context,
                  McRecord  *record,
                  McField   *field,
                  GtkWidget *beside)
{
  GPtrArray *heads = mc_record_get_heads (record, field->name);
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = gtk_label_new (_("Two people edited this. Which value is right?"));

  gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (box), title);
  for (guint i = 0; heads != NULL && i < heads->len; i++)
    {
      g_autofree char *text = head_text (field, heads->pdata[i]);
      GtkWidget *button = gtk_button_new_with_label (text);
      Choice *choice = g_new0 (Choice, 1);

      choice->context = context;
      choice->record = g_object_ref (record);
      choice->field = field;
      choice->head = i;
      choice->popover = GTK_POPOVER (popover);
      g_signal_connect_data (button, "clicked", G_CALLBACK (choice_clicked_cb), choice, choice_free, 0);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_box_append (GTK_BOX (box), gtk_label_new (_("Or close this and type a third value.")));
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_set_parent (popover, beside);
  g_signal_connect (popover, "closed", G_CALLBACK (gtk_widget_unparent), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}
