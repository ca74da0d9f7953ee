/* mc-refused.h: what the hub did not let into a log: to be shown, corrected, withdrawn, taken elsewhere
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A correction is an ordinary edit: mc_journal_save() lets one that sets a refused field anew name it in `instead`.
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

/* One save that is not in the unit log. */
typedef struct
{
  char      *change_id;   /* (owned) first of the group: what `instead` names */
  char      *log;         /* (owned) */
  char      *record;      /* (owned) of the first change */
  char      *type;        /* (owned) its type */
  char      *at, *by;     /* (owned) */
  char      *problem;     /* (owned) (nullable) slug: forbidden, id-reused, bad-group, held; NULL = not sent yet */
  gboolean   held;        /* waits behind a rejected one of the same record, and goes by itself when that is settled */
  GPtrArray *changes;     /* (owned) (element-type McChange) */
} McRefusedGroup;

void        mc_refused_group_free        (McRefusedGroup  *group);
/* (element-type McRefusedGroup) oldest first; @with_unsent: also what has no verdict yet */
GPtrArray  *mc_journal_list_refused      (McJournal       *self,
                                          gboolean         with_unsent,
                                          GError         **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives a refused save up: what waits behind it goes on.  Its bytes stay here and at the hub. */
gboolean    mc_journal_withdraw          (McJournal       *self,
                                          const char      *change_id,
                                          gint64           now_us,
                                          GError         **error);
/* Writes everything that is in no log into @path, as JSON that people and programs can read: also for a device that the
 * hub lets in no more.  Personal fields stay sealed.  @out_count (optional): groups. */
gboolean    mc_journal_export_refused    (McJournal       *self,
                                          const char      *path,
                                          gint64           now_us,
                                          guint           *out_count,
                                          GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McRefusedGroup, mc_refused_group_free)

G_END_DECLS
