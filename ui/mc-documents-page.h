/* mc-documents-page.h: the share of documents handled electronically, month by month
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_DOCUMENTS_PAGE (mc_documents_page_get_type ())
G_DECLARE_FINAL_TYPE (McDocumentsPage, mc_documents_page, MC, DOCUMENTS_PAGE, AdwBin)

GtkWidget *mc_documents_page_new (McContext *context);

G_END_DECLS
