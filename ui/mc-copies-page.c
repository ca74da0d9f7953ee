/* mc-copies-page.c: the register of certified copies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The newest line stands ready above the register: number, date and signer are proposed, and go in with the first
 * field that is typed.  The register is that of Thông tư 01/2020/TT-BTP.
 */

#include "mc-copies-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-sandbox.h"
#include "core/mc-text.h"
#include "mc-copies-print.h"
#include "mc-error-text.h"
#include "mc-page.h"
#include "mc-present.h"
#include "mc-register.h"
#include "mc-reload.h"
#include "mc-sheet.h"

#define TYPE "certified-copy"

struct _McCopiesPage
{
  AdwBin parent_instance;

  McContext *context;     /* (owned) */
  GtkWidget *line;        /* McSheet of one record */
  GtkWidget *totals;
  GtkWidget *list;
  McRecord *fresh;        /* (owned) the record of the line */
  McReload *reload;       /* (owned) */
  gint64 next_number;
  char *signer;           /* (owned) of the last entry */
  char *signer_title;     /* (owned) */
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McCopiesPage, mc_copies_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

/* what the register adds up to, in the store's thread */

typedef struct
{
  gint64 last_number;
  char *signer;            /* (owned) (nullable) */
  char *signer_title;      /* (owned) (nullable) */
  gint64 rows, copies;     /* of the year, void ones left out */
  gint64 month_rows, month_copies;
  char *month;             /* (owned) yyyy-mm */
  McRecord *fresh;         /* (owned) as it is now */
} Totals;

typedef struct
{
  char *month;             /* (owned) */
  char *fresh;             /* (owned) id */
} TotalsRequest;

static void
totals_free (gpointer data)
{
  Totals *totals = data;

  g_free (totals->signer);
  g_free (totals->signer_title);
  g_free (totals->month);
  g_clear_object (&totals->fresh);
  g_free (totals);
}

static void
totals_request_free (gpointer data)
{
  TotalsRequest *request = data;

  g_free (request->month);
  g_free (request->fresh);
  g_free (request);
}

static gint64
number_at (GPtrArray *row,
           guint      column)
{
  const char *text = row->pdata[column];

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
read_sums (McSandbox   *sandbox,
           const char  *log,
           Totals      *totals,
           GError     **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*), sum(copies), sum(substr(certified_on, 1, 7) = ?1),"
                                          " sum(iif(substr(certified_on, 1, 7) = ?1, copies, 0)) FROM \"%s\""
                                          " WHERE unit = '%s' AND NOT coalesce(void, 0)", TYPE, log);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, TYPE, sql, totals->month, error);

  if (rows == NULL)
    return FALSE;
  totals->rows = number_at (rows->pdata[0], 0);
  totals->copies = number_at (rows->pdata[0], 1);
  totals->month_rows = number_at (rows->pdata[0], 2);
  totals->month_copies = number_at (rows->pdata[0], 3);

  return TRUE;
}

static gboolean
read_last (McSandbox   *sandbox,
           const char  *log,
           Totals      *totals,
           const char  *fresh,
           GError     **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT number, signer, signer_title FROM \"%s\" WHERE unit = '%s' AND record <> ?1"
                                          " ORDER BY number DESC LIMIT 1", TYPE, log);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, TYPE, sql, fresh, error);

  if (rows == NULL)
    return FALSE;
  if (rows->len > 0)
    {
      GPtrArray *row = rows->pdata[0];

      totals->last_number = number_at (row, 0);
      totals->signer = g_strdup (row->pdata[1]);
      totals->signer_title = g_strdup (row->pdata[2]);
    }

  return TRUE;
}

static gpointer
read_totals (McJournal     *journal,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  TotalsRequest *request = data;
  const char *log = mc_journal_get_log (journal);
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (journal)), mc_journal_get_pack (journal), error);
  Totals *totals;

  if (sandbox == NULL)
    return NULL;
  totals = g_new0 (Totals, 1);
  totals->month = g_strdup (request->month);
  if (!read_sums (sandbox, log, totals, error) || !read_last (sandbox, log, totals, request->fresh, error) ||
      !(totals->fresh = mc_journal_get_or_new (journal, request->fresh, TYPE, NULL, error)))
    {
      totals_free (totals);
      return NULL;
    }

  return totals;
}

/* the ready line */

static char *
proposed_date (McCopiesPage *self)
{
  McPack *pack = mc_context_get_pack (self->context);
  char *today = mc_context_today (self->context);

  /* Records of another year belong to another pack: there the last day of this one is the better guess. */
  if (strncmp (today, mc_pack_get_to (pack), 4) != 0)
    {
      g_free (today);
      today = g_strdup (mc_pack_get_to (pack));
    }

  return today;
}

static void
prepare_cb (McSheet      *sheet,
            McEdit       *edit,
            McRecord     *record,
            McCopiesPage *self)
{
  g_autofree char *date = proposed_date (self);

  mc_edit_set_int (edit, record, "number", self->next_number);
  mc_edit_set_int (edit, record, "volume", 1);
  mc_edit_set_text (edit, record, "certified_on", date);
  mc_edit_set_int (edit, record, "copies", 1);
  mc_edit_set_text (edit, record, "form", "paper");
  if (self->signer != NULL)
    mc_edit_set_text (edit, record, "signer", self->signer);
  if (self->signer_title != NULL)
    mc_edit_set_text (edit, record, "signer_title", self->signer_title);
}

static void
show_line (McCopiesPage *self)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new ();
  g_autofree char *title = g_strdup_printf (_("Number %d"), (int) self->next_number);
  g_autofree char *number = g_strdup_printf ("%d", (int) self->next_number);
  g_autofree char *date = proposed_date (self), *shown_date = mc_text_format_date (date), *known = NULL;
  const char *titles[] = { title, NULL };

  if (mc_record_exists (self->fresh))
    {
      known = g_strdup_printf (_("Number %d"), (int) mc_record_get_int (self->fresh, "number", 0));
      titles[0] = known;
    }
  g_ptr_array_add (records, self->fresh);
  mc_sheet_set_rows (MC_SHEET (self->line), records, titles);
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "number", number);
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "certified_on", shown_date);
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "copies", "1");
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "signer", self->signer);
}

static void
show_totals (McCopiesPage *self,
             Totals       *totals)
{
  g_autofree char *rows = mc_text_format_integer (totals->rows), *copies = mc_text_format_integer (totals->copies);
  g_autofree char *text = NULL;

  /* Translators: month; entries and copies of the month; entries and copies of the year. */
  text = g_strdup_printf (_("Month %.2s/%.4s: %d entries, %d copies. Whole year: %s entries, %s copies (void ones left out)."),
                          totals->month + 5, totals->month, (int) totals->month_rows, (int) totals->month_copies, rows, copies);
  gtk_label_set_text (GTK_LABEL (self->totals), text);
}

static void
totals_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McCopiesPage) self = user_data;
  g_autoptr(GError) error = NULL;
  Totals *totals = mc_store_run_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    {
      g_clear_pointer (&totals, totals_free);
      return;
    }
  if (totals == NULL)
    {
      g_autofree char *text = mc_error_text (error);

      mc_context_toast (self->context, text);
    }
  else
    {
      self->next_number = totals->last_number + 1;
      g_free (self->signer);
      self->signer = g_steal_pointer (&totals->signer);
      g_free (self->signer_title);
      self->signer_title = g_steal_pointer (&totals->signer_title);
      /* A new line may have begun while this was on its way. */
      if (g_str_equal (mc_record_get_id (totals->fresh), mc_record_get_id (self->fresh)))
        g_set_object (&self->fresh, totals->fresh);
      show_totals (self, totals);
      show_line (self);
      totals_free (totals);
    }
  mc_reload_done (self->reload);
}

static void
load (gpointer user_data)
{
  McCopiesPage *self = user_data;
  TotalsRequest *request = g_new0 (TotalsRequest, 1);
  g_autofree char *date = proposed_date (self);

  request->month = g_strndup (date, 7);
  request->fresh = g_strdup (mc_record_get_id (self->fresh));
  mc_store_run_async (mc_context_get_store (self->context), read_totals, request, totals_request_free, totals_free, NULL,
                      totals_cb, g_object_ref (self));
}

static void
begin_line (McCopiesPage *self)
{
  mc_sheet_commit (MC_SHEET (self->line));
  g_clear_object (&self->fresh);
  self->fresh = mc_context_new_record (self->context, TYPE, NULL);
  mc_reload_queue (self->reload);
}

static void
next_line_cb (McCopiesPage *self)
{
  begin_line (self);
  show_line (self);
  mc_sheet_focus (MC_SHEET (self->line), mc_record_get_id (self->fresh), "requester");
}

static void
details_cb (McSheet      *sheet,
            McRecord     *record,
            McCopiesPage *self)
{
  mc_register_show_record (MC_REGISTER (self->list), mc_record_get_id (record));
}

/* the page */

static void
print_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  McCopiesPage *self = MC_COPIES_PAGE (widget);

  mc_sheet_commit (MC_SHEET (self->line));
  mc_copies_print_month (widget, self->context, g_variant_get_string (parameter, NULL));
}

static void
mc_copies_page_dispose (GObject *object)
{
  McCopiesPage *self = MC_COPIES_PAGE (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  g_clear_object (&self->fresh);
  g_clear_pointer (&self->signer, g_free);
  g_clear_pointer (&self->signer_title, g_free);

  G_OBJECT_CLASS (mc_copies_page_parent_class)->dispose (object);
}

static void
mc_copies_page_finalize (GObject *object)
{
  McCopiesPage *self = MC_COPIES_PAGE (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_copies_page_parent_class)->finalize (object);
}

static void
mc_copies_page_class_init (McCopiesPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_copies_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_copies_page_finalize;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "copies.print", "s", print_cb);
}

static void
mc_copies_page_init (McCopiesPage *self)
{
  self->next_number = 1;
}

/* The months of the register, to be printed one by one. */
static GtkWidget *
make_print_button (McCopiesPage *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr(GMenu) menu = g_menu_new ();

  for (int month = 1; month <= 12; month++)
    {
      g_autofree char *title = g_strdup_printf (_("Month %d"), month);
      g_autofree char *id = g_strdup_printf ("%d-%02d", mc_context_get_year (self->context), month);
      g_autoptr(GMenuItem) item = g_menu_item_new (title, NULL);

      g_menu_item_set_action_and_target (item, "copies.print", "s", id);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  mc_present_menu (GTK_MENU_BUTTON (button));
  gtk_menu_button_set_use_underline (GTK_MENU_BUTTON (button), TRUE);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _("_Print a month"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Print a month"), -1);
  gtk_widget_set_tooltip_text (button, _("The pages of a month in the legal form, to be bound and sealed"));

  return button;
}

static GtkWidget *
make_above (McCopiesPage *self)
{
  static const char * const fields[] = { "number", "certified_on", "requester", "document", "copies", "signer", "fee", "form", NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *next = gtk_button_new_with_mnemonic (_("Next _line"));

  self->line = mc_sheet_new (self->context, mc_pack_find_type (mc_context_get_pack (self->context), TYPE), _("New line"), fields);
  g_signal_connect (self->line, "prepare", G_CALLBACK (prepare_cb), self);
  g_signal_connect (self->line, "details", G_CALLBACK (details_cb), self);
  g_signal_connect_swapped (self->line, "ended", G_CALLBACK (next_line_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->line);
  self->totals = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->totals), 0);
  gtk_label_set_wrap (GTK_LABEL (self->totals), TRUE);
  gtk_widget_set_hexpand (self->totals, TRUE);
  gtk_widget_add_css_class (next, "suggested-action");
  g_signal_connect_swapped (next, "clicked", G_CALLBACK (next_line_cb), self);
  gtk_box_append (GTK_BOX (row), self->totals);
  gtk_box_append (GTK_BOX (row), make_print_button (self));
  gtk_box_append (GTK_BOX (row), next);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), row);

  return box;
}

GtkWidget *
mc_copies_page_new (McContext *context)
{
  static const char * const columns[] = { "number", "certified_on", "requester", "document", "copies", "signer", "note", NULL };
  McCopiesPage *self = g_object_new (MC_TYPE_COPIES_PAGE, NULL);

  self->context = g_object_ref (context);
  self->fresh = mc_context_new_record (context, TYPE, NULL);
  self->list = mc_register_new (context, TYPE, columns, MC_ORDER_SORT_DESCENDING);
  mc_register_set_above (MC_REGISTER (self->list), make_above (self));
  adw_bin_set_child (ADW_BIN (self), self->list);
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);

  return GTK_WIDGET (self);
}

static const char *
get_title (McPage *page)
{
  return _("Certified copies");
}

static const char *
get_icon_name (McPage *page)
{
  return "edit-copy-symbolic";
}

static const char *
get_help (McPage *page)
{
  return "chung-thuc";
}

static gboolean
start_search (McPage *page)
{
  mc_register_start_search (MC_REGISTER (MC_COPIES_PAGE (page)->list));

  return TRUE;
}

static void
commit (McPage *page)
{
  mc_sheet_commit (MC_SHEET (MC_COPIES_PAGE (page)->line));
  mc_register_commit (MC_REGISTER (MC_COPIES_PAGE (page)->list));
}

static gboolean
show_record (McPage     *page,
             const char *record,
             const char *type)
{
  if (g_strcmp0 (type, TYPE) != 0)
    return FALSE;
  if (*record != '\0')
    mc_register_show_record (MC_REGISTER (MC_COPIES_PAGE (page)->list), record);

  return TRUE;
}

static void
page_init (McPageInterface *iface)
{
  iface->get_title = get_title;
  iface->get_icon_name = get_icon_name;
  iface->get_help = get_help;
  iface->start_search = start_search;
  iface->commit = commit;
  iface->show_record = show_record;
}
