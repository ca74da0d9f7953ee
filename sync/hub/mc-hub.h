/* mc-hub.h: the hub's store: units, devices, unit logs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Belongs to the thread that opened it.
 * Folder: hub.db  hub.key (0600)  tls-cert.pem  tls-key.pem (0600)  evidence/ab/abcdef…  partial/
 */

#pragma once

#include "core/mc-db.h"
#include "wire/mc-keys.h"
#include "wire/mc-message.h"

G_BEGIN_DECLS

#define MC_HUB_SEGMENT_BYTES (2560 * 1024)   /* of changes; packed with signatures and places it is about 1 MiB */

typedef struct _McHubBatch McHubBatch;

typedef struct
{
  McDb *db;
  char *dir;
  McSigningKey key;
  McHubIdentity identity;
  guint8 epoch[MC_ID_BYTES];
  gboolean without_tls;      /* only tests serve so */
  gsize page_bytes;          /* about how much of a log goes into one answer */
  guint64 far_rows;          /* a device that lacks more of a log fetches it in stretches, */
  gsize segment_bytes;       /* of about so many bytes of changes */
  GHashTable *used;          /* (owned) (nullable) (element-type utf8 guint64) device → bytes of it: mc-hub-quota.h */
  GHashTable *reads;         /* (owned) (nullable) which logs who follows, as of … */
  gint64 reads_version;      /* … this state of the store: mc-hub-reads.h */
  char looked_at[65];        /* the last evidence file that was looked for: mc-hub-lost.h */
  struct _McHubSession *unsettled;  /* (nullable) has changes that came whole and are not committed, or not on disk; one at most */
  gsize unsynced_bytes;      /* packed runs that are committed and may not be on disk */
  McHubBatch *batch;         /* (owned) (nullable) while a transaction takes groups: mc-hub-batch.h */
} McHub;

typedef struct
{
  char *id;
  guint8 key[MC_KEY_BYTES];
  char *log, *role;
  gboolean revoked;
} McHubDevice;

gboolean     mc_hub_init            (const char   *dir,
                                     const char   *address,
                                     GError      **error);
/* What root writes into the folder of a service's user, that user could not read: root gives no command there. */
gboolean     mc_hub_check_user      (const char   *dir,
                                     GError      **error);
McHub       *mc_hub_open            (const char   *dir,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void         mc_hub_close           (McHub        *self);
char        *mc_hub_get_setting     (McHub        *self,
                                     const char   *name) G_GNUC_WARN_UNUSED_RESULT;
gboolean     mc_hub_set_setting     (McHub        *self,
                                     const char   *name,
                                     const char   *value,
                                     GError      **error);

gboolean     mc_hub_import_units    (McHub        *self,
                                     const char   *json,
                                     guint        *out_count,
                                     GError      **error);
JsonNode    *mc_hub_units_to_json   (McHub        *self,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether who is enrolled for @log may have @role: whose device has what rights follows from both. */
gboolean     mc_hub_check_role      (McHub        *self,
                                     const char   *log,
                                     const char   *role,
                                     GError      **error);
char        *mc_hub_find_log        (McHub        *self,
                                     const char   *unit,
                                     const char   *today,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;

char        *mc_hub_enrol           (McHub        *self,
                                     const char   *log,
                                     const char   *role,
                                     const char   *address,
                                     int           days,
                                     gint64        now_us,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* The answer to POST /v1/enrol; a problem slug on refusal. */
char        *mc_hub_answer_enrol    (McHub        *self,
                                     const char   *json,
                                     gsize         size,
                                     gint64        now_us,
                                     const char  **out_problem,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;

McHubDevice *mc_hub_find_device     (McHub        *self,
                                     const char   *id,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) without an error: unknown */
void         mc_hub_device_free     (McHubDevice  *device);
gboolean     mc_hub_revoke          (McHub        *self,
                                     const char   *id,
                                     gint64        now_us,
                                     GError      **error);
char        *mc_hub_list_devices    (McHub        *self,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT; /* one line a device */
/* Two machines wrote under one @incarnation of @device, or one was put back: kept in audit, once, for who looks after the hub. */
gboolean     mc_hub_note_fork       (McHub        *self,
                                     const char   *device,
                                     const char   *incarnation,
                                     gint64        now_us,
                                     GError      **error);
/* @device spoke to the hub itself, not by a bundle, which may be late.  An incarnation that it had left already speaks only out of
 * another computer's folder: that is noted as a fork. */
gboolean     mc_hub_note_spoken     (McHub        *self,
                                     const char   *device,
                                     const char   *incarnation,
                                     gint64        now_us,
                                     GError      **error);
/* Whether @log is of the device's own unit, or of one whose work goes on there after a merger or a split. */
gboolean     mc_hub_is_at_home      (McHub        *self,
                                     McHubDevice  *device,
                                     const char   *log);
gboolean     mc_hub_may_read        (McHub        *self,
                                     McHubDevice  *device,
                                     const char   *log);
gboolean     mc_hub_may_write       (McHub        *self,
                                     McHubDevice  *device,
                                     const char   *log);

/* Re-computes every chain and signature and re-hashes every evidence file. */
gboolean     mc_hub_verify          (McHub        *self,
                                     char        **out_report,
                                     GError      **error);
gboolean     mc_hub_backup          (McHub        *self,
                                     const char   *path,
                                     GError      **error);
gboolean     mc_hub_audit           (McHub        *self,
                                     gint64        now_us,
                                     const char   *what,
                                     const char   *detail,
                                     GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHub, mc_hub_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubDevice, mc_hub_device_free)

G_END_DECLS
