/* mc-fault-text.c: what checks found, as lines to read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-fault-text.h"

#include <glib/gi18n.h>

char *
mc_fault_text (McFault *fault)
{
  if (fault->rule != NULL)
    return g_strdup (fault->rule->message);

  /* Translators: %s is the title of a field. */
  return g_strdup_printf (_("“%s” is still blank."), fault->missing->title);
}

/* Where a rule asks for what is blank, its own words are enough. */
static gboolean
is_said (GPtrArray *faults,
         McFault   *fault)
{
  if (fault->rule != NULL)
    return FALSE;
  for (guint i = 0; i < faults->len; i++)
    {
      McFault *other = faults->pdata[i];

      if (other->rule != NULL && mc_fault_is_error (other) && g_str_equal (other->record, fault->record) &&
          mc_fault_is_about (other, fault->missing->name))
        return TRUE;
    }

  return FALSE;
}

static void
add_lines (GString    *text,
           GPtrArray  *faults,
           const char *record,
           gboolean    errors)
{
  for (guint i = 0; i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];
      g_autofree char *line = NULL;

      if (!g_str_equal (fault->record, record) || mc_fault_is_error (fault) != errors ||
          is_said (faults, fault))
        continue;
      line = mc_fault_text (fault);
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? "\n" : "", errors ? "⚠" : "•", line);
    }
}

char *
mc_fault_texts (GPtrArray  *faults,
                const char *record)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (faults == NULL)
    return NULL;
  add_lines (text, faults, record, TRUE);
  add_lines (text, faults, record, FALSE);

  return text->len > 0 ? g_strdup (text->str) : NULL;
}

char *
mc_fault_text_of_field (GPtrArray  *faults,
                        const char *record,
                        const char *field,
                        gboolean   *out_is_error)
{
  McFault *found = NULL;

  for (guint i = 0; faults != NULL && i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];

      if (g_str_equal (fault->record, record) && mc_fault_is_about (fault, field) &&
          (found == NULL || (mc_fault_is_error (fault) && !mc_fault_is_error (found))))
        found = fault;
    }
  *out_is_error = found != NULL && mc_fault_is_error (found);

  return found != NULL ? mc_fault_text (found) : NULL;
}

guint
mc_fault_count (GPtrArray  *faults,
                const char *record,
                gboolean    only_errors)
{
  guint count = 0;

  for (guint i = 0; faults != NULL && i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];

      if ((record == NULL || g_str_equal (fault->record, record)) && (!only_errors || mc_fault_is_error (fault)))
        count++;
    }

  return count;
}
