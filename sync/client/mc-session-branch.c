/* mc-session-branch.c: what no stream of the hub goes on with may be of one that was written twice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-session-private.h"

#include "core/mc-limits.h"
#include "wire/mc-branch.h"
#include "wire/mc-certificate.h"

/* Whose word it is: the certificates that came with the rows. */
typedef struct
{
  Session *session;
  const char *log;
  McCertificate *author;     /* (owned) (nullable) of whom the last question was */
} Judge;

static char *
find_signed_name (const char     *device,
                  const char     *incarnation,
                  guint64         n,
                  const McDigest *chain,
                  GBytes         *signature,
                  gpointer        user_data)
{
  Judge *judge = user_data;

  if (judge->author == NULL || !g_str_equal (judge->author->device, device))
    {
      g_autofree char *body = mc_journal_get_certificate (judge->session->journal, device);

      g_clear_pointer (&judge->author, mc_certificate_free);
      judge->author = body != NULL ? mc_certificate_parse (body, -1) : NULL;
    }
  if (judge->author == NULL || g_bytes_get_size (signature) != MC_SIGNATURE_BYTES)
    return NULL;

  return mc_branch_find_signed_name (judge->session->account->hub.id, judge->author->key, device, incarnation, 0, judge->log, n,
                                     chain, signature);
}

/* The next rows to be handed in as branches, in the ways that there are, and at last by trying what fits the signatures; empty if
 * none are left. */
GPtrArray *
mc_session_next_branch (Session     *self,
                        SessionLog  *log,
                        GError     **error)
{
  Judge judge = { self, log->name, NULL };
  GPtrArray *groups = NULL;
  gboolean found;
  guint seen;

  while (log->way < MC_BRANCH_WAYS)
    {
      g_clear_pointer (&groups, g_ptr_array_unref);
      if (!(groups = mc_journal_list_branches (self->journal, log->name, log->way, log->n_in_vain + log->n_offered,
                                               self->budget, &seen, error)))
        return NULL;
      log->n_offered += seen;
      if (groups->len > 0)
        return groups;
      if (seen > 0)
        continue;
      log->way++;
      log->n_in_vain = log->n_offered = 0;
    }

  do
    {
      g_clear_pointer (&groups, g_ptr_array_unref);
      groups = mc_journal_find_branches (self->journal, log->name, find_signed_name, &judge, log->n_in_vain + log->n_offered,
                                         self->budget, &found, error);
      log->n_offered += groups != NULL && found;
    }
  while (groups != NULL && groups->len == 0 && found);
  g_clear_pointer (&judge.author, mc_certificate_free);

  return groups;
}

gboolean
mc_session_put_all_branches (Session        *self,
                             SessionLog     *log,
                             McFrameWriter  *writer,
                             GError        **error)
{
  gsize budget = self->budget;
  gboolean done = TRUE;

  /* A bundle in parts says it in each. */
  log->way = log->n_in_vain = log->n_offered = 0;
  self->budget = MC_GROUPS_RAW_BYTES;
  while (done)
    {
      g_autoptr(GPtrArray) groups = mc_session_next_branch (self, log, error);

      if (groups == NULL || groups->len == 0)
        {
          done = groups != NULL;
          break;
        }
      mc_session_put_rows (self, log, MC_FRAME_BRANCH, groups, writer);
      done = mc_session_flush (self, writer, error);
    }
  self->budget = budget;

  return done;
}
