/* fuzz-enrol.c: the body of POST /v1/enrol
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz/mc-fuzz.h"
#include "hub/mc-hub.h"

static McHub *
get_hub (void)
{
  static McHub *hub = NULL;

  if (hub == NULL)
    {
      g_autofree char *dir = fuzz_new_folder (), *hub_dir = g_build_filename (dir, "hub", NULL);
      g_autoptr(GError) error = NULL;

      g_assert_true (mc_hub_init (hub_dir, "https://127.0.0.1:1", &error));
      hub = mc_hub_open (hub_dir, &error);
      g_assert_no_error (error);
    }

  return hub;
}

/* Nobody gets in by what he makes up, and what he sends is refused as such. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *answer = NULL;
  g_autoptr(GError) error = NULL;
  const char *problem = NULL;

  fuzz_begin ();
  answer = mc_hub_answer_enrol (get_hub (), (const char *) data, size, FUZZ_NOW_US, &problem, &error);
  g_assert_null (answer);
  g_assert_no_error (error);
  g_assert_true (g_str_equal (problem, "bad-request") || g_str_equal (problem, "secret-unknown"));

  return 0;
}
