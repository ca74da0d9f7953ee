/* fuzz-session.c: a request to a hub, from a device that holds a valid key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input is a list of frames: kind, two bytes of length, payload.  HELLO and END are made here, and so are the
 * signatures of groups: a hostile device can make them too.
 */

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "fuzz/mc-fuzz.h"
#include "hub/mc-hub-session.h"
#include "wire/mc-buffer.h"
#include "wire/mc-enrolment.h"

#define RAW_CHANGES 'c'    /* one group of these changes, one a line, signed */
#define ON_A_STICK  'b'    /* the request comes in a bundle */

static McHub *hub;
static McSigningKey key;

static void
enrol (void)
{
  g_autofree char *line = mc_hub_enrol (hub, FUZZ_LOG, "commune", NULL, 30, FUZZ_NOW_US, NULL), *request = NULL;
  g_autofree char *answer = NULL, *secret = NULL, *hex = NULL;
  g_autoptr(McEnrolment) enrolment = mc_enrolment_parse (line, FUZZ_NOW_US, NULL);
  const char *problem;

  secret = mc_hex (enrolment->secret, MC_SECRET_BYTES);
  hex = mc_hex (key.public_key, MC_KEY_BYTES);
  request = g_strdup_printf ("{\"secret\":\"%s\",\"device\":\"" FUZZ_DEVICE "\",\"public_key\":\"%s\",\"name\":\"\"}", secret, hex);
  answer = mc_hub_answer_enrol (hub, request, strlen (request), FUZZ_NOW_US, &problem, NULL);
  g_assert_nonnull (answer);
}

/* The hub with its one device; what former inputs left there is forgotten. */
static void
begin (void)
{
  static const char units[] = "{\"units\":[{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"name\":\"An Tân\",\"kind\":\"commune\"}]}";
  guint8 seed[MC_KEY_BYTES] = { FUZZ_DEVICE_SEED };
  g_autoptr(GError) error = NULL;
  guint count;

  if (hub == NULL)
    {
      g_autofree char *dir = fuzz_new_folder (), *hub_dir = g_build_filename (dir, "hub", NULL);

      mc_signing_key_from_seed (&key, seed);
      g_assert_true (mc_hub_init (hub_dir, "https://127.0.0.1:1", &error));
      hub = mc_hub_open (hub_dir, &error);
      g_assert_no_error (error);
      g_assert_true (mc_hub_import_units (hub, units, &count, &error));
      enrol ();
    }
  g_assert_true (mc_db_exec (hub->db, "DELETE FROM change; DELETE FROM log; DELETE FROM stream; DELETE FROM refused;"
                             "DELETE FROM evidence; DELETE FROM evidence_use; DELETE FROM audit", NULL));
}

static void
put_hello (McFrameWriter *writer)
{
  McHello hello = { .protocol = MC_PROTOCOL_VERSION, .device = (char *) FUZZ_DEVICE, .incarnation = (char *) FUZZ_INCARNATION,
                    .program = (char *) "fuzz" };
  g_autoptr(GBytes) message = mc_message_hello (&hub->identity, hello.device, hello.incarnation, hello.nonce);

  mc_sign (&key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
  mc_frame_writer_add_array (writer, MC_FRAME_HELLO, mc_encode_hello (&hello));
}

/* A signed group of the lines of @payload that are changes. */
static void
put_changes (McFrameWriter *writer,
             const char    *payload,
             guint64       *n,
             McDigest      *chain)
{
  g_auto(GStrv) lines = g_strsplit (payload, "\n", MC_GROUP_MAX_CHANGES);
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  McGroup *group = g_new0 (McGroup, 1);
  g_autoptr(GBytes) message = NULL, packed = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];

  g_ptr_array_add (groups, group);
  group->device = g_strdup (FUZZ_DEVICE);
  group->incarnation = g_strdup (FUZZ_INCARNATION);
  group->n = *n + 1;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (lines[i], strlen (lines[i]));
      McChange *change = mc_change_parse (bytes, NULL);

      if (change == NULL)
        continue;
      g_ptr_array_add (group->changes, change);
      mc_chain_step (chain, mc_change_get_hash (change));
    }
  if (group->changes->len == 0)
    return;
  *n += group->changes->len;
  message = mc_message_stream (hub->identity.id, FUZZ_DEVICE, FUZZ_INCARNATION, FUZZ_LOG, *n, chain);
  mc_sign (&key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  group->signature = g_bytes_new (signature, sizeof signature);
  packed = mc_encode_groups (NULL, FUZZ_LOG, groups);
  mc_frame_writer_add (writer, MC_FRAME_GROUPS, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
}

static GBytes *
write_request (const guint8 *data,
               gsize         size,
               gboolean     *out_on_stick)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  McDigest chain = { { 0 } };
  McReader reader;
  guint64 n = 0;

  put_hello (writer);
  mc_reader_init (&reader, data, size);
  while (reader.left > 3)
    {
      guint8 kind = mc_get_u8 (&reader);
      gsize said = mc_get_u16 (&reader), length = MIN (said, reader.left);
      g_autoptr(GBytes) payload = mc_get_bytes (&reader, length);

      if (kind == RAW_CHANGES)
        {
          g_autofree char *text = fuzz_text (payload);

          put_changes (writer, text, &n, &chain);
        }
      else if (kind == ON_A_STICK)
        *out_on_stick = TRUE;
      else if (kind != MC_FRAME_END && kind != MC_FRAME_HUB_END)
        mc_frame_writer_add (writer, kind, g_bytes_get_data (payload, NULL), length);
    }
  mc_frame_writer_end (writer, MC_FRAME_END, 0);

  return mc_frame_writer_take (writer);
}

static gboolean
count_cb (GBytes    *piece,
          gpointer   user_data,
          GError   **error)
{
  *(gsize *) user_data += g_bytes_get_size (piece);

  return TRUE;
}

/* Whether it was answered. */
static gboolean
answer (McHubSession *session,
        gboolean      on_stick)
{
  g_autoptr(GBytes) whole = on_stick ? NULL : mc_hub_session_finish (session);
  g_autoptr(GError) error = NULL;
  gsize size = 0;

  if (!on_stick)
    return whole != NULL;
  if (mc_hub_session_get_problem (session) != NULL || !mc_hub_session_finish_all (session, 4096, count_cb, &size, &error))
    return FALSE;
  g_assert_cmpuint (size, >, 0);

  return TRUE;
}

/* Any request ends in an answer or in a problem, never in “internal”, and the hub's chains hold after it. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(McHubSession) session = NULL;
  g_autoptr(GBytes) request = NULL;
  g_autofree char *report = NULL;
  g_autoptr(GError) error = NULL;
  gboolean on_stick = FALSE, answered;

  fuzz_begin ();
  begin ();
  session = mc_hub_session_new (hub, FUZZ_NOW_US);
  request = write_request (data, size, &on_stick);
  if (on_stick)
    mc_hub_session_set_bundle (session);
  mc_hub_session_push (session, g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  answered = answer (session, on_stick);
  g_assert_true (answered == (mc_hub_session_get_problem (session) == NULL));
  if (g_strcmp0 (mc_hub_session_get_problem (session), "internal") == 0)
    g_error ("The hub failed by itself: %s", mc_hub_session_get_detail (session));
  g_assert_true (mc_hub_verify (hub, &report, &error));
  g_assert_no_error (error);

  return 0;
}
