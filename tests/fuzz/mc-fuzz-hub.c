/* mc-fuzz-hub.c: a hub for the fuzz targets that need one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz/mc-fuzz-hub.h"

#include <string.h>

#include "core/mc-id.h"
#include "wire/mc-enrolment.h"

McHub *
fuzz_new_hub (void)
{
  g_autofree char *dir = fuzz_new_folder (), *hub_dir = g_build_filename (dir, "hub", NULL);
  g_autoptr(GError) error = NULL;
  McHub *hub;

  g_assert_true (mc_hub_init (hub_dir, "https://127.0.0.1:1", &error));
  hub = mc_hub_open (hub_dir, &error);
  g_assert_no_error (error);

  return hub;
}

void
fuzz_enrol_device (McHub        *hub,
                   McSigningKey *out_key)
{
  static const char units[] = "{\"units\":[{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"name\":\"An Tân\",\"kind\":\"commune\"}]}";
  guint8 seed[MC_KEY_BYTES] = { FUZZ_DEVICE_SEED };
  g_autofree char *line = NULL, *secret = NULL, *hex = NULL, *request = NULL, *answer = NULL;
  g_autoptr(McEnrolment) enrolment = NULL;
  g_autoptr(GError) error = NULL;
  const char *problem;
  guint count;

  g_assert_true (mc_hub_import_units (hub, units, &count, &error));
  mc_signing_key_from_seed (out_key, seed);
  line = mc_hub_enrol (hub, FUZZ_LOG, "commune", NULL, 30, FUZZ_NOW_US, NULL);
  enrolment = mc_enrolment_parse (line, FUZZ_NOW_US, NULL);
  secret = mc_hex (enrolment->secret, MC_SECRET_BYTES);
  hex = mc_hex (out_key->public_key, MC_KEY_BYTES);
  request = g_strdup_printf ("{\"secret\":\"%s\",\"device\":\"" FUZZ_DEVICE "\",\"public_key\":\"%s\",\"name\":\"\"}", secret, hex);
  answer = mc_hub_answer_enrol (hub, request, strlen (request), FUZZ_NOW_US, &problem, NULL);
  g_assert_nonnull (answer);
}
