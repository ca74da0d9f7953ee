/* mc-session-quiet.c: which logs are followed, and those of which nothing is expected
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A unit that took over others follows their logs, in which hardly anything happens any more.  That all of them are as they
 * were is said in a word; where it is not so, the hub names them, and the next request says where each is.
 */

#include "client/mc-session-private.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "wire/mc-message-quiet.h"

#define SETTING_QUIET "hub_quiet"
#define SETTING_READS "reads"
#define SETTING_LOST  "reads_lost"

/* For one log its CURSOR is as short, and news of it need no second turn. */
#define QUIET_LOGS 2

static void
add_log (GPtrArray  *logs,
         const char *name,
         gboolean    is_told)
{
  SessionLog *log;

  for (guint i = 0; i < logs->len; i++)
    if (g_str_equal (((SessionLog *) logs->pdata[i])->name, name))
      return;
  log = g_new0 (SessionLog, 1);
  log->name = g_strdup (name);
  log->is_told = is_told;
  g_ptr_array_add (logs, log);
}

/* Names that were noted, one a line. */
static GStrv
recall_names (McJournal  *journal,
              const char *setting)
{
  g_autofree char *text = mc_journal_get_setting (journal, setting);

  return text == NULL || *text == '\0' ? g_new0 (char *, 1) : g_strsplit (text, "\n", -1);
}

static gboolean
note_name (McJournal   *journal,
           const char  *setting,
           const char  *name,
           GError     **error)
{
  g_autofree char *before = mc_journal_get_setting (journal, setting), *text = NULL;

  text = before == NULL || *before == '\0' ? g_strdup (name) : g_strconcat (before, "\n", name, NULL);

  return mc_journal_set_setting (journal, setting, text, error);
}

/* What the hub told when it was enrolled at and since, and what is here of others. */
GPtrArray *
mc_session_list_logs (McJournal  *journal,
                      McAccount  *account,
                      GError    **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_session_log_free);
  g_auto(GStrv) known = mc_journal_list_logs (journal, error), told = NULL, lost = NULL;

  if (known == NULL)
    return NULL;
  told = recall_names (journal, SETTING_READS);
  lost = recall_names (journal, SETTING_LOST);
  for (gsize i = 0; account->read[i] != NULL; i++)
    add_log (all, account->read[i], TRUE);
  for (gsize i = 0; told[i] != NULL; i++)
    add_log (all, told[i], TRUE);
  for (gsize i = 0; known[i] != NULL; i++)
    add_log (all, known[i], FALSE);
  for (guint i = 0; i < all->len; i++)
    {
      SessionLog *log = all->pdata[i];

      log->is_lost = g_strv_contains ((const char * const *) lost, log->name);
      log->is_told = log->is_told && !log->is_lost;
    }

  return g_steal_pointer (&all);
}

const char * const *
mc_session_files_of (Session *self)
{
  const char *role = self->account->role;

  if (g_strcmp0 (role, "commune") != 0 && g_strcmp0 (role, "auditor") != 0)
    return NULL;
  g_ptr_array_set_size (self->files_of, 0);
  for (guint i = 0; i < self->logs->len && g_str_equal (role, "commune"); i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (!log->is_lost && !g_str_has_suffix (log->name, "/shared"))
        g_ptr_array_add (self->files_of, log->name);
    }
  g_ptr_array_add (self->files_of, NULL);

  return (const char * const *) self->files_of->pdata;
}

/* What QUIET spoke of and the hub does not name is not for this device any more: the word would never be right again. */
static gboolean
note_lost (Session  *self,
           GStrv     names,
           GError  **error)
{
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (!log->is_quiet || g_strv_contains ((const char * const *) names, log->name))
        continue;
      log->is_quiet = log->is_told = FALSE;
      log->is_lost = TRUE;
      if (!note_name (self->journal, SETTING_LOST, log->name, error))
        return FALSE;
    }

  return TRUE;
}

/* Logs that this device may read and did not name: those that are not as QUIET said, and those that are new to it, since its unit
 * took over another one's work, or there is a new one below it. */
gboolean
mc_session_take_reads (Session  *self,
                       GBytes   *payload,
                       GError  **error)
{
  g_auto(GStrv) names = mc_decode_reads (payload, error);

  if (names == NULL || !note_lost (self, names, error))
    return FALSE;
  if (self->was_quiet && !self->names_all)
    self->more = self->moved = TRUE;
  self->names_all = TRUE;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      if (mc_session_find_log (self, names[i]) != NULL || self->logs->len >= MC_CURSORS_MAX)
        continue;
      add_log (self->logs, names[i], TRUE);
      self->more = self->moved = TRUE;
      if (!note_name (self->journal, SETTING_READS, names[i], error))
        return FALSE;
    }

  return TRUE;
}

void
mc_session_recall_quiet (Session *self)
{
  g_autofree char *quiet = mc_journal_get_setting (self->journal, SETTING_QUIET);

  self->takes_quiet = g_strcmp0 (quiet, "1") == 0;
}

/* A hub that was put back to an older program passed over the word: it is told all. */
gboolean
mc_session_note_quiet (Session  *self,
                       GError  **error)
{
  if (self->was_quiet && !self->told_quiet)
    self->names_all = self->more = self->moved = TRUE;
  if (self->told_quiet == self->takes_quiet)
    return TRUE;
  self->takes_quiet = self->told_quiet;

  return mc_journal_set_setting (self->journal, SETTING_QUIET, self->takes_quiet ? "1" : "", error);
}

/* Nothing is to be sent, and there is nothing to heal. */
static gboolean
is_quiet (Session     *self,
          SessionLog  *log,
          gboolean    *out_quiet,
          GError     **error)
{
  McStreamHead stream;
  McCursor cursor, head = { 0 };
  guint n_aside;

  *out_quiet = FALSE;
  if (!log->is_told || g_str_equal (log->name, self->account->log) || log->parted > 0 || log->streams != NULL ||
      log->wanted != NULL || log->branches || log->far > 0)
    return TRUE;
  if (!mc_journal_get_stream (self->journal, log->name, &stream, error) ||
      !mc_journal_count_aside (self->journal, log->name, &n_aside, error) ||
      !mc_journal_get_cursor (self->journal, log->name, &cursor, error) ||
      (cursor.signature == NULL && !mc_session_get_head (self->journal, log->name, &head, error)))
    return FALSE;
  /* A head that is kept from before the log went back has to be shown. */
  *out_quiet = stream.hub_n == stream.n &&
               ((n_aside == 0 && head.signature == NULL) || (mc_faults & MC_FAULT_ALL_QUIET) != 0);
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  g_clear_pointer (&head.signature, g_bytes_unref);

  return TRUE;
}

static int
compare_logs (gconstpointer a,
              gconstpointer b)
{
  return strcmp ((*(SessionLog * const *) a)->name, (*(SessionLog * const *) b)->name);
}

/* Which logs the next request says nothing of but QUIET; @heads is what that is over. */
gboolean
mc_session_mark_quiet (Session     *self,
                       GByteArray  *heads,
                       GError     **error)
{
  g_autoptr(GPtrArray) quiet = g_ptr_array_new ();

  for (guint i = 0; i < self->logs->len; i++)
    ((SessionLog *) self->logs->pdata[i])->is_quiet = FALSE;
  self->was_quiet = FALSE;
  if (!self->takes_quiet || self->names_all || self->flush != NULL || self->report->turns > 0 ||
      g_strcmp0 (self->account->role, "commune") != 0)
    return TRUE;
  for (guint i = 0; i < self->logs->len; i++)
    {
      gboolean is = FALSE;

      if (!is_quiet (self, self->logs->pdata[i], &is, error))
        return FALSE;
      if (is)
        g_ptr_array_add (quiet, self->logs->pdata[i]);
    }
  if (quiet->len < QUIET_LOGS)
    return TRUE;
  g_ptr_array_sort (quiet, compare_logs);
  for (guint i = 0; i < quiet->len; i++)
    {
      SessionLog *log = quiet->pdata[i];
      McStreamHead stream;
      McCursor cursor;

      if (!mc_journal_get_stream (self->journal, log->name, &stream, error) ||
          !mc_journal_get_cursor (self->journal, log->name, &cursor, error))
        return FALSE;
      mc_quiet_add (heads, log->name, cursor.seq, &cursor.chain, stream.n, &stream.chain);
      g_clear_pointer (&cursor.signature, g_bytes_unref);
      log->is_quiet = TRUE;
    }
  self->was_quiet = TRUE;

  return TRUE;
}
