/* mc-account-units.c: the table of units, as it is at the hub by now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Units are renamed, closed and merged after a device has enrolled.  The table is asked for once a day, and when a log has
 * come that it does not name; what came is in force for whoever opens the account next.
 */

#include "client/mc-account.h"

#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-http.h"
#include "core/mc-json.h"
#include "core/mc-journal-sync.h"
#include "core/mc-limits.h"

#define ASKED "units_asked"   /* when, and which logs had no name then */
#define ASK_EVERY_US (24 * G_TIME_SPAN_HOUR)

/* (transfer full): what a district shares with its communes is no unit's. */
static char *
list_unnamed (McAccount *self,
              McJournal *journal)
{
  g_auto(GStrv) logs = mc_journal_list_logs (journal, NULL);
  GString *unnamed = g_string_new (NULL);

  for (gsize i = 0; logs != NULL && logs[i] != NULL; i++)
    if (!g_str_has_suffix (logs[i], "/shared") && g_str_equal (mc_account_get_unit_name (self, logs[i]), logs[i]))
      g_string_append_printf (unnamed, " %s", logs[i]);

  return g_string_free (unnamed, FALSE);
}

static gboolean
note_asked (McJournal  *journal,
            const char *unnamed,
            gint64      now_us)
{
  g_autofree char *asked = g_strdup_printf ("%" G_GINT64_FORMAT "%s", now_us, unnamed);

  return mc_journal_set_setting (journal, ASKED, asked, NULL);
}

/* An enrolment brought the table with it: until it was asked for, it is as old as the account's file. */
static gint64
enrolled_us (McAccount *self)
{
  g_autofree char *path = g_build_filename (self->dir, "account.json", NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_mtime * G_USEC_PER_SEC : 0;
}

static gboolean
is_due (McAccount  *self,
        McJournal  *journal,
        const char *unnamed,
        gint64      now_us)
{
  g_autofree char *asked = mc_journal_get_setting (journal, ASKED);
  char *known = "";
  gint64 asked_us = asked != NULL ? g_ascii_strtoll (asked, &known, 10) : enrolled_us (self);

  return now_us < asked_us || now_us - asked_us >= ASK_EVERY_US || !g_str_equal (known, unnamed);
}

/* (transfer full) (nullable): the table that @answer is. */
static JsonNode *
read_units (GBytes *answer)
{
  gsize size;
  const char *data = g_bytes_get_data (answer, &size);
  g_autofree char *text = g_strdup_printf ("{\"units\":%.*s}", (int) size, data);
  g_autoptr(JsonNode) root = mc_json_read (text, strlen (text), MC_ENROL_MAX_DEPTH);
  JsonNode *units = root != NULL ? json_object_get_member (json_node_get_object (root), "units") : NULL;

  return units != NULL && JSON_NODE_HOLDS_ARRAY (units) && json_array_get_length (json_node_get_array (units)) > 0
    ? json_node_copy (units) : NULL;
}

/* The account as it is on disk, which others may have written since, with @units. */
static gboolean
keep (McAccount *self,
      JsonNode  *units)
{
  g_autoptr(McAccount) present = mc_account_load (self->dir, NULL);

  if (present == NULL || !g_str_equal (present->device, self->device) || !g_str_equal (present->address, self->address))
    return FALSE;
  g_clear_pointer (&present->units, json_node_unref);
  present->units = json_node_copy (units);
  if (!mc_account_save (present, NULL))
    return FALSE;
  g_clear_pointer (&self->units, json_node_unref);
  self->units = json_node_copy (units);

  return TRUE;
}

/**
 * mc_account_renew_units:
 * @self: an account whose hub has just answered
 * @journal: its store
 * @now_us: the time
 * @cancellable: (nullable): a #GCancellable
 *
 * Asks the hub for its table of units if that is due, and writes it to account.json where it is another.  Whatever fails is
 * tried again after the next sync, and changes nothing.  Blocking.
 *
 * Returns: whether there is a new table
 */
gboolean
mc_account_renew_units (McAccount    *self,
                        McJournal    *journal,
                        gint64        now_us,
                        GCancellable *cancellable)
{
  g_autofree char *before = list_unnamed (self, journal), *after = NULL;
  g_autoptr(McHttp) http = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(JsonNode) units = NULL;
  gboolean is_new;

  if (self->units == NULL || !is_due (self, journal, before, now_us))
    return FALSE;

  http = mc_http_new (self->address, &self->hub);
  if (!(answer = mc_http_get (http, "/v1/units", self->device, &self->key, cancellable, NULL)) ||
      !(units = read_units (answer)))
    return FALSE;
  is_new = !json_node_equal (units, self->units);
  if (is_new && !keep (self, units))
    return FALSE;
  after = list_unnamed (self, journal);
  note_asked (journal, after, now_us);

  return is_new;
}
