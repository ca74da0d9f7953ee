/* mc-deletions.c: the question whether what others deleted, many at once, is to go here too
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One question for all of it: who deleted a register by mistake did not delete it line by line either.
 */

#include "mc-deletions.h"

#include <glib/gi18n.h>

#include "core/mc-spared.h"
#include "core/mc-text.h"
#include "mc-record-text.h"

#define SHOWN 3   /* records named, so that one sees what it is about */

struct _McDeletions
{
  guint n;
  GPtrArray *records;   /* (owned) (element-type McRecord) the first few */
  char *by;             /* (owned) (nullable) who deleted the first */
  char *at;             /* (owned) (nullable) and when */
};

void
mc_deletions_free (McDeletions *self)
{
  g_ptr_array_unref (self->records);
  g_free (self->by);
  g_free (self->at);
  g_free (self);
}

/* The newest change that deletes; it is shown as long as nobody knows better. */
static gboolean
find_who (McDeletions  *self,
          McJournal    *journal,
          const char   *record,
          GError      **error)
{
  g_autoptr(GPtrArray) history = mc_journal_get_history (journal, record, error);

  if (history == NULL)
    return FALSE;
  for (guint i = 0; i < history->len; i++)
    {
      McChange *change = ((McHistoryEntry *) history->pdata[i])->change;

      if (!json_object_get_boolean_member_with_default (mc_change_get_set (change), "deleted", FALSE))
        continue;
      self->by = g_strdup (mc_change_get_by (change));
      self->at = mc_text_format_time (mc_change_get_at (change));
      break;
    }

  return TRUE;
}

McDeletions *
mc_deletions_load (McJournal  *journal,
                   GError    **error)
{
  g_autoptr(GPtrArray) ids = mc_journal_list_spared (journal, error);
  g_autoptr(McDeletions) self = g_new0 (McDeletions, 1);

  self->records = g_ptr_array_new_with_free_func (g_object_unref);
  if (ids == NULL)
    return NULL;
  self->n = ids->len;
  for (guint i = 0; i < MIN (ids->len, SHOWN); i++)
    {
      McRecord *record = mc_journal_get (journal, ids->pdata[i], error);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (self->records, record);
    }
  if (ids->len > 0 && !find_who (self, journal, ids->pdata[0], error))
    return NULL;

  return g_steal_pointer (&self);
}

/* in the window */

/* All that is asked about gets the same answer: there is nothing to press after it. */
static void
answer (GtkWidget *button,
        McContext *context,
        gboolean   keep)
{
  gtk_widget_set_sensitive (gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW), FALSE);
  mc_context_answer_deletions (context, keep);
}

static void
keep_cb (GtkWidget *button,
         McContext *context)
{
  answer (button, context, TRUE);
}

static void
delete_cb (GtkWidget *button,
           McContext *context)
{
  answer (button, context, FALSE);
}

static GtkWidget *
make_row (const char *title,
          const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title_markup = g_markup_escape_text (title, -1), *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);

  return row;
}

static GtkWidget *
make_button (GtkWidget  *row,
             McContext  *context,
             const char *text,
             const char *said,
             GCallback   callback)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  g_signal_connect_object (button, "clicked", callback, context, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return button;
}

static char *
examples (McDeletions *self,
          McPack      *pack)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->records->len; i++)
    {
      g_autofree char *one = mc_record_text (pack, self->records->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", one);
    }
  if (self->n > self->records->len)
    g_string_append_printf (text, _("\nand %u more"), self->n - self->records->len);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
mc_deletions_to_key (McDeletions *self)
{
  g_autoptr(GString) key = g_string_new (NULL);

  if (self->n == 0)
    return NULL;
  g_string_append_printf (key, "%u %s %s", self->n, self->by != NULL ? self->by : "", self->at != NULL ? self->at : "");
  for (guint i = 0; i < self->records->len; i++)
    g_string_append_printf (key, " %s", mc_record_get_id (self->records->pdata[i]));

  return g_string_free (g_steal_pointer (&key), FALSE);
}

GtkWidget *
mc_deletions_to_rows (McDeletions *self,
                      McContext   *context)
{
  GtkWidget *group, *question, *what;
  g_autofree char *who = NULL, *list = NULL, *heading = NULL;

  if (self->n == 0)
    return NULL;

  group = adw_preferences_group_new ();
  heading = g_strdup_printf (ngettext ("%u item was deleted on another computer", "%u items were deleted on another computer", self->n),
                             self->n);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), heading);
  /* Translators: who deleted something, and when. */
  who = self->by != NULL ? g_strdup_printf (_("Deleted by %s, %s"), self->by, self->at) : g_strdup (_("Deleted by another computer"));
  list = examples (self, mc_context_get_pack (context));
  what = make_row (who, list);
  question = make_row (_("So many at once may be a mistake"),
                       _("They are still here until you answer. Keep them and they are back on every computer; delete them and they go "
                         "from this one too. “Who edited what” keeps them either way."));
  make_button (question, context, _("Keep all"), _("Keep all that was deleted"), G_CALLBACK (keep_cb));
  gtk_widget_add_css_class (make_button (question, context, _("Delete all"), _("Delete all for good"), G_CALLBACK (delete_cb)),
                            "destructive-action");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), question);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), what);

  return group;
}
