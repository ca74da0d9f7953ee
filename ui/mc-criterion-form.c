/* mc-criterion-form.c: one criterion: its rule, the evidence asked for, and what the unit answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-criterion-form.h"

#include <glib/gi18n.h>

#include "core/mc-answer.h"
#include "mc-form.h"

#define TYPE "assessment"
#define ANSWER "mc-answer"
#define FIGURES "mc-figures"

static char *
evidence_text (McCriterion *criterion)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; criterion->evidence != NULL && i < criterion->evidence->len; i++)
    {
      McEvidenceAsk *ask = &g_array_index (criterion->evidence, McEvidenceAsk, i);

      g_string_append_printf (text, "%s• %s%s", text->len > 0 ? "\n" : "", ask->title, ask->required ? "" : _(" (if there is one)"));
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_text (GtkWidget  *box,
          const char *title,
          const char *text)
{
  GtkWidget *heading, *label;

  if (text == NULL || *text == '\0')
    return;
  heading = gtk_label_new (title);
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), label);
}

static void
go_cb (GtkButton *button,
       McContext *context)
{
  mc_context_show_record (context, "", g_object_get_data (G_OBJECT (button), "type"));
}

static void
add_sources (McContext   *context,
             GtkWidget   *box,
             McCriterion *criterion)
{
  for (guint i = 0; criterion->contributes != NULL && criterion->contributes[i] != NULL; i++)
    {
      McRecordType *type = mc_pack_find_type (mc_context_get_pack (context), criterion->contributes[i]);
      g_autofree char *label = type != NULL ? g_strdup_printf (_("Open: %s"), type->title) : NULL;
      GtkWidget *button;

      /* What there is once for each key is entered on a sheet that has a line for it; without a sheet there is nowhere to go yet. */
      if (type == NULL || type->parent != NULL || (type->natural_key && type->layout != MC_LAYOUT_SHEET))
        continue;
      button = gtk_button_new_with_label (label);
      gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), TRUE);
      g_object_set_data (G_OBJECT (button), "type", (gpointer) type->id);
      g_signal_connect (button, "clicked", G_CALLBACK (go_cb), context);
      gtk_box_append (GTK_BOX (box), button);
    }
}

static void
prepare_cb (gpointer     source,
            McEdit      *edit,
            McRecord    *record,
            McCriterion *criterion)
{
  mc_edit_set_text (edit, record, "criterion", criterion->code);
}

/* The pack speaks Vietnamese; “yes” and “no” are the program's own words. */
static McField *
make_answer (McContext   *context,
             McCriterion *criterion)
{
  McField *answer = mc_answer_field_new (mc_context_get_pack (context), criterion);

  if (criterion->rule.kind == MC_RULE_BINARY)
    {
      g_array_index (answer->values, McChoice, 0).title = _("Yes");
      g_array_index (answer->values, McChoice, 1).title = _("No");
    }

  return answer;
}

/* Whether it makes a difference to say that nothing arose, and the pack has a place for it. */
static gboolean
asks_for_nil (McContext   *context,
              McCriterion *criterion)
{
  return criterion->zero != MC_ZERO_ZERO &&
         mc_record_type_find_field (mc_pack_find_type (mc_context_get_pack (context), TYPE), MC_FIELD_NIL) != NULL;
}

gboolean
mc_criterion_concerns (McContext   *context,
                       McCriterion *criterion)
{
  return !mc_context_is_commune (context) || (criterion->contributes != NULL && criterion->contributes[0] != NULL);
}

GtkWidget *
mc_criterion_form_new (McContext   *context,
                       McCriterion *criterion)
{
  static const char * const nil[] = { MC_FIELD_NIL, NULL };
  static const char * const author[] = { "explanation", "files", "self", "document", NULL };
  static const char * const reviewer[] = { "review.verdict", "review.reason", "review.appraised", NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *figures = gtk_label_new (NULL);
  GtkWidget *form = mc_form_new (context, mc_pack_find_type (mc_context_get_pack (context), TYPE));
  g_autofree char *evidence = evidence_text (criterion);

  gtk_label_set_xalign (GTK_LABEL (figures), 0);
  gtk_label_set_wrap (GTK_LABEL (figures), TRUE);
  g_object_set_data (G_OBJECT (form), FIGURES, figures);
  add_text (box, criterion->name, criterion->text);
  gtk_label_set_wrap (GTK_LABEL (gtk_widget_get_first_child (box)), TRUE);
  gtk_box_append (GTK_BOX (box), figures);
  add_text (box, _("Evidence asked for"), evidence);
  add_sources (context, box, criterion);
  mc_form_add_widget (MC_FORM (form), box);
  if (criterion->rule.measure == NULL)
    {
      McField *answer = make_answer (context, criterion);

      /* Its editor has it as long as the form is there. */
      g_object_set_data_full (G_OBJECT (form), ANSWER, answer, (GDestroyNotify) mc_answer_field_free);
      mc_form_add_field (MC_FORM (form), answer);
      if (asks_for_nil (context, criterion))
        mc_form_add_group (MC_FORM (form), NULL, nil);
    }
  mc_form_add_group (MC_FORM (form), NULL, author);
  mc_form_add_group (MC_FORM (form), mc_context_is_commune (context) ? _("The district says") : _("The appraisal"), reviewer);
  for (guint i = 0; reviewer[i] != NULL && mc_context_is_commune (context); i++)
    mc_field_editor_set_editable (mc_form_get_editor (MC_FORM (form), reviewer[i]), FALSE);
  g_signal_connect (form, "prepare", G_CALLBACK (prepare_cb), criterion);

  return form;
}

void
mc_criterion_form_show_figures (GtkWidget  *form,
                                const char *text)
{
  gtk_label_set_text (GTK_LABEL (g_object_get_data (G_OBJECT (form), FIGURES)), text);
}
