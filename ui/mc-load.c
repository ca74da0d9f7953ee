/* mc-load.c: records and what checks say of them, fetched in one turn of the store's thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-load.h"

#include "core/mc-book.h"

typedef struct
{
  char *type;
  char **ids;
  char *parent;
  gboolean with_faults;
  gboolean with_score;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->type);
  g_strfreev (request->ids);
  g_free (request->parent);
  g_free (request);
}

void
mc_load_free (McLoad *load)
{
  g_clear_pointer (&load->records, g_ptr_array_unref);
  g_clear_pointer (&load->faults, g_ptr_array_unref);
  g_clear_pointer (&load->score, mc_score_free);
  g_free (load);
}

static gboolean
load_ids (McJournal  *journal,
          Request    *request,
          McLoad     *load,
          GError    **error)
{
  for (guint i = 0; request->ids[i] != NULL; i++)
    {
      McRecord *record = mc_journal_get_or_new (journal, request->ids[i], request->type, request->parent, error);

      if (record == NULL)
        return FALSE;
      g_ptr_array_add (load->records, record);
    }

  return TRUE;
}

static gboolean
load_all (McJournal  *journal,
          Request    *request,
          McLoad     *load,
          GError    **error)
{
  McQuery query = { .type = request->type, .parent = request->parent, .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);
  g_autoptr(GPtrArray) light = NULL;

  if (numbers == NULL || !(light = mc_journal_fetch (journal, (gint64 *) numbers->data, numbers->len, error)))
    return FALSE;
  /* A form names the heads it showed, and those come with the whole record only. */
  for (guint i = 0; i < light->len; i++)
    {
      McRecord *record = mc_journal_get (journal, mc_record_get_id (light->pdata[i]), error);

      if (record == NULL)
        return FALSE;
      g_ptr_array_add (load->records, record);
    }

  return TRUE;
}

static gboolean
load_faults (McJournal  *journal,
             McSandbox  *sandbox,
             Request    *request,
             McLoad     *load,
             GError    **error)
{
  GPtrArray *types = mc_pack_get_types (mc_journal_get_pack (journal));

  for (guint i = 0; i < types->len; i++)
    {
      McRecordType *type = types->pdata[i];
      g_autoptr(GPtrArray) faults = NULL;

      if (request->type != NULL && !g_str_equal (request->type, type->id))
        continue;
      if (!(faults = mc_check_log (sandbox, type, mc_journal_get_log (journal), error)) ||
          !mc_book_excuse (journal, type, faults, error))
        return FALSE;
      g_ptr_array_extend_and_steal (load->faults, g_steal_pointer (&faults));
    }

  return TRUE;
}

static gpointer
load_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Request *request = data;
  g_autoptr(McLoad) load = g_new0 (McLoad, 1);
  g_autoptr(McSandbox) sandbox = NULL;

  load->records = g_ptr_array_new_with_free_func (g_object_unref);
  load->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_fault_free);
  if (request->ids != NULL && !load_ids (journal, request, load, error))
    return NULL;
  if (request->ids == NULL && request->type != NULL && !load_all (journal, request, load, error))
    return NULL;
  if (!request->with_faults && !request->with_score)
    return g_steal_pointer (&load);

  if (!(sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (journal)), mc_journal_get_pack (journal), error)) ||
      (request->with_faults && !load_faults (journal, sandbox, request, load, error)) ||
      (request->with_score && !(load->score = mc_score_of_unit (journal, sandbox, error))))
    return NULL;

  return g_steal_pointer (&load);
}

void
mc_load_async (McStore             *store,
               const McLoadRequest *request,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  Request *copy = g_new0 (Request, 1);

  copy->type = g_strdup (request->type);
  copy->ids = g_strdupv ((char **) request->ids);
  copy->parent = g_strdup (request->parent);
  copy->with_faults = request->with_faults;
  copy->with_score = request->with_score;
  mc_store_run_async (store, load_in_worker, copy, request_free, (GDestroyNotify) mc_load_free, NULL, callback, user_data);
}

McLoad *
mc_load_finish (McStore       *store,
                GAsyncResult  *result,
                GError       **error)
{
  return mc_store_run_finish (store, result, error);
}
