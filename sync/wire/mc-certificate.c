/* mc-certificate.c: the hub's word on who a device is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-certificate.h"

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"

void
mc_certificate_free (McCertificate *self)
{
  g_free (self->device);
  g_free (self->log);
  g_free (self->role);
  g_free (self);
}

static char *
message_of (const McCertificate *self)
{
  g_autofree char *key = mc_hex (self->key, MC_KEY_BYTES);

  return g_strdup_printf ("minhchung-device-v1\n%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT,
                          self->device, key, self->log, self->role, self->issued_us);
}

void
mc_certificate_sign (McCertificate      *self,
                     const McSigningKey *hub_key)
{
  g_autofree char *message = message_of (self);

  mc_sign (hub_key, message, strlen (message), self->signature);
}

gboolean
mc_certificate_holds (const McCertificate *self,
                      const guint8         hub_key[MC_KEY_BYTES])
{
  g_autofree char *message = message_of (self);

  return mc_verify (hub_key, message, strlen (message), self->signature);
}

JsonNode *
mc_certificate_to_json (const McCertificate *self)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *key = mc_hex (self->key, MC_KEY_BYTES), *signature = mc_hex (self->signature, MC_SIGNATURE_BYTES);

  json_object_set_string_member (object, "device", self->device);
  json_object_set_string_member (object, "key", key);
  json_object_set_string_member (object, "log", self->log);
  json_object_set_string_member (object, "role", self->role);
  json_object_set_int_member (object, "issued_us", self->issued_us);
  json_object_set_string_member (object, "signature", signature);

  return json_node_init_object (json_node_alloc (), object);
}

McCertificate *
mc_certificate_parse (const char *json,
                      gssize      size)
{
  gsize length = size < 0 ? strlen (json) : (gsize) size;
  g_autoptr(JsonNode) root = length <= MC_CERTIFICATE_MAX_BYTES ? mc_json_read (json, length, MC_PROBLEM_MAX_DEPTH) : NULL;
  g_autoptr(McCertificate) self = g_new0 (McCertificate, 1);
  JsonObject *object;

  if (root == NULL)
    return NULL;
  object = json_node_get_object (root);
  self->device = g_strdup (mc_json_get_text (object, "device", ""));
  self->log = g_strdup (mc_json_get_text (object, "log", ""));
  self->role = g_strdup (mc_json_get_text (object, "role", ""));
  self->issued_us = mc_json_get_int (object, "issued_us", 0);

  /* A line feed in a name could make one message pass for another. */
  if (!mc_id_is_valid (self->device) || strlen (self->log) > MC_LOG_NAME_MAX_BYTES ||
      strpbrk (self->log, "\n") != NULL || strpbrk (self->role, "\n") != NULL ||
      !mc_unhex (mc_json_get_text (object, "key", ""), self->key, MC_KEY_BYTES) ||
      !mc_unhex (mc_json_get_text (object, "signature", ""), self->signature, MC_SIGNATURE_BYTES))
    return NULL;

  return g_steal_pointer (&self);
}
