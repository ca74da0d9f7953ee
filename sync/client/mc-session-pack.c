/* mc-session-pack.c: own changes, signed and packed for a request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * While the hub has a request, what follows it is packed already: when the answer says that all was accepted, the next request
 * goes at once.  A stream is only written on, so what was packed of it stays right; where the answer says anything else, or the
 * hub turns out to take it in another way, it is packed anew.
 */

#include "client/mc-session-private.h"

#include "core/mc-limits.h"
#include "core/mc-pack.h"
#include "core/mc-parallel.h"
#include "wire/mc-message.h"

#define GROUPS_PACKED_BYTES    (96 * 1024)
#define GROUPS_LEAST_RAW_BYTES (16 * 1024)
#define MANY_CHANGES           1024   /* a first request is full of them, however they are packed */

/* How far a stream is packed. */
typedef struct
{
  const char *log;
  guint64 next;      /* the first place that is not */
  McDigest chain;    /* before it */
  gsize aim;         /* about how much of changes the next frame takes */
} Packing;

typedef struct
{
  guint64 first, next;   /* the first place in it, and the one behind it */
  McDigest chain;        /* after it */
  GBytes *payload;       /* (owned) */
} PackedFrame;

/* Frames that follow each other in one stream. */
struct _SessionPacked
{
  char *log, *incarnation;   /* (owned) */
  const McDictionary *dictionary;  /* (nullable) */
  gboolean runs;
  GArray *frames;            /* (owned) (element-type PackedFrame) */
  guint n_used;              /* of them */
};

static void
packed_frame_clear (gpointer data)
{
  g_clear_pointer (&((PackedFrame *) data)->payload, g_bytes_unref);
}

void
mc_session_packed_free (SessionPacked *self)
{
  g_free (self->log);
  g_free (self->incarnation);
  g_array_unref (self->frames);
  g_free (self);
}

/* signing */

typedef struct
{
  const McSigningKey *key;
  GPtrArray *groups;
  GPtrArray *messages;   /* (owned) (element-type GBytes) what each group's signature is over */
} Signing;

static void
sign_one (guint    index,
          gpointer user_data)
{
  Signing *signing = user_data;
  McGroup *group = signing->groups->pdata[index];
  GBytes *message = signing->messages->pdata[index];
  guint8 signature[MC_SIGNATURE_BYTES];

  if (group->signature != NULL)
    return;
  mc_sign (signing->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  group->signature = g_bytes_new (signature, sizeof signature);
}

static void
unref_bytes (gpointer bytes)
{
  g_clear_pointer (&bytes, g_bytes_unref);
}

/* Signs the groups that have no signature yet, or of a run the last alone; @chain is that before the first of them, and
 * goes on to the last. */
void
mc_session_sign_groups (Session    *self,
                        const char *log,
                        GPtrArray  *groups,
                        gboolean    is_run,
                        McDigest   *chain)
{
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func (unref_bytes);
  Signing signing = { &self->account->key, groups, messages };

  for (guint i = 0; i < groups->len; i++)
    {
      McGroup *group = groups->pdata[i];

      for (guint k = 0; k < group->changes->len; k++)
        mc_chain_step (chain, mc_change_get_hash (group->changes->pdata[k]));
      g_ptr_array_add (messages, is_run && i < groups->len - 1 ? NULL :
                       mc_message_stream (self->account->hub.id, self->account->device, group->incarnation, log,
                                          group->n + group->changes->len - 1, chain));
    }
  if (is_run)
    sign_one (groups->len - 1, &signing);
  else
    mc_parallel_for (groups->len, sign_one, &signing);
}

/* packing */

static void
init_packing (Session    *self,
              const char *log,
              Packing    *out)
{
  gsize little = self->transport != NULL ? self->transport->request_bytes : 0;

  *out = (Packing) { .log = log, .aim = little > 0 ? little : MC_GROUPS_RAW_BYTES };
}

/* One frame more, for a request with so much @room. (transfer full) (nullable): NULL without an error: there is no more. */
static GBytes *
pack_frame (Session             *self,
            const McDictionary  *dictionary,
            gsize                room,
            Packing             *packing,
            GError             **error)
{
  g_autoptr(GPtrArray) groups = mc_journal_get_groups (self->journal, packing->log, packing->next, packing->aim, error);
  GBytes *payload;
  McGroup *last;

  if (groups == NULL || groups->len == 0)
    return NULL;
  mc_session_sign_groups (self, packing->log, groups, self->runs, &packing->chain);
  payload = (self->runs ? mc_encode_run : mc_encode_groups) (dictionary, packing->log, groups);
  last = groups->pdata[groups->len - 1];
  packing->next = last->n + last->changes->len;
  /* Text packs well: so many changes make the next frame that it is what a cut may cost, and no more, and that the
   * request stays what the line was found to bear. */
  room -= MIN (g_bytes_get_size (payload), room);
  packing->aim = CLAMP (packing->aim * MIN (GROUPS_PACKED_BYTES, room) / g_bytes_get_size (payload), GROUPS_LEAST_RAW_BYTES,
                        MC_RUN_RAW_BYTES);

  return payload;
}

static void
put_payload (Session       *self,
             McFrameWriter *writer,
             GBytes        *payload)
{
  mc_frame_writer_add (writer, self->runs ? MC_FRAME_RUN : MC_FRAME_GROUPS, g_bytes_get_data (payload, NULL),
                       g_bytes_get_size (payload));
}

static gsize
get_room (Session       *self,
          McFrameWriter *writer)
{
  return self->budget - MIN (mc_frame_writer_get_size (writer), self->budget);
}

/* What was packed of @log for this very hub; NULL = nothing. */
static SessionPacked *
find_packed (Session            *self,
             const char         *log,
             const McDictionary *dictionary)
{
  SessionPacked *packed = self->packed;

  return packed != NULL && g_str_equal (packed->log, log) && packed->dictionary == dictionary &&
         packed->runs == self->runs && g_str_equal (packed->incarnation, mc_journal_get_incarnation (self->journal))
         ? packed : NULL;
}

/* What is packed already, as far as it follows and there is room.  Moves @packing on. */
static void
put_packed (Session             *self,
            McFrameWriter       *writer,
            const McDictionary  *dictionary,
            Packing             *packing)
{
  SessionPacked *packed = find_packed (self, packing->log, dictionary);

  while (packed != NULL && packed->n_used < packed->frames->len && get_room (self, writer) > 0)
    {
      PackedFrame *frame = &g_array_index (packed->frames, PackedFrame, packed->n_used);

      if (frame->first != packing->next ||
          g_bytes_get_size (frame->payload) > get_room (self, writer) + GROUPS_LEAST_RAW_BYTES)
        break;
      put_payload (self, writer, frame->payload);
      packing->next = frame->next;
      packing->chain = frame->chain;
      packed_frame_clear (frame);
      packed->n_used++;
    }
}

/* Where much waits, the first request is as large as it may be in any case: what it brings less is less than what would be lost
 * on a fast line by packing well. */
static gboolean
packs_quickly (Session      *self,
               McStreamHead *stream)
{
  return self->pace.is_fast || (self->transport != NULL && self->report->turns == 0 && stream->n - stream->hub_n > MANY_CHANGES);
}

/* So long as a request has room; a bundle has it always. */
gboolean
mc_session_put_groups (Session        *self,
                       McFrameWriter  *writer,
                       const char     *log,
                       McStreamHead   *stream,
                       GError        **error)
{
  const McDictionary *dictionary = packs_quickly (self, stream) ? mc_dictionary_quick (self->dictionary) : self->dictionary;
  g_autoptr(GError) local_error = NULL;
  Packing packing;

  if (stream->hub_n + 1 > stream->n)
    return TRUE;
  init_packing (self, log, &packing);
  packing.next = stream->hub_n + 1;
  put_packed (self, writer, dictionary, &packing);
  if (packing.next == stream->hub_n + 1 &&
      !mc_journal_get_stream_chain (self->journal, log, stream->hub_n, &packing.chain, error))
    return FALSE;

  while (packing.next <= stream->n && get_room (self, writer) > 0)
    {
      g_autoptr(GBytes) payload = pack_frame (self, dictionary, get_room (self, writer), &packing, &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (payload == NULL)
        break;
      put_payload (self, writer, payload);
      if (!mc_session_flush (self, writer, error))
        return FALSE;
    }
  if (packing.next <= stream->n)
    {
      session_end_clear (&self->end);
      self->end = (SessionEnd) { g_strdup (log), packing.next, packing.chain };
    }

  return TRUE;
}

/* ahead */

static SessionPacked *
packed_new (Session            *self,
            const char         *log,
            const McDictionary *dictionary)
{
  SessionPacked *packed = g_new0 (SessionPacked, 1);

  packed->log = g_strdup (log);
  packed->incarnation = g_strdup (mc_journal_get_incarnation (self->journal));
  packed->dictionary = dictionary;
  packed->runs = self->runs;
  packed->frames = g_array_new (FALSE, TRUE, sizeof (PackedFrame));
  g_array_set_clear_func (packed->frames, packed_frame_clear);

  return packed;
}

void
mc_session_pack_ahead (Session *self,
                       gsize    bytes)
{
  /* A hub that was never heard is taken for one of this program's age. */
  const McDictionary *dictionary = self->dictionary != NULL ? self->dictionary
                                   : mc_dictionary_for_pack (mc_pack_get_id (mc_journal_get_pack (self->journal)));
  Packing packing;
  gsize size = 0;

  g_clear_pointer (&self->packed, mc_session_packed_free);
  if (self->end.log == NULL)
    return;
  dictionary = mc_dictionary_quick (dictionary);
  init_packing (self, self->end.log, &packing);
  packing.next = self->end.next;
  packing.chain = self->end.chain;
  self->packed = packed_new (self, self->end.log, dictionary);
  while (size < bytes)
    {
      PackedFrame frame = { .first = packing.next };

      /* What fails is tried again with the request itself, and says so there. */
      if (!(frame.payload = pack_frame (self, dictionary, bytes - size, &packing, NULL)))
        break;
      frame.next = packing.next;
      frame.chain = packing.chain;
      size += g_bytes_get_size (frame.payload);
      g_array_append_val (self->packed->frames, frame);
    }
}
