/* mc-field-editor.h: one field of one record, typed into one widget
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is typed is a draft on disk within half a second, and a change when the field is left or Enter is pressed.
 * A record that comes anew from the store never disturbs a field in which somebody is typing.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

typedef enum
{
  MC_LOOK_ROW,    /* of a boxed list, with its title */
  MC_LOOK_CELL,   /* of a table, titled by row and column */
} McLook;

#define MC_TYPE_FIELD_EDITOR (mc_field_editor_get_type ())
G_DECLARE_FINAL_TYPE (McFieldEditor, mc_field_editor, MC, FIELD_EDITOR, GObject)

/* Signals:
 *   ::prepare (McEdit *edit, McRecord *record)  add what else a record that does not exist yet needs
 *   ::activated ()                              Enter was pressed
 */

McFieldEditor *mc_field_editor_new          (McContext     *context,
                                             McField       *field,
                                             McLook         look) G_GNUC_WARN_UNUSED_RESULT;
GtkWidget     *mc_field_editor_get_widget   (McFieldEditor *self);
/* (nullable) a row to put below the widget: shown, with the reason, while what is typed cannot be saved; NULL for a cell. */
GtkWidget     *mc_field_editor_get_words    (McFieldEditor *self);
McField       *mc_field_editor_get_field    (McFieldEditor *self);
void           mc_field_editor_set_record   (McFieldEditor *self,
                                             McRecord      *record);
void           mc_field_editor_set_editable (McFieldEditor *self,
                                             gboolean       is_editable);
void           mc_field_editor_set_label    (McFieldEditor *self,
                                             const char    *label);  /* what a screen reader says of a cell */
void           mc_field_editor_set_placeholder (McFieldEditor *self,
                                                const char    *text);  /* of a cell: what will go in if nothing is typed */
/* As if @text had been typed and left, but the value goes into @edit for the caller to save; FALSE if the text is none: it then stays in the widget. */
gboolean       mc_field_editor_put_text     (McFieldEditor *self,
                                             McEdit        *edit,
                                             const char    *text);
void           mc_field_editor_commit       (McFieldEditor *self);
/* (nullable) text: what a check says of this field; NULL = nothing */
void           mc_field_editor_set_fault    (McFieldEditor *self,
                                             const char    *text,
                                             gboolean       is_error);
/* (nullable) why what stands in the widget is not right: the text cannot be saved, two people edited it, or a check says so. */
const char    *mc_field_editor_get_fault    (McFieldEditor *self);

/* TRUE, and says so, if a text of so many letters is more than one field takes. */
gboolean       mc_field_editor_refuses_long (McContext     *context,
                                             glong          n_chars);

G_END_DECLS
