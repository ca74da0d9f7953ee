/* sim-false.c: a hub that says what is not so, or a device that does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request or an answer that is whole, and whose HELLO is signed, with frames that are left out, come twice, in another order,
 * from older ones, changed, or made up.  What the hub signs of a log and a receipt, and a device of its changes, nobody can make
 * up; by all the rest nothing may be lost.
 */

#include "sim/sim-world.h"

#include <string.h>

#include "wire/mc-buffer.h"
#include "wire/mc-message-heal.h"

typedef struct
{
  guint8 kind;
  GBytes *payload;   /* (owned) */
} Frame;

static void
frame_clear (gpointer data)
{
  g_bytes_unref (((Frame *) data)->payload);
}

static GArray *
read_frames (GBytes  *answer,
             guint32 *out_more)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  Frame frame;

  g_array_set_clear_func (frames, frame_clear);
  mc_frame_reader_push (reader, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  while (mc_frame_reader_next (reader, &frame.kind, &frame.payload, NULL))
    if (frame.kind == MC_FRAME_HUB_END || frame.kind == MC_FRAME_END)
      g_bytes_unref (frame.payload);
    else
      g_array_append_val (frames, frame);
  *out_more = mc_frame_reader_get_end_number (reader);

  return frames;
}

/* Anywhere behind HELLO. */
static void
insert (SimWorld   *world,
        GArray     *frames,
        guint8      kind,
        GBytes     *payload)   /* (transfer full) */
{
  Frame frame = { kind, payload };

  g_array_insert_val (frames, 1 + sim_random_below (&world->chance, frames->len), frame);
}

static void
insert_old (SimWorld  *world,
            GPtrArray *list,
            GArray    *frames)
{
  GBytes *body = list->len > 0 ? list->pdata[sim_random_below (&world->chance, list->len)] : NULL;
  guint32 more;
  g_autoptr(GArray) old = body != NULL ? read_frames (body, &more) : NULL;
  Frame *frame;

  if (old == NULL || old->len < 2)
    return;
  frame = &g_array_index (old, Frame, 1 + sim_random_below (&world->chance, old->len - 1));
  /* Who has a row that is not for him has the only one, perhaps, and nobody takes it back from there. */
  if (frame->kind == MC_FRAME_HUB_LOG)
    return;
  insert (world, frames, frame->kind, g_bytes_ref (frame->payload));
}

static const char *
choose_log (SimDevice *device)
{
  return device->reads[sim_random_below (&device->world->chance, g_strv_length (device->reads))];
}

/* What has become of the own stream. */
static void
insert_stream (SimDevice *device,
               GArray    *frames)
{
  SimWorld *world = device->world;
  McStreamFrame frame = { .log = (char *) choose_log (device) };
  McVerdict verdict = { .kind = sim_random_below (&world->chance, 6) };
  McStreamHead stream;

  if (!mc_journal_get_stream (device->journal, frame.log, &stream, NULL))
    return;
  frame.verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  frame.n = sim_random_below (&world->chance, stream.n + 3);
  frame.fork = sim_random_is (&world->chance, 10);
  verdict.n_first = 1 + sim_random_below (&world->chance, stream.n + 1);
  verdict.n_last = verdict.n_first + sim_random_below (&world->chance, 3);
  verdict.seq_first = sim_random_is (&world->chance, 50) ? sim_random_below (&world->chance, 20) : 0;
  verdict.problem = (char *) "{\"type\":\"forbidden\",\"detail\":\"so\"}";
  if (sim_random_is (&world->chance, 80))
    g_array_append_val (frame.verdicts, verdict);
  insert (world, frames, MC_FRAME_HUB_STREAM, g_byte_array_free_to_bytes (mc_encode_stream (&frame)));
  g_array_unref (frame.verdicts);
}

static void
insert_rewind (SimDevice *device,
               GArray    *frames)
{
  SimWorld *world = device->world;
  GByteArray *rewind = g_byte_array_new ();

  mc_put_name (rewind, choose_log (device));
  mc_put_u64 (rewind, sim_random_below (&world->chance, 6));
  insert (world, frames, MC_FRAME_HUB_REWIND, g_byte_array_free_to_bytes (rewind));
}

static void
insert_parted (SimDevice *device,
               GArray    *frames)
{
  SimWorld *world = device->world;
  McPartedFrame parted = { .log = (char *) choose_log (device), .common = sim_random_below (&world->chance, 4) };

  parted.parted = parted.common + 1 + sim_random_below (&world->chance, 20);
  insert (world, frames, MC_FRAME_HUB_PARTED, g_byte_array_free_to_bytes (mc_encode_parted (&parted)));
}

/* Files that are said to be there and are not, or the other way round. */
static void
insert_needs (SimDevice *device,
              GArray    *frames)
{
  SimWorld *world = device->world;
  g_autoptr(GArray) needs = g_array_new (FALSE, TRUE, sizeof (McNeed));
  g_autoptr(GArray) states = mc_journal_list_evidence_to_send (device->journal, NULL, NULL);
  gboolean whole = sim_random_is (&world->chance, 50);

  for (guint i = 0; states != NULL && i < states->len; i++)
    {
      McNeed need = { .offset = sim_random_below (&world->chance, 2) * 1000000, .complete = sim_random_is (&world->chance, 50) };

      g_strlcpy (need.sha256, g_array_index (states, McEvidenceState, i).sha256, sizeof need.sha256);
      g_array_append_val (needs, need);
    }
  if (sim_random_is (&world->chance, 50))
    insert (world, frames, MC_FRAME_HUB_LACKS, g_byte_array_free_to_bytes (mc_encode_lacks (whole, needs)));
  else
    insert (world, frames, MC_FRAME_HUB_NEED, g_byte_array_free_to_bytes (mc_encode_needs (needs)));
}

static void
change_one (SimWorld *world,
            Frame    *frame)
{
  gsize size = g_bytes_get_size (frame->payload);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (frame->payload, NULL), size);

  if (size == 0)
    return;
  copy[sim_random_below (&world->chance, size)] ^= 1 << sim_random_below (&world->chance, 8);
  g_bytes_unref (frame->payload);
  frame->payload = g_bytes_new (copy, size);
}

/* Another word in a change of somebody else, under the head that the hub has signed. */
static void
forge_row (McLogRow *row)
{
  McChange *change = row->group->changes->pdata[0];
  g_autofree char *text = g_strndup (g_bytes_get_data (mc_change_get_bytes (change), NULL), g_bytes_get_size (mc_change_get_bytes (change)));
  char *digit = strstr (text, "\"set\":{");
  g_autoptr(GBytes) bytes = NULL;

  digit = digit != NULL ? strpbrk (digit, "123456789") : NULL;
  if (digit == NULL)
    return;
  *digit = *digit == '9' ? '1' : *digit + 1;
  bytes = g_bytes_new (text, strlen (text));
  if ((change = mc_change_parse (bytes, NULL)) == NULL)
    return;
  mc_change_unref (row->group->changes->pdata[0]);
  row->group->changes->pdata[0] = change;
}

static void
change_page (SimDevice *device,
             GArray    *frames)
{
  for (guint i = 1; i < frames->len; i++)
    {
      Frame *frame = &g_array_index (frames, Frame, i);
      McLogFrame page = { 0 };

      if (frame->kind == MC_FRAME_HUB_LOG && mc_decode_log (frame->payload, &page, NULL))
        {
          for (guint k = 0; k < page.rows->len; k++)
            if (((McLogRow *) page.rows->pdata[k])->group != NULL)
              forge_row (page.rows->pdata[k]);
          g_bytes_unref (frame->payload);
          frame->payload = mc_encode_log (NULL, &page);
        }
      mc_log_frame_clear (&page);
    }
}

/* What can become of the frames of either. */
static void
shuffle (SimWorld  *world,
         GPtrArray *old,
         GArray    *frames)
{
  guint what = sim_random_below (&world->chance, 5);
  Frame *frame;

  if (frames->len < 2 || what == 4)
    {
      insert_old (world, old, frames);
      return;
    }
  frame = &g_array_index (frames, Frame, 1 + sim_random_below (&world->chance, frames->len - 1));
  /* Who does not give what proves that things came does not give it later, and nobody could make it. */
  if (frame->kind == MC_FRAME_HUB_RECEIPT)
    return;
  if (what == 0)
    g_array_remove_index (frames, frame - (Frame *) frames->data);
  else if (what == 1)
    change_one (world, frame);
  else
    {
      guint8 kind = frame->kind;
      GBytes *payload = g_bytes_ref (frame->payload);

      if (what == 2)
        g_array_remove_index (frames, frame - (Frame *) frames->data);
      insert (world, frames, kind, payload);
    }
}

static void
lie (SimDevice *device,
     GArray    *frames)
{
  static void (* const made_up[]) (SimDevice *, GArray *) = { insert_stream, insert_rewind, insert_parted, insert_needs,
                                                               change_page };
  SimWorld *world = device->world;

  if (sim_random_is (&world->chance, 60))
    shuffle (world, world->old_answers, frames);
  else
    made_up[sim_random_below (&world->chance, G_N_ELEMENTS (made_up))] (device, frames);
}

GBytes *
sim_falsify (SimDevice *device,
             GBytes    *body,
             gboolean   is_answer)
{
  SimWorld *world = device->world;
  guint32 more;
  g_autoptr(GArray) frames = read_frames (body, &more);
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  guint n_lies = 1 + sim_random_below (&world->chance, 3);

  if (frames->len == 0)
    return g_bytes_ref (body);
  for (guint i = 0; i < n_lies; i++)
    if (is_answer)
      lie (device, frames);
    else
      shuffle (world, world->old_requests, frames);
  if (is_answer && sim_random_is (&world->chance, 15))
    more = !more;
  for (guint i = 0; i < frames->len; i++)
    {
      Frame *frame = &g_array_index (frames, Frame, i);

      mc_frame_writer_add (writer, frame->kind, g_bytes_get_data (frame->payload, NULL), g_bytes_get_size (frame->payload));
    }
  mc_frame_writer_end (writer, is_answer ? MC_FRAME_HUB_END : MC_FRAME_END, more);
  device->lied_to = TRUE;

  return mc_frame_writer_take (writer);
}
