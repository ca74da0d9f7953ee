/* fuzz-problem.c: the problem document of an answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "fuzz/mc-fuzz.h"
#include "wire/mc-problem.h"

/* Whoever answers, what is read of it is a slug of ours or nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *slug = NULL;

  fuzz_begin ();
  slug = mc_problem_read (data, size);
  if (slug != NULL)
    {
      g_assert_cmpuint (strlen (slug), <=, MC_PROBLEM_SLUG_MAX_BYTES);
      g_assert_cmpuint (strspn (slug, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen (slug));
    }

  return 0;
}
