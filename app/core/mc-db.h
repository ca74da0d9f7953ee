/* mc-db.h: one SQLite connection, owned by one thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _McDb          McDb;
typedef struct _McTransaction McTransaction;
typedef sqlite3_stmt          McStmt;

/* Name of the collation that every connection has: as mc_text_collate(). */
#define MC_DB_VIETNAMESE "vietnamese"

McDb          *mc_db_open             (const char     *path,
                                       GError        **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       mc_db_make             (const char     *path,
                                       guint           page_bytes,
                                       GError        **error);
void           mc_db_close            (McDb           *self);
void           mc_db_adopt            (McDb           *self);

typedef void (*McDbLoanFunc)          (McDb           *self,
                                       gpointer        user_data);
void           mc_db_lend             (McDb           *self,
                                       McDbLoanFunc    func,
                                       gpointer        user_data);
void           mc_db_take_back        (McDb           *self);
void           mc_db_set_log_bytes    (McDb           *self,
                                       gsize           bytes);
gboolean       mc_db_set_waiting      (McDb           *self,
                                       gboolean        waiting,
                                       GError        **error);
gboolean       mc_db_sync             (McDb           *self,
                                       GError        **error);
void           mc_db_carry_over       (McDb           *self);
void           mc_db_set_cancellable  (McDb           *self,
                                       GCancellable   *cancellable);
sqlite3       *mc_db_get_handle       (McDb           *self);
const char    *mc_db_get_path         (McDb           *self);
gboolean       mc_db_exec             (McDb           *self,
                                       const char     *sql,
                                       GError        **error);

McTransaction *mc_db_begin            (McDb           *self,
                                       GError        **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       mc_transaction_commit  (McTransaction  *transaction,
                                       GError        **error);
void           mc_transaction_abandon (McTransaction  *transaction);

McStmt        *mc_db_prepare          (McDb           *self,
                                       const char     *sql,
                                       GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void           mc_stmt_bind_text      (McStmt         *stmt,
                                       int             index,
                                       const char     *value);
void           mc_stmt_bind_int64     (McStmt         *stmt,
                                       int             index,
                                       gint64          value);
void           mc_stmt_bind_null      (McStmt         *stmt,
                                       int             index);
void           mc_stmt_bind_blob      (McStmt         *stmt,
                                       int             index,
                                       gconstpointer   data,
                                       gsize           size);
void           mc_stmt_lend_text      (McStmt         *stmt,
                                       int             index,
                                       const char     *value);
void           mc_stmt_lend_blob      (McStmt         *stmt,
                                       int             index,
                                       gconstpointer   data,
                                       gsize           size);
void           mc_stmt_bind_bytes     (McStmt         *stmt,
                                       int             index,
                                       GBytes         *bytes);
gboolean       mc_stmt_next           (McStmt         *stmt,
                                       gboolean       *out_has_row,
                                       GError        **error);
gboolean       mc_stmt_exec           (McStmt         *stmt,
                                       GError        **error);
void           mc_stmt_release        (McStmt         *stmt);
const char    *mc_stmt_get_text       (McStmt         *stmt,
                                       int             column);
gint64         mc_stmt_get_int64      (McStmt         *stmt,
                                       int             column);
gboolean       mc_stmt_is_null        (McStmt         *stmt,
                                       int             column);
GBytes        *mc_stmt_dup_bytes      (McStmt         *stmt,
                                       int             column) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McDb, mc_db_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McTransaction, mc_transaction_abandon)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McStmt, mc_stmt_release)

G_END_DECLS
