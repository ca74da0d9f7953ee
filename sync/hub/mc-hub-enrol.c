/* mc-hub-enrol.c: letting a device in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-reads.h"
#include "hub/mc-hub-restore.h"

typedef struct
{
  const char *secret, *device, *key, *name;
} Request;

static gboolean
read_request (JsonObject *object,
              Request    *request)
{
  guint8 key[MC_KEY_BYTES];

  request->secret = mc_json_get_text (object, "secret", "");
  request->device = mc_json_get_text (object, "device", "");
  request->key = mc_json_get_text (object, "public_key", "");
  request->name = mc_json_get_text (object, "name", "");

  return strlen (request->secret) == 32 && mc_id_is_valid (request->device) &&
         mc_unhex (request->key, key, sizeof key) && strlen (request->name) <= 200;
}

/* What the secret lets in, or the slug of why it does not. */
static const char *
find_secret (McHub       *self,
             Request     *request,
             gint64       now_us,
             char       **out_log,
             char       **out_role,
             gboolean    *out_used,
             GError     **error)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, request->secret, -1);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT log, role, expires_us, used_by FROM enrolment WHERE secret_hash = ?", error)))
    return "internal";
  mc_stmt_bind_text (stmt, 1, hash);
  if (!mc_stmt_next (stmt, &has_row, error))
    return "internal";
  if (!has_row)
    return "secret-unknown";
  /* The same device again: its first answer was lost on the way. */
  *out_used = !mc_stmt_is_null (stmt, 3);
  if (*out_used && !g_str_equal (mc_stmt_get_text (stmt, 3), request->device))
    return "secret-used";
  if (mc_stmt_get_int64 (stmt, 2) < now_us)
    return "secret-expired";
  *out_log = g_strdup (mc_stmt_get_text (stmt, 0));
  *out_role = g_strdup (mc_stmt_get_text (stmt, 1));

  return NULL;
}

static gboolean
add_device (McHub       *self,
            Request     *request,
            const char  *log,
            const char  *role,
            gint64       now_us,
            GError     **error)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, request->secret, -1);
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(McStmt) device = NULL, used = NULL;
  guint8 key[MC_KEY_BYTES];

  mc_unhex (request->key, key, sizeof key);
  if (!(transaction = mc_db_begin (self->db, error)) ||
      !(device = mc_db_prepare (self->db, "INSERT INTO device (id, key, name, log, role, enrolled_us)"
                                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET revoked_us = NULL", error)))
    return FALSE;
  mc_stmt_bind_text (device, 1, request->device);
  mc_stmt_bind_blob (device, 2, key, sizeof key);
  mc_stmt_bind_text (device, 3, request->name);
  mc_stmt_bind_text (device, 4, log);
  mc_stmt_bind_text (device, 5, role);
  mc_stmt_bind_int64 (device, 6, now_us);
  if (!mc_stmt_exec (device, error) ||
      !(used = mc_db_prepare (self->db, "UPDATE enrolment SET used_by = ? WHERE secret_hash = ?", error)))
    return FALSE;
  mc_stmt_bind_text (used, 1, request->device);
  mc_stmt_bind_text (used, 2, hash);

  /* The file last: should it end in between, the device stays shut out. */
  return mc_stmt_exec (used, error) && mc_hub_audit (self, now_us, "enrol", request->device, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error) && mc_hub_forget_revoked (self, request->device, error);
}

static JsonArray *
list_readable (McHub        *self,
               McHubDevice  *device,
               GError      **error)
{
  g_autoptr(GPtrArray) reads = mc_hub_list_reads (self, device, error);
  JsonArray *logs;

  if (reads == NULL)
    return NULL;
  logs = json_array_new ();
  for (guint i = 0; i < reads->len; i++)
    json_array_add_string_element (logs, reads->pdata[i]);

  return logs;
}

/* Who is enrolled already stays what he is: same key, same log, same role; nobody takes another's name. */
static gboolean
may_be (McHub       *self,
        Request     *request,
        const char  *log,
        const char  *role,
        gboolean     is_used,
        gboolean    *out_fits,
        GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(McHubDevice) device = mc_hub_find_device (self, request->device, &local_error);
  guint8 key[MC_KEY_BYTES];

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* A new line is the district's word that who was shut out may come back; the one it came with before is not. */
  *out_fits = device == NULL || ((!device->revoked || !is_used) && mc_unhex (request->key, key, sizeof key) &&
                                 memcmp (key, device->key, sizeof key) == 0 && g_str_equal (device->log, log) &&
                                 g_str_equal (device->role, role));

  return TRUE;
}

char *
mc_hub_answer_enrol (McHub       *self,
                     const char  *json,
                     gsize        size,
                     gint64       now_us,
                     const char **out_problem,
                     GError     **error)
{
  g_autofree char *log = NULL, *role = NULL, *hub = NULL;
  g_autoptr(JsonNode) root = mc_json_read (json, size, MC_ENROL_MAX_DEPTH), units = NULL, answer = NULL;
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(McCertificate) certificate = NULL;
  g_autoptr(JsonObject) object = json_object_new ();
  JsonArray *reads;
  Request request = { 0 };
  gboolean fits, is_used = FALSE;

  *out_problem = "bad-request";
  if (root == NULL || !read_request (json_node_get_object (root), &request))
    return NULL;
  if ((*out_problem = find_secret (self, &request, now_us, &log, &role, &is_used, error)) != NULL)
    return NULL;
  *out_problem = "internal";
  if (!may_be (self, &request, log, role, is_used, &fits, error))
    return NULL;
  if (!fits)
    {
      *out_problem = "forbidden";
      return NULL;
    }
  if (!add_device (self, &request, log, role, now_us, error) ||
      !(device = mc_hub_find_device (self, request.device, error)) ||
      !(certificate = mc_hub_certify (self, request.device, error)) ||
      !(units = mc_hub_units_to_json (self, error)) || !(reads = list_readable (self, device, error)))
    return NULL;

  hub = mc_hex (self->identity.id, MC_ID_BYTES);
  json_object_set_string_member (object, "hub", hub);
  json_object_set_string_member (object, "log", log);
  json_object_set_string_member (object, "role", role);
  json_object_set_member (object, "certificate", mc_certificate_to_json (certificate));
  json_object_set_array_member (object, "read", reads);
  json_object_set_member (object, "units", g_steal_pointer (&units));
  answer = json_node_init_object (json_node_alloc (), object);
  *out_problem = NULL;

  return mc_json_to_text (answer, FALSE);
}
