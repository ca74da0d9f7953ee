/* mc-points.c: exact points
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-points.h"

#include <string.h>

/* Products of two 64-bit numbers need twice the room. */
__extension__ typedef __int128 Wide;

gboolean
mc_points_parse (const char *text,
                 gint64     *out_hundredths)
{
  const char *at = text;
  gboolean negative = *at == '-';
  gint64 value = 0;
  guint decimals = 0;

  if (negative)
    at++;
  if (!g_ascii_isdigit (*at))
    return FALSE;

  for (; g_ascii_isdigit (*at); at++)
    {
      value = value * 10 + (*at - '0');
      if (value > MC_POINTS_MAX / 100)
        return FALSE;
    }

  if (*at == '.' || *at == ',')
    {
      at++;
      if (!g_ascii_isdigit (*at))
        return FALSE;
      for (; g_ascii_isdigit (*at); at++)
        {
          if (decimals < 2)
            {
              value = value * 10 + (*at - '0');
              decimals++;
            }
          else if (*at != '0')
            return FALSE;
        }
    }
  if (*at != '\0')
    return FALSE;

  for (; decimals < 2; decimals++)
    value *= 10;

  *out_hundredths = negative ? -value : value;

  return TRUE;
}

gboolean
mc_points_parse_fraction (const char *text,
                          gint64     *out_numerator,
                          gint64     *out_denominator)
{
  gboolean negative = *text == '-';
  const char *at = negative ? text + 1 : text;
  gsize whole = strspn (at, "0123456789"), decimals;
  gint64 value = 0, scale = 1;

  if (whole == 0 || whole > MC_POINTS_DIGITS)
    return FALSE;
  for (gsize i = 0; i < whole; i++)
    value = value * 10 + (at[i] - '0');
  at += whole;
  if (*at == '.' || *at == ',')
    {
      at++;
      decimals = strspn (at, "0123456789");
      if (decimals == 0)
        return FALSE;
      for (gsize i = 0; i < MIN (decimals, MC_POINTS_DECIMALS); i++, scale *= 10)
        value = value * 10 + (at[i] - '0');
      at += decimals;
    }
  if (*at != '\0')
    return FALSE;
  *out_numerator = negative ? -value : value;
  *out_denominator = scale;

  return TRUE;
}

gboolean
mc_points_parse_count (const char *text,
                       gint64     *out_count)
{
  guint64 count;

  if (!g_ascii_isdigit (*text) || text[strspn (text, "0123456789")] != '\0')
    return FALSE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, MC_POINTS_MAX, &count, NULL))
    count = MC_POINTS_MAX;
  *out_count = (gint64) count;

  return TRUE;
}

static char *
format (gint64 hundredths,
        char   separator)
{
  const char *sign = hundredths < 0 ? "-" : "";
  guint64 value = hundredths < 0 ? -(guint64) hundredths : (guint64) hundredths;
  guint cents = value % 100;

  if (cents == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT, sign, value / 100);
  if (cents % 10 == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT "%c%u", sign, value / 100, separator, cents / 10);

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT "%c%02u", sign, value / 100, separator, cents);
}

char *
mc_points_format (gint64 hundredths)
{
  return format (hundredths, '.');
}

char *
mc_points_format_vi (gint64 hundredths)
{
  return format (hundredths, ',');
}

/* Half up: (2p + d) / 2d, in whole numbers. */
static gboolean
divide (Wide    product,
        Wide    denominator,
        gint64 *out_hundredths)
{
  Wide result = (2 * product + denominator) / (2 * denominator);

  if (result > MC_POINTS_MAX)
    return FALSE;

  *out_hundredths = (gint64) result;

  return TRUE;
}

gboolean
mc_points_of_ratio (gint64  max,
                    gint64  numerator,
                    gint64  denominator,
                    gint64 *out_hundredths)
{
  if (denominator <= 0 || numerator < 0 || max < 0)
    return FALSE;

  return divide ((Wide) max * numerator, denominator, out_hundredths);
}

gboolean
mc_points_of_target (gint64  max,
                     gint64  numerator,
                     gint64  denominator,
                     gint64  target,
                     gint64 *out_hundredths)
{
  Wide product;

  if (denominator <= 0 || numerator < 0 || max < 0 || target <= 0 ||
      __builtin_mul_overflow ((Wide) max * 100 * 100, (Wide) numerator, &product))
    return FALSE;

  return divide (product, (Wide) denominator * target, out_hundredths);
}

gboolean
mc_points_percent (gint64  numerator,
                   gint64  denominator,
                   gint64 *out_hundredths)
{
  return mc_points_of_ratio (100 * 100, numerator, denominator, out_hundredths);
}

int
mc_points_compare_ratio (gint64 numerator,
                         gint64 denominator,
                         gint64 percent_hundredths)
{
  Wide left = (Wide) numerator * 100 * 100;
  Wide right = (Wide) percent_hundredths * denominator;

  return left < right ? -1 : left > right;
}
