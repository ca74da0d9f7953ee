/* mc-void.c: numbers of a register that were used up by mistake
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-void.h"

#include <glib/gi18n.h>

#include "mc-dialogs.h"

#define CONTEXT "mc-context"

gboolean
mc_void_is_known (McRecordType *type)
{
  return mc_record_type_find_field (type, "void") != NULL && mc_record_type_find_field (type, "void_reason") != NULL;
}

static void
asked_cb (const char * const *texts,
          gpointer            user_data)
{
  McRecord *record = user_data;
  McContext *context = g_object_get_data (user_data, CONTEXT);
  McEdit *edit = mc_edit_new ();

  mc_edit_set_boolean (edit, record, "void", TRUE);
  mc_edit_set_text (edit, record, "void_reason", texts[0]);
  mc_context_save (context, edit, _("voiding a number"));
}

void
mc_void_ask (GtkWidget *parent,
             McContext *context,
             McRecord  *record)
{
  g_autofree char *heading = g_strdup_printf (_("Void number %d?"), (int) mc_record_get_int (record, "number", 0));
  McAsk asks[] = { { .label = _("Why the number is void") } };

  g_object_set_data_full (G_OBJECT (record), CONTEXT, g_object_ref (context), g_object_unref);
  mc_dialogs_ask (parent, heading,
                  _("The line stays in the register with the reason, counts in no total, and its number is not used again. "
                    "Undo takes this back."),
                  _("_Void this number"), asks, G_N_ELEMENTS (asks), mc_context_get_year (context), asked_cb, record);
}

void
mc_void_take_back (McContext *context,
                   McRecord  *record)
{
  McEdit *edit = mc_edit_new ();

  mc_edit_set_boolean (edit, record, "void", FALSE);
  mc_edit_set_text (edit, record, "void_reason", "");
  mc_context_save (context, edit, _("using a void number again"));
}
