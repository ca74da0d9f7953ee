/* mc-copies-print.c: the pages of a month of the register of certified copies, as the law has them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-copies-print.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"

#define TYPE "certified-copy"

/* What stands in the legal form is Vietnamese, whatever the language of the window. */
static const struct
{
  const char *title;
  double share;
} columns[] = {
  { "(1)\nSố thứ tự/số chứng thực", 9 },
  { "(2)\nNgày, tháng, năm chứng thực", 11 },
  { "(3)\nHọ tên của người yêu cầu chứng thực", 19 },
  { "(4)\nTên của bản chính giấy tờ, văn bản", 21 },
  { "(5)\nHọ tên, chức danh người ký chứng thực", 18 },
  { "(6)\nSố bản sao đã được chứng thực", 9 },
  { "(7)\nLệ phí/Phí chứng thực", 10 },
  { "(8)\nGhi chú", 13 },
};

static gboolean
is_of_month (McRecord   *record,
             const char *month)
{
  return g_str_has_prefix (mc_record_get_text (record, "certified_on"), month);
}

static char *
signer_text (McRecord *record)
{
  const char *name = mc_record_get_text (record, "signer"), *title = mc_record_get_text (record, "signer_title");

  return *title != '\0' ? g_strdup_printf ("%s\n%s", name, title) : g_strdup (name);
}

static char *
note_text (McRecord *record)
{
  const char *note = mc_record_get_text (record, "note");

  if (mc_record_get_boolean (record, "void"))
    return g_strdup_printf ("Bỏ số này: %s", mc_record_get_text (record, "void_reason"));
  if (g_str_equal (mc_record_get_text (record, "form"), "electronic"))
    return g_strdup_printf ("Bản điện tử%s%s", *note != '\0' ? ". " : "", note);

  return g_strdup (note);
}

static char *
count_text (McRecord   *record,
            const char *field)
{
  if (mc_record_is_blank (record, field) || mc_record_get_boolean (record, "void"))
    return g_strdup ("");

  return mc_text_format_integer (mc_record_get_int (record, field, 0));
}

static void
add_line (McPrintTable *table,
          McRecord     *record)
{
  g_autofree char *number = mc_record_is_blank (record, "volume")
    ? g_strdup_printf ("%02d", (int) mc_record_get_int (record, "number", 0))
    : g_strdup_printf ("%02d, quyển %d", (int) mc_record_get_int (record, "number", 0), (int) mc_record_get_int (record, "volume", 0));
  g_autofree char *date = mc_text_format_date (mc_record_get_text (record, "certified_on"));
  g_autofree char *signer = signer_text (record), *copies = count_text (record, "copies"), *fee = count_text (record, "fee");
  g_autofree char *note = note_text (record);

  mc_print_table_add_row (table, (const char *[]) { number, date, mc_record_get_text (record, "requester"),
                                                    mc_record_get_text (record, "document"), signer, copies, fee, note, NULL });
}

static void
add_sum (McPrintTable *table,
         gint64        copies,
         gint64        fees,
         guint         lines)
{
  g_autofree char *copies_text = mc_text_format_integer (copies), *fees_text = mc_text_format_integer (fees);
  g_autofree char *lines_text = g_strdup_printf ("Cộng: %u việc", lines);

  mc_print_table_add_row (table, (const char *[]) { "", "", lines_text, "", "", copies_text, fees_text, "", NULL });
}

McPrintTable *
mc_copies_table_new (GPtrArray  *records,
                     const char *month,
                     const char *unit_name)
{
  McPrintTable *table = mc_print_table_new ("SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH (SCT/BS)");
  g_autofree char *unit = g_strdup_printf ("Ủy ban nhân dân: %s", unit_name);
  g_autofree char *when = g_strdup_printf ("Tháng %.2s năm %.4s", month + 5, month);
  /* Twelve of them lie in one folder, in order. */
  g_autofree char *name = g_strdup_printf ("so-chung-thuc-ban-sao-%.4s-thang-%.2s", month, month + 5);
  gint64 copies = 0, fees = 0;
  guint lines = 0;

  mc_print_table_set_name (table, name);
  mc_print_table_set_landscape (table);
  mc_print_table_add_line (table, unit);
  mc_print_table_add_line (table, when);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    mc_print_table_add_column (table, columns[i].title, columns[i].share);
  for (guint i = 0; i < records->len; i++)
    {
      McRecord *record = records->pdata[i];

      if (!is_of_month (record, month))
        continue;
      add_line (table, record);
      if (mc_record_get_boolean (record, "void"))
        continue;
      lines++;
      copies += mc_record_get_int (record, "copies", 0);
      fees += mc_record_get_int (record, "fee", 0);
    }
  if (mc_print_table_get_n_rows (table) > 0)
    add_sum (table, copies, fees, lines);

  return table;
}

/* fetching */

typedef struct
{
  GtkWidget *parent;    /* (owned) */
  McContext *context;   /* (owned) */
  char *month;          /* (owned) */
} Printing;

static void
printing_free (Printing *printing)
{
  g_object_unref (printing->parent);
  g_object_unref (printing->context);
  g_free (printing->month);
  g_free (printing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Printing, printing_free)

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  McQuery query = { .type = TYPE, .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);

  return numbers != NULL ? mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error) : NULL;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(Printing) printing = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = mc_store_run_finish (MC_STORE (source), result, &error);
  g_autoptr(McPrintTable) table = NULL;

  if (records != NULL)
    table = mc_copies_table_new (records, printing->month, mc_context_get_unit_name (printing->context));
  if (table != NULL && mc_print_table_get_n_rows (table) == 0)
    mc_context_toast (printing->context, _("That month has no line in the register."));
  else if (table != NULL)
    mc_print_table_run (g_steal_pointer (&table), printing->parent, printing->context);
  else
    mc_context_toast_error (printing->context, error);
}

void
mc_copies_print_month (GtkWidget  *parent,
                       McContext  *context,
                       const char *month)
{
  Printing *printing = g_new0 (Printing, 1);

  printing->parent = g_object_ref (parent);
  printing->context = g_object_ref (context);
  printing->month = g_strdup (month);
  mc_store_run_async (mc_context_get_store (context), read_in_worker, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, NULL,
                      read_cb, printing);
}
