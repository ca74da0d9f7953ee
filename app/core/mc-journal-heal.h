/* mc-journal-heal.h: what a device does to make a unit log whole again after a hub, or it itself, went back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-journal-sync.h"

G_BEGIN_DECLS

/* A place in a unit log. */
typedef struct
{
  guint64  seq;
  McDigest chain;
} McPlace;

/* How far somebody is in one stream. */
typedef struct
{
  char    *device, *incarnation;  /* (owned) */
  guint64  n;
} McStreamPlace;
void       mc_stream_place_free       (McStreamPlace *place);

/* A group that the hub refused, as it gives it back. */
typedef struct
{
  guint64   number;    /* what the hub calls it, to be told so of it */
  gboolean  held;
  char     *problem;   /* (owned) (nullable) */
  McGroup  *group;     /* (owned) */
} McRefused;
void       mc_refused_free            (McRefused     *refused);

/* Fills in the chain at each seq of @places (element-type McPlace), which ascend and are not past the cursor. */
gboolean   mc_journal_fill_places     (McJournal     *self,
                                       const char    *log,
                                       GArray        *places,
                                       GError       **error);
/* Whether any own change of @log was judged in another way than accepted. */
gboolean   mc_journal_has_judged      (McJournal     *self,
                                       const char    *log,
                                       gboolean      *out_judged,
                                       GError       **error);
/* The hub's log is the same as this device's up to the cursor: own changes in it are in it, whatever was said of them while that
 * was not known. */
gboolean   mc_journal_trust_log       (McJournal     *self,
                                       const char    *log,
                                       GError       **error);
/* Rows of others that the hub had, and has no longer as far as is known. */
gboolean   mc_journal_count_aside     (McJournal     *self,
                                       const char    *log,
                                       guint         *out_count,
                                       GError       **error);
/* Which those are, and how far what is here of their authors goes: while that stays the same, so does what can be proven. */
char      *mc_journal_describe_aside  (McJournal     *self,
                                       const char    *log,
                                       GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* The devices that wrote them. */
GStrv      mc_journal_list_aside_authors (McJournal  *self,
                                          const char *log,
                                          GError    **error) G_GNUC_WARN_UNUSED_RESULT;
#define MC_BRANCH_WAYS 3
/* What is left of those rows after that: streams that were written twice (mc-journal-branch.c). */
GPtrArray *mc_journal_list_branches   (McJournal     *self,
                                       const char    *log,
                                       guint          way,
                                       guint          skip,
                                       gsize          max_bytes,
                                       guint         *out_seen,
                                       GError       **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */
/* The incarnation under which place @n of a stream that the log calls @incarnation is signed; NULL if @signature is not the
 * author's over @chain. */
typedef char *(*McIsSigned)           (const char     *device,
                                       const char     *incarnation,
                                       guint64         n,
                                       const McDigest *chain,
                                       GBytes         *signature,
                                       gpointer        user_data);
/* What is left after that: more than two of those, mixed (mc-journal-paths.c). */
GPtrArray *mc_journal_find_branches   (McJournal     *self,
                                       const char    *log,
                                       McIsSigned     is_signed,
                                       gpointer       user_data,
                                       guint          skip,
                                       gsize          max_bytes,
                                       gboolean      *out_found,
                                       GError       **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */
/* Own changes that the hub judged when somebody else handed them back, and did not let in: nobody told this device why, so
 * they are sent again for the verdict.  The cursor in @log is where the hub's log ends. */
gboolean   mc_journal_ask_verdicts    (McJournal     *self,
                                       const char    *log,
                                       GError       **error);
/* Those rows as groups that prove themselves to a hub that is as far as @streams (element-type McStreamPlace) say. */
GPtrArray *mc_journal_list_aside      (McJournal     *self,
                                       const char    *log,
                                       GPtrArray     *streams,
                                       gsize          max_bytes,
                                       GError       **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */

gboolean   mc_journal_keep_certificate (McJournal    *self,
                                        const char   *device,
                                        const char   *body,
                                        GError      **error);
char      *mc_journal_get_certificate (McJournal     *self,
                                       const char    *device) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) */

/* The hub is of @epoch: what was offered to it in vain is known by that. */
gboolean   mc_journal_note_epoch      (McJournal     *self,
                                       const guint8   epoch[16],
                                       GError       **error);
/* Keeps refused groups that this store does not have any more; @out_numbers (element-type guint64): what was here already.  What
 * is new goes to the end of the own stream, and is here already once the hub has had it from there. */
gboolean   mc_journal_take_back       (McJournal     *self,
                                       const char    *log,
                                       GPtrArray     *refused,
                                       GArray        *out_numbers,
                                       GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McRefused, mc_refused_free)

G_END_DECLS
