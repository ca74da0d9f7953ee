/* mc-hub-reads.c: which logs a device follows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-reads.h"

#include <string.h>

#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-back.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-log.h"
#include "wire/mc-message-quiet.h"

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static GPtrArray *
find_reads (McHub        *self,
            McHubDevice  *device,
            GError      **error)
{
  g_autoptr(JsonNode) units = mc_hub_units_to_json (self, error);
  g_autoptr(GPtrArray) logs = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (units == NULL)
    return NULL;
  array = json_node_get_array (units);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *unit = json_array_get_object_element (array, i);
      g_autofree char *log = g_strdup_printf ("%s@%s", json_object_get_string_member (unit, "code"),
                                              json_object_get_string_member (unit, "valid_from"));
      g_autofree char *shared = g_strconcat (log, "/shared", NULL);
      gboolean is_district = g_str_equal (mc_json_get_text (unit, "kind", ""), "district");
      gboolean reads = mc_hub_may_read (self, device, log);

      /* Its own shared log and the nearest one above are what a device follows.  Of a whole country's units few are districts: only
       * of these it is looked up who stands above whom. */
      if (g_str_equal (log, device->log) ? g_str_equal (device->role, "district")
                                         : is_district && !reads && mc_hub_may_read (self, device, shared))
        g_ptr_array_add (logs, g_steal_pointer (&shared));
      if (reads)
        g_ptr_array_add (logs, g_steal_pointer (&log));
    }
  g_ptr_array_sort (logs, compare_names);

  return g_steal_pointer (&logs);
}

void
mc_hub_forget_reads (McHub *self)
{
  g_clear_pointer (&self->reads, g_hash_table_unref);
}

/* Other programs import tables of units while this one serves. */
static gboolean
forget_if_written (McHub   *self,
                   GError **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "PRAGMA data_version", error);
  gboolean has_row;
  gint64 version;

  if (stmt == NULL || !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  version = mc_stmt_get_int64 (stmt, 0);
  if (version != self->reads_version)
    mc_hub_forget_reads (self);
  self->reads_version = version;

  return TRUE;
}

GPtrArray *
mc_hub_list_reads (McHub        *self,
                   McHubDevice  *device,
                   GError      **error)
{
  g_autofree char *key = g_strconcat (device->log, " ", device->role, NULL);
  GPtrArray *logs;

  if (!forget_if_written (self, error))
    return NULL;
  if (self->reads == NULL)
    self->reads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  if ((logs = g_hash_table_lookup (self->reads, key)) == NULL)
    {
      if (!(logs = find_reads (self, device, error)))
        return NULL;
      g_hash_table_insert (self->reads, g_steal_pointer (&key), logs);
    }

  return g_ptr_array_ref (logs);
}

/* Adds the head of @log and the device's stream in it; *out_says: the hub has something to say of that stream. */
static gboolean
add_head (McHub        *self,
          McHubStream  *stream,
          GByteArray   *heads,
          gboolean     *out_says,
          GError      **error)
{
  g_autoptr(GArray) wanted = mc_hub_list_wanted (self, stream, error);
  g_autoptr(GPtrArray) back = NULL;
  McDigest chain;
  guint64 seq;

  if (wanted == NULL || !mc_hub_get_head (self, stream->log, &seq, &chain, error) ||
      !(back = mc_hub_list_back (self, stream->device, stream->incarnation, stream->log, self->page_bytes, error)))
    return FALSE;
  mc_quiet_add (heads, stream->log, seq, &chain, stream->n, &stream->chain);
  *out_says = wanted->len > 0 || back->len > 0;

  return TRUE;
}

gboolean
mc_hub_are_quiet (McHub         *self,
                  McHubDevice   *device,
                  const char    *incarnation,
                  GPtrArray     *logs,
                  GBytes        *payload,
                  gboolean      *out_quiet,
                  GError       **error)
{
  g_autoptr(GByteArray) heads = g_byte_array_new ();
  gboolean says = FALSE;

  for (guint i = 0; i < logs->len && !says; i++)
    {
      McHubStream stream;
      gboolean done = mc_hub_stream_load (self, device->id, incarnation, logs->pdata[i], &stream, error) &&
                      add_head (self, &stream, heads, &says, error);

      mc_hub_stream_clear (&stream);
      if (!done)
        return FALSE;
    }
  *out_quiet = !says && mc_is_quiet (payload, heads);

  return TRUE;
}
