/* mc-hub-lost.c: evidence files that are gone from the hub's folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-lost.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "core/mc-faults-private.h"
#include "hub/mc-hub-evidence.h"

/* A folder that cannot be read at the moment (a disk that is not mounted, rights) tells nothing of a file. */
static gboolean
find_gone (McHub       *self,
           const char  *sha256,
           guint64      size)
{
  g_autofree char *all = g_build_filename (self->dir, "evidence", NULL), *path = mc_hub_evidence_path (self->dir, sha256);
  GStatBuf info;

  if (g_stat (path, &info) == 0)
    {
      if (S_ISREG (info.st_mode) && (guint64) info.st_size == size)
        return FALSE;
      /* It cannot be what its name says, and would stand in the way of what is. */
      return g_unlink (path) == 0;
    }

  return (errno == ENOENT || errno == ENOTDIR) && g_stat (all, &info) == 0;
}

gboolean
mc_hub_forget_file (McHub       *self,
                    const char  *sha256,
                    const char  *why,
                    gint64       now_us,
                    GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET complete = 0 WHERE sha256 = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, sha256);

  return mc_stmt_exec (stmt, error) && mc_hub_audit (self, now_us, why, sha256, error);
}

static gboolean
forget_file (McHub       *self,
             const char  *sha256,
             gint64       now_us,
             GError     **error)
{
  if (!mc_hub_forget_file (self, sha256, "file-lost", now_us, error))
    return FALSE;
  g_message ("evidence %s is not in the folder any more, or is not as long as it was: devices are asked for it", sha256);

  return TRUE;
}

typedef struct
{
  char sha256[65];
  guint64 size;
} File;

/* The next ones in the order of their names, round and round. */
static GArray *
list_next (McHub    *self,
           guint     max_files,
           GError  **error)
{
  g_autoptr(GArray) files = g_array_new (FALSE, TRUE, sizeof (File));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT sha256, size FROM evidence WHERE complete = 1 AND sha256 > ? ORDER BY sha256 LIMIT ?",
                              error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, self->looked_at);
  mc_stmt_bind_int64 (stmt, 2, max_files);
  while (TRUE)
    {
      File file = { .size = 0 };

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      g_strlcpy (file.sha256, mc_stmt_get_text (stmt, 0), sizeof file.sha256);
      file.size = mc_stmt_get_int64 (stmt, 1);
      g_array_append_val (files, file);
    }
  g_strlcpy (self->looked_at, files->len < max_files ? "" : g_array_index (files, File, files->len - 1).sha256,
             sizeof self->looked_at);

  return g_steal_pointer (&files);
}

/* Mostly nothing is gone, and nothing is written. */
static gboolean
look (McHub        *self,
      GArray       *files,
      gint64        now_us,
      guint        *out_lost,
      GError      **error)
{
  g_autoptr(McTransaction) transaction = NULL;

  for (guint i = 0; i < files->len; i++)
    {
      File *file = &g_array_index (files, File, i);

      if ((mc_faults & MC_FAULT_TRUST_INDEX) || !find_gone (self, file->sha256, file->size))
        continue;
      if ((transaction == NULL && !(transaction = mc_db_begin (self->db, error))) ||
          !forget_file (self, file->sha256, now_us, error))
        return FALSE;
      *out_lost += 1;
    }

  return transaction == NULL || mc_transaction_commit (g_steal_pointer (&transaction), error);
}

gboolean
mc_hub_look_at_files (McHub    *self,
                      guint     max_files,
                      gint64    now_us,
                      guint    *out_lost,
                      GError  **error)
{
  g_autoptr(GArray) files = list_next (self, max_files, error);

  *out_lost = 0;

  return files != NULL && look (self, files, now_us, out_lost, error);
}

gboolean
mc_hub_look_at_file (McHub       *self,
                     const char  *sha256,
                     gint64       now_us,
                     gboolean    *out_lost,
                     GError     **error)
{
  g_autoptr(GArray) files = g_array_new (FALSE, TRUE, sizeof (File));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;
  File file;
  guint lost = 0;

  *out_lost = FALSE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT size FROM evidence WHERE complete = 1 AND sha256 = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, sha256);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  file.size = mc_stmt_get_int64 (stmt, 0);
  g_clear_pointer (&stmt, mc_stmt_release);
  g_strlcpy (file.sha256, sha256, sizeof file.sha256);
  g_array_append_val (files, file);
  if (!look (self, files, now_us, &lost, error))
    return FALSE;
  *out_lost = lost > 0;

  return TRUE;
}
