/* mc-db.c: one SQLite connection, owned by one thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A McDb belongs to the thread that opened it: there is no lock, because there
 * is never a second thread.  Statements are prepared once and kept until the
 * connection closes.  All SQL in the program is a literal, so the cache is
 * bounded by the size of the source and needs no eviction.
 */

#include "mc-db-private.h"

#include <errno.h>

#include "mc-error.h"
#include "mc-text.h"

/* SQLite virtual machine steps between two looks at the cancellable. */
#define CANCEL_CHECK_STEPS 1000

/* As many may lie in the write-ahead log, as SQLite has it. */
#define LOG_PAGES 1000

/* How long to wait for another connection's write transaction. */
#define BUSY_TIMEOUT_MS 5000

struct _McTransaction
{
  McDb *db;
};

struct _McDb
{
  sqlite3       *handle;
  char          *path;         /* (owned) */
  GThread       *owner;
  GThread       *lender;       /* (nullable) the owner before and after a loan */
  GThread       *borrower;     /* (owned) (nullable) */
  GCancellable  *cancellable;  /* (owned) (nullable) */
  GHashTable    *statements;   /* (owned) (element-type utf8 McStmt) */
  McTransaction  transaction;  /* handed out while one is open */
  gboolean       in_transaction;
};

void
mc_db_set_error (sqlite3     *handle,
                 int          rc,
                 const char  *doing,
                 GError     **error)
{
  const char *what = handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (rc);
  McStoreError code;

  switch (rc & 0xff)
    {
    case SQLITE_INTERRUPT:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
      return;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      code = MC_STORE_ERROR_BUSY;
      what = "another program holds it (database is locked); try again when that has ended";
      break;
    case SQLITE_CONSTRAINT:
      code = MC_STORE_ERROR_CONSTRAINT;
      break;
    case SQLITE_CORRUPT:
      code = MC_STORE_ERROR_CORRUPT;
      break;
    case SQLITE_NOTADB:
      code = MC_STORE_ERROR_NOT_DATABASE;
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      code = MC_STORE_ERROR_READ_ONLY;
      break;
    case SQLITE_FULL:
      code = MC_STORE_ERROR_NO_SPACE;
      break;
    case SQLITE_IOERR:
      /* Of the file beside a write-ahead log SQLite says no more than that; so it does of a log that cannot grow. */
      code = handle != NULL && sqlite3_system_errno (handle) == ENOSPC ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_FAILED;
      if (code == MC_STORE_ERROR_NO_SPACE)
        what = "the disk is full; make room on it and try again";
      break;
    default:
      code = MC_STORE_ERROR_FAILED;
      break;
    }

  g_set_error (error, MC_STORE_ERROR, code, "%s: %s", doing, what);
}

/* What is lent is waited for by whoever lent it, when it is needed next. */
static void
own (McDb *self)
{
  if (self->lender != NULL && self->lender == g_thread_self ())
    mc_db_take_back (self);
  g_assert (self->owner == g_thread_self ());
}

static void
finalize_stmt (gpointer data)
{
  sqlite3_finalize (data);
}

/* Of its length and some of its characters: statements are long, few, and looked up for every row. */
static guint
hash_sql (gconstpointer sql)
{
  const guchar *text = sql;
  gsize size = strlen (sql);
  guint hash = size;

  for (gsize at = 0; at < size; at += 8)
    hash = hash * 33 + text[at];

  return hash;
}

static int
progress_cb (gpointer user_data)
{
  McDb *self = user_data;

  return g_cancellable_is_cancelled (self->cancellable);
}

/* WAL is a property of the file and can be refused without an error, so read
 * back what SQLite made of the request. */
static gboolean
enable_wal (McDb    *self,
            GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row = FALSE;

  if (!(stmt = mc_db_prepare (self, "PRAGMA journal_mode = WAL", error)) ||
      !mc_stmt_next (stmt, &has_row, error))
    return FALSE;

  if (!has_row || g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "wal") != 0)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED,
                           "The database cannot use a write-ahead log");
      return FALSE;
    }

  return TRUE;
}

/* Nobody asks SQLite how much memory it has; counting would lock every allocation. */
static void
configure_once (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  /* Where SQLite was begun already it stays as it is. */
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  g_once_init_leave (&done, 1);
}

/* For ORDER BY alone: an index or a table that has it no other program could read. */
static int
collate_cb (void       *user_data,
            int         size_a,
            const void *a,
            int         size_b,
            const void *b)
{
  g_autofree char *text_a = g_strndup (a, size_a), *text_b = g_strndup (b, size_b);

  return mc_text_collate (text_a, text_b);
}

/**
 * mc_db_open:
 * @path: (type filename): path of the database file, created if missing
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Opens a connection that only the calling thread may use.
 *
 * Returns: (transfer full) (nullable): the connection; close it with
 *   mc_db_close() in the same thread
 */
McDb *
mc_db_open (const char  *path,
            GError     **error)
{
  g_autoptr(McDb) self = NULL;
  int rc;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  configure_once ();
  self = g_new0 (McDb, 1);
  self->path = g_strdup (path);
  self->owner = g_thread_self ();
  self->transaction.db = self;
  self->statements = g_hash_table_new_full (hash_sql, g_str_equal, NULL, finalize_stmt);

  rc = sqlite3_open_v2 (path, &self->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (rc != SQLITE_OK)
    {
      mc_db_set_error (self->handle, rc, "Could not open the database", error);
      return NULL;
    }

  sqlite3_extended_result_codes (self->handle, TRUE);
  sqlite3_create_collation (self->handle, MC_DB_VIETNAMESE, SQLITE_UTF8, NULL, collate_cb);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_progress_handler (self->handle, CANCEL_CHECK_STEPS, progress_cb, self);

  if (!enable_wal (self, error) ||
      !mc_db_exec (self, "PRAGMA cache_size = -8192", error) ||
      !mc_db_exec (self, "PRAGMA synchronous = FULL", error) ||
      !mc_db_exec (self, "PRAGMA foreign_keys = ON", error) ||
      !mc_db_exec (self, "PRAGMA trusted_schema = OFF", error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mc_db_make:
 * @path: (type filename): path of a database file that is not there yet
 * @page_bytes: of its pages, which stay as large; 4096 where nobody makes it first
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Makes an empty database, for mc_db_open().  One that is there already stays as it is.
 */
gboolean
mc_db_make (const char  *path,
            guint        page_bytes,
            GError     **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA page_size = %u; PRAGMA journal_mode = WAL", page_bytes);
  sqlite3 *handle = NULL;
  int rc = sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_exec (handle, sql, NULL, NULL, NULL);
  if (rc != SQLITE_OK)
    mc_db_set_error (handle, rc, "Could not make the database", error);
  sqlite3_close (handle);

  return rc == SQLITE_OK;
}

/**
 * mc_db_close:
 * @self: (transfer full): a connection
 *
 * Closes @self and frees every statement it prepared.
 */
void
mc_db_close (McDb *self)
{
  g_return_if_fail (self != NULL);
  own (self);
  g_assert (!self->in_transaction);

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->handle, sqlite3_close);
  g_clear_object (&self->cancellable);
  g_free (self->path);
  g_free (self);
}

/**
 * mc_db_adopt:
 * @self: a connection whose thread has ended
 *
 * Makes the calling thread the owner of @self.
 */
void
mc_db_adopt (McDb *self)
{
  self->owner = g_thread_self ();
}

typedef struct
{
  McDb *db;
  McDbLoanFunc func;
  gpointer user_data;
} Loan;

static gpointer
work_in_thread (gpointer user_data)
{
  g_autofree Loan *loan = user_data;

  mc_db_adopt (loan->db);
  loan->func (loan->db, loan->user_data);

  return NULL;
}

/**
 * mc_db_lend:
 * @self: a connection with no open transaction, and no statement under way
 * @func: works with @self in a thread of its own, and leaves neither behind
 * @user_data: for @func; what it reaches is @func's alone until @self is taken back
 *
 * Lends @self and returns at once.  Whatever the calling thread does next with @self waits for the end of @func, as
 * mc_db_take_back() does.
 */
void
mc_db_lend (McDb         *self,
            McDbLoanFunc  func,
            gpointer      user_data)
{
  Loan *loan = g_new (Loan, 1);

  own (self);
  g_assert (!self->in_transaction);

  *loan = (Loan) { self, func, user_data };
  self->lender = self->owner;
  self->borrower = g_thread_new ("mc-db", work_in_thread, loan);
}

/* Waits until what mc_db_lend() began is done.  Nothing is lent: returns at once. */
void
mc_db_take_back (McDb *self)
{
  if (self->lender == NULL)
    return;
  g_assert (self->lender == g_thread_self ());

  g_thread_join (g_steal_pointer (&self->borrower));
  self->owner = g_steal_pointer (&self->lender);
}

void
mc_db_set_cancellable (McDb         *self,
                       GCancellable *cancellable)
{
  own (self);

  g_set_object (&self->cancellable, cancellable);
}

/* Bytes of one page of @self. */
static guint
get_page_bytes (McDb *self)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self, "PRAGMA page_size", NULL);
  gboolean has_row;

  return stmt != NULL && mc_stmt_next (stmt, &has_row, NULL) && has_row ? mc_stmt_get_int64 (stmt, 0) : 4096;
}

/**
 * mc_db_set_log_bytes:
 * @self: a connection
 * @bytes: about so many; 0 = 1000 pages, as where nothing was said
 *
 * How much may lie in the write-ahead log before a commit carries it into the file.  What many
 * commits wrote into one page is carried over once.  No commit is less durable for it.
 */
void
mc_db_set_log_bytes (McDb  *self,
                     gsize  bytes)
{
  own (self);

  sqlite3_wal_autocheckpoint (self->handle, bytes > 0 ? bytes / get_page_bytes (self) : LOG_PAGES);
}

/**
 * mc_db_set_waiting:
 * @self: a connection with no open transaction
 * @waiting: %TRUE: a commit returns once it is on disk, as it does where nothing else was said
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Where @waiting is %FALSE, commits are written in their order and not waited for.  A program that ends loses none of them;
 * where the power goes the last ones may be missing, never one without those after it.  The next commit that waits, and
 * mc_db_sync(), keep them too.
 */
gboolean
mc_db_set_waiting (McDb      *self,
                   gboolean   waiting,
                   GError   **error)
{
  g_assert (!self->in_transaction);

  return mc_db_exec (self, waiting ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error);
}

/**
 * mc_db_sync:
 * @self: a connection
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Waits until all commits are on disk that were not waited for.
 *
 * Returns: %TRUE if they are
 */
gboolean
mc_db_sync (McDb    *self,
            GError **error)
{
  sqlite3_file *log = NULL;
  int rc;

  own (self);

  rc = sqlite3_file_control (self->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  /* Until something is written there is no log. */
  if (rc == SQLITE_OK && log != NULL && log->pMethods != NULL)
    rc = log->pMethods->xSync (log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  if (rc != SQLITE_OK)
    {
      mc_db_set_error (NULL, rc, "Could not write the database to the disk", error);
      return FALSE;
    }

  return TRUE;
}

/* Carries what lies in the write-ahead log into the file, as far as nobody reads older rows, so that no commit has to.  What
 * does not go over, as on a full disk, stays where it is. */
void
mc_db_carry_over (McDb *self)
{
  own (self);

  sqlite3_wal_checkpoint_v2 (self->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* The raw handle, for what only SQLite itself offers: functions, collations, backup. */
sqlite3 *
mc_db_get_handle (McDb *self)
{
  own (self);

  return self->handle;
}

const char *
mc_db_get_path (McDb *self)
{
  return self->path;
}

/* Runs one or more statements that return no rows. */
gboolean
mc_db_exec (McDb        *self,
            const char  *sql,
            GError     **error)
{
  int rc;

  own (self);

  rc = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);
  if (rc != SQLITE_OK)
    {
      mc_db_set_error (self->handle, rc, "Could not run a statement", error);
      return FALSE;
    }

  return TRUE;
}

/**
 * mc_db_begin:
 * @self: a connection with no open transaction
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Starts a write transaction.  Hold it in a `g_autoptr`: leaving the scope
 * without mc_transaction_commit() rolls everything back.
 *
 * The lock is taken now, not at the first write, because SQLite can only wait
 * for another writer at the start of a transaction.
 *
 * Returns: (transfer full) (nullable): the transaction
 */
McTransaction *
mc_db_begin (McDb    *self,
             GError **error)
{
  own (self);
  g_assert (!self->in_transaction);

  if (!mc_db_exec (self, "BEGIN IMMEDIATE", error))
    return NULL;

  self->in_transaction = TRUE;

  return &self->transaction;
}

/**
 * mc_transaction_commit:
 * @transaction: (transfer full): an open transaction
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Makes the changes of @transaction durable.  If that fails, none of them
 * happened.
 *
 * Returns: %TRUE if the changes are on disk
 */
gboolean
mc_transaction_commit (McTransaction  *transaction,
                       GError        **error)
{
  McDb *self = transaction->db;

  if (!mc_db_exec (self, "COMMIT", error))
    {
      mc_transaction_abandon (transaction);
      return FALSE;
    }

  self->in_transaction = FALSE;

  return TRUE;
}

void
mc_transaction_abandon (McTransaction *transaction)
{
  McDb *self = transaction->db;

  /* SQLite may already have rolled back by itself, for example on a full disk. */
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);

  self->in_transaction = FALSE;
}

/**
 * mc_db_prepare:
 * @self: a connection
 * @sql: one statement, as a string literal
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Looks @sql up among the prepared statements, preparing it the first time.
 *
 * Returns: (transfer full) (nullable): the statement, unbound and at its start;
 *   give it back with mc_stmt_release(), which `g_autoptr(McStmt)` does
 */
McStmt *
mc_db_prepare (McDb        *self,
               const char  *sql,
               GError     **error)
{
  McStmt *stmt;
  int rc;

  own (self);

  stmt = g_hash_table_lookup (self->statements, sql);
  if (stmt != NULL)
    {
      g_assert (!sqlite3_stmt_busy (stmt));
      return stmt;
    }

  rc = sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (rc != SQLITE_OK)
    {
      mc_db_set_error (self->handle, rc, "Could not prepare a statement", error);
      return NULL;
    }

  g_hash_table_insert (self->statements, (gpointer) sqlite3_sql (stmt), stmt);

  return stmt;
}
