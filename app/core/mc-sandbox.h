/* mc-sandbox.h: SQL expressions of a pack, evaluated where they can do no harm
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A read-only connection of its own.  Every record type is a view of that name with its fields as columns, and
 * `unit`, `record`, `parent`; an authorizer lets an expression over a type read that one view and call a fixed list of functions,
 * a progress handler ends one that takes too long.  Belongs to the thread that made it.
 */

#pragma once

#include "core/mc-pack.h"

G_BEGIN_DECLS

typedef struct _McSandbox McSandbox;

McSandbox *mc_sandbox_new        (const char           *db_path,
                                  McPack               *pack,
                                  GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void       mc_sandbox_free       (McSandbox            *self);
McPack    *mc_sandbox_get_pack   (McSandbox            *self);

/* Logs that are no units by the end of the year: their records count as those of others, in a scope in which they are, but they
 * are none of its units.  Until it is said anew. */
void       mc_sandbox_set_former (McSandbox           *self,
                                  GPtrArray           *logs);  /* (transfer none) (element-type utf8) */
/* Which units the next measure counts. */
gboolean   mc_sandbox_set_scope  (McSandbox            *self,
                                  const char * const   *logs,
                                  GError              **error);
/* Numerator and denominator of @measure over the scope, exact; both ×100 if either is no whole number. */
gboolean   mc_sandbox_measure    (McSandbox            *self,
                                  McMeasure            *measure,
                                  gint64               *out_numerator,
                                  gint64               *out_denominator,
                                  GError              **error);
/* Of how many units of the scope a measure per unit has records, and of how many what it asks is known: it is not where
 * the expression is NULL. */
gboolean   mc_sandbox_count_known (McSandbox           *self,
                                   McMeasure           *measure,
                                   gint64              *out_entered,
                                   gint64              *out_known,
                                   GError             **error);
/* How many records @measure counts over the scope, those included that say that nothing arose; with @whatever all of its type. */
gboolean   mc_sandbox_count_entered (McSandbox         *self,
                                     McMeasure         *measure,
                                     gboolean           whatever,
                                     gint64            *out_entered,
                                     GError           **error);
/* Runs one SELECT of our own over the view of @type: each row as an array of texts, NULL where blank. */
GPtrArray *mc_sandbox_select     (McSandbox            *self,
                                  const char           *type,
                                  const char           *sql,
                                  const char           *argument,
                                  GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McSandbox, mc_sandbox_free)

G_END_DECLS
