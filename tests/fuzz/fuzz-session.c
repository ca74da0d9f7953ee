/* fuzz-session.c: a request to a hub, from a device that holds a valid key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input is a list of frames: kind, two bytes of length, payload.  HELLO and END are made here, and so are the
 * signatures of groups and runs: a hostile device can make them too.
 */

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "fuzz/mc-fuzz-hub.h"
#include "hub/mc-hub-session.h"
#include "wire/mc-buffer.h"

#define RAW_CHANGES 'c'    /* these changes, one a line, an empty one between groups, each of which is signed */
#define RAW_RUN     'r'    /* the same under one signature */
#define ON_A_STICK  'b'    /* the request comes in a bundle */

static McHub *hub;
static McSigningKey key;

/* The hub with its one device; what former inputs left there is forgotten. */
static void
begin (void)
{
  if (hub == NULL)
    {
      hub = fuzz_new_hub ();
      fuzz_enrol_device (hub, &key);
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

/* A group of what of @lines are changes, up to its end or an empty line; NULL if there is none.  @lines goes on behind it. */
static McGroup *
read_group (char     ***lines,
            guint64    *n,
            McDigest   *chain)
{
  g_autoptr(McGroup) group = g_new0 (McGroup, 1);

  group->device = g_strdup (FUZZ_DEVICE);
  group->incarnation = g_strdup (FUZZ_INCARNATION);
  group->n = *n + 1;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  for (; **lines != NULL && ***lines != '\0'; (*lines)++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (**lines, strlen (**lines));
      McChange *change = mc_change_parse (bytes, NULL);

      if (change == NULL)
        continue;
      g_ptr_array_add (group->changes, change);
      mc_chain_step (chain, mc_change_get_hash (change));
    }
  if (**lines != NULL)
    (*lines)++;
  *n += group->changes->len;

  return group->changes->len > 0 ? g_steal_pointer (&group) : NULL;
}

/* The groups of @payload, with the place behind each signed: the hub looks at all of them, or at the last of a run. */
static void
put_changes (McFrameWriter *writer,
             gboolean       is_run,
             const char    *payload,
             guint64       *n,
             McDigest      *chain)
{
  g_auto(GStrv) lines = g_strsplit (payload, "\n", MC_GROUP_MAX_CHANGES);
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) packed = NULL;

  for (char **at = lines; *at != NULL;)
    {
      McGroup *group = read_group (&at, n, chain);
      g_autoptr(GBytes) message = NULL;
      guint8 signature[MC_SIGNATURE_BYTES];

      if (group == NULL)
        continue;
      message = mc_message_stream (hub->identity.id, FUZZ_DEVICE, FUZZ_INCARNATION, FUZZ_LOG, *n, chain);
      mc_sign (&key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
      group->signature = g_bytes_new (signature, sizeof signature);
      g_ptr_array_add (groups, group);
    }
  if (groups->len == 0)
    return;
  packed = (is_run ? mc_encode_run : mc_encode_groups) (NULL, FUZZ_LOG, groups);
  mc_frame_writer_add (writer, is_run ? MC_FRAME_RUN : MC_FRAME_GROUPS, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
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

      if (kind == RAW_CHANGES || kind == RAW_RUN)
        {
          g_autofree char *text = fuzz_text (payload);

          put_changes (writer, kind == RAW_RUN, text, &n, &chain);
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
