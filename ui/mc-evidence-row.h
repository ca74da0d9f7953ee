/* mc-evidence-row.h: one evidence file, and whether what lies on this computer is still that file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* (transfer full) evidence: a row that can be activated. */
GtkWidget  *mc_evidence_row_new          (McContext  *context,
                                          McEvidence *evidence);
McEvidence *mc_evidence_row_get_evidence (GtkWidget  *row);
/* Looks, in a thread, whether the file is here and whole; the row says so when it knows, and offers to fetch it where there is
 * a district to fetch it from. */
void        mc_evidence_row_look         (GtkWidget  *row);

G_END_DECLS
