/* mc-context-attach.c: files that become evidence of a record, one after the other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-context-private.h"

#include <glib/gi18n.h>

#include "core/mc-error.h"
#include "core/mc-json.h"
#include "mc-error-text.h"
#include "mc-photo.h"

typedef struct
{
  McContext *self;      /* (owned) */
  McRecord *shown;      /* (owned) */
  char *field;          /* (owned) */
  GQueue files;         /* (element-type GFile) still to copy */
  char *current;        /* (owned) name of the file that is being copied */
  JsonArray *array;     /* (owned) what is there, and what came */
  gboolean shrink;
  guint n_added;
} Attaching;

static void attach_next (Attaching *attaching);

static Attaching *
attaching_new (McContext  *self,
               McRecord   *shown,
               const char *field)
{
  Attaching *attaching = g_new0 (Attaching, 1);
  JsonNode *there = mc_record_get (shown, field);

  attaching->self = g_object_ref (self);
  attaching->shown = g_object_ref (shown);
  attaching->field = g_strdup (field);
  attaching->array = json_array_new ();
  if (there != NULL && JSON_NODE_HOLDS_ARRAY (there))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (there)); i++)
      json_array_add_element (attaching->array, json_array_dup_element (json_node_get_array (there), i));
  g_queue_init (&attaching->files);
  mc_context_begin_saving (self);

  return attaching;
}

static void
attaching_end (Attaching *attaching)
{
  McContext *self = attaching->self;

  if (attaching->n_added > 0)
    {
      McEdit *edit = mc_edit_new ();
      g_autofree char *text = g_strdup_printf (ngettext ("%u file attached", "%u files attached", attaching->n_added),
                                               attaching->n_added);
      JsonNode *node = json_node_init_array (json_node_alloc (), attaching->array);

      mc_edit_set (edit, attaching->shown, attaching->field, node);
      mc_context_save (self, edit, _("attaching files"));
      mc_context_toast (self, text);
    }
  mc_context_end_saving (self, NULL);
  g_queue_clear_full (&attaching->files, g_object_unref);
  json_array_unref (attaching->array);
  g_object_unref (attaching->shown);
  g_free (attaching->current);
  g_free (attaching->field);
  g_free (attaching);
  g_object_unref (self);
}

/* The same file twice in one list is one file. */
static gboolean
is_there (JsonArray  *array,
          const char *sha256)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node) &&
          g_str_equal (mc_json_get_text (json_node_get_object (node), "sha256", ""), sha256))
        return TRUE;
    }

  return FALSE;
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
  else if (is_there (attaching->array, evidence->sha256))
    {
      g_autofree char *text = g_strdup_printf (_("“%s” is already attached here."), evidence->name);

      mc_context_toast_refused (attaching->self, text);
      /* What lay here may have been damaged; now it is whole. */
      mc_store_note_changes (MC_STORE (source), (const char *[]) { mc_record_get_id (attaching->shown), NULL });
    }
  else
    {
      json_array_add_element (attaching->array, mc_evidence_to_json (evidence));
      attaching->n_added++;
    }
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
  g_autoptr(GFile) file = g_queue_pop_head (&attaching->files);

  if (file == NULL)
    {
      attaching_end (attaching);
      return;
    }
  g_free (attaching->current);
  attaching->current = g_file_get_basename (file);
  if (attaching->shrink)
    mc_photo_shrink_async (file, NULL, shrunk_cb, attaching);
  else
    mc_store_attach_async (mc_context_get_store (attaching->self), file, NULL, mc_context_now_us (attaching->self), NULL,
                           attach_cb, attaching);
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
  attach_next (attaching);
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
  mc_store_attach_bytes_async (mc_context_get_store (self), bytes, name, mc_context_now_us (self), NULL, attach_cb, attaching);
}
