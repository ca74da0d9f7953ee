/* mc-stick-write.c: what waits, on a USB stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every part is a request by itself: all changes that wait, and some of the files.  So it does not matter in which order
 * the parts arrive, or whether all do.
 */

#include "client/mc-stick.h"

#include <string.h>

#include "client/mc-session-private.h"
#include "core/mc-limits.h"
#include "core/mc-text.h"
#include "wire/mc-bundle-file.h"
#include "wire/mc-sync-error.h"

/* Head of the bundle, END, and the seals of the pieces. */
#define ROOM_BYTES (1024 * 1024)

typedef struct
{
  Session session;
  McBundleFile *file;        /* (owned) (nullable) the part that is being written */
  McSyncReport report;
  McSyncProgress progress;   /* (nullable) */
  gpointer user_data;
} Stick;

void
mc_stick_report_free (McStickReport *self)
{
  g_strfreev (self->paths);
  g_free (self);
}

static gboolean
flush_cb (GBytes    *bytes,
          gpointer   user_data,
          GError   **error)
{
  Stick *self = user_data;

  if (g_cancellable_set_error_if_cancelled (self->session.cancellable, error) ||
      !mc_bundle_file_write (self->file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return FALSE;
  self->report.bytes_sent += g_bytes_get_size (bytes);
  if (self->progress != NULL)
    self->progress (&self->report, self->user_data);

  return TRUE;
}

/* In a folder, a name that says whose it is and when; further parts are numbered. */
static char *
part_path (McAccount  *account,
           const char *target,
           guint       part)
{
  g_autofree char *when = mc_text_format_moment (g_get_real_time (), "%Y%m%d-%H%M%S"), *code = g_strdup (account->log), *stem = NULL;

  code[strcspn (code, "@/")] = '\0';
  if (g_file_test (target, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *name = g_strdup_printf ("minhchung-%s-%s", code, when);

      stem = g_build_filename (target, name, NULL);
    }
  else
    stem = g_strndup (target, strlen (target) - (g_str_has_suffix (target, ".mcbundle") ? strlen (".mcbundle") : 0));

  return part == 1 ? g_strconcat (stem, ".mcbundle", NULL) : g_strdup_printf ("%s-%u.mcbundle", stem, part);
}

static gboolean
write_part (Stick       *self,
            const char  *path,
            GError     **error)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  McAccount *account = self->session.account;
  gboolean done;

  if (!(self->file = mc_bundle_file_new (path, MC_BUNDLE_REQUEST, account->hub.id, account->hub.key, 1, error)))
    return FALSE;
  done = mc_session_write_request (&self->session, writer, error) &&
         mc_bundle_file_close (self->file, self->session.cancellable, error);
  g_clear_pointer (&self->file, mc_bundle_file_free);

  return done;
}

/* The heads that the hub signed for the logs here: should it have gone back, it learns that from the stick too. */
static gboolean
show_heads (Session  *session,
            GError  **error)
{
  for (guint i = 0; i < session->logs->len; i++)
    {
      SessionLog *log = session->logs->pdata[i];
      McCursor cursor;

      if (!mc_journal_get_cursor (session->journal, log->name, &cursor, error))
        return FALSE;
      g_clear_pointer (&cursor.signature, g_bytes_unref);
      log->parted = cursor.seq;
    }

  return TRUE;
}

static gboolean
count_changes (Session  *session,
               guint    *out_count,
               GError  **error)
{
  *out_count = 0;
  for (guint i = 0; i < session->logs->len; i++)
    {
      SessionLog *log = session->logs->pdata[i];
      McStreamHead stream;
      guint n_again;

      if (!mc_journal_offer_again (session->journal, log->name, &n_again, error) ||
          !mc_journal_get_stream (session->journal, log->name, &stream, error))
        return FALSE;
      *out_count += stream.n - stream.hub_n;
    }

  return TRUE;
}

static gboolean
write_parts (Stick          *self,
             const char     *target,
             McStickReport  *report,
             GError        **error)
{
  Session *session = &self->session;
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *first = part_path (session->account, target, 1);
  gboolean done;

  do
    {
      g_autofree char *path = paths->len == 0 ? g_strdup (first) : part_path (session->account, first, paths->len + 1);

      done = show_heads (session, error) && write_part (self, path, error);
      if (done)
        g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  while (done && session->next_file < session->files->len);
  g_ptr_array_add (paths, NULL);
  report->paths = (char **) g_ptr_array_steal (paths, NULL);
  report->n_files = self->report.files_done;
  report->bytes = self->report.bytes_sent;

  return done;
}

/**
 * mc_stick_write:
 * @journal: the store, of the calling thread
 * @account: its enrolment
 * @target: a folder, or the name of the (first) file
 * @part_bytes: the most that a file may hold; 0 = %MC_BUNDLE_PART_BYTES
 * @out_report: (out) (transfer full): what was written, also the parts that were finished before an error
 * @progress: (nullable): called as it goes on, in this thread
 * @user_data: for @progress
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error of %MC_SYNC_ERROR or %MC_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Blocking.  Changes nothing here: all of it waits until a verdict comes.  Memory does not grow with what waits.
 *
 * Returns: %TRUE if everything is on the stick, was read back, and the stick may be drawn
 */
gboolean
mc_stick_write (McJournal       *journal,
                McAccount       *account,
                const char      *target,
                guint64          part_bytes,
                McStickReport  **out_report,
                McSyncProgress   progress,
                gpointer         user_data,
                GCancellable    *cancellable,
                GError         **error)
{
  Stick self = { .progress = progress, .user_data = user_data };
  g_autoptr(McStickReport) report = g_new0 (McStickReport, 1);
  Session *session = &self.session;
  gboolean done;

  if (mc_account_is_trial (account))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return FALSE;
    }
  done = mc_session_init (session, journal, account, &self.report, cancellable, error) &&
         count_changes (session, &report->n_changes, error) &&
         (session->files = mc_journal_list_evidence_to_send (journal, mc_session_files_of (session), error)) != NULL;
  if (done)
    {
      /* Nobody on the way can be asked: the certificate says who this is to a hub that has forgotten. */
      session->introduce = account->certificate != NULL;
      session->budget = G_MAXSIZE;
      session->part_bytes = MAX (part_bytes != 0 ? part_bytes : MC_BUNDLE_PART_BYTES, 2 * ROOM_BYTES) - ROOM_BYTES;
      session->flush = flush_cb;
      session->flush_data = &self;
      self.report.files_total = session->files->len;
      done = write_parts (&self, target, report, error);
    }
  mc_session_clear (session);
  *out_report = g_steal_pointer (&report);

  return done;
}
