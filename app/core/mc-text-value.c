/* mc-text-value.c: numbers, dates and months as officials type them and as they are shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-text.h"

#include <errno.h>
#include <string.h>

#include "core/mc-error.h"

#define DATE_FORMAT "%04d-%02d-%02d"

/* Sign, digits and separators of a number; NULL if anything else is in it. */
static char *
clean_number (const char  *text,
              GError     **error)
{
  g_autofree char *plain = mc_text_normalize (text);
  g_autoptr(GString) out = g_string_new (NULL);

  for (const char *at = plain; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (mc_text_is_blank (c) || c == 0x202f)
        continue;
      if (c == 0x2212)
        c = '-';
      if (!(c < 128 && (g_ascii_isdigit (c) || c == '.' || c == ',' || (c == '-' && out->len == 0))))
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a number", plain);
          return NULL;
        }
      g_string_append_c (out, c);
    }

  if (strpbrk (out->str, "0123456789") == NULL)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a number", plain);
      return NULL;
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* TRUE if @separator cuts @number into groups of three, as thousands do: 1.234.567 */
static gboolean
groups_thousands (const char *number,
                  char        separator)
{
  const char *first = strchr (number, separator);
  const char *start = *number == '-' ? number + 1 : number;

  if (first == NULL || first == start || first - start > 3 || *start == '0')
    return FALSE;

  for (const char *at = first; at != NULL; at = strchr (at + 1, separator))
    {
      gsize digits = strspn (at + 1, "0123456789");

      if (digits != 3)
        return FALSE;
    }

  return TRUE;
}

static void
remove_char (char *text,
             char  c)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++)
    if (*from != c)
      *to++ = *from;
  *to = '\0';
}

/**
 * mc_text_parse_integer:
 * @text: what was typed: "1234", " 1.234 ", "1,234", "12,0", "1.234,00"
 * @out_value: (out): the number
 * @error: return location for %MC_STORE_ERROR_INVALID
 *
 * Points and commas that set off groups of three digits are taken for thousands.
 *
 * Returns: %FALSE if @text is no whole number that fits 64 bits; @out_value is as it was
 */
gboolean
mc_text_parse_integer (const char  *text,
                       gint64      *out_value,
                       GError     **error)
{
  g_autofree char *number = clean_number (text, error);
  char *end = NULL, *fraction;
  gint64 value;

  if (number == NULL)
    return FALSE;

  /* A spreadsheet may hand over 12,0 for 12, and 1.234,00 for 1234. */
  fraction = MAX (strrchr (number, '.'), strrchr (number, ','));
  if (fraction != NULL && fraction[1] != '\0' && strchr (number, '.') != NULL && strchr (number, ',') != NULL &&
      strspn (fraction + 1, "0") == strlen (fraction + 1))
    *fraction = '\0';

  if (groups_thousands (number, '.') && strchr (number, ',') == NULL)
    remove_char (number, '.');
  else if (groups_thousands (number, ',') && strchr (number, '.') == NULL)
    remove_char (number, ',');

  fraction = strpbrk (number, ".,");
  if (fraction != NULL && fraction > number && strspn (fraction + 1, "0") == strlen (fraction + 1))
    *fraction = '\0';

  errno = 0;
  value = g_ascii_strtoll (number, &end, 10);
  if (errno != 0 || end == number || *end != '\0')
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a whole number", text);
      return FALSE;
    }

  *out_value = value;

  return TRUE;
}

/* Makes the last separator the decimal point and drops the others, which must set off thousands. */
static gboolean
unify_separators (char *number)
{
  const char *last = MAX (strrchr (number, '.'), strrchr (number, ','));
  char decimal = last != NULL ? *last : '\0';
  char thousands = decimal == '.' ? ',' : '.';
  gsize n_decimal = 0;

  for (const char *at = number; *at != '\0'; at++)
    n_decimal += *at == decimal;

  if (n_decimal > 1)
    {
      /* Only thousands: 1.234.567 */
      if (strchr (number, thousands) != NULL || !groups_thousands (number, decimal))
        return FALSE;
      remove_char (number, decimal);
      return TRUE;
    }

  if (strchr (number, thousands) != NULL)
    {
      g_autofree char *whole = g_strndup (number, last - number);

      if (!groups_thousands (whole, thousands))
        return FALSE;
      remove_char (number, thousands);
    }
  g_strdelimit (number, ",", '.');

  return TRUE;
}

/**
 * mc_text_parse_decimal:
 * @text: what was typed: "12,5", "12.50", "1.234,5"
 * @error: return location for %MC_STORE_ERROR_INVALID
 *
 * A single separator is always the decimal one: "1.234" is a little more than one.
 *
 * Returns: (transfer full) (nullable): the number with a point, no blanks, no zeros at either end
 */
char *
mc_text_parse_decimal (const char  *text,
                       GError     **error)
{
  g_autofree char *number = clean_number (text, error);
  g_autoptr(GString) out = g_string_new (NULL);
  const char *digits;
  char *point;

  if (number == NULL)
    return NULL;

  if (!unify_separators (number) || strlen (number) > 30)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a number", text);
      return NULL;
    }

  digits = *number == '-' ? number + 1 : number;
  while (digits[0] == '0' && g_ascii_isdigit (digits[1]))
    digits++;

  if (*digits == '.')
    g_string_append_c (out, '0');
  g_string_append (out, digits);

  point = strchr (out->str, '.');
  if (point != NULL)
    {
      while (out->str[out->len - 1] == '0')
        g_string_truncate (out, out->len - 1);
      if (out->str[out->len - 1] == '.')
        g_string_truncate (out, out->len - 1);
    }

  if (*number == '-' && strcmp (out->str, "0") != 0)
    g_string_prepend_c (out, '-');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Reads up to @max numbers set apart by / - . or blanks; how many, or 0 if there is anything else. */
static guint
read_numbers (const char *text,
              int        *numbers,
              guint       max)
{
  const char *at = text;
  guint n = 0;

  while (*at != '\0')
    {
      char *end;
      guint64 value;

      if (!g_ascii_isdigit (*at) || n == max)
        return 0;

      value = g_ascii_strtoull (at, &end, 10);
      if (value > 9999)
        return 0;
      numbers[n++] = value;

      at = end;
      if (*at == '\0')
        break;
      if (strchr ("/-. ", *at) == NULL)
        return 0;
      at++;
    }

  return n;
}

static int
full_year (int year)
{
  return year < 100 ? 2000 + year : year;
}

/**
 * mc_text_parse_date:
 * @text: "5/3/2021", "05-03-21", "2021-03-05", "5/3"
 * @default_year: the year when none is typed
 * @error: return location for %MC_STORE_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): yyyy-mm-dd, a day that exists
 */
char *
mc_text_parse_date (const char  *text,
                    int          default_year,
                    GError     **error)
{
  g_autofree char *plain = mc_text_normalize (text);
  int number[3] = { 0 };
  guint n = read_numbers (plain, number, 3);
  int day = number[0], month = number[1], year = default_year;

  if (n == 3 && number[0] > 31)
    {
      year = number[0];
      day = number[2];
    }
  else if (n == 3)
    year = full_year (number[2]);

  if (n < 2 || year < 1900 || month < 1 || day < 1 || !g_date_valid_dmy (day, month, year))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a date", plain);
      return NULL;
    }

  return g_strdup_printf (DATE_FORMAT, year, month, day);
}

/**
 * mc_text_parse_time:
 * @text: "5/3/2021 14:30", "5/3 8h", "2021-03-05T14:30:00+07:00"
 * @default_year: the year when none is typed
 * @error: return location for %MC_STORE_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): RFC 3339, by Vietnam's clock unless another offset is typed; yyyy-mm-dd of a day alone
 */
char *
mc_text_parse_time (const char  *text,
                    int          default_year,
                    GError     **error)
{
  g_autofree char *plain = mc_text_normalize (text), *date = NULL;
  g_autoptr(GRegex) regex = g_regex_new ("^(.{3,10}?)(?:T|,? )([0-9]{1,2})(?:[hHgG]|[:hHgG]([0-9]{2}))(?::([0-9]{2})(?:[.][0-9]{1,9})?)?"
                                         "(Z|[+-][0-9]{2}:[0-9]{2})?(?![\\s\\S])", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  int number[3] = { 0 };

  if (!g_regex_match (regex, plain, 0, &match))
    {
      if (!(date = mc_text_parse_date (plain, default_year, NULL)))
        g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a day with a time, such as 31/12/2021 14:30", plain);
      return g_steal_pointer (&date);
    }
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *part = g_match_info_fetch (match, 2 + i);

      number[i] = part != NULL ? (int) g_ascii_strtoll (part, NULL, 10) : 0;
    }
  {
    g_autofree char *day = g_match_info_fetch (match, 1), *offset = g_match_info_fetch (match, 5);

    date = mc_text_parse_date (day, default_year, NULL);
    if (date != NULL && number[0] < 24 && number[1] < 60 && number[2] < 60)
      return g_strdup_printf ("%sT%02d:%02d:%02d%s", date, number[0], number[1], number[2],
                              offset != NULL && *offset != '\0' ? offset : "+07:00");
  }
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a day with a time, such as 31/12/2021 14:30", plain);

  return NULL;
}

char *
mc_text_format_size (guint64 bytes)
{
  static const char * const units[] = { "kB", "MB", "GB", "TB" };
  double size = bytes / 1000.0;
  g_autofree char *number = NULL;
  guint unit = 0;

  if (bytes < 1000)
    return g_strdup_printf ("%u byte", (guint) bytes);
  while (size >= 999.95 && unit + 1 < G_N_ELEMENTS (units))
    {
      size /= 1000;
      unit++;
    }
  number = g_strdup_printf ("%u,%u", (guint) (size + 0.05), (guint) ((size + 0.05) * 10) % 10);

  return g_strdup_printf ("%s %s", number, units[unit]);
}

/**
 * mc_text_parse_month:
 * @text: "3", "3/2021", "2021-03"
 * @default_year: the year when none is typed
 * @error: return location for %MC_STORE_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): yyyy-mm
 */
char *
mc_text_parse_month (const char  *text,
                     int          default_year,
                     GError     **error)
{
  g_autofree char *plain = mc_text_normalize (text);
  int number[2] = { 0 };
  guint n = read_numbers (plain, number, 2);
  int month = number[0], year = default_year;

  if (n == 2 && number[0] > 12)
    {
      year = number[0];
      month = number[1];
    }
  else if (n == 2)
    year = full_year (number[1]);

  if (n == 0 || month < 1 || month > 12 || year < 1900)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a month", plain);
      return NULL;
    }

  return g_strdup_printf ("%04d-%02d", year, month);
}

/* yyyy-mm-dd → dd/mm/yyyy, yyyy-mm → mm/yyyy; anything else comes back as it is. */
char *
mc_text_format_date (const char *date)
{
  int number[3] = { 0 };
  guint n = read_numbers (date, number, 3);

  if (n == 3 && number[0] > 31)
    return g_strdup_printf ("%02d/%02d/%04d", number[2], number[1], number[0]);
  if (n == 2 && number[0] > 31)
    return g_strdup_printf ("%02d/%04d", number[1], number[0]);

  return g_strdup (date);
}

gboolean
mc_text_is_date (const char *text)
{
  int number[3] = { 0 };

  return g_regex_match_simple ("^[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\\s\\S])", text, 0, 0) && read_numbers (text, number, 3) == 3 &&
         g_date_valid_dmy (number[2], number[1], number[0]);
}

/* Of two dates yyyy-mm-dd; negative if @to comes first, 0 if either is none. */
int
mc_text_days_between (const char *from,
                      const char *to)
{
  GDate a, b;

  g_date_clear (&a, 1);
  g_date_clear (&b, 1);
  g_date_set_parse (&a, from);
  g_date_set_parse (&b, to);

  return g_date_valid (&a) && g_date_valid (&b) ? g_date_days_between (&a, &b) : 0;
}

char *
mc_text_format_decimal (const char *decimal)
{
  return g_strdelimit (g_strdup (decimal), ".", ',');
}

char *
mc_text_format_integer (gint64 value)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  const char *at = *digits == '-' ? digits + 1 : digits;
  GString *out = g_string_new (*digits == '-' ? "-" : "");

  for (gsize left = strlen (at); left > 0; left--, at++)
    {
      g_string_append_c (out, *at);
      if (left > 1 && left % 3 == 1)
        g_string_append_c (out, '.');
    }

  return g_string_free (out, FALSE);
}

/* The time as its author's clock said it: RFC 3339 → dd/mm/yyyy HH:MM, without moving time zones; a day alone as one. */
char *
mc_text_format_time (const char *rfc3339)
{
  g_autofree char *day = NULL, *shown = NULL;

  if (mc_text_is_date (rfc3339))
    return mc_text_format_date (rfc3339);
  if (strlen (rfc3339) < 16 || (rfc3339[10] != 'T' && rfc3339[10] != ' '))
    return g_strdup (rfc3339);

  day = g_strndup (rfc3339, 10);
  shown = mc_text_format_date (day);

  return g_strdup_printf ("%s %.5s", shown, rfc3339 + 11);
}

char *
mc_text_format_moment (gint64      us,
                       const char *format)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset (7 * 3600);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) here = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  /* Past the year 9999. */
  return here != NULL ? g_date_time_format (here, format) : g_strdup ("–");
}
