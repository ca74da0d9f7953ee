/* mc-buffer.c: numbers, bytes and names in and out of a payload, big endian
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-buffer.h"

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"

void
mc_put_u8 (GByteArray *out,
           guint8      value)
{
  g_byte_array_append (out, &value, 1);
}

void
mc_put_u16 (GByteArray *out,
            guint16     value)
{
  guint16 be = GUINT16_TO_BE (value);

  g_byte_array_append (out, (guint8 *) &be, sizeof be);
}

void
mc_put_u32 (GByteArray *out,
            guint32     value)
{
  guint32 be = GUINT32_TO_BE (value);

  g_byte_array_append (out, (guint8 *) &be, sizeof be);
}

void
mc_put_u64 (GByteArray *out,
            guint64     value)
{
  guint64 be = GUINT64_TO_BE (value);

  g_byte_array_append (out, (guint8 *) &be, sizeof be);
}

void
mc_put_data (GByteArray    *out,
             gconstpointer  data,
             gsize          size)
{
  if (size > 0)
    g_byte_array_append (out, data, size);
}

void
mc_put_id (GByteArray *out,
           const char *uuid)
{
  guint8 bytes[16] = { 0 };

  if (!mc_id_to_bytes (uuid, bytes))
    g_critical ("“%s” is no UUID", uuid);
  g_byte_array_append (out, bytes, sizeof bytes);
}

void
mc_put_name (GByteArray *out,
             const char *name)
{
  gsize size = MIN (strlen (name), 255);

  mc_put_u8 (out, size);
  mc_put_data (out, name, size);
}

void
mc_reader_init (McReader      *self,
                gconstpointer  data,
                gsize          size)
{
  self->at = data;
  self->left = size;
  self->failed = FALSE;
}

gboolean
mc_get_data (McReader *self,
             gpointer  out,
             gsize     size)
{
  if (self->failed || self->left < size)
    {
      self->failed = TRUE;
      memset (out, 0, size);
      return FALSE;
    }
  if (size > 0)
    memcpy (out, self->at, size);
  self->at += size;
  self->left -= size;

  return TRUE;
}

guint8
mc_get_u8 (McReader *self)
{
  guint8 value;

  mc_get_data (self, &value, sizeof value);

  return value;
}

guint16
mc_get_u16 (McReader *self)
{
  guint16 value;

  mc_get_data (self, &value, sizeof value);

  return GUINT16_FROM_BE (value);
}

guint32
mc_get_u32 (McReader *self)
{
  guint32 value;

  mc_get_data (self, &value, sizeof value);

  return GUINT32_FROM_BE (value);
}

guint64
mc_get_u64 (McReader *self)
{
  guint64 value;

  mc_get_data (self, &value, sizeof value);

  return GUINT64_FROM_BE (value);
}

GBytes *
mc_get_bytes (McReader *self,
              gsize     size)
{
  GBytes *bytes;

  if (self->failed || self->left < size)
    {
      self->failed = TRUE;
      return NULL;
    }
  bytes = g_bytes_new (self->at, size);
  self->at += size;
  self->left -= size;

  return bytes;
}

char *
mc_get_id (McReader *self)
{
  guint8 bytes[16];

  mc_get_data (self, bytes, sizeof bytes);

  return mc_id_from_bytes (bytes);
}

char *
mc_get_name (McReader *self)
{
  gsize size = mc_get_u8 (self);
  char *name;

  if (self->failed || self->left < size || !g_utf8_validate ((const char *) self->at, size, NULL) ||
      memchr (self->at, '\0', size) != NULL)
    {
      self->failed = TRUE;
      return g_strdup ("");
    }
  name = g_strndup ((const char *) self->at, size);
  self->at += size;
  self->left -= size;

  return name;
}

char *
mc_get_log (McReader *self)
{
  char *name = mc_get_name (self);

  if (strlen (name) > MC_LOG_NAME_MAX_BYTES)
    self->failed = TRUE;

  return name;
}

gboolean
mc_reader_is_done (McReader *self)
{
  return !self->failed && self->left == 0;
}
