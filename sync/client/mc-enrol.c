/* mc-enrol.c: becoming a device of a hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-enrol.h"

#include <string.h>

#include "client/mc-http.h"
#include "core/mc-error.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "wire/mc-sync-error.h"

static GBytes *
write_request (McAccount   *account,
               McEnrolment *enrolment)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *secret = mc_hex (enrolment->secret, MC_SECRET_BYTES);
  g_autofree char *key = mc_hex (account->key.public_key, MC_KEY_BYTES);
  char *text;

  json_object_set_string_member (object, "secret", secret);
  json_object_set_string_member (object, "device", account->device);
  json_object_set_string_member (object, "public_key", key);
  /* The machine's name helps the administrator; the official's own name stays here. */
  json_object_set_string_member (object, "name", g_get_host_name ());
  text = mc_json_to_text (node, FALSE);

  return g_bytes_new_take (text, strlen (text));
}

/**
 * mc_enrol_read_answer:
 * @account: who asked
 * @enrolment: the line it was asked with
 * @body: what came
 * @error: return location for an error in the %MC_SYNC_ERROR domain
 *
 * Fills in @account, in memory only.  After an error it is as it was.
 */
gboolean
mc_enrol_read_answer (McAccount    *account,
                      McEnrolment  *enrolment,
                      GBytes       *body,
                      GError      **error)
{
  g_autofree char *hub = mc_hex (enrolment->hub.id, MC_ID_BYTES);
  g_autoptr(JsonNode) root = mc_json_read (g_bytes_get_data (body, NULL), g_bytes_get_size (body), MC_ENROL_MAX_DEPTH);
  g_autoptr(GStrvBuilder) read = g_strv_builder_new ();
  JsonObject *object;
  JsonArray *logs;

  if (root == NULL || !g_str_equal (mc_json_get_text (json_node_get_object (root), "hub", ""), hub) ||
      !(logs = mc_json_get_list (json_node_get_object (root), "read")))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB, "%s answers, but not as the hub of this line",
                   enrolment->address);
      return FALSE;
    }

  object = json_node_get_object (root);
  for (guint i = 0; i < json_array_get_length (logs); i++)
    if (json_node_get_value_type (json_array_get_element (logs, i)) == G_TYPE_STRING)
      g_strv_builder_add (read, json_array_get_string_element (logs, i));
  g_strfreev (account->read);
  account->read = g_strv_builder_end (read);
  g_clear_pointer (&account->units, json_node_unref);
  g_clear_pointer (&account->certificate, json_node_unref);
  if (json_object_has_member (object, "units"))
    account->units = json_node_copy (json_object_get_member (object, "units"));
  if (json_object_has_member (object, "certificate"))
    account->certificate = json_node_copy (json_object_get_member (object, "certificate"));
  g_free (account->address);
  account->address = g_strdup (enrolment->address);
  account->hub = enrolment->hub;

  return TRUE;
}

/* A device that enrols again at another hub keeps its keys and its work. */
static McAccount *
existing_or_new (const char   *dir,
                 McEnrolment  *enrolment,
                 const char   *by,
                 GError      **error)
{
  g_autoptr(GError) local_error = NULL;
  McAccount *account = mc_account_load (dir, &local_error);

  if (account == NULL && !g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
      !g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (account == NULL)
    return mc_account_new (dir, enrolment->log, enrolment->role, by);
  if (mc_account_is_trial (account))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BAD_LINE, "%s holds a trial, which is never sent; enrol another folder", dir);
      mc_account_free (account);
      return NULL;
    }
  if (!g_str_equal (account->log, enrolment->log))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BAD_LINE, "This device belongs to %s, the line is for %s",
                   account->log, enrolment->log);
      mc_account_free (account);
      return NULL;
    }

  return account;
}

/**
 * mc_enrol:
 * @dir: folder of the enrolment; made if missing
 * @line: what was pasted, or the text of a .mcenrol file
 * @by: name and position of who works here
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error in the %MC_SYNC_ERROR domain, or of the file system
 *
 * Registers this device's public key with the hub that @line names.  Blocking.  After an error the line can be
 * used again and nothing on disk is changed.
 *
 * Returns: (transfer full) (nullable): the account, which is on disk
 */
McAccount *
mc_enrol (const char    *dir,
          const char    *line,
          const char    *by,
          GCancellable  *cancellable,
          GError       **error)
{
  /* Whether a line is too old the hub's clock decides: this one may be ten years off. */
  g_autoptr(McEnrolment) enrolment = mc_enrolment_parse (line, 0, error);
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McHttp) http = NULL;
  g_autoptr(GBytes) request = NULL, answer = NULL;

  if (enrolment == NULL || !(account = existing_or_new (dir, enrolment, by, error)))
    return NULL;

  http = mc_http_new (enrolment->address, &enrolment->hub);
  request = write_request (account, enrolment);
  if (!(answer = mc_http_post (http, "/v1/enrol", "application/json", request, cancellable, error)) ||
      !mc_enrol_read_answer (account, enrolment, answer, error) ||
      !mc_account_save (account, error))
    return NULL;

  return g_steal_pointer (&account);
}
