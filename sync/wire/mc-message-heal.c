/* mc-message-heal.c: the frames by which a log is made whole again after one side went back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-message-heal.h"

#include <string.h>

#include "core/mc-limits.h"
#include "wire/mc-message-private.h"

/* PLACES */

void
mc_places_frame_clear (McPlacesFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->head.signature, g_bytes_unref);
  g_clear_pointer (&self->places, g_array_unref);
}

GByteArray *
mc_encode_places (const McPlacesFrame *places)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_name (out, places->log);
  mc_put_u8 (out, places->head.signature != NULL);
  if (places->head.signature != NULL)
    {
      mc_message_put_place (out, places->head.seq, &places->head.chain);
      mc_put_data (out, places->head.epoch, MC_ID_BYTES);
      mc_put_data (out, g_bytes_get_data (places->head.signature, NULL), MC_SIGNATURE_BYTES);
    }
  mc_put_u16 (out, places->places->len);
  for (guint i = 0; i < places->places->len; i++)
    {
      McPlace *place = &g_array_index (places->places, McPlace, i);

      mc_message_put_place (out, place->seq, &place->chain);
    }

  return out;
}

gboolean
mc_decode_places (GBytes         *payload,
                  McPlacesFrame  *out,
                  GError        **error)
{
  McReader reader;
  guint count;

  mc_message_read (&reader, payload);
  out->log = mc_get_log (&reader);
  if (mc_get_u8 (&reader))
    {
      mc_message_get_place (&reader, &out->head.seq, &out->head.chain);
      mc_get_data (&reader, out->head.epoch, MC_ID_BYTES);
      out->head.signature = mc_get_bytes (&reader, MC_SIGNATURE_BYTES);
    }
  out->places = g_array_new (FALSE, TRUE, sizeof (McPlace));
  count = mc_get_u16 (&reader);
  if (count > MC_PLACES_MAX)
    reader.failed = TRUE;
  for (guint i = 0; i < count && !reader.failed; i++)
    {
      McPlace place;

      mc_message_get_place (&reader, &place.seq, &place.chain);
      g_array_append_val (out->places, place);
    }

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "PLACES");
}

/* PARTED */

void
mc_parted_frame_clear (McPartedFrame *self)
{
  g_clear_pointer (&self->log, g_free);
}

GByteArray *
mc_encode_parted (const McPartedFrame *parted)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_name (out, parted->log);
  mc_put_u64 (out, parted->common);
  mc_put_u64 (out, parted->parted);

  return out;
}

gboolean
mc_decode_parted (GBytes         *payload,
                  McPartedFrame  *out,
                  GError        **error)
{
  McReader reader;

  mc_message_read (&reader, payload);
  out->log = mc_get_log (&reader);
  out->common = mc_get_u64 (&reader);
  out->parted = mc_get_u64 (&reader);

  return (mc_reader_is_done (&reader) && out->common < out->parted) || mc_message_refuse (error, "PARTED");
}

/* STREAMS */

void
mc_streams_frame_clear (McStreamsFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
}

GBytes *
mc_encode_streams (const McStreamsFrame *streams)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();

  mc_put_name (raw, streams->log);
  for (guint i = 0; i < streams->streams->len; i++)
    {
      McStreamPlace *place = streams->streams->pdata[i];

      mc_put_id (raw, place->device);
      mc_put_id (raw, place->incarnation);
      mc_put_u64 (raw, place->n);
    }

  return mc_compress (NULL, raw->data, raw->len);
}

gboolean
mc_decode_streams (GBytes          *payload,
                   McStreamsFrame  *out,
                   GError         **error)
{
  McReader reader;
  g_autoptr(GBytes) raw = mc_message_unpack (&reader, payload, "STREAMS", error);

  if (raw == NULL)
    return FALSE;
  out->log = mc_get_log (&reader);
  out->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_stream_place_free);
  while (reader.left > 0 && !reader.failed)
    {
      McStreamPlace *place = g_new0 (McStreamPlace, 1);

      g_ptr_array_add (out->streams, place);
      place->device = mc_get_id (&reader);
      place->incarnation = mc_get_id (&reader);
      place->n = mc_get_u64 (&reader);
    }

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "STREAMS");
}

/* ROWS */

void
mc_rows_frame_clear (McRowsFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
}

GBytes *
mc_encode_rows (const McDictionary *dictionary,
                const McRowsFrame  *rows)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();

  mc_put_name (raw, rows->log);
  for (guint i = 0; i < rows->groups->len; i++)
    mc_message_put_group (raw, rows->groups->pdata[i]);

  return mc_compress (dictionary, raw->data, raw->len);
}

gboolean
mc_decode_rows (GBytes       *payload,
                McRowsFrame  *out,
                GError      **error)
{
  McReader reader;
  g_autoptr(GBytes) raw = mc_message_unpack (&reader, payload, "ROWS", error);
  g_autoptr(GArray) unparsed = mc_message_unparsed_new ();

  if (raw == NULL)
    return FALSE;
  out->log = mc_get_log (&reader);
  out->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  while (reader.left > 0 && !reader.failed)
    {
      McGroup *group = mc_message_get_group (&reader, unparsed, error);

      if (group == NULL)
        return FALSE;
      g_ptr_array_add (out->groups, group);
    }

  if (!mc_reader_is_done (&reader))
    return mc_message_refuse (error, "ROWS");

  return mc_message_parse_all (unparsed, mc_change_scan, error);
}

/* WANTED */

void
mc_wanted_frame_clear (McWantedFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->places, g_array_unref);
}

GByteArray *
mc_encode_wanted (const McWantedFrame *wanted)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_name (out, wanted->log);
  mc_put_u16 (out, wanted->places->len);
  for (guint i = 0; i < wanted->places->len; i++)
    mc_put_u64 (out, g_array_index (wanted->places, guint64, i));

  return out;
}

gboolean
mc_decode_wanted (GBytes         *payload,
                  McWantedFrame  *out,
                  GError        **error)
{
  McReader reader;
  guint count;

  mc_message_read (&reader, payload);
  out->log = mc_get_log (&reader);
  out->places = g_array_new (FALSE, TRUE, sizeof (guint64));
  count = mc_get_u16 (&reader);
  for (guint i = 0; i < count && !reader.failed; i++)
    {
      guint64 n = mc_get_u64 (&reader);

      g_array_append_val (out->places, n);
    }

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "WANTED");
}

/* BACK */

void
mc_back_frame_clear (McBackFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
}

GBytes *
mc_encode_back (const McDictionary *dictionary,
                const McBackFrame  *back)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();

  mc_put_name (raw, back->log);
  for (guint i = 0; i < back->refused->len; i++)
    {
      McRefused *refused = back->refused->pdata[i];
      gsize size = refused->problem != NULL ? MIN (strlen (refused->problem), MC_PROBLEM_MAX_BYTES) : 0;

      mc_put_u64 (raw, refused->number);
      mc_put_u8 (raw, refused->held);
      mc_put_u16 (raw, size);
      mc_put_data (raw, refused->problem, size);
      mc_message_put_group (raw, refused->group);
    }

  return mc_compress (dictionary, raw->data, raw->len);
}

gboolean
mc_decode_back (GBytes       *payload,
                McBackFrame  *out,
                GError      **error)
{
  McReader reader;
  g_autoptr(GBytes) raw = mc_message_unpack (&reader, payload, "BACK", error);
  g_autoptr(GArray) unparsed = mc_message_unparsed_new ();

  if (raw == NULL)
    return FALSE;
  out->log = mc_get_log (&reader);
  out->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  while (reader.left > 0 && !reader.failed)
    {
      McRefused *refused = g_new0 (McRefused, 1);
      g_autoptr(GBytes) problem = NULL;

      g_ptr_array_add (out->refused, refused);
      refused->number = mc_get_u64 (&reader);
      refused->held = mc_get_u8 (&reader) != 0;
      problem = mc_get_bytes (&reader, mc_get_u16 (&reader));
      if (problem != NULL && g_bytes_get_size (problem) > 0)
        refused->problem = g_strndup (g_bytes_get_data (problem, NULL), g_bytes_get_size (problem));
      if (!(refused->group = mc_message_get_group (&reader, unparsed, error)))
        return FALSE;
    }

  if (!mc_reader_is_done (&reader))
    return mc_message_refuse (error, "BACK");

  return mc_message_parse_all (unparsed, mc_change_parse, error);
}

/* TAKEN */

GByteArray *
mc_encode_taken (GArray *numbers)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < numbers->len; i++)
    mc_put_u64 (out, g_array_index (numbers, guint64, i));

  return out;
}

GArray *
mc_decode_taken (GBytes  *payload,
                 GError **error)
{
  g_autoptr(GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));
  McReader reader;

  mc_message_read (&reader, payload);
  while (reader.left > 0 && !reader.failed)
    {
      guint64 number = mc_get_u64 (&reader);

      g_array_append_val (numbers, number);
    }
  if (!mc_reader_is_done (&reader))
    {
      mc_message_refuse (error, "TAKEN");
      return NULL;
    }

  return g_steal_pointer (&numbers);
}

/* ASK */

GByteArray *
mc_encode_ask (McAsk       what,
               const char *log)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_u8 (out, what);
  mc_put_name (out, log);

  return out;
}

gboolean
mc_decode_ask (GBytes  *payload,
               guint   *out_what,
               char   **out_log,
               GError **error)
{
  McReader reader;

  mc_message_read (&reader, payload);
  *out_what = mc_get_u8 (&reader);
  *out_log = mc_get_log (&reader);

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "ASK");
}

/* LACKS */

GByteArray *
mc_encode_lacks (gboolean  whole,
                 GArray   *needs)
{
  g_autoptr(GByteArray) list = mc_encode_needs (needs);
  GByteArray *out = g_byte_array_new ();

  mc_put_u8 (out, whole);
  mc_put_data (out, list->data, list->len);

  return out;
}

GArray *
mc_decode_lacks (GBytes    *payload,
                 gboolean  *out_whole,
                 GError   **error)
{
  gsize size = g_bytes_get_size (payload);
  g_autoptr(GBytes) list = NULL;

  if (size < 1)
    {
      mc_message_refuse (error, "LACKS");
      return NULL;
    }
  *out_whole = *(const guint8 *) g_bytes_get_data (payload, NULL) != 0;
  list = g_bytes_new_from_bytes (payload, 1, size - 1);

  return mc_decode_needs (list, error);
}
