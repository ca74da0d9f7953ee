/* mc-id.c: identifiers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UUIDv7 (RFC 9562) for what is new: its time part keeps inserts close together in an index, and
 * nothing ever orders by it.  UUIDv8 for what its key identifies: two people who open the same month
 * offline make the same record.
 */

#include "core/mc-id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "core/mc-digest.h"
#include "core/mc-hex.h"
#include "core/mc-id-private.h"

static McRandomFunc random_func = NULL;
static gpointer random_data = NULL;

void
mc_random_set_source (McRandomFunc func,
                      gpointer     user_data)
{
  random_func = func;
  random_data = user_data;
}

/**
 * mc_random_bytes:
 * @data: (out caller-allocated): where to
 * @size: how many
 *
 * Fills @data from the kernel's generator.  A system without one cannot keep any promise of this
 * program, so failure ends it.
 */
void
mc_random_bytes (gpointer data,
                 gsize    size)
{
  guint8 *at = data;

  if (random_func != NULL)
    {
      random_func (at, size, random_data);
      return;
    }

  while (size > 0)
    {
      ssize_t got = getrandom (at, size, 0);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        g_error ("The system has no random numbers: %s", g_strerror (errno));

      at += got;
      size -= got;
    }
}

char *
mc_id_from_bytes (const guint8 bytes[16])
{
  g_autofree char *hex = mc_hex (bytes, 16);

  return g_strdup_printf ("%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* Negative: none, as a capital is. */
static inline int
get_hex_value (char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* FALSE unless @id is a UUID in lower case with its hyphens. */
gboolean
mc_id_to_bytes (const char *id,
                guint8      out_bytes[16])
{
  if (id == NULL || strlen (id) != 36)
    return FALSE;

  for (guint i = 0, at = 0; i < 36; at++)
    {
      int high, low;

      if (i == 8 || i == 13 || i == 18 || i == 23)
        {
          if (id[i] != '-')
            return FALSE;
          i++;
        }

      high = get_hex_value (id[i]);
      low = get_hex_value (id[i + 1]);
      if (high < 0 || low < 0)
        return FALSE;

      out_bytes[at] = high << 4 | low;
      i += 2;
    }

  return TRUE;
}

gboolean
mc_id_is_valid (const char *id)
{
  guint8 bytes[16];

  return mc_id_to_bytes (id, bytes);
}

static char *
with_version (guint8 bytes[16],
              guint8 version)
{
  bytes[6] = (bytes[6] & 0x0f) | version << 4;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;

  return mc_id_from_bytes (bytes);
}

/**
 * mc_id_new:
 * @now_us: the time, in microseconds since the Unix epoch; only spreads ids, never orders anything
 *
 * Returns: (transfer full): a new UUIDv7
 */
char *
mc_id_new (gint64 now_us)
{
  guint8 bytes[16];
  guint64 ms = MAX (now_us, 0) / 1000;

  mc_random_bytes (bytes, sizeof bytes);
  for (int i = 5; i >= 0; i--, ms >>= 8)
    bytes[i] = ms & 0xff;

  return with_version (bytes, 7);
}

/**
 * mc_id_new_from_key:
 * @log: unit log
 * @type: record type
 * @pack: pack id, with or without its version
 * @key: (array zero-terminated=1): values of the key fields
 *
 * The id of a record that its key identifies, the same on every device.
 *
 * Returns: (transfer full): a UUIDv8
 */
char *
mc_id_new_from_key (const char         *log,
                    const char         *type,
                    const char         *pack,
                    const char * const *key)
{
  g_autoptr(GString) text = g_string_new (NULL);
  const char *slash = strchr (pack, '/');
  McDigest digest;

  g_string_append_printf (text, "%s\n%s\n", log, type);
  g_string_append_len (text, pack, slash != NULL ? slash - pack : (gssize) strlen (pack));
  for (gsize i = 0; key[i] != NULL; i++)
    g_string_append_printf (text, "\n%s", key[i]);

  mc_digest_of_data (&digest, text->str, text->len);

  return with_version (digest.data, 8);
}

/**
 * mc_id_to_short:
 * @change_id: a UUID
 *
 * Returns: (transfer full): what `seen` calls that change: the first 8 bytes of SHA-256 of the id's
 *   text, base64url without padding, %MC_SHORT_LENGTH characters
 */
char *
mc_id_to_short (const char *change_id)
{
  McDigest digest;
  char *text;

  mc_digest_of_data (&digest, change_id, strlen (change_id));
  text = g_base64_encode (digest.data, 8);
  text[MC_SHORT_LENGTH] = '\0';
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');

  return text;
}
