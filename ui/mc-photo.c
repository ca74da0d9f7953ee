/* mc-photo.c: photographs that are larger than evidence needs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-photo.h"

#include "core/mc-worker.h"

#define MAX_PIXELS ((gint64) 150 * 1000 * 1000)   /* more is no photograph, and would fill the memory */
#define QUALITY "85"

/* Its size in bytes, or 0 if it is not one. */
static guint64
size_of_large_photo (GFile *file)
{
  g_autoptr(GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                                 G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = NULL;
  GdkPixbufFormat *format;
  int width, height;

  if (info == NULL || path == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR ||
      g_file_info_get_size (info) <= MC_PHOTO_LARGE_BYTES)
    return 0;
  if (!(format = gdk_pixbuf_get_file_info (path, &width, &height)))
    return 0;
  name = gdk_pixbuf_format_get_name (format);
  if (!g_str_equal (name, "jpeg") || MAX (width, height) <= MC_PHOTO_PIXELS || (gint64) width * height > MAX_PIXELS)
    return 0;

  return g_file_info_get_size (info);
}

typedef struct
{
  GPtrArray *files;   /* (owned) (element-type GFile) */
  guint64 bytes;
} Finding;

static void
finding_free (gpointer data)
{
  Finding *finding = data;

  g_ptr_array_unref (finding->files);
  g_free (finding);
}

static void
find_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Finding *finding = data;
  guint count = 0;

  for (guint i = 0; i < finding->files->len; i++)
    {
      guint64 size = size_of_large_photo (finding->files->pdata[i]);

      finding->bytes += size;
      count += size > 0;
    }
  g_task_return_int (task, count);
}

void
mc_photo_find_large_async (GListModel          *files,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Finding *finding = g_new0 (Finding, 1);

  finding->files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (finding->files, g_list_model_get_item (files, i));
  g_task_set_source_tag (task, mc_photo_find_large_async);
  g_task_set_task_data (task, finding, finding_free);
  mc_worker_run_apart (task, find_in_thread);
}

guint
mc_photo_find_large_finish (GAsyncResult *result,
                            guint64      *out_bytes)
{
  Finding *finding = g_task_get_task_data (G_TASK (result));
  gssize count = g_task_propagate_int (G_TASK (result), NULL);

  *out_bytes = finding->bytes;

  return MAX (count, 0);
}

/* shrinking */

GdkPixbuf *
mc_photo_load (const char  *path,
               int          most,
               GError     **error)
{
  g_autoptr(GdkPixbuf) pixbuf = NULL;
  int width, height;

  if (gdk_pixbuf_get_file_info (path, &width, &height) != NULL && MAX (width, height) > most)
    pixbuf = gdk_pixbuf_new_from_file_at_scale (path, most, most, TRUE, error);
  else
    pixbuf = gdk_pixbuf_new_from_file (path, error);

  return pixbuf != NULL ? gdk_pixbuf_apply_embedded_orientation (pixbuf) : NULL;
}

static GBytes *
shrink (GFile   *file,
        GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr(GdkPixbuf) small = mc_photo_load (path, MC_PHOTO_PIXELS, error);
  char *data = NULL;
  gsize size = 0;

  if (small == NULL || !gdk_pixbuf_save_to_buffer (small, &data, &size, "jpeg", error, "quality", QUALITY, NULL))
    return NULL;

  return g_bytes_new_take (data, size);
}

static void
shrink_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      data,
                  GCancellable *cancellable)
{
  GError *error = NULL;
  guint64 size = size_of_large_photo (data);
  GBytes *bytes = size > 0 ? shrink (data, &error) : NULL;

  if (error != NULL)
    g_task_return_error (task, error);
  else if (bytes != NULL && g_bytes_get_size (bytes) >= size)
    {
      g_bytes_unref (bytes);
      g_task_return_pointer (task, NULL, NULL);
    }
  else
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

void
mc_photo_shrink_async (GFile               *file,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, mc_photo_shrink_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  mc_worker_run_apart (task, shrink_in_thread);
}

GBytes *
mc_photo_shrink_finish (GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
