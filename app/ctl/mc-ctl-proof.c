/* mc-ctl-proof.c: receipts, refused saves, evidence of others
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include <string.h>

#include "client/mc-fetch.h"
#include "core/mc-error.h"
#include "core/mc-journal-sync.h"
#include "core/mc-receipts.h"
#include "core/mc-refused.h"
#include "core/mc-spared.h"
#include "core/mc-text.h"
#include "wire/mc-receipt.h"

static char *
format_time (gint64 at_us)
{
  return mc_text_format_moment (at_us, "%Y-%m-%d %H:%M:%S %z");
}

/* receipts */

static gboolean
verify_receipts (McCtl   *self,
                 GError **error)
{
  g_autoptr(GPtrArray) receipts = mc_journal_list_receipts (self->journal, error);
  g_autoptr(JsonObject) object = json_object_new ();
  guint n_items = 0;

  if (receipts == NULL)
    return FALSE;
  for (guint i = 0; i < receipts->len; i++)
    {
      McReceipt *receipt = receipts->pdata[i];

      if (!mc_receipt_holds (receipt, self->account->hub.id, self->account->hub.key))
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "Receipt %" G_GINT64_FORMAT " does not hold", receipt->number);
          return FALSE;
        }
      n_items += receipt->items->len;
    }
  if (self->json)
    {
      json_object_set_int_member (object, "receipts", receipts->len);
      json_object_set_int_member (object, "items", n_items);
      mc_ctl_print_json (object);
    }
  else
    g_print ("%u receipts with %u items: every signature of the hub holds\n", receipts->len, n_items);

  return TRUE;
}

static gboolean
receipts (McCtl   *self,
          GError **error)
{
  g_autoptr(GPtrArray) lines = NULL;
  g_autoptr(McRecord) record = NULL;

  if (self->verify)
    return verify_receipts (self, error);
  /* None of a record that there is not would look like a record that never arrived. */
  if (self->arguments[1] != NULL && !(record = mc_journal_get (self->journal, self->arguments[1], error)))
    return FALSE;
  if (!(lines = mc_journal_list_receipt_lines (self->journal, self->arguments[1], 0, error)))
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      McReceiptLine *line = lines->pdata[i];
      g_autofree char *when = format_time (line->at_us);

      if (self->json)
        {
          g_autoptr(JsonObject) object = json_object_new ();

          json_object_set_int_member (object, "receipt", line->receipt);
          json_object_set_int_member (object, "at_us", line->at_us);
          json_object_set_string_member (object, "kind", line->kind == MC_RECEIPT_FILE ? "file" : "change");
          json_object_set_string_member (object, "record", line->record);
          json_object_set_string_member (object, "sha256", line->hash);
          if (line->name != NULL)
            json_object_set_string_member (object, "name", line->name);
          mc_ctl_print_json (object);
        }
      else
        g_print ("%s  %s  %s  %s\n", when, line->kind == MC_RECEIPT_FILE ? line->name : line->type, line->record, line->hash);
    }

  return TRUE;
}

/* refused */

static void
print_refused (McCtl          *self,
               McRefusedGroup *group)
{
  const char *state = group->problem == NULL ? "unsent" : group->held ? "held" : "rejected";

  if (self->json)
    {
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "change", group->change_id);
      json_object_set_string_member (object, "record", group->record);
      json_object_set_string_member (object, "type", group->type);
      json_object_set_string_member (object, "state", state);
      if (group->problem != NULL)
        json_object_set_string_member (object, "problem", group->problem);
      mc_ctl_print_json (object);
    }
  else
    g_print ("%s  %s  %s  %s %s  %s\n", group->change_id, state, group->problem != NULL ? group->problem : "-", group->type,
             group->record, group->at);
}

static gboolean
refused (McCtl   *self,
         GError **error)
{
  g_autoptr(GPtrArray) groups = NULL;
  guint count;

  if (self->output != NULL)
    {
      if (!mc_journal_export_refused (self->journal, self->output, g_get_real_time (), &count, error))
        return FALSE;
      if (self->json)
        mc_ctl_print_count ("exported", count);
      else
        g_print ("%u saves that are in no log were written to %s\n", count, self->output);
      return TRUE;
    }
  if (g_strcmp0 (self->arguments[1], "withdraw") == 0 && self->arguments[2] != NULL)
    return mc_journal_withdraw (self->journal, self->arguments[2], g_get_real_time (), error);
  if (self->arguments[1] != NULL)
    return mc_ctl_usage (error, "refused, refused withdraw CHANGE, or refused --export FILE");
  if (!(groups = mc_journal_list_refused (self->journal, FALSE, error)))
    return FALSE;
  for (guint i = 0; i < groups->len; i++)
    print_refused (self, groups->pdata[i]);

  return TRUE;
}

/* evidence */

static gboolean
list_missing (McCtl   *self,
              GError **error)
{
  g_autoptr(GArray) missing = mc_journal_list_evidence_missing (self->journal, error);

  for (guint i = 0; missing != NULL && i < missing->len; i++)
    {
      McEvidenceState *state = &g_array_index (missing, McEvidenceState, i);
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "sha256", state->sha256);
      json_object_set_int_member (object, "size", state->size);
      if (self->json)
        mc_ctl_print_json (object);
      else
        g_print ("%s  %" G_GINT64_FORMAT "\n", state->sha256, state->size);
    }

  return missing != NULL;
}

static gboolean
evidence (McCtl   *self,
          GError **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  guint fetched, missing;

  if (g_strcmp0 (self->arguments[1], "missing") == 0 && self->arguments[2] == NULL)
    return list_missing (self, error);
  if (g_strcmp0 (self->arguments[1], "fetch") != 0)
    return mc_ctl_usage (error, "evidence missing, or evidence fetch [SHA256…]");
  if (self->arguments[2] == NULL)
    {
      if (!mc_fetch_all_evidence (self->journal, self->account, 0, &fetched, &missing, NULL, error))
        return FALSE;
      if (self->json)
        {
          json_object_set_int_member (object, "fetched", fetched);
          json_object_set_int_member (object, "missing", missing);
          mc_ctl_print_json (object);
        }
      else
        g_print ("Fetched %u files; %u are not at the hub yet\n", fetched, missing);
      return TRUE;
    }
  for (gsize i = 2; self->arguments[i] != NULL; i++)
    if (!mc_fetch_evidence (self->journal, self->account, self->arguments[i], NULL, NULL, NULL, error))
      return FALSE;

  return TRUE;
}

/* deleted by others, many at once */

static gboolean
deleted (McCtl   *self,
         GError **error)
{
  g_autoptr(GPtrArray) ids = NULL;

  if (g_strcmp0 (self->arguments[1], "hide") == 0)
    return mc_journal_hide_spared (self->journal, error);
  if (g_strcmp0 (self->arguments[1], "revive") == 0)
    return mc_journal_revive_spared (self->journal, g_get_real_time (), error);
  if (self->arguments[1] != NULL)
    return mc_ctl_usage (error, "deleted, deleted hide, or deleted revive");
  if (!(ids = mc_journal_list_spared (self->journal, error)))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    g_print (self->json ? "{\"id\":\"%s\"}\n" : "%s\n", (char *) ids->pdata[i]);

  return TRUE;
}

const McCtlCommand mc_ctl_proof_commands[] = {
  { "receipts", "[RECORD] [--verify]", "What the hub has signed for, and when it came", MC_CTL_NEEDS_JOURNAL, receipts },
  { "refused", "[withdraw CHANGE] [--export FILE]", "What the hub did not take, and why", MC_CTL_NEEDS_JOURNAL, refused },
  { "evidence", "missing|fetch [SHA256…]", "Files of others: which are not here; bring them", MC_CTL_NEEDS_JOURNAL, evidence },
  { "deleted", "[hide|revive]", "Records that others deleted, many at once: still shown", MC_CTL_NEEDS_JOURNAL, deleted },
  { NULL }
};
