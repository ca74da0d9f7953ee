/* mc-hub-verify.c: proof that a hub's store is whole, and copies of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-error.h"
#include "hub/mc-hub-branch.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-late.h"
#include "hub/mc-hub-places.h"

typedef struct
{
  char *log;             /* (owned) (nullable) of the rows so far */
  guint64 seq;
  McDigest chain;
  guint64 rows, logs, files;
} Walk;

static gboolean
damaged (GError     **error,
         const char  *log,
         guint64      seq,
         const char  *what)
{
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "%s, row %" G_GUINT64_FORMAT ": %s", log, seq, what);

  return FALSE;
}

static gboolean
verify_row (Walk     *walk,
            McStmt   *stmt,
            GError  **error)
{
  g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 5), chain = mc_stmt_dup_bytes (stmt, 6);
  g_autoptr(McChange) change = NULL;

  if (g_strcmp0 (walk->log, mc_stmt_get_text (stmt, 0)) != 0)
    {
      g_free (walk->log);
      walk->log = g_strdup (mc_stmt_get_text (stmt, 0));
      walk->seq = 0;
      memset (&walk->chain, 0, sizeof walk->chain);
      walk->logs++;
    }
  walk->seq++;
  walk->rows++;

  if ((guint64) mc_stmt_get_int64 (stmt, 1) != walk->seq)
    return damaged (error, walk->log, walk->seq, "the row is missing");
  if (!(change = mc_change_parse (bytes, error)))
    return FALSE;
  mc_chain_step_log (&walk->chain, mc_stmt_get_text (stmt, 2), mc_stmt_get_text (stmt, 3), mc_stmt_get_int64 (stmt, 4), bytes);
  if (g_bytes_get_size (chain) != MC_DIGEST_SIZE || memcmp (g_bytes_get_data (chain, NULL), walk->chain.data, MC_DIGEST_SIZE) != 0)
    return damaged (error, walk->log, walk->seq, "the chain is broken");

  return TRUE;
}

/* Each log ends where its head says: rows cut off at the end break no chain. */
static gboolean
verify_heads (McHub   *self,
              GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT name, log.seq FROM log LEFT JOIN change ON change.log = name"
                              " AND change.seq = log.seq WHERE change.chain IS NOT log.chain"
                              " OR EXISTS (SELECT 1 FROM change AS later WHERE later.log = name AND later.seq > log.seq)"
                              " UNION ALL SELECT DISTINCT log, 0 FROM change WHERE log NOT IN (SELECT name FROM log)", error)) ||
      !mc_stmt_next (stmt, &has_row, error))
    return FALSE;

  return !has_row || damaged (error, mc_stmt_get_text (stmt, 0), mc_stmt_get_int64 (stmt, 1), "the log does not end at its head");
}

static gboolean
verify_logs (McHub   *self,
             Walk    *walk,
             GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT log, seq, device, incarnation, n, bytes, chain FROM change ORDER BY log, seq",
                              error)))
    return FALSE;

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      if (!verify_row (walk, stmt, error))
        return FALSE;
    }
}

/* One author's stream in one log (device, incarnation, log): his signatures over the chain of its places. */
static gboolean
verify_stream (McHub   *self,
               char   **stream,
               GError **error)
{
  g_autoptr(McHubDevice) device = mc_hub_find_device (self, stream[0], error);
  g_autoptr(GArray) places = NULL;
  g_autoptr(McStmt) stmt = NULL;
  McDigest chain = { { 0 } };
  guint64 at = 0, bad_seq;
  gboolean has_row;

  if (device == NULL)
    return (error == NULL || *error == NULL) && damaged (error, stream[2], 0, "its author is no device of this hub");
  if (!(places = mc_hub_read_places (self, stream[0], stream[1], stream[2], &bad_seq, error)))
    return FALSE;
  if (bad_seq > 0)
    return damaged (error, stream[2], bad_seq, "its bytes, or the hashes before it, are not those of its author's stream");
  if (!(stmt = mc_db_prepare (self->db, "SELECT n, seq, signature FROM change WHERE device = ? AND incarnation = ? AND log = ?"
                              " ORDER BY n", error)))
    return FALSE;
  for (int i = 0; i < 3; i++)
    mc_stmt_bind_text (stmt, i + 1, stream[i]);

  while (TRUE)
    {
      g_autoptr(GBytes) signature = NULL, message = NULL;
      guint64 n, seq;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      n = mc_stmt_get_int64 (stmt, 0);
      seq = mc_stmt_get_int64 (stmt, 1);
      if (!mc_hub_step_places (places, at, n, &chain))
        return damaged (error, stream[2], seq, "a hash before it is missing");
      at = n;
      if (mc_stmt_is_null (stmt, 2))
        continue;

      signature = mc_stmt_dup_bytes (stmt, 2);
      message = mc_message_stream (self->identity.id, stream[0], stream[1], stream[2], n, &chain);
      if (g_bytes_get_size (signature) != MC_SIGNATURE_BYTES ||
          (!mc_verify (device->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                       g_bytes_get_data (signature, NULL)) &&
           !mc_hub_is_branch_place_signed (self, device, stream[1], stream[2], n, &chain, signature)))
        return damaged (error, stream[2], seq, "the author's signature does not hold");
    }
}

static gboolean
verify_streams (McHub   *self,
                GError **error)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT DISTINCT device, incarnation, log FROM change", error)))
    return FALSE;
  while (mc_stmt_next (stmt, &has_row, error) && has_row)
    {
      const char *parts[] = { mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2), NULL };

      g_ptr_array_add (streams, g_strdupv ((char **) parts));
    }
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < streams->len; i++)
    if (!verify_stream (self, streams->pdata[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
verify_files (McHub   *self,
              Walk    *walk,
              GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT sha256 FROM evidence WHERE complete = 1", error)))
    return FALSE;

  while (TRUE)
    {
      g_autofree char *path = NULL, *content = NULL, *hash = NULL;
      const char *sha256;
      gsize size;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      sha256 = mc_stmt_get_text (stmt, 0);
      path = mc_hub_evidence_path (self->dir, sha256);
      if (!g_file_get_contents (path, &content, &size, error))
        return FALSE;
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) content, size);
      if (!g_str_equal (hash, sha256))
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "%s is not what its name says", path);
          return FALSE;
        }
      walk->files++;
    }
}

gboolean
mc_hub_verify (McHub   *self,
               char   **out_report,
               GError **error)
{
  Walk walk = { 0 };
  guint64 n_late = 0;
  gboolean done = verify_logs (self, &walk, error) && verify_heads (self, error) && verify_streams (self, error) &&
                  verify_files (self, &walk, error) && mc_hub_count_late (self, &n_late, error);
  g_autofree char *late = n_late > 0
                          ? g_strdup_printf ("; %" G_GUINT64_FORMAT " rows came after their device was shut out: device late", n_late) : NULL;

  g_free (walk.log);
  if (done)
    *out_report = g_strdup_printf ("%" G_GUINT64_FORMAT " rows in %" G_GUINT64_FORMAT " logs, %" G_GUINT64_FORMAT
                                   " evidence files: all chains, signatures and hashes hold%s",
                                   walk.rows, walk.logs, walk.files, late != NULL ? late : "");

  return done;
}

static const char * const copied[] = { "hub.key", "tls-cert.pem", "tls-key.pem", "revoked" };

static gboolean
copy_keys (McHub       *self,
           const char  *path,
           GError     **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (copied); i++)
    {
      g_autofree char *from_path = g_build_filename (self->dir, copied[i], NULL), *to_path = g_build_filename (path, copied[i], NULL);
      g_autoptr(GFile) from = g_file_new_for_path (from_path), to = g_file_new_for_path (to_path);

      /* Nobody was shut out yet. */
      if (g_str_equal (copied[i], "revoked") && !g_file_test (from_path, G_FILE_TEST_EXISTS))
        continue;
      if (!g_file_copy (from, to, G_FILE_COPY_ALL_METADATA, NULL, NULL, NULL, error))
        return FALSE;
    }

  return TRUE;
}

/* The store last, and under its name when it is whole: without it nobody takes the folder for a backup. */
static gboolean
copy_store (McHub       *self,
            const char  *path,
            GError     **error)
{
  g_autofree char *db = g_build_filename (path, "hub.db", NULL), *part = g_strconcat (db, ".part", NULL);
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "VACUUM INTO ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, part);
  if (!mc_stmt_exec (stmt, error))
    return FALSE;
  if (g_chmod (part, 0600) == 0 && g_rename (part, db) == 0)
    return TRUE;
  g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED, g_strerror (errno));

  return FALSE;
}

/* What a backup that was not finished has left. */
static void
drop_backup (const char *path)
{
  g_autofree char *part = g_build_filename (path, "hub.db.part", NULL);

  g_unlink (part);
  for (guint i = 0; i < G_N_ELEMENTS (copied); i++)
    {
      g_autofree char *file = g_build_filename (path, copied[i], NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

/**
 * mc_hub_backup:
 * @self: a hub, which may be serving meanwhile
 * @path: a new folder
 * @error: return location for an error
 *
 * Copies store and keys into @path: the hub's key belongs to every backup, or nobody could prove its logs.
 * Evidence files are immutable and are left to the administrator's usual file backup.  After an error nothing is left of it.
 */
gboolean
mc_hub_backup (McHub       *self,
               const char  *path,
               GError     **error)
{
  if (g_mkdir (path, 0700) != 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CONSTRAINT, "Could not make the new folder %s: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (copy_keys (self, path, error) && copy_store (self, path, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  drop_backup (path);

  return FALSE;
}
