/* mc-search-window.c: one search over everything
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-search-window.h"

#include <glib/gi18n.h>

#include "core/mc-record-list.h"
#include "mc-cells.h"
#include "mc-history.h"
#include "mc-record-text.h"

typedef struct
{
  McContext *context;     /* (owned) */
  McRecordList *list;     /* (owned) */
  GtkWidget *window;      /* owns this */
  GtkWidget *entry;
  GtkWidget *nothing;     /* what is said where nothing was found */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->context);
  g_signal_handlers_disconnect_by_data (search->list, search);
  g_object_unref (search->list);
  g_free (search);
}

static void
show_item (GtkListItem *item)
{
  McRecordItem *record_item = gtk_list_item_get_item (item);
  McRecord *record = record_item != NULL ? mc_record_item_get_record (record_item) : NULL;
  Search *search = g_object_get_data (G_OBJECT (item), "search");
  g_autofree char *own = record != NULL ? mc_record_text (mc_context_get_pack (search->context), record) : g_strdup (""), *text = NULL;

  if (record != NULL && mc_context_is_others (search->context, record))
    text = g_strdup_printf ("%s – %s", mc_context_name_log (search->context, mc_record_get_log (record)), own);
  else
    text = g_steal_pointer (&own);
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          Search                   *search)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_top (label, 8);
  gtk_widget_set_margin_bottom (label, 8);
  gtk_widget_set_margin_start (label, 12);
  g_object_set_data (G_OBJECT (item), "search", search);
  gtk_list_item_set_child (item, label);
  mc_cells_follow (item, show_item);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  mc_cells_bind (item);
  show_item (item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  mc_cells_unbind (item);
}

static void
open_at (Search *search,
         guint   position)
{
  g_autoptr(McRecordItem) item = g_list_model_get_item (G_LIST_MODEL (search->list), position);
  McRecord *record = item != NULL ? mc_record_item_get_record (item) : NULL;
  g_autoptr(McContext) context = g_object_ref (search->context);
  g_autofree char *id = NULL, *type = NULL;

  if (record == NULL)
    return;
  /* No page shows what was taken over from another unit: all that was ever entered there does. */
  if (mc_context_is_others (context, record))
    {
      mc_history_show (search->window, context, record);
      return;
    }
  id = g_strdup (mc_record_get_id (record));
  type = g_strdup (mc_record_get_type_id (record));
  gtk_window_destroy (GTK_WINDOW (search->window));
  mc_context_show_record (context, id, type);
}

static void
activate_cb (GtkListView *view,
             guint        position,
             Search      *search)
{
  open_at (search, position);
}

static void
first_cb (GtkSearchEntry *entry,
          Search         *search)
{
  open_at (search, 0);
}

/* While the words are looked up the list is empty as well, for less than it takes to read. */
static void
show_nothing (Search *search)
{
  gtk_widget_set_visible (search->nothing, g_list_model_get_n_items (G_LIST_MODEL (search->list)) == 0 &&
                                           *gtk_editable_get_text (GTK_EDITABLE (search->entry)) != '\0');
}

static void
changed_cb (GtkSearchEntry *entry,
            Search         *search)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (entry));
  /* A commune's PC has, beside its own log, those of units that its own took over; a district's has those of all its communes. */
  McQuery query = { .search = *words != '\0' ? words : NULL, .order = MC_ORDER_UPDATED_DESCENDING, .limit = 200,
                    .log = mc_context_is_commune (search->context) ? "*" : NULL };

  mc_record_list_set_query (search->list, &query);
  show_nothing (search);
}

static GtkWidget *
make_nothing (Search *search)
{
  search->nothing = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (search->nothing), "system-search-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (search->nothing), _("Nothing was found"));
  adw_status_page_set_description (ADW_STATUS_PAGE (search->nothing), _("Type fewer words, or a part of a word."));
  gtk_widget_set_visible (search->nothing, FALSE);
  gtk_widget_set_can_target (search->nothing, FALSE);

  return search->nothing;
}

static GtkWidget *
make_view (Search *search)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *view = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (search->list)))),
                                       factory);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), search);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), search);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), search);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What was found"), -1);
  g_signal_connect (view, "activate", G_CALLBACK (activate_cb), search);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_vexpand (scrolled, TRUE);

  return scrolled;
}

void
mc_search_window_show (GtkWidget *parent,
                       McContext *context)
{
  Search *search = g_new0 (Search, 1);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *overlay = gtk_overlay_new ();

  search->context = g_object_ref (context);
  search->list = mc_record_list_new (mc_context_get_store (context));
  search->window = adw_window_new ();
  search->entry = gtk_search_entry_new ();
  g_object_set (search->entry, "placeholder-text", _("Any words, with or without accents"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (search->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search everything"), -1);
  gtk_widget_set_size_request (search->entry, 380, -1);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), search->entry);
  gtk_box_append (GTK_BOX (box), header);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), make_view (search));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), make_nothing (search));
  gtk_box_append (GTK_BOX (box), overlay);
  gtk_window_set_title (GTK_WINDOW (search->window), _("Search everything"));
  gtk_window_set_default_size (GTK_WINDOW (search->window), 640, 480);
  gtk_window_set_modal (GTK_WINDOW (search->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (search->window), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  adw_window_set_content (ADW_WINDOW (search->window), box);
  g_object_set_data_full (G_OBJECT (search->window), "search", search, search_free);
  g_signal_connect_swapped (search->list, "items-changed", G_CALLBACK (show_nothing), search);
  g_signal_connect (search->entry, "search-changed", G_CALLBACK (changed_cb), search);
  g_signal_connect (search->entry, "activate", G_CALLBACK (first_cb), search);
  g_signal_connect_swapped (search->entry, "stop-search", G_CALLBACK (gtk_window_close), search->window);
  changed_cb (GTK_SEARCH_ENTRY (search->entry), search);
  gtk_window_present (GTK_WINDOW (search->window));
}
