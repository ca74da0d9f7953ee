/* mc-enrol.h: becoming a device of a hub; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-account.h"
#include "wire/mc-enrolment.h"

G_BEGIN_DECLS

McAccount *mc_enrol             (const char    *dir,
                                 const char    *line,
                                 const char    *by,
                                 GCancellable  *cancellable,
                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   mc_enrol_read_answer (McAccount     *account,
                                 McEnrolment   *enrolment,
                                 GBytes        *body,
                                 GError       **error);

G_END_DECLS
