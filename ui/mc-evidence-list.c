/* mc-evidence-list.c: the evidence files of one field of one record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-evidence-list.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "core/mc-receipts.h"
#include "core/mc-text.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-evidence-row.h"
#include "mc-photo.h"
#include "mc-rows.h"

struct _McEvidenceList
{
  GtkWidget parent_instance;

  McContext *context;   /* (owned) */
  McField *field;       /* the pack's */
  McRecord *record;     /* (owned) (nullable) */
  GtkWidget *box;
  GtkWidget *list;
  GtkWidget *empty;
  GtkWidget *left;      /* label: what has not reached the district */
  GtkWidget *buttons;
  gboolean is_editable;
};

enum
{
  SIGNAL_PREPARE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McEvidenceList, mc_evidence_list, GTK_TYPE_WIDGET)

/* adding */

/* Files on their way into a record: they are looked at first, and a person may be asked about them.  More may come meanwhile. */
typedef struct
{
  GObject parent_instance;

  McEvidenceList *list;   /* (owned) */
  McRecord *record;       /* (owned) */
  GListModel *files;      /* (owned) of GFile */
} Offer;

typedef GObjectClass OfferClass;

static GType offer_get_type (void);
G_DEFINE_FINAL_TYPE (Offer, offer, G_TYPE_OBJECT)

static void
offer_dispose (GObject *object)
{
  Offer *self = (Offer *) object;

  g_clear_object (&self->list);
  g_clear_object (&self->record);
  g_clear_object (&self->files);

  G_OBJECT_CLASS (offer_parent_class)->dispose (object);
}

static void
offer_class_init (OfferClass *klass)
{
  klass->dispose = offer_dispose;
}

static void
offer_init (Offer *self)
{
}

/* A record that does not exist yet, or was emptied, begins with its key, in the same way as when a field is typed. */
static void
save_key (McEvidenceList *self)
{
  McEdit *edit;

  if (!mc_context_wants_key (self->context, self->record))
    return;

  edit = mc_edit_new ();
  g_signal_emit (self, signals[SIGNAL_PREPARE], 0, edit, self->record);
  mc_context_save (self->context, edit, NULL);
}

static void
attach_offered (gboolean shrink,
                gpointer user_data)
{
  Offer *offer = user_data;

  mc_context_attach_files (offer->list->context, offer->record, offer->list->field->name, offer->files, shrink);
}

static void
found_large_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GObject) object = user_data;
  Offer *offer = user_data;
  GtkWidget *widget = GTK_WIDGET (offer->list);
  guint64 bytes;
  guint count = mc_photo_find_large_finish (result, &bytes);
  g_autofree char *size = mc_text_format_size (bytes), *body = NULL;

  if (count == 0 || gtk_widget_get_root (widget) == NULL)
    {
      attach_offered (FALSE, offer);
      return;
    }
  /* Translators: number of photographs, their size such as "4,2 MB". */
  body = g_strdup_printf (ngettext ("%u photograph of %s. Made smaller it stays as readable, and is sent many times faster. "
                                    "The photograph on your disk is not touched.",
                                    "%u photographs of %s together. Made smaller they stay as readable, and are sent many times "
                                    "faster. The photographs on your disk are not touched.", count), count, size);
  mc_dialogs_choose (widget, _("Large photographs"), body, _("Make _smaller"), _("_Keep as they are"), attach_offered, offer);
}

static void
add_files (McEvidenceList *self,
           GListModel     *files)
{
  Offer *offer;

  if (self->record == NULL || files == NULL || g_list_model_get_n_items (files) == 0)
    return;

  save_key (self);
  offer = g_object_new (offer_get_type (), NULL);
  offer->list = g_object_ref (self);
  offer->record = g_object_ref (self->record);
  offer->files = g_object_ref (files);
  mc_photo_find_large_async (files, NULL, found_large_cb, offer);
}

static void
files_chosen_cb (GListModel *files,
                 gpointer    user_data)
{
  add_files (user_data, files);
}

static void
choose_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  McEvidenceList *self = MC_EVIDENCE_LIST (widget);

  mc_dialogs_open_files (widget, _("Attach evidence"), files_chosen_cb, self);
}

static GListModel *
model_of_list (GdkFileList *list)
{
  GListStore *store = g_list_store_new (G_TYPE_FILE);
  g_autoptr(GSList) files = gdk_file_list_get_files (list);

  for (GSList *l = files; l != NULL; l = l->next)
    g_list_store_append (store, l->data);

  return G_LIST_MODEL (store);
}

static gboolean
drop_cb (GtkDropTarget  *target,
         const GValue   *value,
         double          x,
         double          y,
         McEvidenceList *self)
{
  g_autoptr(GListModel) files = NULL;

  if (!self->is_editable || !G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = model_of_list (g_value_get_boxed (value));
  add_files (self, files);

  return TRUE;
}

static void
texture_pasted_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(McEvidenceList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  g_autofree char *stamp = mc_text_format_moment (g_get_real_time (), "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("anh-%s.png", stamp);
  g_autoptr(GBytes) bytes = NULL;

  if (texture == NULL || self->record == NULL)
    {
      mc_context_toast (self->context, _("There is no picture and no file to paste."));
      return;
    }
  bytes = gdk_texture_save_to_png_bytes (texture);
  save_key (self);
  mc_context_attach_bytes (self->context, self->record, self->field->name, bytes, name);
}

static void
files_pasted_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(McEvidenceList) self = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autoptr(GListModel) files = NULL;

  if (value == NULL || !G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) || self->record == NULL)
    {
      mc_context_toast (self->context, _("There is no picture and no file to paste."));
      return;
    }
  files = model_of_list (g_value_get_boxed (value));
  add_files (self, files);
}

static void
paste_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, files_pasted_cb, g_object_ref (widget));
  else
    gdk_clipboard_read_texture_async (clipboard, NULL, texture_pasted_cb, g_object_ref (widget));
}

/* showing */

static void
row_activated_cb (GtkListBox     *list,
                  GtkListBoxRow  *row,
                  McEvidenceList *self)
{
  mc_context_preview (self->context, mc_evidence_row_get_evidence (GTK_WIDGET (row)));
}

static void
remove_cb (GtkButton      *button,
           McEvidenceList *self)
{
  const char *sha256 = g_object_get_data (G_OBJECT (button), "sha256");
  g_autoptr(GPtrArray) files = mc_field_parse_files (mc_record_get (self->record, self->field->name));
  JsonArray *array = json_array_new ();
  McEdit *edit = mc_edit_new ();

  for (guint i = 0; i < files->len; i++)
    if (!g_str_equal (((McEvidence *) files->pdata[i])->sha256, sha256))
      json_array_add_element (array, mc_evidence_to_json (files->pdata[i]));
  mc_edit_set (edit, self->record, self->field->name, json_node_init_array (json_node_alloc (), array));
  json_array_unref (array);
  mc_context_save (self->context, edit, _("removing a file"));
}

static GtkWidget *
make_row (McEvidenceList *self,
          McEvidence     *evidence)   /* (transfer full) */
{
  GtkWidget *row = mc_evidence_row_new (self->context, evidence), *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_("Remove “%s”"), evidence->name);

  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_bind_property (self->buttons, "visible", remove, "visible", G_BINDING_SYNC_CREATE);
  g_object_set_data_full (G_OBJECT (remove), "sha256", g_strdup (evidence->sha256), g_free);
  g_signal_connect (remove, "clicked", G_CALLBACK (remove_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);

  return row;
}

/* A file with another name is shown as another one. */
static char *
key_of (McEvidence *evidence)
{
  return g_strdup_printf ("%s/%s", evidence->sha256, evidence->name);
}

static GtkWidget *
make_row_cb (const char *key,
             guint       place,
             gpointer    user_data)
{
  McEvidenceList *self = user_data;
  g_autoptr(GPtrArray) files = mc_field_parse_files (mc_record_get (self->record, self->field->name));

  return make_row (self, g_ptr_array_steal_index (files, place));
}

/* what has not reached the district */

static gpointer
count_in_worker (McJournal     *journal,
                 gpointer       data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  const char * const *hashes = data;
  guint left;

  return mc_journal_count_evidence_left (journal, hashes, &left, error) ? g_strdup_printf ("%u", left) : NULL;
}

static void
counted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(McEvidenceList) self = user_data;
  g_autofree char *count = mc_store_run_finish (MC_STORE (source), result, NULL), *text = NULL;
  g_autoptr(GPtrArray) files = mc_field_parse_files (self->record != NULL ? mc_record_get (self->record, self->field->name) : NULL);
  guint left = count != NULL ? MIN (g_ascii_strtoull (count, NULL, 10), files->len) : 0;

  if (self->box == NULL)
    return;
  /* Translators: so many of so many. */
  text = g_strdup_printf (ngettext ("%u/%u file has not reached the district yet.", "%u/%u files have not reached the district yet.", left),
                          left, files->len);
  gtk_label_set_text (GTK_LABEL (self->left), text);
  gtk_widget_set_visible (self->left, left > 0);
}

/* A record is there before its files are: whoever wrote it, and whoever reviews it, is to know. */
static void
count_left (McEvidenceList *self)
{
  g_autoptr(GPtrArray) files = NULL;
  g_autoptr(GStrvBuilder) hashes = g_strv_builder_new ();

  if (self->box == NULL || self->record == NULL || mc_context_get_sync (self->context) == NULL)
    return;
  files = mc_field_parse_files (mc_record_get (self->record, self->field->name));
  for (guint i = 0; i < files->len; i++)
    g_strv_builder_add (hashes, ((McEvidence *) files->pdata[i])->sha256);
  mc_store_run_async (mc_context_get_store (self->context), count_in_worker, g_strv_builder_end (hashes), (GDestroyNotify) g_strfreev,
                      g_free, NULL, counted_cb, g_object_ref (self));
}

static void
show_files (McEvidenceList *self)
{
  g_autoptr(GPtrArray) files = mc_field_parse_files (mc_record_get (self->record, self->field->name));
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  gboolean has_focus = gtk_widget_get_focus_child (self->list) != NULL;
  GtkListBoxRow *row;

  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (keys, key_of (files->pdata[i]));
  g_ptr_array_add (keys, NULL);
  mc_rows_set (GTK_LIST_BOX (self->list), (const char * const *) keys->pdata, make_row_cb, self);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    mc_evidence_row_look (GTK_WIDGET (row));
  gtk_widget_set_visible (self->list, files->len > 0);
  gtk_widget_set_visible (self->empty, files->len == 0);
  count_left (self);
  if (has_focus && files->len == 0)
    gtk_widget_child_focus (self->buttons, GTK_DIR_TAB_FORWARD);
}

static void
mc_evidence_list_dispose (GObject *object)
{
  McEvidenceList *self = MC_EVIDENCE_LIST (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->record);

  G_OBJECT_CLASS (mc_evidence_list_parent_class)->dispose (object);
}

static void
mc_evidence_list_finalize (GObject *object)
{
  McEvidenceList *self = MC_EVIDENCE_LIST (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_evidence_list_parent_class)->finalize (object);
}

static void
mc_evidence_list_class_init (McEvidenceListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mc_evidence_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_evidence_list_finalize;
  signals[SIGNAL_PREPARE] = g_signal_new ("prepare", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_POINTER, MC_TYPE_RECORD);
  gtk_widget_class_install_action (widget_class, "evidence.choose", NULL, choose_cb);
  gtk_widget_class_install_action (widget_class, "evidence.paste", NULL, paste_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "evidence.paste", NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
mc_evidence_list_init (McEvidenceList *self)
{
  self->is_editable = TRUE;
}

static GtkWidget *
make_button (const char *label,
             const char *name,
             const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  /* Else it would be read with its own words behind it. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

static void
build (McEvidenceList *self)
{
  GtkWidget *title = gtk_label_new (self->field->title);
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  /* A form may have several of these: a screen reader tells them apart.  Translators: what the files are. */
  g_autofree char *attach = g_strdup_printf (_("Attach files: %s"), self->field->title);
  /* Translators: what the files are. */
  g_autofree char *paste = g_strdup_printf (_("Paste: %s"), self->field->title);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->list = gtk_list_box_new ();
  self->empty = gtk_label_new (_("No file yet. Choose files, drag them here, or paste them."));
  self->left = gtk_label_new (NULL);
  self->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_widget_add_css_class (title, "heading");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, self->field->title, -1);
  gtk_label_set_xalign (GTK_LABEL (self->empty), 0);
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (self->left), 0);
  gtk_label_set_wrap (GTK_LABEL (self->left), TRUE);
  gtk_widget_set_visible (self->left, FALSE);
  gtk_box_append (GTK_BOX (self->buttons), make_button (_("_Attach files…"), attach, "evidence.choose"));
  gtk_box_append (GTK_BOX (self->buttons), make_button (_("_Paste"), paste, "evidence.paste"));
  gtk_box_append (GTK_BOX (self->box), title);
  gtk_box_append (GTK_BOX (self->box), self->empty);
  gtk_box_append (GTK_BOX (self->box), self->list);
  gtk_box_append (GTK_BOX (self->box), self->left);
  gtk_box_append (GTK_BOX (self->box), self->buttons);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  g_signal_connect_object (mc_context_get_store (self->context), "summary-changed", G_CALLBACK (count_left), self, G_CONNECT_SWAPPED);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

GtkWidget *
mc_evidence_list_new (McContext *context,
                      McField   *field)
{
  McEvidenceList *self = g_object_new (MC_TYPE_EVIDENCE_LIST, NULL);

  self->context = g_object_ref (context);
  self->field = field;
  build (self);

  return GTK_WIDGET (self);
}

void
mc_evidence_list_set_record (McEvidenceList *self,
                             McRecord       *record)
{
  g_set_object (&self->record, record);
  show_files (self);
}

void
mc_evidence_list_set_editable (McEvidenceList *self,
                               gboolean        is_editable)
{
  self->is_editable = is_editable;
  gtk_widget_set_visible (self->buttons, is_editable);
}
