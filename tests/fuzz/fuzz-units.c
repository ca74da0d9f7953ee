/* fuzz-units.c: the table of units that an administrator imports
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz/mc-fuzz-hub.h"

static guint
count_units (McHub *hub)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) units = mc_hub_units_to_json (hub, &error);

  g_assert_no_error (error);

  return json_array_get_length (json_node_get_array (units));
}

/* All units of a table are taken, or none and an error says why; a unit is found, and a ring of parents ends. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  static McHub *hub = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autofree char *text = fuzz_text (bytes), *log = NULL;
  g_autoptr(GError) error = NULL, find_error = NULL;
  guint count = 0;
  gboolean done;

  fuzz_begin ();
  if (hub == NULL)
    hub = fuzz_new_hub ();
  g_assert_true (mc_db_exec (hub->db, "DELETE FROM unit", NULL));
  done = mc_hub_import_units (hub, text, &count, &error);
  fuzz_check_error (done, error, 0);
  if (!done)
    {
      g_assert_cmpuint (count_units (hub), ==, 0);
      return 0;
    }
  g_assert_cmpuint (count_units (hub), <=, count);
  log = mc_hub_find_log (hub, "21609", "2021-12-01", &find_error);
  fuzz_check_error (log != NULL, find_error, 0);
  if (log != NULL)
    {
      McHubDevice district = { .id = (char *) FUZZ_DEVICE, .log = log, .role = (char *) "district" };

      g_assert_true (mc_hub_may_read (hub, &district, log));
      mc_hub_may_read (hub, &district, FUZZ_LOG);
    }

  return 0;
}
