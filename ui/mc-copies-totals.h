/* mc-copies-totals.h: what the register of certified copies adds up to, and what its next line will be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-book.h"
#include "core/mc-store.h"

G_BEGIN_DECLS

#define MC_COPIES_TYPE "certified-copy"

typedef struct
{
  char *date;                    /* (owned) proposed for the next line, in a year that is open */
  gint64 next_number, volume;    /* of the next line: numbers begin anew with each year */
  char *signer, *signer_title;   /* (owned) (nullable) of the last line */
  gint64 rows, copies;           /* of that year, void ones left out */
  gint64 month_rows, month_copies;
  McRecord *fresh;               /* (owned) the line that is being typed, as it is now */
  GArray *closed;                /* (owned) (element-type int) years, ascending */
  GArray *closings;              /* (owned) (element-type McClosing) volumes with a record of their own */
  McBook *last_closed;           /* (owned) (nullable) */
  GHashTable *late;              /* (owned) (element-type utf8 McBookLate) lines that no closing counted, by record */
} McCopiesTotals;

/* @today and @otherwise (yyyy-mm-dd): the date of the next line is the one if it is of the pack's year, else the other. */
void            mc_copies_totals_async  (McStore             *store,
                                         const char          *fresh,
                                         const char          *today,
                                         const char          *otherwise,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
McCopiesTotals *mc_copies_totals_finish (McStore             *store,
                                         GAsyncResult        *result,
                                         GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void            mc_copies_totals_free   (McCopiesTotals      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McCopiesTotals, mc_copies_totals_free)

G_END_DECLS
