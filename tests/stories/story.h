/* story.h: what the stories of failure begin with: a hub, and a commune behind a line that can fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each test of this folder bears the number and the name of a way in which systems of this kind have failed their users,
 * and shows with the real programs that ours does not fail so.
 */

#pragma once

#include "faults/relay.h"
#include "two-ends.h"

G_BEGIN_DECLS

typedef struct
{
  Fixture ends;
  Relay *relay;            /* (owned) */
  McAccount *account;      /* (owned) behind the relay */
  McJournal *journal;      /* (owned) */
} Story;

/* @data: NULL = a relay of bytes, else one of requests. */
void     story_begin        (Story         *story,
                             gconstpointer  data);
void     story_end          (Story         *story,
                             gconstpointer  data);
gboolean try_sync           (Story         *story,
                             GError       **error);
/* What the hub proves and a fresh district sees: @n certified copies, not one twice. */
void     assert_at_district (Story         *story,
                             guint          n);

/* Runs minhchungctl on @dir with @first and the words after it; all it said.  NAME=VALUE of @env go with it. */
char    *run_ctl            (GStrv          env,
                             const char    *dir,
                             gboolean      *out_done,
                             const char    *first,
                             ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;
guint    count_waiting_files (McJournal    *journal);
/* One number out of a database that its program may have open. */
gint64   ask                (const char    *dir,
                             const char    *name,
                             const char    *sql);

#define ADD_STORY(name, inside, func) g_test_add ("/stories/" name, Story, inside, story_begin, func, story_end)

G_END_DECLS
