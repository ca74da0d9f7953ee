/* mc-journal.c: opening the store of one enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-journal-private.h"
#include "core/mc-schema.h"
#include "core/mc-setting.h"
#include "mc-core-resources.h"

#define SCHEMA_DIR "/vn/minhchung/MinhChung/schema/"

/* settings */

/**
 * mc_journal_get_setting:
 * @self: a journal
 * @name: name of the setting
 *
 * Returns: (transfer full) (nullable): its value; %NULL if it was never set
 */
char *
mc_journal_get_setting (McJournal  *self,
                        const char *name)
{
  return mc_setting_get (self->db, name);
}

gboolean
mc_journal_set_setting (McJournal   *self,
                        const char  *name,
                        const char  *value,
                        GError     **error)
{
  return mc_setting_set (self->db, name, value, error);
}

/* incarnations */

gboolean
mc_journal_read_incarnation (McJournal  *self,
                             GError    **error)
{
  g_autofree char *value = mc_journal_get_setting (self, "incarnation");

  if (value == NULL)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "The store has no incarnation");
      return FALSE;
    }
  if (g_strcmp0 (value, self->incarnation) != 0)
    {
      g_free (self->incarnation);
      self->incarnation = g_steal_pointer (&value);
      g_hash_table_remove_all (self->chains);
    }

  return TRUE;
}

/* How many changes the present incarnation has written, over all logs. */
guint64
mc_journal_count_written (McJournal *self)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT coalesce (sum (n), 0) FROM stream WHERE incarnation = ?",
                                          NULL);
  gboolean has_row;

  if (stmt == NULL)
    return 0;
  mc_stmt_bind_text (stmt, 1, self->incarnation);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row ? mc_stmt_get_int64 (stmt, 0) : 0;
}

/* Gives every own change that this device has not seen in the unit log a new place: n from 1 on, ids unchanged.  That it
 * was accepted is not enough: a hub that went back since may have no trace of it.  Nor is it that it was refused or held:
 * what the hub knows of a stream that is left cannot be told by its length, as another machine may go on with it.  That
 * stays on the screen as it is until it is judged again. */
static gboolean
renumber (McJournal   *self,
          const char  *incarnation,
          GError     **error)
{
  g_autoptr(McStmt) update = NULL, streams = NULL;

  if (!(update = mc_db_prepare (self->db,
                                "UPDATE change SET incarnation = ?1, signature = NULL, state = iif (state IN (3, 4), state, 0),"
                                " verdict = iif (state IN (3, 4), verdict, NULL), seq = NULL,"
                                " log_device = NULL, log_incarnation = NULL, log_n = NULL, n = r.place"
                                " FROM (SELECT number AS id, row_number () OVER (PARTITION BY log ORDER BY number) AS place"
                                "       FROM change WHERE own = 1 AND (state IN (0, 2, 3, 4) OR (state = 1 AND"
                                "        coalesce (seq, 1 << 62)"
                                "        > coalesce ((SELECT seq FROM cursor WHERE cursor.log = change.log), 0)))) AS r"
                                " WHERE change.number = r.id", error)))
    return FALSE;
  mc_stmt_bind_text (update, 1, incarnation);
  if (!mc_stmt_exec (update, error))
    return FALSE;

  if (!(streams = mc_db_prepare (self->db,
                                 "INSERT INTO stream (log, incarnation, n)"
                                 " SELECT log, ?1, max (n) FROM change WHERE own = 1 AND incarnation = ?1 GROUP BY log",
                                 error)))
    return FALSE;
  mc_stmt_bind_text (streams, 1, incarnation);

  return mc_stmt_exec (streams, error);
}

/* Takes a new incarnation in an open transaction; the identity file follows after the commit. */
gboolean
mc_journal_renew_incarnation (McJournal  *self,
                              GError    **error)
{
  guint8 random[16];
  g_autofree char *incarnation = NULL;

  if ((mc_faults & MC_FAULT_KEEP_INCARNATION) && self->incarnation != NULL)
    return TRUE;
  mc_random_bytes (random, sizeof random);
  incarnation = mc_id_from_bytes (random);

  if (!renumber (self, incarnation, error) ||
      !mc_journal_set_setting (self, "incarnation", incarnation, error))
    return FALSE;

  return mc_journal_read_incarnation (self, error);
}

gboolean
mc_journal_keep_renewed (McJournal  *self,
                         GError    **error)
{
  g_autofree char *home = mc_journal_get_setting (self, "home");

  return mc_identity_renew (self->identity, home != NULL ? home : "", mc_identity_get_machine (self->identity), error);
}

/* Whether the database is the one this folder last worked with, on this machine. */
static gboolean
is_at_home (McJournal  *self,
            const char *machine)
{
  g_autofree char *home = mc_journal_get_setting (self, "home");
  const char *known = mc_identity_get_machine (self->identity);

  if (self->incarnation == NULL || home == NULL || g_strcmp0 (home, mc_identity_get_home (self->identity)) != 0)
    return FALSE;
  if (machine != NULL && *machine != '\0' && known != NULL && *known != '\0' && !g_str_equal (machine, known))
    return FALSE;

  return mc_journal_count_written (self) >= mc_identity_get_high_water (self->identity);
}

static gboolean
settle_in (McJournal   *self,
           const char  *machine,
           GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  guint8 random[16];
  g_autofree char *home = NULL;

  self->incarnation = mc_journal_get_setting (self, "incarnation");
  if (is_at_home (self, machine))
    return TRUE;

  mc_random_bytes (random, sizeof random);
  home = mc_id_from_bytes (random);

  if (!(transaction = mc_db_begin (self->db, error)) ||
      !mc_journal_renew_incarnation (self, error) ||
      !mc_journal_set_setting (self, "home", home, error) ||
      !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;

  /* An end between the two only costs one more incarnation at the next start. */
  return mc_identity_renew (self->identity, home, machine != NULL ? machine : "", error);
}

/* opening */

static gboolean
make_folders (const char  *dir,
              GError     **error)
{
  g_autofree char *evidence = g_build_filename (dir, "evidence", NULL);

  if (g_mkdir_with_parents (evidence, 0700) != 0)
    {
      g_set_error (error, MC_STORE_ERROR,
                   errno == ENOSPC ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_READ_ONLY,
                   "Could not make the folder %s: %s", evidence, g_strerror (errno));
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_integrity (McDb    *db,
                 GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (db, "PRAGMA quick_check (1)", error)) ||
      !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (!has_row || !g_str_equal (mc_stmt_get_text (stmt, 0), "ok"))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "The store is damaged: %s",
                   has_row ? mc_stmt_get_text (stmt, 0) : "no answer");
      return FALSE;
    }

  return TRUE;
}

/* Every start that writes waits for the disk. */
static gboolean
keep_setting (McJournal   *self,
              const char  *name,
              const char  *value,
              GError     **error)
{
  g_autofree char *there = mc_journal_get_setting (self, name);

  return g_strcmp0 (there, value) == 0 || mc_journal_set_setting (self, name, value, error);
}

static gboolean
bind_device (McJournal   *self,
             GError     **error)
{
  g_autofree char *log = mc_journal_get_setting (self, "log");

  if (log != NULL && !g_str_equal (log, self->log))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                   "This store belongs to the unit log %s, not to %s", log, self->log);
      return FALSE;
    }

  return keep_setting (self, "log", self->log, error) && keep_setting (self, "device", self->device, error);
}

static void
chain_free (gpointer data)
{
  g_free (data);
}

static gboolean
open_store (McJournal   *self,
            const char  *path,
            const char  *machine,
            GError     **error)
{
  if ((mc_identity_get_high_water (self->identity) > 0 && !mc_schema_check_emptied (path, error)) ||
      !mc_schema_look (path, MC_SCHEMA_STORE, error) || !(self->db = mc_db_open (path, error)))
    return FALSE;
  if (g_chmod (path, 0600) != 0)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, g_strerror (errno));
      return FALSE;
    }

  return (!mc_identity_ended_badly (self->identity) || check_integrity (self->db, error)) &&
         mc_schema_upgrade (self->db, mc_core_get_resource (), SCHEMA_DIR, MC_SCHEMA_STORE, error) &&
         bind_device (self, error) &&
         mc_journal_sort_books (self, error) &&
         settle_in (self, machine, error);
}

/**
 * mc_journal_open:
 * @config: where, whose; the sealer is taken, also after a failure
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Opens the store, making it if there is none.  A database that was copied, restored or cloned takes a new
 * incarnation here, before anything is written.  Blocking; the journal belongs to the calling thread.
 *
 * Returns: (transfer full) (nullable): the journal; after an error nothing that was stored is changed
 */
McJournal *
mc_journal_open (const McJournalConfig  *config,
                 GError                **error)
{
  g_autoptr(McJournal) self = g_new0 (McJournal, 1);
  g_autofree char *path = g_build_filename (config->dir, "store.db", NULL);
  g_autoptr(GError) local_error = NULL;

  self->sealer = config->sealer;
  self->pack = config->pack != NULL ? mc_pack_ref (config->pack) : NULL;
  self->units = config->units != NULL ? json_node_ref (config->units) : NULL;
  self->dir = g_strdup (config->dir);
  self->device = g_strdup (config->device);
  self->log = g_strdup (config->log);
  self->by = g_strdup (config->by != NULL ? config->by : "");
  self->chains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, chain_free);

  if (!make_folders (config->dir, error) || !(self->identity = mc_identity_open (config->dir, error)))
    return NULL;

  if (!open_store (self, path, config->machine, &local_error))
    {
      /* Also what only opens it wants some room on the disk. */
      if (g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE) && mc_identity_give_up_reserve (self->identity))
        {
          g_clear_error (&local_error);
          g_clear_pointer (&self->db, mc_db_close);
          open_store (self, path, config->machine, &local_error);
        }
      if (local_error != NULL)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s: ", path);
          return NULL;
        }
    }

  mc_identity_refill_reserve (self->identity);
  mc_identity_unlock (self->identity);

  return g_steal_pointer (&self);
}

gboolean
mc_journal_check_store (const char  *path,
                        GError     **error)
{
  g_autoptr(McDb) db = mc_schema_look (path, MC_SCHEMA_STORE, error) ? mc_db_open (path, error) : NULL;

  return db != NULL && check_integrity (db, error) && mc_schema_check (db, mc_core_get_resource (), SCHEMA_DIR, error);
}

void
mc_journal_close (McJournal *self)
{
  g_clear_pointer (&self->db, mc_db_close);
  g_clear_pointer (&self->identity, mc_identity_close);
  g_clear_pointer (&self->pack, mc_pack_unref);
  g_clear_pointer (&self->units, json_node_unref);
  if (self->sealer != NULL)
    self->sealer->free (self->sealer);
  g_hash_table_unref (self->chains);
  g_clear_pointer (&self->ordered, mc_ordered_free);
  g_free (self->incarnation);
  g_free (self->dir);
  g_free (self->device);
  g_free (self->log);
  g_free (self->by);
  g_free (self);
}

McDb *
mc_journal_get_db (McJournal *self)
{
  return self->db;
}

const char *
mc_journal_get_log (McJournal *self)
{
  return self->log;
}

const char *
mc_journal_get_incarnation (McJournal *self)
{
  return self->incarnation;
}

McPack *
mc_journal_get_pack (McJournal *self)
{
  return self->pack;
}

JsonNode *
mc_journal_get_units (McJournal *self)
{
  return self->units;
}

void
mc_journal_set_by (McJournal  *self,
                   const char *by)
{
  g_free (self->by);
  self->by = g_strdup (by);
}
