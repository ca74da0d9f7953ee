/* mc-book.h: a register as a book: what its year adds up to, closing it and opening it again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A record type whose pack says `book` is a register in volumes (quyển): each line has a number, a date and a volume, and
 * each volume has a record of its own, which holds when it was closed.  Lines of a closed volume are neither added nor
 * edited on any device that knows of it; what others wrote before they knew still comes in, as everything does, and is known
 * for what it is (mc_book_list_late).
 * Nghị định 23/2015/NĐ-CP, Điều 13.
 */

#pragma once

#include "core/mc-check.h"
#include "core/mc-journal.h"

G_BEGIN_DECLS

typedef struct
{
  gint64    volume;
  gint64    first_number, last_number;
  gint64    n_lines;           /* void ones too */
  gint64    n_valid;           /* void ones left out, as in all that follows */
  gint64    copies, fees;
  char     *first_on;          /* (owned) yyyy-mm-dd of the first line */
  McRecord *record;            /* (owned) of the volume; one without a change if nobody has written it */
} McVolume;

typedef struct
{
  int        year;
  GPtrArray *volumes;          /* (owned) (element-type McVolume) with a line or a record, by volume */
  gint64     n_lines, n_valid, copies, fees;
  gint64     last_number;      /* 0 = no line */
  gint64     n_missing;        /* numbers that no line has, from 1 to the last */
  gint64     first_missing;    /* 0 = none */
  GArray    *twice;            /* (owned) (element-type gint64) numbers that more than one line has, ascending */
  gboolean   is_closed;
  char      *closed_on;        /* (owned) (nullable) the latest closing; NULL if not closed */
  char      *closed_by;        /* (owned) (nullable) who wrote that closing … */
  char      *closed_at;        /* (owned) (nullable) … and when, RFC 3339 */
  gint64     closed_valid;     /* lines that were counted when it was closed; not n_valid if others came in afterwards */
} McBook;

McBook   *mc_book_read       (McJournal     *journal,
                              McRecordType  *type,
                              int            year,
                              gint64         now_us,
                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;
void      mc_book_free       (McBook        *self);
/* Adds to @edit what closes, or opens, all volumes of the year: one edit, one step to undo. */
void      mc_book_close      (McBook        *self,
                              McEdit        *edit,
                              const char    *closed_on,
                              const char    *signer,
                              const char    *signer_title,
                              const char    *holder);
void      mc_book_reopen     (McBook        *self,
                              McEdit        *edit,
                              const char    *today,
                              const char    *reason);
/* Which lines of its closed volumes are not those that were closed. */
typedef enum
{
  MC_BOOK_NOT_LATE,
  MC_BOOK_LATE_ADDED,
  MC_BOOK_LATE_EDITED,
  MC_BOOK_LATE_TWICE,   /* has a number that another line has too: not all of them were counted, and nothing says which */
} McBookLate;
GHashTable *mc_book_list_late (McBook        *self,
                              McJournal     *journal,
                              McRecordType  *type,
                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* A volume of a year, as far as it has a record of its own. */
typedef struct
{
  int      year;
  gint64   volume;
  gboolean is_closed;
} McClosing;
/* (element-type McClosing) of the own unit, by year */
GArray   *mc_book_list_closings (McJournal    *journal,
                                 McRecordType *type,
                                 GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether lines of that volume are shut, or the whole year is. */
gboolean  mc_closings_have   (GArray        *closings,
                              int            year,
                              gint64         volume);
gboolean  mc_closings_have_year (GArray     *closings,
                                 int         year);
/* Takes out of @faults (of lines of @type) those that hold against a line that its date is of the year after the pack's: once
 * the year before it is closed, it is where it belongs, and there may be no pack for it yet. */
gboolean  mc_book_excuse     (McJournal     *journal,
                              McRecordType  *type,
                              GPtrArray     *faults,
                              GError       **error);
/* (element-type int) years whose volumes are all closed, ascending. */
GArray   *mc_book_list_closed (McJournal    *journal,
                               McRecordType *type,
                               GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE with MC_STORE_ERROR_CLOSED if @edit would add or change a line of a closed volume. */
gboolean  mc_book_allows     (McJournal     *journal,
                              McEdit        *edit,
                              GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McBook, mc_book_free)

G_END_DECLS
