/* mc-hub-branch.c: streams that were written twice from some place on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-branch.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-places.h"
#include "wire/mc-branch.h"

gboolean
mc_hub_is_branch_place_signed (McHub           *self,
                               McHubDevice     *author,
                               const char      *incarnation,
                               const char      *log,
                               guint64          n,
                               const McDigest  *chain,
                               GBytes          *signature)
{
  g_autofree char *name = mc_branch_find_signed_name (self->identity.id, author->key, author->id, incarnation, 1, log, n, chain,
                                                      signature);

  return name != NULL;
}

gboolean
mc_hub_is_branch_signed (McHub           *self,
                         McHubDevice     *author,
                         McGroup         *group,
                         const char      *log,
                         const McDigest  *chain)
{
  return group->signature != NULL && mc_hub_is_branch_place_signed (self, author, group->incarnation, log,
                                                                    group->n + group->changes->len - 1, chain, group->signature);
}

/* The groups of one stream that a request has of it, and what stands at each place up to the last of them. */
typedef struct
{
  GPtrArray *groups;     /* (element-type McGroup) of the whole frame */
  guint from, to;        /* … and which of them */
  GArray *hashes;        /* (owned) (element-type McDigest) from place 1 on */
} Branch;

static void
add_hash (GArray        *hashes,
          gconstpointer  data)
{
  McDigest hash;

  memcpy (hash.data, data, MC_DIGEST_SIZE);
  g_array_append_val (hashes, hash);
}

/* FALSE: its places are not all there. */
static gboolean
read_branch (Branch *self)
{
  McGroup *first = self->groups->pdata[self->from];

  self->hashes = g_array_new (FALSE, FALSE, sizeof (McDigest));
  for (self->to = self->from; self->to < self->groups->len; self->to++)
    {
      McGroup *group = self->groups->pdata[self->to];

      if (!g_str_equal (group->device, first->device) || !g_str_equal (group->incarnation, first->incarnation) ||
          group->n != self->hashes->len + group->holes->len + 1)
        break;
      for (guint i = 0; i < group->holes->len; i++)
        add_hash (self->hashes, g_bytes_get_data (group->holes->pdata[i], NULL));
      for (guint i = 0; i < group->changes->len; i++)
        add_hash (self->hashes, mc_change_get_hash (group->changes->pdata[i])->data);
    }

  return self->to > self->from;
}

/* Whether @places, as far as they go, are those of the branch. */
static gboolean
is_same (Branch *self,
         GArray *places)
{
  for (guint i = 0; i < MIN (places->len, self->hashes->len); i++)
    {
      McHubPlace *place = &g_array_index (places, McHubPlace, i);

      if (!place->known || !mc_digest_equal (&place->hash, &g_array_index (self->hashes, McDigest, i)))
        return FALSE;
    }

  return TRUE;
}

/* @n places of the stream are known: only hashes after them say anything new. */
static void
rename_groups (Branch     *self,
               const char *name,
               guint64     n)
{
  for (guint i = self->from; i < self->to; i++)
    {
      McGroup *group = self->groups->pdata[i];
      guint64 before = group->n - 1 - group->holes->len;

      g_free (group->incarnation);
      group->incarnation = g_strdup (name);
      if (n > before && group->holes->len > 0)
        g_ptr_array_remove_range (group->holes, 0, MIN (n - before, group->holes->len));
    }
}

/* The stream that goes on as the branch does, or a new one. */
static gboolean
name_branch (McHub       *self,
             const char  *log,
             Branch      *branch,
             GError     **error)
{
  McGroup *first = branch->groups->pdata[branch->from];

  for (int number = 0; number <= MC_BRANCHES_MAX; number++)
    {
      g_autofree char *name = mc_branch_name (first->incarnation, number);
      guint64 bad_seq;
      g_autoptr(GArray) places = mc_hub_read_places (self, first->device, name, log, &bad_seq, error);

      if (places == NULL)
        return FALSE;
      if (bad_seq > 0 || !is_same (branch, places))
        continue;
      rename_groups (branch, name, places->len);
      return TRUE;
    }

  return TRUE;
}

gboolean
mc_hub_name_branches (McHub       *self,
                      const char  *log,
                      GPtrArray   *groups,
                      GError     **error)
{
  Branch branch = { .groups = groups };

  if (mc_faults & MC_FAULT_NO_BRANCHES)
    return TRUE;
  while (branch.from < groups->len)
    {
      gboolean done = !read_branch (&branch) || name_branch (self, log, &branch, error);

      g_array_unref (branch.hashes);
      if (!done)
        return FALSE;
      branch.from = MAX (branch.to, branch.from + 1);
    }

  return TRUE;
}
