/* mc-schema.c: brings a database file up to the schema this program knows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The schema is a row of numbered scripts, 0001-*.sql and up, bundled as a
 * GResource.  `PRAGMA user_version` holds the number of the last one applied.
 * A script that has shipped is never edited again.  `PRAGMA application_id`
 * says whose file it is; one from before that was written has 0.
 */

#include "mc-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "mc-error.h"

static gint
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char * const *) a, *(const char * const *) b);
}

static gboolean
set_foreign (GError **error)
{
  g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_DATABASE, "It is the database of another program");

  return FALSE;
}

#define SMALLEST_PAGE 512   /* of SQLite: no database is smaller */

/* Places in the head of a file, as SQLite documents it. */
enum { HEAD_WRITE_FORMAT = 18, HEAD_VERSION = 60, HEAD_APPLICATION = 68, HEAD_SIZE = 100 };

static guint32
read_u32 (const guint8 *at)
{
  return (guint32) at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/* By a file of SQLite's own: whoever opens and closes one of his own takes away all locks that this process has on it, and the next
 * program that closes the store throws away the write-ahead log that is still written here. */
static gboolean
read_head (const char *path,
           guint8     *head)
{
  sqlite3 *handle = NULL;
  sqlite3_file *file = NULL;
  GStatBuf info;
  gboolean done;

  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size < HEAD_SIZE)
    return FALSE;
  done = sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
         sqlite3_file_control (handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
         file != NULL && file->pMethods != NULL && file->pMethods->xRead (file, head, HEAD_SIZE, 0) == SQLITE_OK;
  sqlite3_close (handle);

  return done;
}

gboolean
mc_schema_check_emptied (const char  *path,
                         GError     **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size >= SMALLEST_PAGE)
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "It is damaged: of all that was written to it %" G_GINT64_FORMAT
               " bytes are left", (gint64) info.st_size);

  return FALSE;
}

/**
 * mc_schema_look:
 * @path: (type filename): of a file that is to be opened, or of none yet
 * @application_id: whose it should be
 * @error: return location for %MC_STORE_ERROR_NOT_DATABASE
 *
 * Looks at the file before SQLite is let at it, which changes the head of what it opens.  What is no database at all
 * SQLite says itself.
 *
 * Returns: %FALSE if it is certainly another program's
 */
gboolean
mc_schema_look (const char  *path,
                guint32      application_id,
                GError     **error)
{
  guint8 head[HEAD_SIZE];
  guint32 owner;

  if (!read_head (path, head) || memcmp (head, "SQLite format 3", sizeof "SQLite format 3") != 0)
    return TRUE;
  owner = read_u32 (head + HEAD_APPLICATION);
  if ((owner != 0 && owner != application_id) || read_u32 (head + HEAD_VERSION) > G_MAXINT32)
    return set_foreign (error);

  /* Ours writes ahead from its first page on; a copy that does not has a version. */
  return owner != 0 || read_u32 (head + HEAD_VERSION) != 0 || head[HEAD_WRITE_FORMAT] != 1 || set_foreign (error);
}

static gboolean
read_number (McDb        *db,
             const char  *sql,
             gint64      *out_number,
             GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (db, sql, error)) ||
      !mc_stmt_next (stmt, &has_row, error))
    return FALSE;

  *out_number = sqlite3_column_int64 (stmt, 0);

  return TRUE;
}

static gboolean
read_version (McDb    *db,
              gint64  *out_version,
              GError **error)
{
  gint64 tables;

  if (!read_number (db, "PRAGMA user_version", out_version, error))
    return FALSE;
  if (*out_version > 0)
    return TRUE;
  /* A file without a version has nothing in it yet. */
  if (!read_number (db, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;

  return (*out_version == 0 && tables == 0) || set_foreign (error);
}

/* In the open transaction. */
static gboolean
sign (McDb     *db,
      guint32   application_id,
      GError  **error)
{
  g_autofree char *set = g_strdup_printf ("PRAGMA application_id = %u", application_id);
  gint64 owner;

  if (!read_number (db, "PRAGMA application_id", &owner, error))
    return FALSE;
  if (owner != 0 && owner != application_id)
    return set_foreign (error);

  return owner != 0 || mc_db_exec (db, set, error);
}

/* The scripts in order; there are as many as the newest format has for its number. */
static char **
list_scripts (GResource   *resource,
              const char  *script_dir,
              GError     **error)
{
  char **names = g_resource_enumerate_children (resource, script_dir, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (names != NULL)
    qsort (names, g_strv_length (names), sizeof (char *), compare_names);

  return names;
}

static gboolean
set_too_new (gint64   version,
             gint64   newest,
             GError **error)
{
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_TOO_NEW,
               "The data has format %" G_GINT64_FORMAT ", this program knows up to %" G_GINT64_FORMAT
               "; install the newer version, the data are as they were", version, newest);

  return FALSE;
}

gboolean
mc_schema_check (McDb        *db,
                 GResource   *resource,
                 const char  *script_dir,
                 GError     **error)
{
  g_auto(GStrv) names = list_scripts (resource, script_dir, error);
  gint64 version;

  if (names == NULL || !read_version (db, &version, error))
    return FALSE;

  return version <= g_strv_length (names) || set_too_new (version, g_strv_length (names), error);
}

static gboolean
sync_path (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);

  return done;
}

/* Before a file with data in it is changed, a copy of it stands beside it: FILE.format-1 is what the format 1 was.
 * Outside of a transaction; whoever opens a store has its lock of opening. */
static gboolean
keep_copy (McDb     *db,
           gint64    newest,
           GError  **error)
{
  g_autofree char *copy = NULL, *part = NULL, *folder = g_path_get_dirname (mc_db_get_path (db));
  g_autoptr(McStmt) stmt = NULL;
  gint64 version;

  if (!read_version (db, &version, error))
    return FALSE;
  if (version == 0 || version >= newest)
    return TRUE;

  copy = g_strdup_printf ("%s.format-%" G_GINT64_FORMAT, mc_db_get_path (db), version);
  part = g_strconcat (copy, ".part", NULL);
  g_unlink (part);
  if (!(stmt = mc_db_prepare (db, "VACUUM INTO ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, part);
  if (!mc_stmt_exec (stmt, error))
    {
      g_unlink (part);
      g_prefix_error (error, "Before the upgrade no copy could be made: ");
      return FALSE;
    }
  if (g_chmod (part, 0600) != 0 || !sync_path (part) || g_rename (part, copy) != 0 || !sync_path (folder))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED, "Before the upgrade no copy could be made: %s: %s", copy,
                   g_strerror (errno));
      return FALSE;
    }

  return TRUE;
}

/* Applies the script @version in the open transaction and records that. */
static gboolean
apply_script (McDb        *db,
              GResource   *resource,
              const char  *script_dir,
              const char  *name,
              gint64       version,
              GError     **error)
{
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version);
  g_autofree char *path = g_strconcat (script_dir, name, NULL);
  g_autoptr(GBytes) script = NULL;

  if (!(script = g_resource_lookup_data (resource, path,
                                         G_RESOURCE_LOOKUP_FLAGS_NONE, error)) ||
      !mc_db_exec (db, g_bytes_get_data (script, NULL), error) ||
      !mc_db_exec (db, set_version, error))
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }

  return TRUE;
}

/**
 * mc_schema_upgrade:
 * @db: a connection with no open transaction
 * @resource: where the scripts are
 * @script_dir: their folder in @resource, with a slash at the end
 * @application_id: whose file it is; one that does not say so yet will
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Applies the scripts that @db has not seen, oldest first, each in a
 * transaction of its own, after a copy of a file with an older format was
 * put beside it.  A file from a newer program is left alone.
 *
 * Returns: %TRUE if @db now has the newest schema
 */
gboolean
mc_schema_upgrade (McDb        *db,
                   GResource   *resource,
                   const char  *script_dir,
                   guint32      application_id,
                   GError     **error)
{
  g_auto(GStrv) names = NULL;
  gint64 newest;

  if (!(names = list_scripts (resource, script_dir, error)))
    return FALSE;

  newest = g_strv_length (names);
  if (!keep_copy (db, newest, error))
    return FALSE;

  while (TRUE)
    {
      g_autoptr(McTransaction) transaction = NULL;
      gint64 version;

      /* Looking at the version under the write lock lets two processes open
       * the same old file at once. */
      if (!(transaction = mc_db_begin (db, error)) ||
          !read_version (db, &version, error))
        return FALSE;

      if (version > newest)
        return set_too_new (version, newest, error);
      if (!sign (db, application_id, error))
        return FALSE;
      if (version == newest)
        return mc_transaction_commit (g_steal_pointer (&transaction), error);

      g_assert (g_ascii_strtoll (names[version], NULL, 10) == version + 1);

      if (!apply_script (db, resource, script_dir, names[version], version + 1, error) ||
          !mc_transaction_commit (g_steal_pointer (&transaction), error))
        return FALSE;
    }
}
