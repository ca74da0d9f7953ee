/* mc-context-attach.c: files that become evidence of a record, one after the other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Copying takes a while, and meanwhile the record may have changed: what came is added to what is there at the end.  Of several
 * that were begun side by side one is on its way at a time.
 */

#include "mc-context-private.h"

#include <glib/gi18n.h>

#include "core/mc-error.h"
#include "mc-error-text.h"
#include "mc-photo.h"

typedef struct
{
  McContext *self;      /* (owned) */
  McRecord *shown;      /* (owned) */
  char *field;          /* (owned) */
  GQueue files;         /* (element-type GFile) still to copy */
  GBytes *bytes;        /* (owned) (nullable) instead of files */
  char *current;        /* (owned) name of the file that is being copied */
  GPtrArray *came;      /* (element-type McEvidence) */
  gboolean shrink;
} Attaching;

static void attach_next (Attaching *attaching);

static Attaching *
attaching_new (McContext  *self,
               McRecord   *shown,
               const char *field)
{
  Attaching *attaching = g_new0 (Attaching, 1);

  attaching->self = g_object_ref (self);
  attaching->shown = g_object_ref (shown);
  attaching->field = g_strdup (field);
  attaching->came = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_evidence_free);
  g_queue_init (&attaching->files);
  mc_context_begin_saving (self);

  return attaching;
}

static void
attaching_start (Attaching *attaching)
{
  GQueue *all = mc_context_get_attaching (attaching->self);

  g_queue_push_tail (all, attaching);
  if (all->length == 1)
    attach_next (attaching);
}

static void
attaching_end (Attaching *attaching,
               GError    *error)   /* (nullable) */
{
  McContext *self = attaching->self;
  GQueue *all = mc_context_get_attaching (self);
  Attaching *next;

  mc_context_end_saving (self, error);
  g_queue_remove (all, attaching);
  next = g_queue_peek_head (all);
  g_queue_clear_full (&attaching->files, g_object_unref);
  g_clear_pointer (&attaching->bytes, g_bytes_unref);
  g_ptr_array_unref (attaching->came);
  g_object_unref (attaching->shown);
  g_free (attaching->current);
  g_free (attaching->field);
  g_free (attaching);
  if (next != NULL)
    attach_next (next);
  g_object_unref (self);
}

static void
tell_there (Attaching  *attaching,
            McEvidence *evidence)
{
  g_autofree char *text = g_strdup_printf (_("“%s” is already attached here."), evidence->name);

  mc_context_toast_refused (attaching->self, text);
  /* What lay here may have been damaged; now it is whole. */
  mc_store_note_changes (mc_context_get_store (attaching->self), (const char *[]) { mc_record_get_id (attaching->shown), NULL });
}

/* Adds what came to the record as it is now. */
static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Attaching *attaching = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McRecord) stored = mc_store_get_finish (MC_STORE (source), result, &error);
  McRecord *record = stored != NULL ? stored : attaching->shown;
  JsonNode *there = mc_record_get (record, attaching->field);
  g_autoptr(JsonArray) array = json_array_new ();
  guint n_added = 0;

  if (error != NULL)
    {
      attaching_end (attaching, error);
      return;
    }
  if (there != NULL && JSON_NODE_HOLDS_ARRAY (there))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (there)); i++)
      json_array_add_element (array, json_array_dup_element (json_node_get_array (there), i));
  for (guint i = 0; i < attaching->came->len; i++)
    {
      McEvidence *evidence = attaching->came->pdata[i];

      if (mc_evidence_is_listed (array, evidence->sha256))
        tell_there (attaching, evidence);
      else
        {
          json_array_add_element (array, mc_evidence_to_json (evidence));
          n_added++;
        }
    }
  if (n_added > 0)
    {
      McEdit *edit = mc_edit_new ();
      g_autofree char *text = g_strdup_printf (ngettext ("%u file attached", "%u files attached", n_added), n_added);

      mc_edit_set (edit, record, attaching->field, json_node_init_array (json_node_alloc (), array));
      mc_context_save (attaching->self, edit, _("attaching files"));
      mc_context_toast (attaching->self, text);
    }
  attaching_end (attaching, NULL);
}

static char *
attach_error_text (const char   *name,
                   const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID))
    /* Translators: %s is a file name, %d a number of megabytes. */
    return g_strdup_printf (_("“%s” was not attached: it is empty, a folder, or larger than %d MB."), name,
                            (int) (MC_EVIDENCE_MAX_BYTES / 1024 / 1024));
  text = mc_error_text (error);

  /* Translators: a file name, and why it was not attached. */
  return g_strdup_printf (_("“%s” was not attached. %s"), name, text);
}

static void
attach_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Attaching *attaching = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McEvidence) evidence = mc_store_attach_finish (MC_STORE (source), result, &error);

  if (evidence == NULL)
    {
      g_autofree char *text = attach_error_text (attaching->current, error);

      mc_context_toast_refused (attaching->self, text);
    }
  else
    g_ptr_array_add (attaching->came, g_steal_pointer (&evidence));
  attach_next (attaching);
}

static void
shrunk_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Attaching *attaching = user_data;
  McContext *self = attaching->self;
  g_autoptr(GFile) file = g_object_ref (g_task_get_task_data (G_TASK (result)));
  g_autoptr(GBytes) bytes = mc_photo_shrink_finish (result, NULL);

  /* What cannot be made smaller is attached as it is. */
  if (bytes != NULL)
    mc_store_attach_bytes_async (mc_context_get_store (self), bytes, attaching->current, mc_context_now_us (self), NULL,
                                 attach_cb, attaching);
  else
    mc_store_attach_async (mc_context_get_store (self), file, NULL, mc_context_now_us (self), NULL, attach_cb, attaching);
}

static void
attach_next (Attaching *attaching)
{
  McStore *store = mc_context_get_store (attaching->self);
  gint64 now_us = mc_context_now_us (attaching->self);
  g_autoptr(GFile) file = g_queue_pop_head (&attaching->files);
  g_autoptr(GBytes) bytes = g_steal_pointer (&attaching->bytes);

  if (bytes != NULL)
    {
      mc_store_attach_bytes_async (store, bytes, attaching->current, now_us, NULL, attach_cb, attaching);
      return;
    }
  if (file == NULL)
    {
      if (attaching->came->len > 0)
        mc_store_get_async (store, mc_record_get_id (attaching->shown), NULL, NULL, NULL, got_cb, attaching);
      else
        attaching_end (attaching, NULL);
      return;
    }
  g_free (attaching->current);
  attaching->current = g_file_get_basename (file);
  if (attaching->shrink)
    mc_photo_shrink_async (file, NULL, shrunk_cb, attaching);
  else
    mc_store_attach_async (store, file, NULL, now_us, NULL, attach_cb, attaching);
}

void
mc_context_attach_files (McContext  *self,
                         McRecord   *shown,
                         const char *field,
                         GListModel *files,
                         gboolean    shrink)
{
  Attaching *attaching = attaching_new (self, shown, field);

  attaching->shrink = shrink;
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_queue_push_tail (&attaching->files, g_list_model_get_item (files, i));
  attaching_start (attaching);
}

void
mc_context_attach_bytes (McContext  *self,
                         McRecord   *shown,
                         const char *field,
                         GBytes     *bytes,
                         const char *name)
{
  Attaching *attaching = attaching_new (self, shown, field);

  attaching->current = g_strdup (name);
  attaching->bytes = g_bytes_ref (bytes);
  attaching_start (attaching);
}
