/* book-fixture.h: a store with a register, whose years are closed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-book.h"

G_BEGIN_DECLS

#define LOG "21610@2004-07-08"
#define NOW G_GINT64_CONSTANT (1640000000000000)

typedef struct
{
  char *dir;               /* (owned) */
  McPack *pack;            /* (owned) */
  McRecordType *type;      /* the register */
  McJournal *journal;      /* (owned) */
} Fixture;

void      book_set_up     (Fixture       *fixture,
                           gconstpointer  data);
void      book_tear_down  (Fixture       *fixture,
                           gconstpointer  data);
/* The store of @fixture, opened with @pack. */
void      book_open_store (Fixture       *fixture,
                           McPack        *pack);

McRecord *book_new_record (Fixture       *fixture,
                           const char    *type);
/* (transfer full) id of the line, NULL if it was refused because the book is closed */
char     *book_add_line   (Fixture   *fixture,
                           int            number,
                           int            volume,
                           const char    *date,
                           int            copies,
                           const char    *void_reason);
/* FALSE if it was refused because the book is closed. */
gboolean  book_edit_line  (Fixture   *fixture,
                           const char    *id,
                           const char    *field,
                           const char    *text);
McBook   *book_read       (Fixture   *fixture,
                           int            year);
/* (transfer full) the change, for undoing it */
char     *book_close_year (Fixture   *fixture,
                           int            year,
                           const char    *date);
void      book_run_sql    (Fixture   *fixture,
                           const char    *sql);

G_END_DECLS
