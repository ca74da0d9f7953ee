/* mc-message.h: what the frames carry, to and from bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every decoder checks every length; FALSE with MC_SYNC_ERROR_PROTOCOL says which frame was wrong.
 */

#pragma once

#include "core/mc-journal-sync.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-frame.h"
#include "wire/mc-keys.h"

G_BEGIN_DECLS

typedef struct
{
  guint16 protocol;
  char *device, *incarnation;   /* (owned) */
  guint8 nonce[MC_ID_BYTES];
  guint8 signature[MC_SIGNATURE_BYTES];
  char *program;                /* (owned) */
} McHello;

typedef struct
{
  char *log;                    /* (owned) */
  guint64 seq;
  McDigest seq_chain;
  guint64 n;
  McDigest n_chain;
} McCursorFrame;

typedef struct
{
  guint8 hub_id[MC_ID_BYTES];
  guint8 epoch[MC_ID_BYTES];
  guint64 time_us;
  guint8 signature[MC_SIGNATURE_BYTES];
} McHubHello;

typedef struct
{
  char *log;                    /* (owned) */
  guint64 n;                    /* what the hub has of the stream of this incarnation */
  gboolean fork;
  GArray *verdicts;             /* (owned) (element-type McVerdict) */
} McStreamFrame;

typedef struct
{
  char *log;                    /* (owned) */
  GPtrArray *rows;              /* (owned) (element-type McLogRow) */
  McCursor head;                /* after the rows */
} McLogFrame;

typedef struct
{
  char sha256[65];
  guint64 offset;
  gboolean complete;
} McNeed;

void          mc_hello_clear          (McHello        *self);
void          mc_cursor_frame_clear   (McCursorFrame  *self);
void          mc_stream_frame_clear   (McStreamFrame  *self);
void          mc_log_frame_clear      (McLogFrame     *self);

GByteArray   *mc_encode_hello         (const McHello  *hello) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_hello         (GBytes         *payload, McHello *out, GError **error);
GByteArray   *mc_encode_cursor        (const McCursorFrame *cursor) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_cursor        (GBytes         *payload, McCursorFrame *out, GError **error);

/* Groups of one log, packed together; a dictionary only where the other side has it. */
GBytes       *mc_encode_groups        (const McDictionary *dictionary, const char *log, GPtrArray *groups) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray    *mc_decode_groups        (GBytes         *payload, const char *device, const char *incarnation,
                                       char          **out_log, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */

/* The same under the signature of the last of them, of the groups of a stream that follow each other. */
GBytes       *mc_encode_run           (const McDictionary *dictionary, const char *log, GPtrArray *groups) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray    *mc_decode_run           (GBytes         *payload, const char *device, const char *incarnation,
                                       char          **out_log, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */
/* The kinds of frames that this program takes beside those of the first version, and whether @kind is one of them. */
GByteArray   *mc_encode_knows         (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_knows                (GBytes         *payload, guint8 kind);

GByteArray   *mc_encode_evidence      (const char     *sha256, guint64 offset, guint64 total,
                                       gconstpointer   data, gsize size) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_evidence      (GBytes         *payload, char out_sha256[65], guint64 *out_offset,
                                       guint64        *out_total, GBytes **out_data, GError **error);

GByteArray   *mc_encode_hub_hello     (const McHubHello *hello) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_hub_hello     (GBytes         *payload, McHubHello *out, GError **error);
GByteArray   *mc_encode_stream        (const McStreamFrame *stream) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_stream        (GBytes         *payload, McStreamFrame *out, GError **error);
GBytes       *mc_encode_log           (const McDictionary *dictionary, const McLogFrame *log) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_log           (GBytes         *payload, McLogFrame *out, GError **error);
GByteArray   *mc_encode_needs         (GArray         *needs) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McNeed) */
GArray       *mc_decode_needs         (GBytes         *payload, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
