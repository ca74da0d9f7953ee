/* mc-evidence-list.h: the evidence files of one field of one record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files come by the chooser, by drag and drop, or are pasted: files, or a picture from a screen.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_EVIDENCE_LIST (mc_evidence_list_get_type ())
G_DECLARE_FINAL_TYPE (McEvidenceList, mc_evidence_list, MC, EVIDENCE_LIST, GtkWidget)

/* Signals:
 *   ::prepare (McEdit *edit, McRecord *record)  as of McFieldEditor
 */

GtkWidget *mc_evidence_list_new          (McContext      *context,
                                          McField        *field);
void       mc_evidence_list_set_record   (McEvidenceList *self,
                                          McRecord       *record);
void       mc_evidence_list_set_editable (McEvidenceList *self,
                                          gboolean        is_editable);

G_END_DECLS
