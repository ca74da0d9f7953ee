/* fuzz-changes.c: changes, one a line, and what they add up to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-change.h"
#include "core/mc-error.h"
#include "core/mc-fold.h"
#include "fuzz/mc-fuzz.h"

#define MAX_LINES 64

static McChange *
parse (const guint8 *line,
       gsize         size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (line, size);
  g_autoptr(GError) error = NULL;
  McChange *change = mc_change_parse (bytes, &error);
  g_autoptr(McChange) scanned = mc_change_scan (bytes, NULL);
  guint k, m;

  g_assert_true ((scanned != NULL) == (change != NULL));

  fuzz_check_error (change != NULL, error, MC_STORE_ERROR);
  if (change == NULL)
    {
      g_assert_cmpint (error->code, ==, MC_STORE_ERROR_INVALID);
      return NULL;
    }
  g_assert_true (g_bytes_equal (mc_change_get_bytes (change), bytes));
  g_assert_cmpuint (strlen (mc_change_get_id (change)), ==, 36);
  g_assert_cmpuint (strlen (mc_change_get_record (change)), ==, 36);
  mc_change_get_group (change, &k, &m);
  g_assert_cmpuint (k, <, m);
  g_assert_cmpstr (mc_change_get_id (scanned), ==, mc_change_get_id (change));
  g_assert_true (json_object_equal (mc_change_get_set (scanned), mc_change_get_set (change)));
  g_assert_cmpuint (m, <=, MC_GROUP_MAX_CHANGES);
  for (gsize i = 0; mc_change_get_evidence (change)[i] != NULL; i++)
    g_assert_cmpuint (strlen (mc_change_get_evidence (change)[i]), ==, 64);

  return change;
}

/* Whatever is a change can be folded with any other. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  McFoldEntry entries[MAX_LINES] = { 0 };
  const guint8 *at = data, *end = data + size;

  fuzz_begin ();
  while (at < end && changes->len < MAX_LINES)
    {
      const guint8 *line_end = memchr (at, '\n', end - at);
      McChange *change = parse (at, (line_end != NULL ? line_end : end) - at);

      if (change != NULL)
        {
          entries[changes->len].change = change;
          entries[changes->len].device = FUZZ_DEVICE;
          g_ptr_array_add (changes, change);
        }
      at = line_end != NULL ? line_end + 1 : end;
    }
  if (changes->len > 0)
    {
      g_autoptr(McRecord) record = mc_fold (entries, changes->len, NULL, 0, FUZZ_LOG, NULL);

      g_assert_nonnull (record);
    }

  return 0;
}
