/* mc-enrolment.c: the line that lets a new device in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-enrolment.h"

#include <string.h>

#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-sync-error.h"

#define PREFIX "MC1-"

void
mc_enrolment_free (McEnrolment *self)
{
  g_free (self->address);
  g_free (self->log);
  g_free (self->role);
  g_free (self);
}

/* CRC-32 of IEEE 802.3. */
static guint32
checksum (const guint8 *data,
          gsize         size)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320 : 0);
    }

  return ~crc;
}

char *
mc_enrolment_line_from_bytes (const guint8 *data,
                              gsize         size)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autofree char *coded = NULL;

  mc_put_data (out, data, size);
  mc_put_u32 (out, checksum (data, size));
  coded = g_base64_encode (out->data, out->len);
  g_strdelimit (coded, "+", '-');
  g_strdelimit (coded, "/", '_');
  g_strdelimit (coded, "=", '\0');

  return g_strconcat (PREFIX, coded, NULL);
}

char *
mc_enrolment_to_line (McEnrolment *self)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();

  mc_put_name (out, self->address);
  mc_put_data (out, self->hub.id, MC_ID_BYTES);
  mc_put_data (out, self->hub.key, MC_KEY_BYTES);
  mc_put_data (out, self->hub.tls_pin, sizeof self->hub.tls_pin);
  mc_put_data (out, self->secret, MC_SECRET_BYTES);
  mc_put_name (out, self->log);
  mc_put_name (out, self->role);
  mc_put_u64 (out, self->expires_us);

  return mc_enrolment_line_from_bytes (out->data, out->len);
}

/* The base64 text of the line in @text, without blanks that a letter or a mailer has put in. */
static char *
find_coded (const char *text)
{
  const char *at = strstr (text, PREFIX);
  GString *coded = g_string_new (NULL);

  if (at != NULL)
    for (at += strlen (PREFIX); *at != '\0' && coded->len < MC_LINE_MAX_BYTES; at++)
      {
        if (g_ascii_isalnum (*at))
          g_string_append_c (coded, *at);
        else if (*at == '-' || *at == '_')
          g_string_append_c (coded, *at == '-' ? '+' : '/');
        else if (!g_ascii_isspace (*at))
          break;
      }
  while (coded->len % 4 != 0)
    g_string_append_c (coded, '=');

  return g_string_free (coded, FALSE);
}

static gboolean
read_fields (McEnrolment  *self,
             const guint8 *data,
             gsize         size)
{
  McReader reader;

  mc_reader_init (&reader, data, size);
  self->address = mc_get_name (&reader);
  mc_get_data (&reader, self->hub.id, MC_ID_BYTES);
  mc_get_data (&reader, self->hub.key, MC_KEY_BYTES);
  mc_get_data (&reader, self->hub.tls_pin, sizeof self->hub.tls_pin);
  mc_get_data (&reader, self->secret, MC_SECRET_BYTES);
  self->log = mc_get_name (&reader);
  self->role = mc_get_name (&reader);
  self->expires_us = mc_get_u64 (&reader);

  return mc_get_u32 (&reader) == checksum (data, size - MIN (size, 4)) && mc_reader_is_done (&reader);
}

/**
 * mc_enrolment_parse:
 * @text: what was pasted, or the text of a file
 * @now_us: the time, to see whether the line is too old; 0 = it is not asked
 * @error: return location; %MC_SYNC_ERROR_BAD_LINE or %MC_SYNC_ERROR_SECRET_EXPIRED
 *
 * Returns: (transfer full) (nullable): what the line says
 */
McEnrolment *
mc_enrolment_parse (const char  *text,
                    gint64       now_us,
                    GError     **error)
{
  g_autoptr(McEnrolment) self = g_new0 (McEnrolment, 1);
  g_autofree char *coded = find_coded (text);
  g_autofree guint8 *data = NULL;
  gsize size = 0;

  if (*coded != '\0')
    data = g_base64_decode (coded, &size);
  if (data == NULL || size < 5 || !read_fields (self, data, size))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BAD_LINE,
                           *coded == '\0' ? "There is no enrolment line in this text (it begins with MC1-)"
                                          : "The enrolment line is cut or mistyped; copy it again from its beginning to its end");
      return NULL;
    }
  if (self->expires_us != 0 && now_us > self->expires_us)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_SECRET_EXPIRED,
                           "The enrolment line has expired; ask the district for a new one");
      return NULL;
    }

  return g_steal_pointer (&self);
}
