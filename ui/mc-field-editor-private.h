/* mc-field-editor-private.h: what the files of the field editor share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-field-editor.h"

G_BEGIN_DECLS

#define MC_CELL_CHARS 10   /* a date */

struct _McFieldEditor
{
  GObject parent_instance;

  McContext *context;      /* (owned) */
  McField *field;          /* the pack's */
  McRecord *record;        /* (owned) (nullable) what is shown */
  GtkWidget *widget;       /* owns this object */
  GtkEditable *editable;   /* (nullable) part of the widget */
  GtkTextBuffer *buffer;   /* (nullable) */
  GtkWidget *text_view;    /* (nullable) */
  GtkWidget *conflict;     /* (nullable) button, shown while two values stand */
  GtkWidget *words;        /* (nullable) weak; row of a form: why what is typed cannot be saved */
  gboolean is_updating;
  gboolean is_dirty;
  gboolean is_pasting;     /* what is on the clipboard was looked at */
  char *fault;             /* (owned) (nullable) of a check */
  gboolean fault_is_error;
  char *typed_fault;       /* (owned) (nullable) why what is typed cannot be saved */
};

/* mc-field-widgets.c: sets the widget and its parts, by the field. */
void mc_field_editor_make_widget (McFieldEditor *self,
                                  McLook         look);

/* What the widget says: something is typed, chosen, or done with by Enter. */
void mc_field_editor_typed       (McFieldEditor *self);
void mc_field_editor_chosen      (McFieldEditor *self);
void mc_field_editor_activated   (McFieldEditor *self);

G_END_DECLS
