/* sim-line.c: a line on which everything goes wrong
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "hub/mc-hub-segment.h"
#include "wire/mc-frame.h"
#include "wire/mc-sync-error.h"

#define MAX_TURNS 60

typedef enum
{
  FAULT_NONE,
  FAULT_LOST,             /* nothing arrives */
  FAULT_CUT,              /* the line breaks while the request goes out */
  FAULT_ANSWER_LOST,
  FAULT_ANSWER_CUT,       /* what came looks like the end */
  FAULT_ANSWER_BROKEN,    /* the line breaks while the answer comes, and both sides know */
  FAULT_ANSWER_GARBLED,
  FAULT_REQUEST_GARBLED,
  FAULT_PORTAL,           /* somebody else answers */
  FAULT_STALE,            /* an answer to another request */
  FAULT_TWICE,            /* the request comes twice, the second answer is read */
  FAULT_LATE,             /* it comes when nobody waits for it any more */
  FAULT_HUB_CRASH,
  FAULT_HUB_FAILS,        /* a commit there does not go through: busy, or a bad block */
  FAULT_HUB_FULL,         /* its disk, from here on until somebody makes room */
  FAULT_PROXY,            /* something in between says no */
  N_FAULTS,
} Fault;

static const char * const fault_names[N_FAULTS] = {
  "ok", "request lost", "request cut", "answer lost", "answer cut", "answer broken off", "answer garbled", "request garbled", "portal answers",
  "stale answer", "request twice", "request late", "hub crashes", "hub fails", "hub full", "refused on the way",
};

typedef struct
{
  McTransport parent;
  SimDevice *device;
  gboolean calm;
  guint turns;
  gint64 now_us;             /* by which the line is measured: some turns take long, some no time at all */
} Line;

static void
set_error (GError     **error,
           const char  *what)
{
  g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE, what);
}

static void
keep (GPtrArray *list,
      GBytes    *bytes)
{
  if (list->len >= 12)
    g_ptr_array_remove_index (list, 0);
  g_ptr_array_add (list, g_bytes_ref (bytes));
}

static GBytes *
garble (SimWorld *world,
        GBytes   *bytes)
{
  gsize size = g_bytes_get_size (bytes);
  guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);

  if (size > 0)
    copy[sim_random_below (&world->chance, size)] ^= 1 << sim_random_below (&world->chance, 8);

  return g_bytes_new_take (copy, size);
}

/* What a device makes of a refusal, as over HTTPS. */
static McSyncError
code_of (const char *problem)
{
  static const struct
  {
    const char *slug;
    McSyncError code;
  } codes[] = {
    { "revoked", MC_SYNC_ERROR_REVOKED }, { "unknown-device", MC_SYNC_ERROR_UNKNOWN_DEVICE }, { "hub-full", MC_SYNC_ERROR_HUB_FULL },
    { "not-ready", MC_SYNC_ERROR_UNAVAILABLE }, { "protocol", MC_SYNC_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_strcmp0 (problem, codes[i].slug) == 0)
      return codes[i].code;

  return MC_SYNC_ERROR_REJECTED;
}

/* What an answer is made of, by the numbers of docs/protocol.md. */
static void
tell_frames (SimWorld *world,
             GBytes   *answer)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GString) text = g_string_new (NULL);
  GBytes *payload;
  guint8 kind;

  if (!world->trace)
    return;
  mc_frame_reader_push (reader, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  while (mc_frame_reader_next (reader, &kind, &payload, NULL))
    {
      g_string_append_printf (text, " %s", mc_frame_kind_name (kind));
      g_bytes_unref (payload);
    }
  sim_say (world, "hub: answers%s, more %u", text->str, mc_frame_reader_get_end_number (reader));
}

/* The whole request arrives; its answer, or an error for the device. */
static GBytes *
exchange (Line     *self,
          GBytes   *request,
          GError  **error)
{
  SimWorld *world = self->device->world;
  const char *problem;
  GBytes *answer = sim_hub_deliver (world, request, g_bytes_get_size (request), &problem);

  if (answer == NULL)
    {
      g_set_error (error, MC_SYNC_ERROR, code_of (problem), "The hub says: %s", problem);
      return NULL;
    }
  keep (world->old_answers, answer);
  tell_frames (world, answer);

  return answer;
}

/* What becomes of an answer on its way. */
static GBytes *
bring_back (Line    *self,
            GBytes  *answer,
            Fault    fault,
            GError **error)
{
  SimWorld *world = self->device->world;

  g_autoptr(GBytes) whole = answer, told = NULL;

  if (world->lies && !self->calm && sim_random_is (&world->chance, 30))
    {
      told = g_steal_pointer (&whole);
      whole = sim_falsify (self->device, told, TRUE);
      sim_say (world, "%s: is told another thing", self->device->name);
      tell_frames (world, whole);
    }
  if (fault == FAULT_ANSWER_LOST)
    {
      set_error (error, "answer lost");
      return NULL;
    }
  if (fault == FAULT_ANSWER_BROKEN)
    {
      self->parent.came = g_bytes_new_from_bytes (whole, 0, sim_random_below (&world->chance, g_bytes_get_size (whole)));
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT, "answer broken off");
      return NULL;
    }
  if (fault == FAULT_ANSWER_CUT)
    return g_bytes_new_from_bytes (whole, 0, sim_random_below (&world->chance, g_bytes_get_size (whole)));
  if (fault == FAULT_ANSWER_GARBLED)
    return garble (world, whole);

  return g_steal_pointer (&whole);
}

static GBytes *
cut (Line    *self,
     GBytes  *request,
     GError **error)
{
  SimWorld *world = self->device->world;
  const char *problem;
  GBytes *answer = sim_hub_deliver (world, request, sim_random_below (&world->chance, g_bytes_get_size (request)), &problem);

  g_assert (answer == NULL);
  set_error (error, "request cut");

  return NULL;
}

static GBytes *
crash_hub (Line    *self,
           GBytes  *request,
           GError **error)
{
  SimWorld *world = self->device->world;
  g_autoptr(GError) ignored = NULL;
  GBytes *answer;

  world->hub_commits_left = sim_random_below (&world->chance, 4);
  answer = exchange (self, request, &ignored);
  g_clear_pointer (&answer, g_bytes_unref);
  sim_hub_restart (world);
  set_error (error, "hub crashed");

  return NULL;
}

static GBytes *
fail_hub (Line    *self,
          GBytes  *request,
          GError **error)
{
  SimWorld *world = self->device->world;
  GBytes *answer;

  world->hub_fails_in = sim_random_below (&world->chance, 4);
  answer = exchange (self, request, error);
  world->hub_fails_in = -1;
  world->hub_failed = FALSE;

  return answer;
}

static GBytes *
fill_hub (Line    *self,
          GBytes  *request,
          GError **error)
{
  SimWorld *world = self->device->world;

  sim_db_fill (world->hub->db);
  world->hub_full = TRUE;

  return exchange (self, request, error);
}

static Fault
choose_fault (Line *self)
{
  SimRandom *chance = &self->device->world->chance;

  return self->calm || sim_random_is (chance, 60) ? FAULT_NONE : 1 + sim_random_below (chance, N_FAULTS - 1);
}

static GBytes *
with_fault (Line    *self,
            GBytes  *request,
            Fault    fault,
            GError **error)
{
  static const char portal[] = "<!DOCTYPE html><html><body>Đăng nhập mạng</body></html>";
  SimWorld *world = self->device->world;
  g_autoptr(GBytes) other = NULL;
  GBytes *answer;

  switch (fault)
    {
    case FAULT_LOST:
    case FAULT_LATE:
      set_error (error, fault_names[fault]);
      return NULL;
    case FAULT_CUT:
      return cut (self, request, error);
    case FAULT_HUB_CRASH:
      return crash_hub (self, request, error);
    case FAULT_HUB_FAILS:
      return fail_hub (self, request, error);
    case FAULT_HUB_FULL:
      return fill_hub (self, request, error);
    case FAULT_PROXY:
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROXY, "403");
      return NULL;
    case FAULT_PORTAL:
      return g_bytes_new (portal, sizeof portal - 1);
    case FAULT_STALE:
      if (world->old_answers->len == 0)
        return g_bytes_new (NULL, 0);
      return g_bytes_ref (world->old_answers->pdata[sim_random_below (&world->chance, world->old_answers->len)]);
    case FAULT_REQUEST_GARBLED:
      other = garble (world, request);
      return exchange (self, other, error);
    case FAULT_TWICE:
      if (!(answer = exchange (self, request, error)))
        return NULL;
      g_bytes_unref (answer);
      return exchange (self, request, error);
    case FAULT_NONE:
    case FAULT_ANSWER_LOST:
    case FAULT_ANSWER_CUT:
    case FAULT_ANSWER_BROKEN:
    case FAULT_ANSWER_GARBLED:
    case N_FAULTS:
    default:
      answer = exchange (self, request, error);
      return answer != NULL ? bring_back (self, answer, fault, error) : NULL;
    }
}

static GBytes *
post (McTransport   *transport,
      GBytes        *request,
      GCancellable  *cancellable,
      GError       **error)
{
  Line *self = (Line *) transport;
  SimWorld *world = self->device->world;
  Fault fault = choose_fault (self);
  g_autoptr(GBytes) said = NULL;

  g_clear_pointer (&transport->came, g_bytes_unref);
  if (world->hub_full && (self->calm || sim_random_is (&world->chance, 20)))
    sim_hub_make_room (world);
  if (self->device->crashed)
    {
      set_error (error, "power cut");
      return NULL;
    }
  if (self->device->turns_left == 0)
    {
      set_error (error, "the line is gone");
      return NULL;
    }
  if (self->device->turns_left > 0)
    self->device->turns_left--;
  if (++self->turns > MAX_TURNS)
    {
      sim_fail (world, "%s: a sync does not end", self->device->name);
      set_error (error, "endless");
      return NULL;
    }
  sim_say (world, "%s: sends %" G_GSIZE_FORMAT " bytes: %s", self->device->name, g_bytes_get_size (request), fault_names[fault]);
  keep (world->old_requests, request);
  if (world->lies && !self->calm && sim_random_is (&world->chance, 15))
    {
      said = sim_falsify (self->device, request, FALSE);
      sim_say (world, "%s: says another thing", self->device->name);
    }

  return with_fault (self, said != NULL ? said : request, fault, error);
}

/* A stretch of a log goes on behind what is in @file, and may be cut. */
static gboolean
get (McTransport         *transport,
     const char          *path,
     const char          *device,
     const McSigningKey  *key,
     const char          *file,
     gboolean            *out_none,
     GCancellable        *cancellable,
     GError             **error)
{
  Line *self = (Line *) transport;
  SimWorld *world = self->device->world;
  g_autoptr(McHubDevice) reader = mc_hub_find_device (world->hub, device, NULL);
  const char *from = strrchr (path, '/') + 1, *name = path + strlen ("/v1/segments/");
  g_autofree char *log = g_strndup (name, from - 1 - name), *content = NULL;
  gboolean cut = !self->calm && sim_random_is (&world->chance, 40);
  g_autoptr(GBytes) all = NULL;
  gsize have = 0, size;

  *out_none = FALSE;
  if (++self->turns > MAX_TURNS)
    {
      sim_fail (world, "%s: a sync does not end", self->device->name);
      set_error (error, "endless");
      return FALSE;
    }
  if (reader == NULL || reader->revoked)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, reader != NULL ? MC_SYNC_ERROR_REVOKED : MC_SYNC_ERROR_UNKNOWN_DEVICE, "not let in");
      return FALSE;
    }
  if (!(all = mc_hub_read_segment (world->hub, reader, log, g_ascii_strtoull (from, NULL, 10), NULL)))
    {
      *out_none = TRUE;
      g_unlink (file);
      return TRUE;
    }
  g_file_get_contents (file, &content, &have, NULL);
  size = g_bytes_get_size (all);
  if (cut && have < size)
    size = have + sim_random_below (&world->chance, size - have);
  if (have < size)
    {
      g_autoptr(GByteArray) whole = g_byte_array_new ();

      g_byte_array_append (whole, (guint8 *) content, have);
      g_byte_array_append (whole, (const guint8 *) g_bytes_get_data (all, NULL) + have, size - have);
      g_assert_true (g_file_set_contents (file, (char *) whole->data, whole->len, NULL));
    }
  sim_say (world, "%s: gets %s from %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT "%s", self->device->name, path, have, size, cut ? ", cut" : "");
  if (cut)
    g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT, "cut");

  return !cut;
}

static gint64
now_us (McTransport *transport)
{
  Line *self = (Line *) transport;
  SimRandom *chance = &self->device->world->chance;

  return self->now_us += sim_random_is (chance, 50) ? 1 : 1 + sim_random_below (chance, 30 * G_TIME_SPAN_SECOND);
}

static void
line_free (McTransport *transport)
{
  g_clear_pointer (&transport->came, g_bytes_unref);
  g_free (transport);
}

McTransport *
sim_line_new (SimDevice *device,
              gboolean   calm)
{
  Line *self = g_new0 (Line, 1);
  SimRandom *chance = &device->world->chance;

  /* So that a sync takes several requests, and the next goes ahead of an answer (mc-session-ahead.c), though nobody here
   * writes much. */
  if (device->world->little)
    self->parent.request_bytes = 20 + sim_random_below (chance, 300);
  self->parent.post = post;
  self->parent.get = get;
  self->parent.now_us = now_us;
  self->parent.free = line_free;
  self->device = device;
  self->calm = calm;

  return &self->parent;
}
