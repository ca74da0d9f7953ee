/* mc-buffer.h: numbers, bytes and names in and out of a payload, big endian
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader that has run out stays failed and gives zeros: one look at the end is enough.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *at;
  gsize left;
  gboolean failed;
} McReader;

void      mc_put_u8     (GByteArray    *out,
                         guint8         value);
void      mc_put_u16    (GByteArray    *out,
                         guint16        value);
void      mc_put_u32    (GByteArray    *out,
                         guint32        value);
void      mc_put_u64    (GByteArray    *out,
                         guint64        value);
void      mc_put_data   (GByteArray    *out,
                         gconstpointer  data,
                         gsize          size);
void      mc_put_id     (GByteArray    *out,
                         const char    *uuid);
void      mc_put_name   (GByteArray    *out,
                         const char    *name);  /* at most 255 bytes */

void      mc_reader_init (McReader     *self,
                          gconstpointer data,
                          gsize         size);
guint8    mc_get_u8     (McReader      *self);
guint16   mc_get_u16    (McReader      *self);
guint32   mc_get_u32    (McReader      *self);
guint64   mc_get_u64    (McReader      *self);
gboolean  mc_get_data   (McReader      *self,
                         gpointer       out,
                         gsize          size);
GBytes   *mc_get_bytes  (McReader      *self,
                         gsize          size) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) */
char     *mc_get_id     (McReader      *self) G_GNUC_WARN_UNUSED_RESULT;
char     *mc_get_name   (McReader      *self) G_GNUC_WARN_UNUSED_RESULT;
char     *mc_get_log    (McReader      *self) G_GNUC_WARN_UNUSED_RESULT;  /* at most MC_LOG_NAME_MAX_BYTES */
gboolean  mc_reader_is_done (McReader  *self);  /* everything read, nothing missing */

G_END_DECLS
