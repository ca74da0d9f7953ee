/* mc-message-heal.h: the frames by which a log is made whole again after one side went back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where two logs part, which rows of others the hub lacks, which places of a stream it knows by their hash alone, and the
 * refused bytes that a device lost.
 */

#pragma once

#include "core/mc-journal-heal.h"
#include "wire/mc-message.h"

G_BEGIN_DECLS

/* PLACES: chains of the device's log, and the newest head that the hub signed for it. */
typedef struct
{
  char *log;            /* (owned) */
  McCursor head;        /* without a signature: none was kept */
  GArray *places;       /* (owned) (element-type McPlace) */
} McPlacesFrame;

/* PARTED: the two logs are the same up to @common and not at @parted. */
typedef struct
{
  char *log;            /* (owned) */
  guint64 common, parted;
} McPartedFrame;

/* STREAMS: how far the hub is in the streams of a log. */
typedef struct
{
  char *log;            /* (owned) */
  GPtrArray *streams;   /* (owned) (element-type McStreamPlace) */
} McStreamsFrame;

/* ROWS: groups of others, each with the hashes of the places before it that the hub does not have.  BRANCH: the same, the first
 * of each stream with all hashes before it. */
typedef struct
{
  char *log;            /* (owned) */
  GPtrArray *groups;    /* (owned) (element-type McGroup) */
} McRowsFrame;

/* WANTED: places of the own stream that the hub knows by their hash alone. */
typedef struct
{
  char *log;            /* (owned) */
  GArray *places;       /* (owned) (element-type guint64) first places of groups, ascending */
} McWantedFrame;

/* BACK: refused groups of this device under other incarnations. */
typedef struct
{
  char *log;            /* (owned) */
  GPtrArray *refused;   /* (owned) (element-type McRefused) */
} McBackFrame;

typedef enum
{
  MC_ASK_STREAMS = 1,   /* of a log */
  MC_ASK_LACKS   = 2,   /* evidence that rows name and the hub has not whole */
} McAsk;

void          mc_places_frame_clear   (McPlacesFrame  *self);
void          mc_parted_frame_clear   (McPartedFrame  *self);
void          mc_streams_frame_clear  (McStreamsFrame *self);
void          mc_rows_frame_clear     (McRowsFrame    *self);
void          mc_wanted_frame_clear   (McWantedFrame  *self);
void          mc_back_frame_clear     (McBackFrame    *self);

GByteArray   *mc_encode_places        (const McPlacesFrame *places) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_places        (GBytes *payload, McPlacesFrame *out, GError **error);
GByteArray   *mc_encode_parted        (const McPartedFrame *parted) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_parted        (GBytes *payload, McPartedFrame *out, GError **error);
GBytes       *mc_encode_streams       (const McStreamsFrame *streams) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_streams       (GBytes *payload, McStreamsFrame *out, GError **error);
GBytes       *mc_encode_rows          (const McDictionary *dictionary, const McRowsFrame *rows) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_rows          (GBytes *payload, McRowsFrame *out, GError **error);
GByteArray   *mc_encode_wanted        (const McWantedFrame *wanted) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_wanted        (GBytes *payload, McWantedFrame *out, GError **error);
GBytes       *mc_encode_back          (const McDictionary *dictionary, const McBackFrame *back) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_back          (GBytes *payload, McBackFrame *out, GError **error);
/* TAKEN: what came back is kept now. */
GByteArray   *mc_encode_taken         (GArray *numbers) G_GNUC_WARN_UNUSED_RESULT; /* (element-type guint64) */
GArray       *mc_decode_taken         (GBytes *payload, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GByteArray   *mc_encode_ask           (McAsk what, const char *log) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_ask           (GBytes *payload, guint *out_what, char **out_log, GError **error);
/* LACKS: @whole = every other file is there. */
GByteArray   *mc_encode_lacks         (gboolean whole, GArray *needs) G_GNUC_WARN_UNUSED_RESULT;
GArray       *mc_decode_lacks         (GBytes *payload, gboolean *out_whole, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
