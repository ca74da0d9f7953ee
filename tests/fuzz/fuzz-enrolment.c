/* fuzz-enrolment.c: enrolment lines
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz/mc-fuzz.h"
#include "wire/mc-enrolment.h"
#include "wire/mc-sync-error.h"

/* What is taken for a line says the same when it is written again; the first byte says if the rest is a text, or the
 * bytes behind a right checksum. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = NULL, *line = NULL, *again = NULL;
  g_autoptr(McEnrolment) enrolment = NULL, second = NULL;
  g_autoptr(GError) error = NULL;

  fuzz_begin ();
  if (size < 1)
    return 0;
  text = data[0] % 2 == 0 ? g_strndup ((const char *) data + 1, size - 1) : mc_enrolment_line_from_bytes (data + 1, size - 1);

  enrolment = mc_enrolment_parse (text, FUZZ_NOW_US, &error);
  fuzz_check_error (enrolment != NULL, error, MC_SYNC_ERROR);
  if (enrolment == NULL)
    return 0;
  line = mc_enrolment_to_line (enrolment);
  second = mc_enrolment_parse (line, FUZZ_NOW_US, &error);
  g_assert_no_error (error);
  again = mc_enrolment_to_line (second);
  g_assert_cmpstr (line, ==, again);

  return 0;
}
