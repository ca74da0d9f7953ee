/* mc-frame.h: the frames of a sync body
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 1 byte kind, 4 bytes length (big endian), payload.  END closes a body: a number and the SHA-256
 * of all bytes before it and of the number.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  MC_FRAME_HELLO        = 1,
  MC_FRAME_CURSOR       = 2,
  MC_FRAME_GROUPS       = 3,
  MC_FRAME_EVIDENCE     = 4,
  MC_FRAME_ROWS         = 5,
  MC_FRAME_END          = 6,
  MC_FRAME_DICTIONARY   = 7,
  MC_FRAME_ASK          = 8,
  MC_FRAME_CERTIFICATE  = 9,
  MC_FRAME_TAKEN        = 10,
  MC_FRAME_PLACES       = 11,
  MC_FRAME_RUN          = 12,
  MC_FRAME_BRANCH       = 13,
  MC_FRAME_QUIET        = 14,
  MC_FRAME_HUB_HELLO    = 33,
  MC_FRAME_HUB_STREAM   = 34,
  MC_FRAME_HUB_LOG      = 35,
  MC_FRAME_HUB_NEED     = 36,
  MC_FRAME_HUB_RECEIPT  = 37,
  MC_FRAME_HUB_REWIND   = 38,
  MC_FRAME_HUB_CERTIFICATE = 39,
  MC_FRAME_HUB_END      = 40,
  MC_FRAME_HUB_DICTIONARY = 41,
  MC_FRAME_HUB_WANTED   = 42,
  MC_FRAME_HUB_BACK     = 43,
  MC_FRAME_HUB_LACKS    = 44,
  MC_FRAME_HUB_STREAMS  = 45,
  MC_FRAME_HUB_PARTED   = 46,
  MC_FRAME_HUB_FAR      = 47,
  MC_FRAME_HUB_KNOWS    = 48,
  MC_FRAME_HUB_READS    = 49,
} McFrameKind;

const char    *mc_frame_kind_name       (guint8          kind);

/* writing */
typedef struct _McFrameWriter McFrameWriter;
McFrameWriter *mc_frame_writer_new      (void) G_GNUC_WARN_UNUSED_RESULT;
void           mc_frame_writer_free     (McFrameWriter  *self);
void           mc_frame_writer_add      (McFrameWriter  *self,
                                         guint8          kind,
                                         gconstpointer   payload,
                                         gsize           size);
void           mc_frame_writer_add_array (McFrameWriter *self,
                                          guint8         kind,
                                          GByteArray    *payload);  /* (transfer full) */
void           mc_frame_writer_end      (McFrameWriter  *self,
                                         guint8          kind,
                                         guint32         number);  /* count of frames, or flags */
GBytes        *mc_frame_writer_take     (McFrameWriter  *self) G_GNUC_WARN_UNUSED_RESULT;
gsize          mc_frame_writer_get_size (McFrameWriter  *self);

/* reading, as bytes arrive */
typedef struct _McFrameReader McFrameReader;
McFrameReader *mc_frame_reader_new      (void) G_GNUC_WARN_UNUSED_RESULT;
void           mc_frame_reader_free     (McFrameReader  *self);
void           mc_frame_reader_push     (McFrameReader  *self,
                                         gconstpointer   data,
                                         gsize           size);
gboolean       mc_frame_reader_next     (McFrameReader  *self,
                                         guint8         *out_kind,
                                         GBytes        **out_payload,
                                         GError        **error); /* FALSE without an error: more bytes are needed */
gboolean       mc_frame_reader_has_ended (McFrameReader *self);
guint32        mc_frame_reader_get_end_number (McFrameReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McFrameWriter, mc_frame_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McFrameReader, mc_frame_reader_free)

G_END_DECLS
