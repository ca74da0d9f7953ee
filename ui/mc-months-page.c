/* mc-months-page.c: the other monthly figures: one-stop office, post, electronic copies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-months-page.h"

#include <glib/gi18n.h>

#include "mc-month-sheet.h"
#include "mc-page.h"
#include "mc-present.h"

typedef struct
{
  const char *type;
  const char *title;    /* the types' own are too long to stand beside each other in a small window */
  const char *fields[16];
  const char *second_field;
  const char *second_key;
} Sheet;

static const Sheet sheets[] = {
  { "certified-copy-month", N_("Electronic copies"), { "files_electronic", "copies_electronic", "first_on", NULL }, "source", "national" },
  { "onestop-month", N_("One-stop office"),
    { "carried", "received_online", "received_in_person", "received_post", "settled_early", "settled_on_time", "settled_late",
      "open_in_time", "open_late", "returned", "nil", NULL }, "field", "Tất cả lĩnh vực" },
  { "post-month", N_("Public post"),
    { "send_only", "result_only", "both", "files_total", "files_excluded", "files_registered", "handovers", "nil", NULL },
    NULL, NULL },
};

struct _McMonthsPage
{
  AdwBin parent_instance;

  GtkWidget *stack;
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McMonthsPage, mc_months_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

static void
mc_months_page_class_init (McMonthsPageClass *klass)
{
}

static void
mc_months_page_init (McMonthsPage *self)
{
}

GtkWidget *
mc_months_page_new (McContext *context)
{
  McMonthsPage *self = g_object_new (MC_TYPE_MONTHS_PAGE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *switcher = gtk_stack_switcher_new ();

  self->stack = gtk_stack_new ();
  for (guint i = 0; i < G_N_ELEMENTS (sheets); i++)
    {
      McRecordType *type = mc_pack_find_type (mc_context_get_pack (context), sheets[i].type);
      GtkWidget *months;

      /* Another pack may not ask for these figures. */
      if (type == NULL)
        continue;
      months = mc_month_sheet_new (context, type->id, sheets[i].fields, sheets[i].second_field, sheets[i].second_key);
      gtk_stack_add_titled (GTK_STACK (self->stack), months, type->id, _(sheets[i].title));
    }
  mc_present_stack (GTK_STACK (self->stack));
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (self->stack));
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (switcher, 12);
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (box), switcher);
  gtk_box_append (GTK_BOX (box), self->stack);
  adw_bin_set_child (ADW_BIN (self), box);

  return GTK_WIDGET (self);
}

static void
commit (McPage *page)
{
  GtkWidget *child = gtk_stack_get_visible_child (GTK_STACK (MC_MONTHS_PAGE (page)->stack));

  if (child != NULL)
    mc_month_sheet_commit (MC_MONTH_SHEET (child));
}

static gboolean
show_record (McPage     *page,
             const char *record,
             const char *type)
{
  GtkWidget *child = type != NULL ? gtk_stack_get_child_by_name (GTK_STACK (MC_MONTHS_PAGE (page)->stack), type) : NULL;

  if (child == NULL)
    return FALSE;
  gtk_stack_set_visible_child (GTK_STACK (MC_MONTHS_PAGE (page)->stack), child);
  mc_month_sheet_show_record (MC_MONTH_SHEET (child), record);

  return TRUE;
}

static void
page_init (McPageInterface *iface)
{
  iface->title = N_("One-stop office and post");
  iface->icon_name = "x-office-calendar-symbolic";
  iface->help = "mot-cua";
  iface->commit = commit;
  iface->show_record = show_record;
}
