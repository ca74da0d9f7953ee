/* bench.h: what the measuring programs share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program prints one line of JSON for each figure, and "# " before what it does now; bench.py makes the table.
 */

#pragma once

#include "client/mc-account.h"
#include "../mc-test.h"

G_BEGIN_DECLS

#define BENCH_LOG "21609@2004-07-08"
#define BENCH_NOW G_GINT64_CONSTANT (1638340443120000)

/* A program that measures gives up at the first error, and says which. */
void     bench_check             (GError        *error);

double   bench_now               (void);   /* seconds */
double   bench_median            (GArray        *values);   /* of double; sorts them */
double   bench_percentile        (GArray        *values,
                                  double         percent);

/* @measured against @bound times @baseline. */
void     bench_report_ratio      (const char    *name,
                                  const char    *unit,
                                  double         measured,
                                  double         baseline,
                                  double         bound);
/* @measured against @bound, which 0 leaves open; a negative bound is a least. */
void     bench_report            (const char    *name,
                                  const char    *unit,
                                  double         measured,
                                  double         bound);

/* Certified copies with the names of this country, numbers from @first on. */
void     bench_fill              (McJournal     *journal,
                                  guint          first,
                                  guint          count);
void     bench_save_copy         (McJournal     *journal,
                                  guint          number);
/* Another count of copies in each of @count of the records that there are. */
void     bench_edit              (McJournal     *journal,
                                  guint          count);
/* From now on a save need not reach the disk: only for making what is measured afterwards. */
void     bench_hurry             (McJournal     *journal,
                                  gboolean       hurry);

/* A hub of its own process, on loopback over TLS. */
typedef struct
{
  char *dir;               /* (owned) */
  char *program;           /* (owned) */
  GSubprocess *process;    /* (owned) */
  char *address;           /* (owned) */
} BenchHub;

void       bench_hub_start       (BenchHub      *hub,
                                  const char    *program,
                                  const char    *units,
                                  const char    *dir);
void       bench_hub_stop        (BenchHub      *hub);
McAccount *bench_hub_enrol       (BenchHub      *hub,
                                  const char    *dir,
                                  const char    *unit);

char      *bench_make_dir        (void);

G_END_DECLS
