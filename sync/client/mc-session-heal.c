/* mc-session-heal.c: what a session does when the hub, or this device, went back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the two logs part is found by showing chains; rows beyond are set aside, and once the hub's log is here to its end,
 * those of others that are still aside are handed back.  Own ones go by the own stream as ever.
 */

#include "client/mc-session-private.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-certificate.h"
#include "wire/mc-sync-error.h"

void
mc_session_log_free (SessionLog *log)
{
  g_free (log->name);
  g_clear_pointer (&log->streams, g_ptr_array_unref);
  g_clear_pointer (&log->wanted, g_array_unref);
  g_free (log);
}

/* where two logs part */

static void
add_place (GArray  *places,
           guint64  seq)
{
  McPlace place = { .seq = seq };

  g_array_append_val (places, place);
}

/* The places to show: what is known already, as the hub remembers nothing of it, and between: near the end first, as most
 * restores are of a recent backup; then evenly, so that a few turns find the place in the longest log. */
static GArray *
choose_places (guint64 common,
               guint64 parted)
{
  GArray *places = g_array_new (FALSE, TRUE, sizeof (McPlace));
  guint64 between = parted - common - 1;
  guint n = MC_PLACES_MAX - 2;

  if (common > 0)
    add_place (places, common);
  if (between <= n)
    for (guint64 seq = common + 1; seq < parted; seq++)
      add_place (places, seq);
  else if (common == 0)
    for (guint64 back = G_GUINT64_CONSTANT (1) << 61; back > 0; back /= 2)
      {
        if (back < parted)
          add_place (places, parted - back);
      }
  else
    for (guint i = 1; i <= n; i++)
      add_place (places, common + between / (n + 1) * i + 1);
  add_place (places, parted);

  return places;
}

static gboolean
put_places (Session        *self,
            SessionLog     *log,
            McFrameWriter  *writer,
            GError        **error)
{
  McPlacesFrame frame = { .log = log->name };
  McCursor cursor;
  gboolean done = mc_session_get_head (self->journal, log->name, &frame.head, error) &&
                  mc_journal_get_cursor (self->journal, log->name, &cursor, error);

  if (done)
    g_clear_pointer (&cursor.signature, g_bytes_unref);
  if (done && cursor.seq >= log->parted)
    {
      frame.places = choose_places (log->common, log->parted);
      done = mc_journal_fill_places (self->journal, log->name, frame.places, error);
      if (done)
        mc_frame_writer_add_array (writer, MC_FRAME_PLACES, mc_encode_places (&frame));
    }
  log->parted = 0;
  g_clear_pointer (&frame.places, g_array_unref);
  g_clear_pointer (&frame.head.signature, g_bytes_unref);

  return done;
}

/* Whoever comes with a cursor that nobody has signed shows at once what made it go back: the hub may have gone back again, and
 * to where the two logs are the same. */
static gboolean
put_kept_head (Session        *self,
               SessionLog     *log,
               McFrameWriter  *writer,
               GError        **error)
{
  g_autoptr(GArray) places = g_array_new (FALSE, TRUE, sizeof (McPlace));
  McPlacesFrame frame = { .log = log->name, .places = places };
  McCursor cursor;
  gboolean done = mc_journal_get_cursor (self->journal, log->name, &cursor, error);

  if (done && cursor.signature == NULL)
    {
      done = mc_session_get_head (self->journal, log->name, &frame.head, error);
      if (done && frame.head.signature != NULL)
        mc_frame_writer_add_array (writer, MC_FRAME_PLACES, mc_encode_places (&frame));
    }
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  g_clear_pointer (&frame.head.signature, g_bytes_unref);

  return done;
}

static gboolean
take_parted (Session  *self,
             GBytes   *payload,
             GError  **error)
{
  McPartedFrame frame = { 0 };
  SessionLog *log;

  if (!mc_decode_parted (payload, &frame, error))
    {
      mc_parted_frame_clear (&frame);
      return FALSE;
    }
  log = mc_session_find_log (self, frame.log);
  if (log != NULL)
    {
      log->common = frame.common;
      log->parted = frame.parted;
      self->moved = TRUE;
    }
  mc_parted_frame_clear (&frame);

  return TRUE;
}

static gboolean
take_rewind (Session  *self,
             GBytes   *payload,
             GError  **error)
{
  g_autofree char *name = NULL;
  McReader reader;
  McCursor cursor;
  guint64 common;

  mc_reader_init (&reader, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  name = mc_get_log (&reader);
  common = mc_get_u64 (&reader);
  if (!mc_reader_is_done (&reader))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "A REWIND frame is cut or malformed");
      return FALSE;
    }
  if (mc_session_find_log (self, name) == NULL)
    return TRUE;
  if (!mc_journal_get_cursor (self->journal, name, &cursor, error))
    return FALSE;
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  /* Where there are no rows nothing goes on, ever. */
  if (common > cursor.seq)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "REWIND to a place of %s that is not here", name);
      return FALSE;
    }
  self->moved = TRUE;

  return mc_session_keep_head (self->journal, name, error) && mc_journal_rewind (self->journal, name, common, error);
}

/* rows of others */

/* What could not be handed back to this hub, as it is now, is not tried at every sync again. */
static char *
describe_aside (Session     *self,
                const char  *log,
                gboolean     branches,
                GError     **error)
{
  g_autofree char *epoch = mc_journal_get_setting (self->journal, "hub_epoch");
  g_autofree char *rows = mc_journal_describe_aside (self->journal, log, error);

  return rows == NULL ? NULL : g_strdup_printf ("%s %s%s", epoch != NULL ? epoch : "", rows, branches ? " branches" : "");
}

static gboolean
was_tried (Session     *self,
           SessionLog  *log,
           gboolean    *out_tried,
           GError     **error)
{
  g_autofree char *name = g_strconcat ("aside ", log->name, NULL), *known = mc_journal_get_setting (self->journal, name);
  g_autofree char *now = describe_aside (self, log->name, FALSE, error);
  g_autofree char *all = now != NULL ? describe_aside (self, log->name, TRUE, error) : NULL;

  *out_tried = all != NULL && (g_strcmp0 (known, all) == 0 || (g_strcmp0 (known, now) == 0 && !self->takes_branches));

  return all != NULL;
}

static gboolean
note_tried (Session     *self,
            SessionLog  *log,
            GError     **error)
{
  g_autofree char *name = g_strconcat ("aside ", log->name, NULL);
  g_autofree char *now = describe_aside (self, log->name, self->takes_branches, error);

  return now != NULL && mc_journal_set_setting (self->journal, name, now, error);
}

static gboolean
put_certificates (Session        *self,
                  GPtrArray      *groups,
                  McFrameWriter  *writer)
{
  g_autoptr(GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < groups->len; i++)
    {
      const char *device = ((McGroup *) groups->pdata[i])->device;
      g_autofree char *body = g_hash_table_add (done, (char *) device) ? mc_journal_get_certificate (self->journal, device) : NULL;

      if (body != NULL)
        mc_frame_writer_add (writer, MC_FRAME_CERTIFICATE, body, strlen (body));
    }

  return TRUE;
}

void
mc_session_put_rows (Session        *self,
                     SessionLog     *log,
                     guint8          kind,
                     GPtrArray      *groups,
                     McFrameWriter  *writer)
{
  McRowsFrame frame = { .log = log->name, .groups = groups };
  g_autoptr(GBytes) payload = NULL;

  put_certificates (self, groups, writer);
  payload = mc_encode_rows (self->dictionary, &frame);
  mc_frame_writer_add (writer, kind, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
}

/* What no stream of the hub goes on with may be of one that was written twice. */
static gboolean
put_branches (Session        *self,
              SessionLog     *log,
              McFrameWriter  *writer,
              GError        **error)
{
  g_autoptr(GPtrArray) groups = NULL;
  guint n_aside;

  if (!mc_journal_count_aside (self->journal, log->name, &n_aside, error))
    return FALSE;
  /* What goes on behind the hub's own branch may go on now that the other's rows do not stand between. */
  if (n_aside < log->n_aside)
    {
      log->branches = FALSE;
      log->way = log->n_aside = log->n_in_vain = log->n_offered = 0;
      mc_frame_writer_add_array (writer, MC_FRAME_ASK, mc_encode_ask (MC_ASK_STREAMS, log->name));
      return TRUE;
    }
  /* A request may be written twice, and is answered once. */
  if (log->offered_turn < self->report->turns)
    log->n_in_vain += log->n_offered;
  log->n_offered = 0;
  log->offered_turn = self->report->turns;
  log->n_aside = n_aside;
  if (!(groups = mc_session_next_branch (self, log, error)))
    return FALSE;
  if (groups->len == 0)
    {
      log->handed = TRUE;
      return note_tried (self, log, error);
    }
  mc_session_put_rows (self, log, MC_FRAME_BRANCH, groups, writer);

  return TRUE;
}

/* A wholly new hub knows nobody, and what was signed for the one before proves nothing to it: rows of authors of whom it has nothing,
 * and whose certificates are another hub's, they bring themselves. */
static gboolean
are_provable (Session      *self,
              SessionLog   *log,
              GPtrArray    *streams,
              gboolean     *out_provable,
              GError      **error)
{
  g_auto(GStrv) authors = mc_journal_list_aside_authors (self->journal, log->name, error);

  *out_provable = FALSE;
  for (gsize i = 0; authors != NULL && authors[i] != NULL && !*out_provable; i++)
    {
      g_autofree char *body = mc_journal_get_certificate (self->journal, authors[i]);
      g_autoptr(McCertificate) certificate = body != NULL ? mc_certificate_parse (body, -1) : NULL;

      *out_provable = certificate == NULL || mc_certificate_holds (certificate, self->account->hub.key);
      for (guint k = 0; k < streams->len; k++)
        *out_provable = *out_provable || g_str_equal (((McStreamPlace *) streams->pdata[k])->device, authors[i]);
    }

  return authors != NULL;
}

static gboolean
put_aside (Session        *self,
           SessionLog     *log,
           McFrameWriter  *writer,
           GError        **error)
{
  g_autoptr(GPtrArray) streams = g_steal_pointer (&log->streams), groups = NULL;
  gboolean provable;

  if (!are_provable (self, log, streams, &provable, error))
    return FALSE;
  if (!provable)
    {
      log->handed = TRUE;
      return note_tried (self, log, error);
    }
  if (!mc_journal_count_aside (self->journal, log->name, &log->n_aside, error) ||
      !(groups = mc_journal_list_aside (self->journal, log->name, streams, self->budget, error)))
    return FALSE;
  if (groups->len > 0)
    {
      mc_session_put_rows (self, log, MC_FRAME_ROWS, groups, writer);
      return TRUE;
    }
  if ((log->branches = self->takes_branches))
    return put_branches (self, log, writer, error);
  log->handed = TRUE;

  return note_tried (self, log, error);
}

static gboolean
take_streams (Session  *self,
              GBytes   *payload,
              GError  **error)
{
  McStreamsFrame frame = { 0 };
  gboolean done = mc_decode_streams (payload, &frame, error);
  SessionLog *log = done ? mc_session_find_log (self, frame.log) : NULL;

  if (log != NULL)
    {
      g_clear_pointer (&log->streams, g_ptr_array_unref);
      log->streams = g_steal_pointer (&frame.streams);
      self->moved = TRUE;
    }
  mc_streams_frame_clear (&frame);

  return done;
}

/* own places that the hub knows by their hash alone */

static gboolean
put_wanted (Session        *self,
            SessionLog     *log,
            McFrameWriter  *writer,
            GError        **error)
{
  g_autoptr(GArray) wanted = g_steal_pointer (&log->wanted);

  log->resent = TRUE;
  for (guint i = 0; i < wanted->len && mc_frame_writer_get_size (writer) < self->budget; i++)
    {
      guint64 n = g_array_index (wanted, guint64, i);
      g_autoptr(GPtrArray) groups = mc_journal_get_groups (self->journal, log->name, n, 1, error);
      g_autoptr(GBytes) payload = NULL;
      McDigest chain;
      guint k, m;

      if (groups == NULL)
        return FALSE;
      if (groups->len == 0 || ((McGroup *) groups->pdata[0])->n != n)
        continue;
      mc_change_get_group (((McGroup *) groups->pdata[0])->changes->pdata[0], &k, &m);
      if (k != 0)
        continue;
      if (!mc_journal_get_stream_chain (self->journal, log->name, n - 1, &chain, error))
        return FALSE;
      mc_session_sign_groups (self, log->name, groups, FALSE, &chain);
      payload = mc_encode_groups (self->dictionary, log->name, groups);
      mc_frame_writer_add (writer, MC_FRAME_GROUPS, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
    }

  return TRUE;
}

static gboolean
take_wanted (Session  *self,
             GBytes   *payload,
             GError  **error)
{
  McWantedFrame frame = { 0 };
  gboolean done = mc_decode_wanted (payload, &frame, error);
  SessionLog *log = done ? mc_session_find_log (self, frame.log) : NULL;

  if (log != NULL && !log->resent)
    {
      g_clear_pointer (&log->wanted, g_array_unref);
      log->wanted = g_steal_pointer (&frame.places);
    }
  mc_wanted_frame_clear (&frame);

  return done;
}

/* refused bytes that this device lost */

static gboolean
take_back (Session  *self,
           GBytes   *payload,
           GError  **error)
{
  McBackFrame frame = { 0 };
  gboolean done = mc_decode_back (payload, &frame, error);

  if (done && mc_session_find_log (self, frame.log) != NULL)
    {
      done = mc_journal_take_back (self->journal, frame.log, frame.refused, self->taken, error);
      self->moved = TRUE;
    }
  mc_back_frame_clear (&frame);

  return done;
}

/* Files that the hub has not whole: what a hub lost that went back, and what others have still to send. */
static gboolean
take_lacks (Session  *self,
            GBytes   *payload,
            GError  **error)
{
  gboolean whole, changed = FALSE;
  g_autoptr(GArray) needs = mc_decode_lacks (payload, &whole, error);
  g_autoptr(GArray) states = g_array_new (FALSE, TRUE, sizeof (McEvidenceState));

  if (needs == NULL)
    return FALSE;
  for (guint i = 0; i < needs->len; i++)
    {
      McNeed *need = &g_array_index (needs, McNeed, i);
      McEvidenceState state = { .hub_bytes = need->offset };

      g_strlcpy (state.sha256, need->sha256, sizeof state.sha256);
      g_array_append_val (states, state);
    }

  return mc_journal_note_lacks (self->journal, mc_session_files_of (self), states, whole, &changed, error);
}

static gboolean
take_certificate (Session  *self,
                  GBytes   *payload,
                  GError  **error)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_autoptr(McCertificate) certificate = mc_certificate_parse (text, -1);

  /* One that does not hold proves nothing to anybody: it is not kept. */
  return certificate == NULL || !mc_certificate_holds (certificate, self->account->hub.key) ||
         mc_journal_keep_certificate (self->journal, certificate->device, text, error);
}

/* as a session sees it */

/* A stick has to say all of it at once: nobody tells how far the hub is, and a branch says that by itself. */
static gboolean
put_on_stick (Session        *self,
              SessionLog     *log,
              McFrameWriter  *writer,
              GError        **error)
{
  gboolean tried;
  guint n_aside;

  if (!(log->parted > 0 ? put_places : put_kept_head) (self, log, writer, error) ||
      !mc_journal_count_aside (self->journal, log->name, &n_aside, error))
    return FALSE;
  if (n_aside == 0)
    return TRUE;

  return was_tried (self, log, &tried, error) && (tried || mc_session_put_all_branches (self, log, writer, error));
}

gboolean
mc_session_put_healing (Session        *self,
                        SessionLog     *log,
                        McFrameWriter  *writer,
                        GError        **error)
{
  gboolean tried;
  guint n_aside;

  if (self->flush != NULL)
    return put_on_stick (self, log, writer, error);
  if (log->parted > 0)
    return put_places (self, log, writer, error);
  if (self->report->turns == 0 && !put_kept_head (self, log, writer, error))
    return FALSE;
  if (log->wanted != NULL && !put_wanted (self, log, writer, error))
    return FALSE;
  /* Only at the end of the hub's log is what is still aside what it lacks. */
  if (self->more)
    {
      g_clear_pointer (&log->streams, g_ptr_array_unref);
      return TRUE;
    }
  if (log->branches && !log->handed)
    return put_branches (self, log, writer, error);
  if (log->streams != NULL)
    return put_aside (self, log, writer, error);
  if (log->handed)
    return TRUE;
  if (!mc_journal_count_aside (self->journal, log->name, &n_aside, error))
    return FALSE;
  if (n_aside == 0)
    return TRUE;
  if (!was_tried (self, log, &tried, error))
    return FALSE;
  if (!tried)
    mc_frame_writer_add_array (writer, MC_FRAME_ASK, mc_encode_ask (MC_ASK_STREAMS, log->name));

  return TRUE;
}

gboolean
mc_session_take_healing (Session  *self,
                         guint8    kind,
                         GBytes   *payload,
                         GError  **error)
{
  switch (kind)
    {
    case MC_FRAME_HUB_PARTED:
      return take_parted (self, payload, error);
    case MC_FRAME_HUB_REWIND:
      return take_rewind (self, payload, error);
    case MC_FRAME_HUB_STREAMS:
      return take_streams (self, payload, error);
    case MC_FRAME_HUB_WANTED:
      return take_wanted (self, payload, error);
    case MC_FRAME_HUB_BACK:
      return take_back (self, payload, error);
    case MC_FRAME_HUB_LACKS:
      return take_lacks (self, payload, error);
    case MC_FRAME_HUB_CERTIFICATE:
      return take_certificate (self, payload, error);
    default:
      /* From a newer hub: part of the hash, and of no meaning here. */
      return TRUE;
    }
}

gboolean
mc_session_has_healing (Session     *self,
                        SessionLog  *log,
                        gboolean    *out_work,
                        GError     **error)
{
  gboolean tried = FALSE;
  guint n_aside;

  *out_work = self->more || log->parted > 0 || log->streams != NULL || log->wanted != NULL;
  if (*out_work || log->handed)
    return TRUE;
  if (!mc_journal_count_aside (self->journal, log->name, &n_aside, error))
    return FALSE;
  /* Handed back once, and no fewer are aside: what is left belongs to other branches, or cannot be proven from here. */
  if (n_aside > 0 && log->n_aside > 0 && n_aside >= log->n_aside && self->takes_branches)
    log->branches = TRUE;
  if (n_aside > 0 && log->branches)
    self->moved = *out_work = TRUE;
  if (*out_work)
    return TRUE;
  if (n_aside > 0 && !was_tried (self, log, &tried, error))
    return FALSE;
  log->handed = n_aside == 0 || (log->n_aside > 0 && n_aside >= log->n_aside) || tried;
  *out_work = !log->handed;

  return n_aside == 0 || !log->handed || tried || note_tried (self, log, error);
}
