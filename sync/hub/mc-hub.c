/* mc-hub.c: making and opening a hub, and its devices
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-schema.h"
#include "core/mc-setting.h"
#include "hub/mc-hub-restore.h"
#include "hub/mc-hub-tls.h"
#include "mc-hub-resources.h"
#include "wire/mc-enrolment.h"

#define SCHEMA_DIR "/vn/minhchung/hub/schema/"
#define DAYS_MAX 3650   /* that an enrolment line may be good for */

/* A change is some 700 bytes, and a push writes many that follow each other: of larger pages fewer are written, and fuller. */
#define HUB_PAGE_BYTES 8192
/* A first push writes the last pages of five indexes with each of its runs, ten thousand changes more than 16 MiB; they are
 * carried over when the hub rests. */
#define HUB_LOG_BYTES  (32 * 1024 * 1024)

char *
mc_hub_get_setting (McHub      *self,
                    const char *name)
{
  return mc_setting_get (self->db, name);
}

gboolean
mc_hub_set_setting (McHub       *self,
                    const char  *name,
                    const char  *value,
                    GError     **error)
{
  return mc_setting_set (self->db, name, value, error);
}

gboolean
mc_hub_audit (McHub       *self,
              gint64       now_us,
              const char  *what,
              const char  *detail,
              GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO audit (at_us, what, detail) VALUES (?, ?, ?)", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, now_us);
  mc_stmt_bind_text (stmt, 2, what);
  mc_stmt_bind_text (stmt, 3, detail);

  return mc_stmt_exec (stmt, error);
}

/* making and opening */

static gboolean
random_setting (McHub       *self,
                const char  *name,
                GError     **error)
{
  guint8 random[MC_ID_BYTES];
  g_autofree char *hex = NULL;

  mc_random_bytes (random, sizeof random);
  hex = mc_hex (random, sizeof random);

  return mc_hub_set_setting (self, name, hex, error);
}

static gboolean
make_key (const char  *dir,
          GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "hub.key", NULL), *hex = NULL;
  McSigningKey key;

  mc_signing_key_new (&key);
  hex = mc_hex (key.seed, sizeof key.seed);

  return g_file_set_contents_full (path, hex, -1, G_FILE_SET_CONTENTS_DURABLE | G_FILE_SET_CONTENTS_CONSISTENT,
                                   0600, error);
}

static McDb *
open_db (const char  *dir,
         GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "hub.db", NULL);
  g_autofree char *head = g_build_filename (dir, "head", NULL);
  g_autoptr(McDb) db = NULL;
  GStatBuf info;

  /* Where something was signed something was written. */
  if ((g_stat (head, &info) != 0 || info.st_size == 0 || mc_schema_check_emptied (path, error)) &&
      mc_schema_look (path, MC_SCHEMA_HUB, error))
    db = mc_db_open (path, error);

  if (db != NULL)
    g_chmod (path, 0600);
  if (db == NULL || !mc_schema_upgrade (db, mc_hub_get_resource (), SCHEMA_DIR, MC_SCHEMA_HUB, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }

  return g_steal_pointer (&db);
}

/* What a device is told must lead it here and say nothing else. */
static gboolean
check_address (const char  *address,
               GError     **error)
{
  g_autoptr(GUri) uri = address != NULL ? g_uri_parse (address, G_URI_FLAGS_HAS_PASSWORD, NULL) : NULL;

  if (uri != NULL && g_str_has_prefix (address, "https://") && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
      strpbrk (address, " \t\r\n") == NULL && g_uri_get_user (uri) == NULL &&
      (*g_uri_get_path (uri) == '\0' || g_str_equal (g_uri_get_path (uri), "/")) &&
      g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL && g_uri_get_port (uri) != 0)
    return TRUE;
  g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                       "Say where devices reach this hub: --address https://HOST:PORT");

  return FALSE;
}

/* A hub that has lost its store is still one: its key proves what every device has. */
static gboolean
check_not_lost (const char  *dir,
                GError     **error)
{
  g_autofree char *head = g_build_filename (dir, "head", NULL);

  if (!g_file_test (head, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND,
               "The hub in %s has lost its store, hub.db; nothing was changed; bring a backup back with: minhchung-hub restore FOLDER --data %s",
               dir, dir);

  return FALSE;
}

static gboolean
find_store (const char  *dir,
            GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "hub.db", NULL);
  GStatBuf info;

  if (g_stat (path, &info) == 0)
    return mc_hub_check_user (dir, error);
  if (errno != ENOENT)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "%s: %s; give the command as the user that the hub runs as", path,
                 g_strerror (errno));
  else if (check_not_lost (dir, error))
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND,
                 "There is no hub in %s; make one with: minhchung-hub init --data %s --address https://HOST:PORT", dir, dir);

  return FALSE;
}

gboolean
mc_hub_check_user (const char  *dir,
                   GError     **error)
{
  struct passwd *owner;
  g_autofree char *name = NULL;
  GStatBuf info;

  if (geteuid () != 0 || g_stat (dir, &info) != 0 || info.st_uid == 0)
    return TRUE;
  owner = getpwuid (info.st_uid);
  name = owner != NULL ? g_strdup (owner->pw_name) : g_strdup_printf ("#%u", (guint) info.st_uid);
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY,
               "%s belongs to %s, who could not read what root writes there; give the command as that user: runuser -u %s -- minhchung-hub …",
               dir, name, name);

  return FALSE;
}

/**
 * mc_hub_init:
 * @dir: folder of the new hub; made if missing
 * @address: (nullable): where devices reach it, such as "https://10.1.2.3:8443"
 * @error: return location; %MC_STORE_ERROR_CONSTRAINT if there is a hub in @dir already
 *
 * Makes keys, certificate and store.  Leaves an existing hub alone, also one of which the store is lost.
 */
gboolean
mc_hub_init (const char  *dir,
             const char  *address,
             GError     **error)
{
  g_autofree char *evidence = g_build_filename (dir, "evidence", NULL), *partial = g_build_filename (dir, "partial", NULL);
  g_autofree char *path = g_build_filename (dir, "hub.db", NULL);
  g_autofree char *epoch = NULL;
  McHub hub = { .dir = (char *) dir };
  gboolean done;

  if (address != NULL && !check_address (address, error))
    return FALSE;
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CONSTRAINT, "There is a hub in %s already", dir);
      return FALSE;
    }
  if (!mc_hub_check_user (dir, error) || !check_not_lost (dir, error))
    return FALSE;
  if (g_mkdir_with_parents (evidence, 0700) != 0 || g_mkdir_with_parents (partial, 0700) != 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "Could not make %s: %s", dir, g_strerror (errno));
      return FALSE;
    }
  if (!mc_hub_tls_make (dir, error) || !make_key (dir, error) || !mc_db_make (path, HUB_PAGE_BYTES, error) ||
      !(hub.db = open_db (dir, error)))
    return FALSE;

  done = random_setting (&hub, "hub", error) && random_setting (&hub, "epoch", error) &&
         mc_hub_set_setting (&hub, "address", address != NULL ? address : "", error) &&
         (epoch = mc_hub_get_setting (&hub, "epoch")) != NULL && mc_unhex (epoch, hub.epoch, MC_ID_BYTES);
  if (done)
    mc_hub_note_head (&hub);
  mc_db_close (hub.db);

  return done;
}

/* The store remembers whose it is: under another key every device would take this hub for a stranger. */
static gboolean
check_key (McHub   *self,
           GError **error)
{
  g_autofree char *known = mc_hub_get_setting (self, "hub_key"), *hex = mc_hex (self->identity.key, MC_KEY_BYTES);

  if (known == NULL)
    return mc_hub_set_setting (self, "hub_key", hex, error);
  if (g_str_equal (known, hex))
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CONSTRAINT,
               "The hub.key in %s is not the one that this store was made with; bring the hub.key of the same backup", self->dir);

  return FALSE;
}

static gboolean
load_identity (McHub   *self,
               GError **error)
{
  g_autofree char *key_path = g_build_filename (self->dir, "hub.key", NULL), *key_text = NULL;
  g_autofree char *id = mc_hub_get_setting (self, "hub"), *epoch = mc_hub_get_setting (self, "epoch");
  guint8 seed[MC_KEY_BYTES];

  if (!g_file_get_contents (key_path, &key_text, NULL, error) ||
      !mc_hub_tls_get_pin (self->dir, self->identity.tls_pin, error))
    return FALSE;
  if (!mc_unhex (g_strstrip (key_text), seed, sizeof seed) || !mc_unhex (id, self->identity.id, MC_ID_BYTES) ||
      !mc_unhex (epoch, self->epoch, MC_ID_BYTES))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "The keys in %s are damaged", self->dir);
      return FALSE;
    }
  mc_signing_key_from_seed (&self->key, seed);
  memcpy (self->identity.key, self->key.public_key, MC_KEY_BYTES);

  return check_key (self, error);
}

McHub *
mc_hub_open (const char  *dir,
             GError     **error)
{
  g_autoptr(McHub) self = g_new0 (McHub, 1);

  self->dir = g_strdup (dir);
  self->page_bytes = MC_PAGE_BYTES;
  self->far_rows = MC_FAR_ROWS;
  self->segment_bytes = MC_HUB_SEGMENT_BYTES;
  if (!find_store (dir, error) || !(self->db = open_db (dir, error)) || !load_identity (self, error) ||
      !mc_hub_check_head (self, g_get_real_time (), error) ||
      /* A store that was copied back and lacks no row is not seen to have gone back. */
      !mc_hub_apply_revoked (self, error))
    return NULL;
  mc_db_set_log_bytes (self->db, HUB_LOG_BYTES);

  return g_steal_pointer (&self);
}

void
mc_hub_close (McHub *self)
{
  g_clear_pointer (&self->db, mc_db_close);
  g_clear_pointer (&self->used, g_hash_table_unref);
  g_clear_pointer (&self->reads, g_hash_table_unref);
  memset (&self->key, 0, sizeof self->key);
  g_free (self->dir);
  g_free (self);
}

/* devices */

void
mc_hub_device_free (McHubDevice *device)
{
  g_free (device->id);
  g_free (device->log);
  g_free (device->role);
  g_free (device);
}

McHubDevice *
mc_hub_find_device (McHub       *self,
                    const char  *id,
                    GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GBytes) key = NULL;
  McHubDevice *device;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT key, log, role, revoked_us IS NOT NULL FROM device WHERE id = ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, id);
  if (!mc_stmt_next (stmt, &has_row, error) || !has_row)
    return NULL;

  device = g_new0 (McHubDevice, 1);
  device->id = g_strdup (id);
  key = mc_stmt_dup_bytes (stmt, 0);
  memcpy (device->key, g_bytes_get_data (key, NULL), MIN (g_bytes_get_size (key), MC_KEY_BYTES));
  device->log = g_strdup (mc_stmt_get_text (stmt, 1));
  device->role = g_strdup (mc_stmt_get_text (stmt, 2));
  device->revoked = mc_stmt_get_int64 (stmt, 3) && !(mc_faults & MC_FAULT_IGNORE_REVOKED);

  return device;
}

gboolean
mc_hub_revoke (McHub       *self,
               const char  *id,
               gint64       now_us,
               GError     **error)
{
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GError) local_error = NULL;

  device = mc_hub_find_device (self, id, &local_error);
  if (device == NULL)
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "There is no device %s; see: minhchung-hub device list", id);
      return FALSE;
    }
  if (!(stmt = mc_db_prepare (self->db, "UPDATE device SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, now_us);
  mc_stmt_bind_text (stmt, 2, id);

  return mc_stmt_exec (stmt, error) && mc_hub_note_revoked (self, id, now_us, error) &&
         mc_hub_audit (self, now_us, "revoke", id, error);
}

char *
mc_hub_list_devices (McHub   *self,
                     GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  GString *out = g_string_new (NULL);
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT id, log, role, name, datetime (enrolled_us / 1000000, 'unixepoch'),"
                              " coalesce (datetime (seen_us / 1000000, 'unixepoch') || 'Z', 'never'),"
                              " revoked_us IS NOT NULL, (SELECT datetime (max (at_us) / 1000000, 'unixepoch') FROM audit"
                              "  WHERE what = 'fork' AND detail LIKE device.id || ' %')"
                              " FROM device ORDER BY log, enrolled_us", error)))
    return g_string_free (out, FALSE);
  while (mc_stmt_next (stmt, &has_row, error) && has_row)
    {
      const char *forked = mc_stmt_get_text (stmt, 7);
      g_autofree char *name = g_strdup (mc_stmt_get_text (stmt, 3));

      /* The device has said it, and must not write lines of its own here. */
      for (char *at = name; *at != '\0'; at++)
        if (g_ascii_iscntrl (*at))
          *at = ' ';
      g_string_append_printf (out, "%s  %s  %s  enrolled %sZ  last sync %s  %s%s", mc_stmt_get_text (stmt, 0),
                              mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2), mc_stmt_get_text (stmt, 4),
                              mc_stmt_get_text (stmt, 5), name,
                              mc_stmt_get_int64 (stmt, 6) ? "  REVOKED" : "");
      if (forked != NULL)
        g_string_append_printf (out, "  TWO COMPUTERS SHARE IT, or it was put back: %sZ", forked);
      g_string_append_c (out, '\n');
    }

  return g_string_free (out, FALSE);
}

/* enrolment */

/**
 * mc_hub_enrol:
 * @self: a hub
 * @log: unit log of the new device
 * @role: commune, district or auditor
 * @address: (nullable): where it will reach the hub; %NULL = what init was told
 * @days: how long the line is good for
 * @now_us: the time
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a line that lets one device in, once
 */
char *
mc_hub_enrol (McHub       *self,
              const char  *log,
              const char  *role,
              const char  *address,
              int          days,
              gint64       now_us,
              GError     **error)
{
  g_autofree char *default_address = mc_hub_get_setting (self, "address"), *hex = NULL, *hash = NULL;
  McEnrolment enrolment = { .address = (char *) address, .log = (char *) log, .role = (char *) role, .hub = self->identity,
                            .expires_us = now_us + days * G_TIME_SPAN_DAY };
  g_autoptr(McStmt) stmt = NULL;

  if (enrolment.address == NULL)
    enrolment.address = default_address;
  if (!check_address (enrolment.address, error))
    return NULL;
  if (ABS ((gint64) days) > DAYS_MAX)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "A line is good for %d days at most", DAYS_MAX);
      return NULL;
    }
  if (!mc_hub_check_role (self, log, role, error))
    return NULL;

  mc_random_bytes (enrolment.secret, MC_SECRET_BYTES);
  hex = mc_hex (enrolment.secret, MC_SECRET_BYTES);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, hex, -1);
  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO enrolment (secret_hash, log, role, created_us, expires_us)"
                              " VALUES (?, ?, ?, ?, ?)", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, hash);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, role);
  mc_stmt_bind_int64 (stmt, 4, now_us);
  mc_stmt_bind_int64 (stmt, 5, enrolment.expires_us);
  if (!mc_stmt_exec (stmt, error))
    return NULL;

  return mc_enrolment_to_line (&enrolment);
}
