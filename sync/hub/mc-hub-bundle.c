/* mc-hub-bundle.c: requests that came on a stick, and their answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bundle is a request like any other once it is open.  It is opened twice: first to see that it is whole, so that of
 * one that is cut or was changed nothing is taken.
 */

#include "hub/mc-hub-bundle.h"

#include "hub/mc-hub-session.h"
#include "wire/mc-bundle-file.h"
#include "wire/mc-sync-error.h"

void
mc_hub_bundle_report_clear (McHubBundleReport *self)
{
  g_clear_pointer (&self->device, g_free);
}

static gboolean
look_cb (GBytes    *piece,
         gpointer   user_data,
         GError   **error)
{
  return TRUE;
}

/* A request that is refused stays refused: the rest of it need not be read. */
static gboolean
push_cb (GBytes    *piece,
         gpointer   user_data,
         GError   **error)
{
  McHubSession *session = user_data;

  mc_hub_session_push (session, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));

  return TRUE;
}

static gboolean
read_all (McHub              *self,
          const char         *path,
          McBundlePieceFunc   func,
          gpointer            user_data,
          GCancellable       *cancellable,
          GError            **error)
{
  g_autoptr(McBundleOpener) opener = mc_bundle_opener_new (MC_BUNDLE_REQUEST, self->identity.id, &self->key);

  return mc_bundle_file_read (path, opener, func, user_data, cancellable, error);
}

static gboolean
write_cb (GBytes    *piece,
          gpointer   user_data,
          GError   **error)
{
  return mc_bundle_file_write (user_data, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece), error);
}

static gboolean
drop_cb (GBytes    *piece,
         gpointer   user_data,
         GError   **error)
{
  return TRUE;
}

static gboolean
write_reply (McHub         *self,
             McHubSession  *session,
             const char    *path,
             guint64        max_bytes,
             GError       **error)
{
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(McBundleFile) file = NULL;

  if (path == NULL)
    return mc_hub_session_finish_all (session, 0, drop_cb, NULL, error);
  if (!(device = mc_hub_find_device (self, mc_hub_session_get_device (session), error)))
    return FALSE;

  return (file = mc_bundle_file_new (path, MC_BUNDLE_REPLY, self->identity.id, device->key, 1, error)) != NULL &&
         mc_hub_session_finish_all (session, max_bytes, write_cb, file, error) && mc_bundle_file_close (file, NULL, error);
}

/**
 * mc_hub_read_bundle:
 * @self: a hub
 * @path: a file that a device wrote
 * @reply: (nullable): where its answer goes
 * @max_reply_bytes: about how much of the logs the answer may hold
 * @now_us: the time
 * @cancellable: (nullable): a #GCancellable
 * @out: (out caller-allocated): what was in it; filled in as far as it came, also after an error
 * @error: return location for an error of %MC_SYNC_ERROR or %MC_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Takes a bundle as POST /v1/sync takes a body.  One that is cut, changed, for another hub or no bundle changes nothing;
 * one that was taken before, or in part over the network, is answered again.
 *
 * Returns: %TRUE if it was taken and the answer, if wanted, is in its file
 */
gboolean
mc_hub_read_bundle (McHub              *self,
                    const char         *path,
                    const char         *reply,
                    guint64             max_reply_bytes,
                    gint64              now_us,
                    GCancellable       *cancellable,
                    McHubBundleReport  *out,
                    GError            **error)
{
  g_autoptr(McHubSession) session = mc_hub_session_new (self, now_us);
  gboolean done;

  *out = (McHubBundleReport) { 0 };
  if (!read_all (self, path, look_cb, NULL, cancellable, error))
    return FALSE;

  mc_hub_session_set_bundle (session);
  if (!read_all (self, path, push_cb, session, cancellable, error))
    return FALSE;
  done = mc_hub_session_get_problem (session) == NULL && write_reply (self, session, reply, max_reply_bytes, error);
  out->device = g_strdup (mc_hub_session_get_device (session));
  mc_hub_session_get_counts (session, &out->n_changes, &out->n_refused, &out->evidence_bytes);
  out->problem = mc_hub_session_get_problem (session);
  if (!done && error != NULL && *error == NULL)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED, "The bundle is refused: %s%s%s", out->problem,
                 mc_hub_session_get_detail (session) != NULL ? ": " : "",
                 mc_hub_session_get_detail (session) != NULL ? mc_hub_session_get_detail (session) : "");

  return done;
}
