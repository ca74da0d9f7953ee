/* mc-preview.c: a look at an evidence file without leaving the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files are opened and drawn in a thread; what is too old for the page that is wanted now is dropped.
 */

#include "mc-preview.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "core/mc-worker.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-pdf.h"
#include "mc-photo.h"
#include "mc-portal.h"

#define WIDTH_PIXELS 900

struct _McPreview
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *title;
  GtkWidget *signed_by;      /* label: who signed the PDF, as far as can be told */
  GtkWidget *picture;
  GtkWidget *message;   /* stands in the place of the view */
  GtkWidget *view;
  GtkWidget *pages;          /* box with previous, number, next */
  GtkWidget *number;
  McContext *context;        /* (owned) (nullable) of what is shown */
  char *path;                /* (owned) (nullable) */
  char *mime;                /* (owned) (nullable) */
  int page, n_pages;
  GCancellable *cancellable; /* (owned) (nullable) of what is being drawn */
};

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McPreview, mc_preview, GTK_TYPE_WIDGET)

/* in the thread */

typedef struct
{
  char *path;
  char *mime;
  int page;
  int n_pages;           /* out */
  GPtrArray *signatures; /* (owned) (nullable) out, with the first page */
} Drawing;

static void
drawing_free (gpointer data)
{
  Drawing *drawing = data;

  g_free (drawing->path);
  g_free (drawing->mime);
  g_clear_pointer (&drawing->signatures, g_ptr_array_unref);
  g_free (drawing);
}

/* (transfer full) (nullable) */
static GdkTexture *
draw_photo (const char  *path,
            GError     **error)
{
  g_autoptr(GdkPixbuf) pixbuf = mc_photo_load (path, MC_PHOTO_PIXELS, error);

  return pixbuf != NULL ? gdk_texture_new_for_pixbuf (pixbuf) : NULL;
}

static void
draw_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Drawing *drawing = task_data;
  g_autoptr(GError) error = NULL;
  GdkTexture *texture;

  drawing->n_pages = 1;
  if (g_str_equal (drawing->mime, "application/pdf"))
    texture = mc_pdf_draw (drawing->path, drawing->page, WIDTH_PIXELS, &drawing->n_pages, cancellable, &error);
  else
    texture = draw_photo (drawing->path, &error);
  /* A file whose signatures cannot be read is shown like one without. */
  if (texture != NULL && drawing->page == 0 && g_str_equal (drawing->mime, "application/pdf"))
    drawing->signatures = mc_pdf_list_signatures (drawing->path, cancellable, NULL);
  mc_worker_return (task, texture, g_object_unref, g_steal_pointer (&error));
}

/* in the window */

static void
show_message (McPreview  *self,
              const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->message), text);
  gtk_widget_set_visible (self->message, TRUE);
  gtk_widget_set_visible (self->view, FALSE);
  gtk_picture_set_paintable (GTK_PICTURE (self->picture), NULL);
}

/* No more than is known: the certificate is held against nothing, and what came after the signature is not looked at. */
static char *
describe_signature (McPdfSignature *signature)
{
  g_autofree char *at = signature->at != NULL ? mc_text_format_time (signature->at) : g_strdup (_("no time given"));
  const char *name = *signature->name != '\0' ? signature->name : _("no name given");

  switch (signature->state)
    {
    case MC_PDF_SIGNED_WHOLE:
      /* Translators: a name, a time. */
      return g_strdup_printf (_("Signed by “%s”, %s. The signed part is unchanged. Whether the name is true was not checked here."), name, at);
    case MC_PDF_SIGNED_CHANGED:
      return g_strdup_printf (_("⚠ Signed by “%s”, %s, but the signed part was changed afterwards."), name, at);
    case MC_PDF_SIGNED_UNKNOWN:
    default:
      return g_strdup_printf (_("There is a signature (“%s”, %s), which cannot be checked here."), name, at);
    }
}

static void
show_signatures (McPreview *self,
                 GPtrArray *signatures)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gboolean is_changed = FALSE;

  for (guint i = 0; signatures != NULL && i < signatures->len; i++)
    {
      g_autofree char *one = describe_signature (signatures->pdata[i]);

      is_changed |= ((McPdfSignature *) signatures->pdata[i])->state == MC_PDF_SIGNED_CHANGED;
      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", one);
    }
  gtk_label_set_text (GTK_LABEL (self->signed_by), text->str);
  gtk_widget_set_visible (self->signed_by, text->len > 0);
  if (is_changed)
    gtk_widget_add_css_class (self->signed_by, "error");
  else
    gtk_widget_remove_css_class (self->signed_by, "error");
}

static void
drawn_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  McPreview *self = MC_PREVIEW (source);
  Drawing *drawing = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *number = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (texture == NULL)
    {
      show_message (self, _("This file cannot be shown here. It is kept as it is; open it in another program."));
      return;
    }

  self->n_pages = drawing->n_pages;
  if (drawing->page == 0)
    show_signatures (self, drawing->signatures);
  number = g_strdup_printf (_("Page %d of %d"), self->page + 1, self->n_pages);
  gtk_label_set_text (GTK_LABEL (self->number), number);
  gtk_widget_set_visible (self->pages, self->n_pages > 1);
  gtk_widget_set_visible (self->message, FALSE);
  gtk_widget_set_visible (self->view, TRUE);
  gtk_picture_set_paintable (GTK_PICTURE (self->picture), GDK_PAINTABLE (texture));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.previous", self->page > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.next", self->page + 1 < self->n_pages);
}

static void
draw (McPreview *self)
{
  g_autoptr(GTask) task = NULL;
  Drawing *drawing;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (!g_str_equal (self->mime, "application/pdf") && !g_str_has_prefix (self->mime, "image/"))
    {
      show_message (self, _("This kind of file is not shown here. Open it in another program."));
      return;
    }

  drawing = g_new0 (Drawing, 1);
  drawing->path = g_strdup (self->path);
  drawing->mime = g_strdup (self->mime);
  drawing->page = self->page;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, drawn_cb, NULL);
  g_task_set_task_data (task, drawing, drawing_free);
  mc_worker_run_apart (task, draw_in_thread);
}

static void
turn_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  McPreview *self = MC_PREVIEW (widget);
  int page = self->page + (g_str_equal (action, "preview.next") ? 1 : -1);

  if (page < 0 || page >= self->n_pages)
    return;
  self->page = page;
  draw (self);
}

static void
copied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McContext) context = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source)), *text = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      mc_context_toast_error (context, error);
      return;
    }
  /* Translators: %s is the name of a file. */
  text = g_strdup_printf (_("Saved as “%s”. Open it from there."), name);
  mc_context_toast (context, text);
}

static void
copy_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) from = g_file_new_for_path (task_data);

  if (g_file_copy (from, source, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
chosen_cb (GFile    *file,
           gpointer  user_data)
{
  McPreview *self = user_data;
  g_autoptr(GTask) task = NULL;

  if (file == NULL || self->path == NULL)
    return;
  task = g_task_new (file, NULL, copied_cb, g_object_ref (self->context));
  g_task_set_task_data (task, g_strdup (self->path), g_free);
  mc_worker_run_apart (task, copy_in_thread);
}

/* Inside a sandbox another program is reached through the portal alone; without it the call would do nothing, and say nothing. */
static void
portal_cb (gboolean is_there,
           gpointer user_data)
{
  g_autoptr(McPreview) self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *uri = self->path != NULL ? g_filename_to_uri (self->path, NULL, NULL) : NULL;

  if (uri == NULL)
    return;
  if (is_there)
    gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
  else
    mc_dialogs_save_file (GTK_WIDGET (self), _("This Computer Lacks the Service for Opening Files: Save a Copy"),
                          gtk_label_get_text (GTK_LABEL (self->title)), chosen_cb, self);
}

static void
open_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  mc_portal_ask ("org.freedesktop.portal.OpenURI", portal_cb, g_object_ref (widget));
}

static void
close_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_CLOSED], 0);
}

static void
path_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(McPreview) self = user_data;
  g_autoptr(GError) error = NULL;

  g_free (self->path);
  self->path = mc_store_get_evidence_path_finish (MC_STORE (source), result, &error);
  if (self->path == NULL)
    show_message (self, _("This file is not on this computer yet. It was attached on another one and stands at the district."));
  else
    draw (self);
}

void
mc_preview_show (McPreview  *self,
                 McContext  *context,
                 const char *sha256,
                 const char *name,
                 const char *mime)
{
  g_set_object (&self->context, context);
  g_free (self->mime);
  self->mime = g_strdup (mime);
  self->page = 0;
  self->n_pages = 0;
  gtk_widget_set_visible (self->pages, FALSE);
  gtk_widget_set_visible (self->signed_by, FALSE);
  gtk_label_set_text (GTK_LABEL (self->title), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  mc_store_get_evidence_path_async (mc_context_get_store (context), sha256, NULL, path_cb, g_object_ref (self));
}

static void
mc_preview_dispose (GObject *object)
{
  McPreview *self = MC_PREVIEW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->context);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->mime, g_free);

  G_OBJECT_CLASS (mc_preview_parent_class)->dispose (object);
}

static void
mc_preview_class_init (McPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mc_preview_dispose;
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "preview.previous", NULL, turn_cb);
  gtk_widget_class_install_action (widget_class, "preview.next", NULL, turn_cb);
  gtk_widget_class_install_action (widget_class, "preview.open", NULL, open_cb);
  gtk_widget_class_install_action (widget_class, "preview.close", NULL, close_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "preview.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Down, 0, "preview.next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Up, 0, "preview.previous", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/minhchung/MinhChung/ui/mc-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, McPreview, box);
  gtk_widget_class_bind_template_child (widget_class, McPreview, title);
  gtk_widget_class_bind_template_child (widget_class, McPreview, signed_by);
  gtk_widget_class_bind_template_child (widget_class, McPreview, picture);
  gtk_widget_class_bind_template_child (widget_class, McPreview, message);
  gtk_widget_class_bind_template_child (widget_class, McPreview, view);
  gtk_widget_class_bind_template_child (widget_class, McPreview, pages);
  gtk_widget_class_bind_template_child (widget_class, McPreview, number);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
mc_preview_init (McPreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
mc_preview_new (void)
{
  return g_object_new (MC_TYPE_PREVIEW, NULL);
}
