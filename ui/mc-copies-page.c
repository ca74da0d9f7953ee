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

#include "core/mc-text.h"
#include "mc-copies-close.h"
#include "mc-copies-print.h"
#include "mc-copies-totals.h"
#include "mc-own-note.h"
#include "mc-page.h"
#include "mc-present.h"
#include "mc-register.h"
#include "mc-reload.h"
#include "mc-sheet.h"

#define TYPE MC_COPIES_TYPE

struct _McCopiesPage
{
  AdwBin parent_instance;

  McContext *context;     /* (owned) */
  GtkWidget *heading;     /* of the ready line */
  GtkWidget *line;        /* McSheet of one record */
  GtkWidget *sums;
  GtkWidget *list;
  GtkWidget *close;       /* button */
  GtkWidget *closed;      /* what is closed, with a button to open it again */
  GtkWidget *closed_text;
  McRecord *fresh;        /* (owned) the record of the line */
  int given;              /* number that it begins with, 0 = nothing is typed in it yet */
  int taken;              /* … of the line before it, as long as the totals may not know; else 0 */
  int taken_at_load;
  McReload *reload;       /* (owned) */
  McCopiesTotals *totals; /* (owned) (nullable) as last read */
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McCopiesPage, mc_copies_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

/* the ready line */

/* Of the ready line.  What was read last does not count the line before as long as that was the ready one. */
static int
number_of_line (McCopiesPage *self)
{
  if (mc_record_exists (self->fresh))
    return (int) mc_record_get_int (self->fresh, "number", 0);

  return self->given != 0 ? self->given : MAX ((int) self->totals->next_number, self->taken + 1);
}

static void
prepare_cb (McSheet      *sheet,
            McEdit       *edit,
            McRecord     *record,
            McCopiesPage *self)
{
  McCopiesTotals *totals = self->totals;

  mc_edit_set_int (edit, record, "copies", 1);
  mc_edit_set_text (edit, record, "form", "paper");
  if (totals == NULL)
    return;
  self->given = number_of_line (self);
  mc_edit_set_int (edit, record, "number", self->given);
  mc_edit_set_int (edit, record, "volume", totals->volume);
  mc_edit_set_text (edit, record, "certified_on", totals->date);
  if (totals->signer != NULL)
    mc_edit_set_text (edit, record, "signer", totals->signer);
  if (totals->signer_title != NULL)
    mc_edit_set_text (edit, record, "signer_title", totals->signer_title);
}

static void
show_line (McCopiesPage *self)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new ();
  McCopiesTotals *totals = self->totals;
  gboolean is_begun = mc_record_exists (self->fresh);
  int n = number_of_line (self);
  g_autofree char *number = g_strdup_printf ("%d", n), *date = mc_text_format_date (totals->date);
  g_autofree char *title = g_strdup_printf (_("Number %d"), n);
  const char *titles[] = { title, NULL };
  g_autofree char *heading = g_strdup_printf (_("New line: number %d of the year %.4s"),
                                              n, is_begun && !mc_record_is_blank (self->fresh, "certified_on")
                                                ? mc_record_get_text (self->fresh, "certified_on") : totals->date);

  gtk_label_set_text (GTK_LABEL (self->heading), heading);
  g_ptr_array_add (records, self->fresh);
  mc_sheet_set_rows (MC_SHEET (self->line), records, titles);
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "number", number);
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "certified_on", date);
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "copies", "1");
  mc_sheet_set_proposal (MC_SHEET (self->line), 0, "signer", totals->signer);
}

static void
show_sums (McCopiesPage *self)
{
  McCopiesTotals *totals = self->totals;
  g_autofree char *rows = mc_text_format_integer (totals->rows), *copies = mc_text_format_integer (totals->copies);
  g_autofree char *text = NULL, *close = NULL;

  /* Translators: month; entries and copies of the month; year; entries and copies of the year. */
  text = g_strdup_printf (_("Month %.2s/%.4s: %d entries, %d copies. Whole year %.4s: %s entries, %s copies (void ones left out)."),
                          totals->date + 5, totals->date, (int) totals->month_rows, (int) totals->month_copies, totals->date, rows, copies);
  gtk_label_set_text (GTK_LABEL (self->sums), text);
  close = g_strdup_printf (_("C_lose the register of %.4s…"), totals->date);
  gtk_button_set_label (GTK_BUTTON (self->close), close);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "copies.close", totals->next_number > 1);
}

/* Who closed it and when is in the change, whichever computer it was made on. */
static char *
closed_text (McBook *book,
             guint   n_late)
{
  g_autofree char *date = mc_text_format_date (book->closed_on), *now = mc_text_format_integer (book->n_valid);
  g_autofree char *then = mc_text_format_integer (book->closed_valid), *at = mc_text_format_time (book->closed_at);
  /* Translators: who closed the register, and when. */
  g_autofree char *who = g_strdup_printf (_("Closed by %s, %s."), book->closed_by, at);
  g_autofree char *text = book->n_valid == book->closed_valid && n_late == 0
    ? g_strdup_printf (_("The register of %d was closed on %s with %s entries. Its lines can be read, not changed."), book->year, date, then)
    : g_strdup_printf (_("The register of %d was closed on %s with %s entries, and has %s now: another computer wrote before it knew "
                         "of the closing. Open it again, look at what is marked so in the notes, and close it once more."),
                       book->year, date, then, now);

  return g_strdup_printf ("%s %s", text, who);
}

static void
show_closed (McCopiesPage *self)
{
  McBook *book = self->totals->last_closed;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->closed, book != NULL);
  if (book == NULL)
    return;
  text = closed_text (book, g_hash_table_size (self->totals->late));
  gtk_label_set_text (GTK_LABEL (self->closed_text), text);
}

/* What whoever closed the register did not count. */
static char *
mark (McRecord *record,
      gpointer  user_data)
{
  McCopiesPage *self = user_data;
  gpointer how = self->totals != NULL ? g_hash_table_lookup (self->totals->late, mc_record_get_id (record)) : NULL;

  switch (GPOINTER_TO_INT (how))
    {
    case MC_BOOK_LATE_ADDED:
      return g_strdup (_("⚠ written after the closing"));
    case MC_BOOK_LATE_EDITED:
      return g_strdup (_("⚠ changed after the closing"));
    case MC_BOOK_LATE_TWICE:
      return g_strdup (_("⚠ another line has this number too"));
    default:
      return NULL;
    }
}

/* Why a line cannot be changed, for the details of it. */
static char *
guard (McRecord *record,
       gpointer  user_data)
{
  McCopiesPage *self = user_data;
  int year = (int) g_ascii_strtoll (mc_record_get_text (record, "certified_on"), NULL, 10);
  gint64 volume = mc_record_get_int (record, "volume", 1);
  g_autofree char *marked = mark (record, self), *why = NULL;

  if (self->totals == NULL || !mc_closings_have (self->totals->closings, year, volume))
    return NULL;
  why = mc_closings_have_year (self->totals->closings, year)
    ? g_strdup_printf (_("The register of %d is closed: this line can be read, not changed. Open the register again to change it."), year)
    /* Translators: number of a volume, year. */
    : g_strdup_printf (_("Volume %d of %d is closed: this line can be read, not changed. To change it, clear the closing date of "
                         "the volume in “Other records”."), (int) volume, year);

  return marked != NULL ? g_strdup_printf ("%s\n%s", marked, why) : g_steal_pointer (&why);
}

/* Whether other lines are shut, or marked, than before. */
static gboolean
closes_other (McCopiesTotals *before,
              McCopiesTotals *after)
{
  GHashTableIter iter;
  gpointer record, how;

  if (before == NULL || before->closings->len != after->closings->len ||
      g_hash_table_size (before->late) != g_hash_table_size (after->late))
    return TRUE;
  for (guint i = 0; i < after->closings->len; i++)
    {
      McClosing *one = &g_array_index (before->closings, McClosing, i), *other = &g_array_index (after->closings, McClosing, i);

      if (one->year != other->year || one->volume != other->volume || one->is_closed != other->is_closed)
        return TRUE;
    }
  g_hash_table_iter_init (&iter, after->late);
  while (g_hash_table_iter_next (&iter, &record, &how))
    if (g_hash_table_lookup (before->late, record) != how)
      return TRUE;

  return FALSE;
}

static void
totals_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McCopiesPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McCopiesTotals) totals = mc_copies_totals_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    return;
  if (totals == NULL)
    mc_context_toast_error (self->context, error);
  else
    {
      gboolean is_other = closes_other (self->totals, totals);

      g_clear_pointer (&self->totals, mc_copies_totals_free);
      self->totals = g_steal_pointer (&totals);
      if (self->taken == self->taken_at_load)
        self->taken = 0;
      /* A new line may have begun while this was on its way. */
      if (g_str_equal (mc_record_get_id (self->totals->fresh), mc_record_get_id (self->fresh)))
        g_set_object (&self->fresh, self->totals->fresh);
      show_sums (self);
      show_line (self);
      show_closed (self);
      if (is_other)
        {
          mc_register_set_guard (MC_REGISTER (self->list), guard, self);
          mc_register_set_mark (MC_REGISTER (self->list), mark, self);
        }
    }
  mc_reload_done (self->reload);
}

static void
load (gpointer user_data)
{
  McCopiesPage *self = user_data;
  g_autofree char *today = mc_context_today (self->context);

  self->taken_at_load = self->taken;
  /* Records of another year belong to another pack: there the last day of this one is the better guess. */
  mc_copies_totals_async (mc_context_get_store (self->context), mc_record_get_id (self->fresh), today,
                          mc_pack_get_to (mc_context_get_pack (self->context)), totals_cb, g_object_ref (self));
}

static void
begin_line (McCopiesPage *self)
{
  mc_sheet_commit (MC_SHEET (self->line));
  self->taken = mc_record_exists (self->fresh) || self->given != 0 ? number_of_line (self) : self->taken;
  self->given = 0;
  g_clear_object (&self->fresh);
  self->fresh = mc_context_new_record (self->context, TYPE, NULL);
  mc_reload_queue (self->reload);
}

static void
next_line_cb (McCopiesPage *self)
{
  begin_line (self);
  if (self->totals == NULL)
    return;
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
close_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  McCopiesPage *self = MC_COPIES_PAGE (widget);

  if (self->totals == NULL)
    return;
  mc_page_commit (MC_PAGE (self));
  mc_copies_close_year (widget, self->context, (int) g_ascii_strtoll (self->totals->date, NULL, 10));
}

static void
reopen_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  McCopiesPage *self = MC_COPIES_PAGE (widget);

  if (self->totals != NULL && self->totals->last_closed != NULL)
    mc_copies_reopen_year (widget, self->context, self->totals->last_closed->year);
}

static void
mc_copies_page_dispose (GObject *object)
{
  McCopiesPage *self = MC_COPIES_PAGE (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  g_clear_object (&self->fresh);
  g_clear_pointer (&self->totals, mc_copies_totals_free);

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
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "copies.close", NULL, close_cb);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "copies.reopen", NULL, reopen_cb);
}

static void
mc_copies_page_init (McCopiesPage *self)
{
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
make_closed (McCopiesPage *self)
{
  GtkWidget *again = gtk_button_new_with_mnemonic (_("_Open again…"));

  self->closed = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->closed_text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->closed_text), 0);
  gtk_label_set_wrap (GTK_LABEL (self->closed_text), TRUE);
  gtk_widget_set_hexpand (self->closed_text, TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (again), "copies.reopen");
  gtk_widget_set_valign (again, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->closed, "mc-banner");
  gtk_widget_set_visible (self->closed, FALSE);
  gtk_box_append (GTK_BOX (self->closed), self->closed_text);
  gtk_box_append (GTK_BOX (self->closed), again);

  return self->closed;
}

static GtkWidget *
make_above (McCopiesPage *self)
{
  static const char * const fields[] = { "number", "certified_on", "requester", "document", "copies", "signer", "fee", "form", NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *next = gtk_button_new_with_mnemonic (_("Next _line")), *print = make_print_button (self);

  self->heading = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->heading), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->heading, TRUE);
  gtk_widget_add_css_class (self->heading, "heading");
  self->line = mc_sheet_new (self->context, mc_pack_find_type (mc_context_get_pack (self->context), TYPE), _("New line"), fields);
  mc_sheet_hide_titles (MC_SHEET (self->line));
  g_signal_connect (self->line, "prepare", G_CALLBACK (prepare_cb), self);
  g_signal_connect (self->line, "details", G_CALLBACK (details_cb), self);
  g_signal_connect_swapped (self->line, "ended", G_CALLBACK (next_line_cb), self);
  self->sums = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->sums), 0);
  gtk_label_set_wrap (GTK_LABEL (self->sums), TRUE);
  gtk_widget_set_hexpand (self->sums, TRUE);
  gtk_widget_add_css_class (next, "suggested-action");
  g_signal_connect_swapped (next, "clicked", G_CALLBACK (next_line_cb), self);
  gtk_box_append (GTK_BOX (row), self->sums);
  gtk_widget_set_valign (print, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), print);
  gtk_box_append (GTK_BOX (top), self->heading);
  gtk_box_append (GTK_BOX (top), next);
  mc_own_note_append (GTK_BOX (box), self->context);
  gtk_box_append (GTK_BOX (box), make_closed (self));
  gtk_box_append (GTK_BOX (box), top);
  gtk_box_append (GTK_BOX (box), self->line);
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
  self->close = gtk_button_new_with_mnemonic ("");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->close), "copies.close");
  gtk_widget_set_tooltip_text (self->close, _("At the end of the year: its sums are kept, its lines can no longer be changed"));
  mc_register_add_button (MC_REGISTER (self->list), self->close);
  adw_bin_set_child (ADW_BIN (self), self->list);
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);

  return GTK_WIDGET (self);
}

/* Number and date are proposed: a line begins with a name. */
static gboolean
take_focus (McPage *page)
{
  McCopiesPage *self = MC_COPIES_PAGE (page);

  return mc_sheet_focus (MC_SHEET (self->line), mc_record_get_id (self->fresh), "requester");
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
  iface->title = N_("Certified copies");
  iface->icon_name = "edit-copy-symbolic";
  iface->help = "chung-thuc";
  iface->take_focus = take_focus;
  iface->start_search = start_search;
  iface->commit = commit;
  iface->show_record = show_record;
}
