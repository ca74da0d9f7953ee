/* mc-form.h: the fields of one record, as a pack describes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"
#include "mc-field-editor.h"

G_BEGIN_DECLS

#define MC_TYPE_FORM (mc_form_get_type ())
G_DECLARE_FINAL_TYPE (McForm, mc_form, MC, FORM, GtkWidget)

/* Signals:
 *   ::prepare (McEdit *edit, McRecord *record)  as of McFieldEditor
 */

GtkWidget     *mc_form_new          (McContext          *context,
                                     McRecordType       *type);
/* Adds a group, an AdwPreferencesGroup; NULL fields = all of the type that an author fills in.  (nullable) title */
GtkWidget     *mc_form_add_group    (McForm             *self,
                                     const char         *title,
                                     const char * const *fields);
/* A field that the pack does not have in this shape, such as the answer to one criterion; outlives the form. */
void           mc_form_add_field    (McForm             *self,
                                     McField            *field);
void           mc_form_add_widget   (McForm             *self,
                                     GtkWidget          *widget);
void           mc_form_set_record   (McForm             *self,
                                     McRecord           *record);
McRecord      *mc_form_get_record   (McForm             *self);  /* (nullable) */
McFieldEditor *mc_form_get_editor   (McForm             *self,
                                     const char         *field); /* (nullable) */
/* (element-type McFault) of this record; others are left out */
void           mc_form_set_faults   (McForm             *self,
                                     GPtrArray          *faults);
void           mc_form_set_editable (McForm             *self,
                                     gboolean            is_editable);
void           mc_form_commit       (McForm             *self);

G_END_DECLS
