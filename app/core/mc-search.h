/* mc-search.h: the words of a record, and the question to the index
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-pack.h"
#include "core/mc-record.h"

G_BEGIN_DECLS

char *mc_search_text  (McRecord   *record,
                       McPack     *pack) G_GNUC_WARN_UNUSED_RESULT;
char *mc_search_query (const char *words) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) NULL = no word in it */

G_END_DECLS
