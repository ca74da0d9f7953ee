/* mc-waiting.h: what is shown in place of an enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *mc_waiting_new_checking (GtkApplication *application);
GtkWidget *mc_waiting_new_failure  (GtkApplication *application,
                                    const GError   *error);

G_END_DECLS
