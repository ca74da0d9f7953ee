/* mc-hub-judge.c: the verdict on each group that a device sends
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A group is rejected only for what will never be right: no right to the log or the field, an id known with other
 * bytes, a group that is not whole.  Everything else is accepted, and people see to it.  Only later groups of the
 * same device on the same record, or on its children, are held behind a rejected one; a correction names the
 * rejected group in `instead`, is never held itself, and lets the held ones in, in their order.
 */

#include "hub/mc-hub-judge.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "core/mc-parallel.h"
#include "hub/mc-hub-beside.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-quota.h"
#include "hub/mc-hub-refused.h"
#include "wire/mc-sync-error.h"

typedef enum
{
  KNOWN_NOT,
  KNOWN_SAME,
  KNOWN_OTHER,
} Known;

static gboolean
look_up (McHub     *self,
         McChange  *change,
         Known     *out_known,
         guint64   *out_seq,
         GError   **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GBytes) bytes = NULL;
  gboolean has_row;

  *out_known = KNOWN_NOT;
  if (!(stmt = mc_db_prepare (self->db, "SELECT bytes, seq FROM change WHERE id = ?", error)))
    return FALSE;
  mc_stmt_lend_text (stmt, 1, mc_change_get_id (change));
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    {
      bytes = mc_stmt_dup_bytes (stmt, 0);
      *out_known = g_bytes_equal (bytes, mc_change_get_bytes (change)) ? KNOWN_SAME : KNOWN_OTHER;
      *out_seq = mc_stmt_get_int64 (stmt, 1);
    }

  return TRUE;
}

/* A commune never writes a reviewer's field, a district in a commune's log nothing else.  Home is also what a unit took over. */
static gboolean
may_set (McHub       *self,
         McHubDevice *device,
         const char  *log,
         McChange    *change)
{
  gboolean at_home = mc_hub_is_at_home (self, device, log);
  const char * const *fields = mc_change_get_fields (change);

  /* What sets nothing, such as a withdrawal, is anybody's to say. */
  if (fields[0] == NULL)
    return TRUE;
  if (at_home && !g_str_equal (device->role, "commune"))
    return TRUE;
  if (g_str_equal (mc_change_get_type_id (change), "review-note"))
    return !at_home;

  for (gsize i = 0; fields[i] != NULL; i++)
    if (g_str_has_prefix (fields[i], "review.") == at_home)
      return FALSE;

  return TRUE;
}

/* Whether the changes say of themselves that they are this group, each once. */
static gboolean
is_whole (McGroup *group)
{
  g_autoptr(GHashTable) ids = group->changes->len > 1 ? g_hash_table_new (g_str_hash, g_str_equal) : NULL;

  for (guint i = 0; i < group->changes->len; i++)
    {
      guint k, m;

      mc_change_get_group (group->changes->pdata[i], &k, &m);
      if (k != i || m != group->changes->len ||
          (ids != NULL && !g_hash_table_add (ids, (char *) mc_change_get_id (group->changes->pdata[i]))))
        return FALSE;
    }

  return TRUE;
}

static gboolean
reject (McVerdict  *verdict,
        const char *slug)
{
  verdict->kind = MC_VERDICT_REJECTED;
  verdict->seq_first = 0;
  g_free (verdict->problem);
  verdict->problem = g_strdup_printf ("{\"type\":\"%s\"}", slug);

  return TRUE;
}

/* Looks each change up by its id; TRUE with a kind other than ACCEPTED if that settles the verdict. */
static gboolean
judge_known (McHub      *self,
             McGroup    *group,
             McVerdict  *verdict,
             GError    **error)
{
  guint n_same = 0;

  if (mc_faults & MC_FAULT_SKIP_DEDUPE)
    return TRUE;
  for (guint i = 0; i < group->changes->len; i++)
    {
      guint64 seq = 0;
      Known known;

      if (!look_up (self, group->changes->pdata[i], &known, &seq, error))
        return FALSE;
      if (known == KNOWN_OTHER)
        return reject (verdict, "id-reused");
      if (known == KNOWN_SAME && n_same++ == 0)
        verdict->seq_first = seq;
    }

  if (n_same == group->changes->len)
    verdict->kind = MC_VERDICT_SAME;
  else if (n_same > 0)
    return reject (verdict, "id-reused");

  return TRUE;
}

static gboolean
judge (McHub        *self,
       McHubDevice  *device,
       McGroup      *group,
       const char   *log,
       gboolean      was_row,
       McVerdict    *verdict,
       GError      **error)
{
  g_autofree char *old_problem = NULL;
  gboolean blocked;

  verdict->kind = MC_VERDICT_ACCEPTED;
  if (!is_whole (group))
    return reject (verdict, "bad-group");
  if (!judge_known (self, group, verdict, error))
    return FALSE;
  if (verdict->kind != MC_VERDICT_ACCEPTED)
    return TRUE;
  if (!mc_hub_may_write (self, device, log))
    return reject (verdict, "forbidden");
  for (guint i = 0; i < group->changes->len; i++)
    if (!may_set (self, device, log, group->changes->pdata[i]))
      return reject (verdict, "forbidden");

  /* A new incarnation gets the old verdict. */
  if (!mc_hub_find_rejected (self, group, &old_problem, error))
    return FALSE;
  if (old_problem != NULL)
    {
      verdict->kind = MC_VERDICT_REJECTED;
      verdict->problem = g_steal_pointer (&old_problem);
      return TRUE;
    }

  if (was_row || (mc_change_get_instead (group->changes->pdata[0]) != NULL && !(mc_faults & MC_FAULT_HOLD_CORRECTIONS)))
    return TRUE;
  if (!mc_hub_is_blocked (self, group, log, G_MAXINT64, &blocked, error))
    return FALSE;
  if (blocked)
    {
      verdict->kind = MC_VERDICT_HELD;
      verdict->problem = g_strdup ("{\"type\":\"held\"}");
    }

  return TRUE;
}

/* The stream goes on past @group; what is not in the log under its place is a hole in it. */
static void
move_stream (McHubStream     *stream,
             McGroup         *group,
             const McDigest  *chain,
             gboolean         is_row)
{
  for (guint i = 0; i < group->changes->len && !is_row; i++)
    g_byte_array_append (stream->holes, mc_change_get_hash (group->changes->pdata[i])->data, MC_DIGEST_SIZE);
  stream->n = group->n + group->changes->len - 1;
  stream->chain = *chain;
  stream->is_moved = TRUE;
}

/* Puts a verdict into effect and moves the stream. */
static gboolean
carry_out (McHub           *self,
           McHubStream     *stream,
           McGroup         *group,
           const McDigest  *chain,
           McVerdict       *verdict,
           gint64           now_us,
           GError         **error)
{
  const char *instead = mc_change_get_instead (group->changes->pdata[0]);
  gboolean accepted = verdict->kind == MC_VERDICT_ACCEPTED;
  g_autoptr(GByteArray) late = g_byte_array_new ();
  gboolean others = FALSE;

  if (accepted && (!mc_hub_has_others (self, group, &others, error) ||
                   (chain == NULL && !mc_hub_list_holes (self, group, stream->log, late, error)) ||
                   !mc_hub_append_group (self, stream->log, group, chain != NULL ? stream->holes : late, now_us,
                                         &verdict->seq_first, error) ||
                   !mc_hub_forget_refused (self, group, stream->log, error)))
    return FALSE;
  if (!accepted && verdict->kind != MC_VERDICT_SAME && !mc_hub_keep_refused (self, stream->log, group, verdict, error))
    return FALSE;
  if (chain != NULL)
    move_stream (stream, group, chain, accepted);
  if (others && !mc_hub_look_beside (self, stream->log, group, verdict, error))
    return FALSE;

  /* What waits behind a rejected group asks the store how far the stream is. */
  return !accepted || instead == NULL ||
         (mc_hub_stream_save (self, stream, error) &&
          mc_hub_settle (self, group->device, stream->log, instead, error) &&
          mc_hub_release (self, group->device, stream->log, now_us, error));
}

/* What is kept of @group: its bytes, or the hashes of what was there already. */
static guint64
weigh (McGroup   *group,
       McVerdict *verdict)
{
  guint64 bytes = 0;

  if (verdict->kind == MC_VERDICT_SAME)
    return group->changes->len * MC_DIGEST_SIZE;
  for (guint i = 0; i < group->changes->len; i++)
    bytes += g_bytes_get_size (mc_change_get_bytes (group->changes->pdata[i])) + 256;

  return bytes;
}

gboolean
mc_hub_judge_group (McHub           *self,
                    McHubDevice     *device,
                    McHubStream     *stream,
                    McGroup         *group,
                    const McDigest  *chain,
                    gboolean         was_row,
                    gint64           now_us,
                    McVerdict       *out_verdict,
                    GError         **error)
{
  guint count = group->changes->len;

  memset (out_verdict, 0, sizeof *out_verdict);
  out_verdict->n_first = group->n;
  out_verdict->n_last = group->n + count - 1;

  if (!judge (self, device, group, stream->log, was_row, out_verdict, error))
    return FALSE;
  if (out_verdict->kind != MC_VERDICT_ACCEPTED && stream->holes->len / MC_DIGEST_SIZE + count > MC_HOLES_MAX)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY, "Too many changes in a row were refused");
      return FALSE;
    }

  return mc_hub_charge (self, group->device, weigh (group, out_verdict), error) &&
         carry_out (self, stream, group, chain, out_verdict, now_us, error);
}

typedef struct
{
  McHub *hub;
  McHubDevice *device;
  McHubStream *stream;
  GPtrArray *groups;
  GArray *checked;
} Checking;

static void
check_one (guint    index,
           gpointer user_data)
{
  Checking *checking = user_data;
  McHubChecked *checked = &g_array_index (checking->checked, McHubChecked, index);

  if (!checked->is_new || ((McGroup *) checking->groups->pdata[index])->signature == NULL)
    return;
  checked->is_signed = mc_hub_is_signed (checking->hub, checking->device, checking->groups->pdata[index],
                                         checking->stream->log, &checked->chain);
}

/* Nothing else of a push costs a hub as much, so all processors do it.  A signature is over all that came before it in
 * its stream: the groups of a run are proven by that of the last. */
GArray *
mc_hub_check_groups (McHub        *self,
                     McHubDevice  *device,
                     McHubStream  *stream,
                     GPtrArray    *groups)
{
  GArray *all = g_array_sized_new (FALSE, TRUE, sizeof (McHubChecked), groups->len);
  Checking checking = { self, device, stream, groups, all };
  McDigest chain = stream->chain;
  guint64 n = stream->n;
  guint end = 0, n_signed = 0;

  g_array_set_size (all, groups->len);
  for (; end < groups->len && ((McGroup *) groups->pdata[end])->n <= n + 1; end++)
    {
      McGroup *group = groups->pdata[end];

      /* What was judged before is proven by what was judged. */
      if (group->n <= n)
        continue;
      g_array_index (all, McHubChecked, end).before = chain;
      for (guint k = 0; k < group->changes->len; k++)
        mc_chain_step (&chain, mc_change_get_hash (group->changes->pdata[k]));
      g_array_index (all, McHubChecked, end).chain = chain;
      g_array_index (all, McHubChecked, end).is_new = TRUE;
      n += group->changes->len;
      n_signed += group->signature != NULL;
    }
  /* Of a run it is one, for which no other thread is begun. */
  if (n_signed > 1)
    mc_parallel_for (end, check_one, &checking);
  for (guint i = 0; i < end && n_signed == 1; i++)
    check_one (i, &checking);
  for (guint i = end; i-- > 0;)
    if (((McGroup *) groups->pdata[i])->signature == NULL)
      g_array_index (all, McHubChecked, i).is_signed = i + 1 < end && g_array_index (all, McHubChecked, i + 1).is_signed;

  return all;
}

gboolean
mc_hub_take_group (McHub               *self,
                   McHubDevice         *device,
                   McHubStream         *stream,
                   McGroup             *group,
                   const McHubChecked  *checked,
                   gint64               now_us,
                   McVerdict           *out_verdict,
                   gboolean            *out_fork,
                   GError             **error)
{
  McDigest chain = checked->chain;
  gboolean is_signed = checked->is_signed;

  *out_fork = FALSE;
  /* Where it does not stand where it was taken to. */
  if (!checked->is_new || !mc_digest_equal (&stream->chain, &checked->before))
    {
      chain = stream->chain;
      for (guint i = 0; i < group->changes->len; i++)
        mc_chain_step (&chain, mc_change_get_hash (group->changes->pdata[i]));
      is_signed = mc_hub_is_signed (self, device, group, stream->log, &chain);
    }
  if (!is_signed)
    {
      /* At the beginning of a stream there is no past that could differ. */
      if ((*out_fork = stream->n > 0))
        return TRUE;
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED, "The signature of a group does not hold");
      return FALSE;
    }

  return mc_hub_judge_group (self, device, stream, group, &chain, FALSE, now_us, out_verdict, error);
}

gboolean
mc_hub_is_signed (McHub           *self,
                  McHubDevice     *author,
                  McGroup         *group,
                  const char      *log,
                  const McDigest  *chain)
{
  g_autoptr(GBytes) message = mc_message_stream (self->identity.id, author->id, group->incarnation, log,
                                                 group->n + group->changes->len - 1, chain);

  return group->signature != NULL &&
         mc_verify (author->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                    g_bytes_get_data (group->signature, NULL));
}

/* what was judged before */

static gboolean
continues (const McVerdict *before,
           const McVerdict *next)
{
  return before->kind == next->kind && before->n_last + 1 == next->n_first &&
         g_strcmp0 (before->problem, next->problem) == 0 &&
         (next->seq_first == 0 ? before->seq_first == 0
                               : before->seq_first + (before->n_last - before->n_first) + 1 == next->seq_first);
}

void
mc_hub_add_verdict (GArray    *verdicts,
                    McVerdict *verdict)
{
  McVerdict *last = verdicts->len > 0 ? &g_array_index (verdicts, McVerdict, verdicts->len - 1) : NULL;

  if (last == NULL || !continues (last, verdict))
    {
      g_array_append_val (verdicts, *verdict);
      return;
    }
  last->n_last = verdict->n_last;
  g_free (verdict->problem);
}

/* What was said of @change at place @n; @out_fork if something else, or nothing, was judged there. */
static gboolean
find_judged (McHub        *self,
             McHubStream  *stream,
             McChange     *change,
             guint64       n,
             McVerdict    *verdict,
             gboolean     *out_fork,
             GError      **error)
{
  static const McVerdictKind kinds[] = { MC_VERDICT_ACCEPTED, MC_VERDICT_REJECTED, MC_VERDICT_HELD, MC_VERDICT_CONFLICT };
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GBytes) bytes = NULL;
  gboolean has_row, is_here;

  /* What stands at the very place decides; only then the same change elsewhere. */
  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT bytes, kind, seq, problem, here FROM ("
                              " SELECT bytes, 3 * beside AS kind, seq, NULL AS problem, 1 AS here FROM change"
                              "  WHERE device = ?1 AND incarnation = ?2 AND log = ?3 AND n = ?4 UNION ALL"
                              " SELECT bytes, 1 + held, 0, problem, 1 FROM refused"
                              "  WHERE device = ?1 AND incarnation = ?2 AND log = ?3 AND n = ?4 UNION ALL"
                              " SELECT bytes, 0, seq, NULL, 0 FROM change WHERE id = ?5 UNION ALL"
                              " SELECT bytes, 1 + held, 0, problem, 0 FROM refused WHERE id = ?5 AND device = ?1"
                              ") ORDER BY here DESC LIMIT 1", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, stream->device);
  mc_stmt_bind_text (stmt, 2, stream->incarnation);
  mc_stmt_bind_text (stmt, 3, stream->log);
  mc_stmt_bind_int64 (stmt, 4, n);
  mc_stmt_bind_text (stmt, 5, mc_change_get_id (change));
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  bytes = has_row ? mc_stmt_dup_bytes (stmt, 0) : NULL;
  if (bytes == NULL || !g_bytes_equal (bytes, mc_change_get_bytes (change)))
    {
      *out_fork = TRUE;
      return TRUE;
    }

  is_here = mc_stmt_get_int64 (stmt, 4);
  verdict->kind = kinds[CLAMP (mc_stmt_get_int64 (stmt, 1), 0, 3)];
  if (verdict->kind == MC_VERDICT_ACCEPTED && !is_here)
    verdict->kind = MC_VERDICT_SAME;
  verdict->seq_first = mc_stmt_get_int64 (stmt, 2);
  verdict->problem = g_strdup (mc_stmt_get_text (stmt, 3));

  return TRUE;
}

gboolean
mc_hub_repeat_group (McHub        *self,
                     McHubDevice  *device,
                     McHubStream  *stream,
                     McGroup      *group,
                     gint64        now_us,
                     GArray       *verdicts,
                     gboolean     *out_fork,
                     GError      **error)
{
  McVerdict late;
  gboolean taken;

  *out_fork = FALSE;
  if (!mc_hub_take_late (self, device, stream, group, FALSE, now_us, &late, &taken, error))
    return FALSE;
  if (taken)
    {
      mc_hub_add_verdict (verdicts, &late);
      return TRUE;
    }
  for (guint i = 0; i < group->changes->len; i++)
    {
      McVerdict verdict = { 0 };

      verdict.n_first = verdict.n_last = group->n + i;
      if (!find_judged (self, stream, group->changes->pdata[i], group->n + i, &verdict, out_fork, error))
        return FALSE;
      if (*out_fork)
        return TRUE;
      mc_hub_add_verdict (verdicts, &verdict);
    }

  return TRUE;
}
