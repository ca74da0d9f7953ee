/* mc-hex.c: bytes as hexadecimal digits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-hex.h"

#include <string.h>

/**
 * mc_hex:
 * @data: bytes
 * @size: how many
 *
 * Returns: (transfer full): two digits a byte, in lower case
 */
char *
mc_hex (gconstpointer data,
        gsize         size)
{
  static const char digits[] = "0123456789abcdef";
  const guint8 *bytes = data;
  char *hex = g_malloc (2 * size + 1);

  for (gsize i = 0; i < size; i++)
    {
      hex[2 * i] = digits[bytes[i] >> 4];
      hex[2 * i + 1] = digits[bytes[i] & 15];
    }
  hex[2 * size] = '\0';

  return hex;
}

/**
 * mc_unhex:
 * @hex: (nullable): digits in either case
 * @out: (out caller-allocated): for @size bytes
 * @size: how many
 *
 * Returns: %FALSE, with @out as it was, unless @hex is exactly so many bytes
 */
gboolean
mc_unhex (const char *hex,
          gpointer    out,
          gsize       size)
{
  if (hex == NULL || strlen (hex) != 2 * size)
    return FALSE;
  for (gsize i = 0; i < 2 * size; i++)
    if (!g_ascii_isxdigit (hex[i]))
      return FALSE;
  for (gsize i = 0; i < size; i++)
    ((guint8 *) out)[i] = g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]);

  return TRUE;
}
