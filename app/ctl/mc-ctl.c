/* mc-ctl.c: what commands of minhchungctl share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-json.h"
#include "ctl/mc-ctl.h"

#include "core/mc-journal-sync.h"

gboolean
mc_ctl_usage (GError     **error,
              const char  *message)
{
  /* How a command is written, or a sentence. */
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s%s", g_ascii_isupper (*message) ? "" : "say: ", message);

  return FALSE;
}

void
mc_ctl_print_json (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = mc_json_to_text (node, FALSE);

  g_print ("%s\n", text);
}

void
mc_ctl_print_count (const char *name,
                    guint       count)
{
  g_autoptr(JsonObject) object = json_object_new ();

  json_object_set_int_member (object, name, count);
  mc_ctl_print_json (object);
}

gboolean
mc_ctl_check_log (McCtl   *self,
                  GError **error)
{
  g_auto(GStrv) logs = NULL;

  if (self->log == NULL || g_str_equal (self->log, "*"))
    return TRUE;
  if (!(logs = mc_journal_list_logs (self->journal, error)))
    return FALSE;
  /* Of a unit that is known there may be nothing yet. */
  if (g_strv_contains ((const char * const *) logs, self->log) || mc_account_get_unit_name (self->account, self->log) != self->log)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no log: --log is * for all, or that of a unit, such as %s",
               self->log, self->account->log);

  return FALSE;
}

GPtrArray *
mc_ctl_query (McCtl   *self,
              GError **error)
{
  McQuery wanted = { .type = self->type, .log = self->log, .search = self->search };
  g_autoptr(GArray) numbers = mc_ctl_check_log (self, error) ? mc_journal_query (self->journal, &wanted, error) : NULL;

  /* There may be records of a type that only another pack has. */
  if (numbers != NULL && numbers->len == 0 && self->type != NULL && mc_ctl_find_type (self, error) == NULL)
    return NULL;

  return numbers != NULL ? mc_journal_fetch (self->journal, (const gint64 *) numbers->data, numbers->len, error) : NULL;
}

McRecordType *
mc_ctl_find_type (McCtl   *self,
                  GError **error)
{
  McRecordType *type = self->type != NULL ? mc_pack_find_type (self->pack, self->type) : NULL;

  if (type == NULL)
    {
      GPtrArray *types = mc_pack_get_types (self->pack);
      g_autoptr(GString) known = g_string_new (NULL);

      for (guint i = 0; i < types->len; i++)
        g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", ((McRecordType *) types->pdata[i])->id);
      if (self->type != NULL)
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "There is no record type “%s” in the pack: --type is one of %s",
                     self->type, known->str);
      else
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Say which record type: --type is one of %s", known->str);
    }

  return type;
}
