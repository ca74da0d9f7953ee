/* fuzz-enrol.c: the body of POST /v1/enrol
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz/mc-fuzz-hub.h"

/* Nobody gets in by what he makes up, and what he sends is refused as such. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  static McHub *hub = NULL;
  g_autofree char *answer = NULL;
  g_autoptr(GError) error = NULL;
  const char *problem = NULL;

  fuzz_begin ();
  if (hub == NULL)
    hub = fuzz_new_hub ();
  answer = mc_hub_answer_enrol (hub, (const char *) data, size, FUZZ_NOW_US, &problem, &error);
  g_assert_null (answer);
  g_assert_no_error (error);
  g_assert_true (g_str_equal (problem, "bad-request") || g_str_equal (problem, "secret-unknown"));

  return 0;
}
