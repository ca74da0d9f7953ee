/* mc-register-private.h: what the files of the register share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-record-list.h"
#include "mc-register.h"
#include "mc-reload.h"

G_BEGIN_DECLS

/* What follows once the record is in the details. */
typedef enum
{
  THEN_NOTHING,
  THEN_EDIT,
  THEN_VOID,
} Then;

struct _McRegister
{
  GtkWidget parent_instance;

  McContext *context;          /* (owned) */
  McRecordType *type;          /* the pack's */
  McOrder order;
  GtkWidget *pane;
  GtkWidget *box;
  GtkWidget *bar;
  GtkWidget *add;
  GtkWidget *search;
  GtkWidget *count;
  GtkWidget *view;
  GtkWidget *empty;
  GtkWidget *form;
  GtkWidget *guarded;          /* why the record cannot be changed */
  GtkWidget *remove;           /* button: deletes, or makes void */
  McGuardFunc guard;           /* (nullable) */
  gpointer guard_data;
  McMarkFunc mark;             /* (nullable) */
  gpointer mark_data;
  Then then;
  McRecordList *list;          /* (owned) */
  GtkSingleSelection *selection;  /* (owned) */
  McRecord *fresh;             /* (owned) (nullable) not saved yet */
  char *shown;                 /* (owned) (nullable) record in the details */
  gboolean opens;              /* the details, once the record is there */
  gint64 selected;             /* number of the record; 0 = none */
  double view_height;          /* pixels, of the list as last laid out */
  gboolean is_at_top;          /* … and whether its first line was whole then */
  McReload *reload;            /* (owned) of the details */
};

/* mc-register-details.c: the form of one record, and loading it; what @then says follows once it is there. */
void  mc_register_make_form    (McRegister *self);
void  mc_register_load         (gpointer    self);
/* What the button at the end of the form does. */
void  mc_register_delete_shown (McRegister *self);

G_END_DECLS
