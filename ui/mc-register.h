/* mc-register.h: the records of one type as a list of any length, with the details of one of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-cells.h"
#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_REGISTER (mc_register_get_type ())
G_DECLARE_FINAL_TYPE (McRegister, mc_register, MC, REGISTER, GtkWidget)

GtkWidget  *mc_register_new          (McContext          *context,
                                      const char         *type,
                                      const char * const *columns,   /* (nullable) fields; NULL = the first few */
                                      McOrder             order);
/* Something above the list, such as a line for new entries. */
void        mc_register_set_above    (McRegister         *self,
                                      GtkWidget          *widget);
/* A button beside the search. */
void        mc_register_add_button   (McRegister         *self,
                                      GtkWidget          *button);
/* (transfer full) (nullable) why a record can be read but not changed; NULL = it can.  Set again, it is asked again. */
typedef char *(*McGuardFunc) (McRecord *record, gpointer user_data);
void        mc_register_set_guard    (McRegister         *self,
                                      McGuardFunc         func,
                                      gpointer            user_data);
/* What a line says in its notes besides what was noted.  Set again, it is asked again. */
void        mc_register_set_mark     (McRegister         *self,
                                      McMarkFunc          func,
                                      gpointer            user_data);
void        mc_register_add_new      (McRegister         *self);
void        mc_register_show_record  (McRegister         *self,
                                      const char         *record);
void        mc_register_start_search (McRegister         *self);
void        mc_register_commit       (McRegister         *self);

G_END_DECLS
