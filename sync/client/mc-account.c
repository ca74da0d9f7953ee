/* mc-account.c: what a device knows about its enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-account.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"

McAccount *
mc_account_new (const char *dir,
                const char *log,
                const char *role,
                const char *by)
{
  McAccount *self = g_new0 (McAccount, 1);
  const char *logs[] = { log, NULL };

  self->dir = g_strdup (dir);
  self->device = mc_id_new (g_get_real_time ());
  self->log = g_strdup (log);
  self->role = g_strdup (role);
  self->by = g_strdup (by);
  self->address = g_strdup ("");
  self->read = g_strdupv ((char **) logs);
  mc_signing_key_new (&self->key);
  mc_random_bytes (self->unit_key, sizeof self->unit_key);

  return self;
}

void
mc_account_free (McAccount *self)
{
  g_free (self->dir);
  g_free (self->device);
  g_free (self->log);
  g_free (self->role);
  g_free (self->by);
  g_free (self->address);
  g_strfreev (self->read);
  g_clear_pointer (&self->units, json_node_unref);
  g_clear_pointer (&self->certificate, json_node_unref);
  memset (self->unit_key, 0, sizeof self->unit_key);
  memset (&self->key, 0, sizeof self->key);
  g_free (self);
}

static void
set_hex (JsonObject    *object,
         const char    *name,
         gconstpointer  data,
         gsize          size)
{
  g_autofree char *hex = mc_hex (data, size);

  json_object_set_string_member (object, name, hex);
}

gboolean
mc_account_save (McAccount  *self,
                 GError    **error)
{
  g_autofree char *path = g_build_filename (self->dir, "account.json", NULL), *text = NULL;
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  JsonArray *read = json_array_new ();

  if (g_mkdir_with_parents (self->dir, 0700) != 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "Could not make the folder %s: %s",
                   self->dir, g_strerror (errno));
      json_array_unref (read);
      return FALSE;
    }

  json_object_set_string_member (object, "device", self->device);
  json_object_set_string_member (object, "log", self->log);
  json_object_set_string_member (object, "role", self->role);
  json_object_set_string_member (object, "by", self->by);
  json_object_set_string_member (object, "address", self->address);
  set_hex (object, "hub", self->hub.id, MC_ID_BYTES);
  set_hex (object, "hub_key", self->hub.key, MC_KEY_BYTES);
  set_hex (object, "tls_pin", self->hub.tls_pin, sizeof self->hub.tls_pin);
  set_hex (object, "signing_key", self->key.seed, MC_KEY_BYTES);
  set_hex (object, "unit_key", self->unit_key, MC_SEAL_KEY_BYTES);
  for (gsize i = 0; self->read[i] != NULL; i++)
    json_array_add_string_element (read, self->read[i]);
  json_object_set_array_member (object, "read", read);
  if (self->units != NULL)
    json_object_set_member (object, "units", json_node_copy (self->units));
  if (self->certificate != NULL)
    json_object_set_member (object, "certificate", json_node_copy (self->certificate));

  text = mc_json_to_text (node, TRUE);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_DURABLE | G_FILE_SET_CONTENTS_CONSISTENT,
                                   0600, error);
}

static char *
dup_member (JsonObject *object,
            const char *name)
{
  return g_strdup (mc_json_get_text (object, name, ""));
}

static gboolean
get_hex (JsonObject *object,
         const char *name,
         gpointer    out,
         gsize       size)
{
  return mc_unhex (mc_json_get_text (object, name, NULL), out, size);
}

static gboolean
read_object (McAccount  *self,
             JsonObject *object)
{
  g_autoptr(GStrvBuilder) read = g_strv_builder_new ();
  JsonArray *logs = mc_json_get_list (object, "read");
  guint8 seed[MC_KEY_BYTES];

  self->device = dup_member (object, "device");
  self->log = dup_member (object, "log");
  self->role = dup_member (object, "role");
  self->by = dup_member (object, "by");
  self->address = dup_member (object, "address");
  for (guint i = 0; logs != NULL && i < json_array_get_length (logs); i++)
    if (json_node_get_value_type (json_array_get_element (logs, i)) == G_TYPE_STRING)
      g_strv_builder_add (read, json_array_get_string_element (logs, i));
  self->read = g_strv_builder_end (read);
  if (json_object_has_member (object, "units"))
    self->units = json_node_copy (json_object_get_member (object, "units"));
  if (json_object_has_member (object, "certificate"))
    self->certificate = json_node_copy (json_object_get_member (object, "certificate"));

  if (!get_hex (object, "hub", self->hub.id, MC_ID_BYTES) || !get_hex (object, "hub_key", self->hub.key, MC_KEY_BYTES) ||
      !get_hex (object, "tls_pin", self->hub.tls_pin, sizeof self->hub.tls_pin) ||
      !get_hex (object, "signing_key", seed, sizeof seed) ||
      !get_hex (object, "unit_key", self->unit_key, sizeof self->unit_key) || !mc_id_is_valid (self->device))
    return FALSE;
  mc_signing_key_from_seed (&self->key, seed);

  return TRUE;
}

McAccount *
mc_account_load (const char  *dir,
                 GError     **error)
{
  g_autoptr(McAccount) self = g_new0 (McAccount, 1);
  g_autofree char *path = g_build_filename (dir, "account.json", NULL), *text = NULL;
  g_autoptr(JsonNode) root = NULL;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  root = mc_json_read (text, size, MC_ENROL_MAX_DEPTH);
  self->dir = g_strdup (dir);
  if (root == NULL || !read_object (self, json_node_get_object (root)))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT,
                   "%s is damaged; ask the district for a new enrolment line (the data beside it is whole)", path);
      return NULL;
    }

  return g_steal_pointer (&self);
}

gboolean
mc_account_is_trial (McAccount *self)
{
  return *self->address == '\0';
}

const char *
mc_account_name_unit (JsonNode   *units,
                      const char *log)
{
  JsonArray *list = units != NULL && JSON_NODE_HOLDS_ARRAY (units) ? json_node_get_array (units) : NULL;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *unit = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autofree char *name = NULL;

      if (unit == NULL)
        continue;
      name = g_strdup_printf ("%s@%s", mc_json_get_text (unit, "code", ""), mc_json_get_text (unit, "valid_from", ""));
      if (g_str_equal (name, log))
        return mc_json_get_text (unit, "name", log);
    }

  return log;
}

const char *
mc_account_get_unit_name (McAccount  *self,
                          const char *log)
{
  return mc_account_name_unit (self->units, log);
}

/* What tells this machine from the one that a disk image was made on. */
static const char *
machine (void)
{
  static char *id = NULL;
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      if (!g_file_get_contents ("/etc/machine-id", &id, NULL, NULL))
        id = g_strdup ("");
      g_strstrip (id);
      g_once_init_leave (&done, 1);
    }

  return id;
}

void
mc_account_fill_config (McAccount       *self,
                        McPack          *pack,
                        McJournalConfig *out)
{
  memset (out, 0, sizeof *out);
  out->dir = self->dir;
  out->device = self->device;
  out->log = self->log;
  out->by = self->by;
  out->machine = machine ();
  out->pack = pack;
  out->units = self->units;
  out->sealer = mc_seal_new (self->unit_key, 1);
}

McJournal *
mc_account_open_journal (McAccount  *self,
                         McPack     *pack,
                         GError    **error)
{
  McJournalConfig config;

  mc_account_fill_config (self, pack, &config);

  return mc_journal_open (&config, error);
}
