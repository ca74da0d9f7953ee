/* mc-store-private.h: what the files of McStore share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every operation is an Operation: its arguments, the function of mc-journal.h that the worker runs with them, and what
 * came out.
 */

#pragma once

#include "core/mc-lately.h"
#include "core/mc-store.h"

G_BEGIN_DECLS

typedef struct _Operation Operation;

/* Runs in the worker; FALSE with an error, or TRUE with the output fields filled in. */
typedef gboolean (*OperationFunc) (McJournal *journal, Operation *operation, GCancellable *cancellable, GError **error);

struct _Operation
{
  OperationFunc func;

  /* Input data. */
  McEdit *edit;              /* (owned) (nullable) */
  McLately *lately;          /* the store's */
  McRecord *shown;           /* (owned) (nullable) */
  JsonNode *value;           /* (owned) (nullable) */
  char *id;                  /* (owned) (nullable) */
  char *name;                /* (owned) (nullable): field, type or file name */
  char *parent;              /* (owned) (nullable) */
  GFile *file;               /* (owned) (nullable) */
  GBytes *bytes;             /* (owned) (nullable) */
  GArray *numbers;           /* (owned) (nullable) */
  McQuery query;             /* its strings are owned here */
  gint64 now_us;
  McStoreFunc run;
  gpointer run_data;         /* (owned) through run_data_free */
  GDestroyNotify run_data_free;

  /* Output data. */
  gpointer result;           /* (owned) through result_free */
  GDestroyNotify result_free;
  GPtrArray *changed;        /* (owned) (nullable) (element-type utf8): ids to announce; empty = many */
  McJournalSummary summary;
  guint count;
};

Operation *mc_store_operation_new  (OperationFunc         func);
McLately  *mc_store_get_lately     (McStore              *self);   /* for the worker */
/* Runs @operation, which it takes, when the worker gets to it. */
void       mc_store_start          (McStore              *self,
                                    gpointer              tag,
                                    Operation            *operation,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
/* What came out of the operation that was started with @tag; the task owns it.  NULL after an error. */
Operation *mc_store_finish         (McStore              *self,
                                    GAsyncResult         *result,
                                    gpointer              tag,
                                    GError              **error);
/* Its result, which is the caller's. */
gpointer   mc_store_finish_result  (McStore              *self,
                                    GAsyncResult         *result,
                                    gpointer              tag,
                                    GError              **error);

G_END_DECLS
