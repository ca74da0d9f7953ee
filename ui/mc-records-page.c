/* mc-records-page.c: every other kind of record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What has no screen of its own is entered here, as the pack describes it.
 */

#include "mc-records-page.h"

#include <glib/gi18n.h>

#include "mc-own-note.h"
#include "mc-page.h"
#include "mc-present.h"
#include "mc-register.h"

struct _McRecordsPage
{
  AdwBin parent_instance;

  McContext *context;   /* (owned) */
  GPtrArray *types;     /* (owned) (element-type McRecordType) */
  GtkWidget *choice;
  GtkWidget *stack;
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McRecordsPage, mc_records_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

static void
mc_records_page_finalize (GObject *object)
{
  McRecordsPage *self = MC_RECORDS_PAGE (object);

  g_ptr_array_unref (self->types);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_records_page_parent_class)->finalize (object);
}

static void
mc_records_page_class_init (McRecordsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_records_page_finalize;
}

static void
mc_records_page_init (McRecordsPage *self)
{
  self->types = g_ptr_array_new ();
}

static McRegister *
get_register (McRecordsPage *self,
              McRecordType  *type)
{
  GtkWidget *child = gtk_stack_get_child_by_name (GTK_STACK (self->stack), type->id);

  if (child == NULL)
    {
      child = mc_register_new (self->context, type->id, NULL, MC_ORDER_SORT_DESCENDING);
      gtk_stack_add_named (GTK_STACK (self->stack), child, type->id);
    }

  return MC_REGISTER (child);
}

static McRegister *
get_visible (McRecordsPage *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (GTK_STACK (self->stack));

  return child != NULL ? MC_REGISTER (child) : NULL;
}

static void
show_type (McRecordsPage *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice));

  if (selected == GTK_INVALID_LIST_POSITION)
    return;
  if (get_visible (self) != NULL)
    mc_register_commit (get_visible (self));
  gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (get_register (self, self->types->pdata[selected])));
}

/* A record whose key is its identity is made where that key is chosen; parts are made in their whole. */
static gboolean
is_listed (McRecordType *type)
{
  static const char * const elsewhere[] = { "plan", "certified-copy", "review-note", "receipt", NULL };

  return !type->natural_key && type->parent == NULL && !g_strv_contains (elsewhere, type->id);
}

GtkWidget *
mc_records_page_new (McContext *context)
{
  McRecordsPage *self = g_object_new (MC_TYPE_RECORDS_PAGE, NULL);
  GPtrArray *types = mc_pack_get_types (mc_context_get_pack (context));
  GtkStringList *titles = gtk_string_list_new (NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *top = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->context = g_object_ref (context);
  for (guint i = 0; i < types->len; i++)
    if (is_listed (types->pdata[i]))
      {
        g_ptr_array_add (self->types, types->pdata[i]);
        gtk_string_list_append (titles, ((McRecordType *) types->pdata[i])->title);
      }
  self->choice = gtk_drop_down_new (G_LIST_MODEL (titles), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_widget_set_halign (self->choice, GTK_ALIGN_START);
  mc_present_drop_down (GTK_DROP_DOWN (self->choice), _("Kind of record"));
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  mc_present_stack (GTK_STACK (self->stack));
  gtk_widget_set_margin_top (top, 12);
  gtk_widget_set_margin_start (top, 18);
  gtk_widget_set_margin_end (top, 18);
  gtk_box_append (GTK_BOX (top), self->choice);
  mc_own_note_append (GTK_BOX (top), context);
  gtk_box_append (GTK_BOX (box), top);
  gtk_box_append (GTK_BOX (box), self->stack);
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_swapped (self->choice, "notify::selected", G_CALLBACK (show_type), self);
  show_type (self);

  return GTK_WIDGET (self);
}

static gboolean
start_search (McPage *page)
{
  mc_register_start_search (get_visible (MC_RECORDS_PAGE (page)));

  return TRUE;
}

static void
commit (McPage *page)
{
  mc_register_commit (get_visible (MC_RECORDS_PAGE (page)));
}

static gboolean
show_record (McPage     *page,
             const char *record,
             const char *type)
{
  McRecordsPage *self = MC_RECORDS_PAGE (page);

  for (guint i = 0; i < self->types->len; i++)
    {
      McRecordType *one = self->types->pdata[i];

      if (g_strcmp0 (one->id, type) != 0)
        continue;
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choice), i);
      if (*record != '\0')
        mc_register_show_record (get_register (self, one), record);
      return TRUE;
    }

  return FALSE;
}

static void
page_init (McPageInterface *iface)
{
  iface->title = N_("Other records");
  iface->icon_name = "folder-documents-symbolic";
  iface->help = "ho-so-khac";
  iface->start_search = start_search;
  iface->commit = commit;
  iface->show_record = show_record;
}
