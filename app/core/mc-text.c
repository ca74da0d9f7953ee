/* mc-text.c: typed text: what is accepted, how it is compared, how it is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything stored is NFC.  Vietnamese order: letters a ă â b c d đ e ê … first, tones (ngang huyền
 * hỏi ngã sắc nặng) as the second key, so "An" < "Ấn" never splits "Anh" from "An" as glibc does.
 */

#include "core/mc-text.h"

#include <errno.h>
#include <string.h>

#include "core/mc-error.h"

#define PIECE_BYTES 256

#define DATE_FORMAT "%04d-%02d-%02d"

/* Whether @c neither joins with what stands before it nor changes places with it: no mark, no Hangul vowel or end. */
static gboolean
begins_piece (gunichar c)
{
  return c < 128 || (!g_unichar_ismark (c) && (c < 0x1160 || c > 0x11ff));
}

/* g_utf8_normalize() takes the square of the length; this takes the length.  A run of marks without a letter that is
 * longer than four pieces is cut anywhere: no writing has one. */
static char *
normalize_pieces (const char     *text,
                  gsize           size,
                  GNormalizeMode  mode)
{
  GString *out = g_string_sized_new (size);
  const char *start = text, *end = text + size;

  for (const char *at = text; start < end; )
    {
      g_autofree char *piece = NULL;

      /* Nothing stands behind the end, not even a NUL. */
      if (at < end && (at - start < PIECE_BYTES ||
                       (at - start < 4 * PIECE_BYTES && !begins_piece (g_utf8_get_char (at)))))
        {
          at = g_utf8_next_char (at);
          continue;
        }
      piece = g_utf8_normalize (start, at - start, mode);
      g_string_append (out, piece);
      start = at;
    }

  return g_string_free (out, FALSE);
}

static gboolean
is_blank (gunichar c)
{
  return g_unichar_isspace (c) || c == 0xfeff || c == 0x200b || c == 0x2060;
}

/**
 * mc_text_normalize:
 * @text: what was typed, pasted or read
 *
 * Makes valid UTF-8 in NFC, without control characters but line feeds and tabs, without blanks at
 * either end.
 *
 * Returns: (transfer full): the text to store
 */
char *
mc_text_normalize (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr(GString) out = g_string_sized_new (strlen (valid));
  gsize end = 0;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '\r')
        {
          if (at[1] == '\n')
            continue;
          c = '\n';
        }
      if (g_unichar_iscntrl (c) && c != '\n' && c != '\t')
        continue;
      /* Blanks before the first letter, also behind what was left out. */
      if (end == 0 && is_blank (c))
        continue;

      g_string_append_unichar (out, c);
      if (!is_blank (c))
        end = out->len;
    }

  return normalize_pieces (out->str, end, G_NORMALIZE_DEFAULT_COMPOSE);
}

/**
 * mc_text_compose:
 * @text: valid UTF-8
 * @size: its length in bytes
 *
 * Returns: (transfer full): @text in NFC, all else in it as it was
 */
char *
mc_text_compose (const char *text,
                 gsize       size)
{
  return normalize_pieces (text, size, G_NORMALIZE_DEFAULT_COMPOSE);
}

/**
 * mc_text_fold:
 * @text: any text
 *
 * Returns: (transfer full): lower case without tones or marks, đ as d: "Đinh Văn Thành" → "dinh van thanh"
 */
char *
mc_text_fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *decomposed = normalize_pieces (valid, strlen (valid), G_NORMALIZE_ALL);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *at = decomposed; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_ismark (c))
        continue;
      if (c == 0x110 || c == 0x111)
        c = 'd';
      g_string_append_unichar (out, g_unichar_tolower (c));
    }

  return g_string_free (out, FALSE);
}

/* Place of a tone mark in the dictionary: ngang, huyền, hỏi, ngã, sắc, nặng; 0 = no tone mark. */
static guint8
tone_of (gunichar mark)
{
  switch (mark)
    {
    case 0x300: return 2;
    case 0x309: return 3;
    case 0x303: return 4;
    case 0x301: return 5;
    case 0x323: return 6;
    default:    return 0;
    }
}

/* A letter's rank within its base letter: a < ă < â, o < ô < ơ; 0 = no such mark. */
static guint8
quality_of (gunichar mark)
{
  switch (mark)
    {
    case 0x306: return 1;  /* ă */
    case 0x302: return 2;  /* â ê ô */
    case 0x31b: return 3;  /* ơ ư */
    default:    return 0;
    }
}

static void
append_letter (GByteArray *primary,
               gunichar    base,
               guint8      quality)
{
  guint8 key[4];

  base = g_unichar_tolower (base);
  if (base == 0x111)
    {
      base = 'd';
      quality = 1;
    }

  key[0] = base >> 16 & 0xff;
  key[1] = base >> 8 & 0xff;
  key[2] = base & 0xff;
  key[3] = quality;
  g_byte_array_append (primary, key, sizeof key);
}

gboolean
mc_text_is_same (const char *a,
                 const char *b)
{
  g_autofree char *folded_a = mc_text_fold (a), *folded_b = mc_text_fold (b);

  return g_str_equal (folded_a, folded_b);
}

/**
 * mc_text_collation_key:
 * @text: any text
 *
 * Returns: (transfer full): bytes whose memcmp() order is the dictionary's: letters first, tones
 *   second, capitals last
 */
GBytes *
mc_text_collation_key (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *decomposed = normalize_pieces (valid, strlen (valid), G_NORMALIZE_DEFAULT);
  g_autoptr(GByteArray) tones = g_byte_array_new ();
  g_autoptr(GByteArray) cases = g_byte_array_new ();
  GByteArray *key = g_byte_array_new ();
  const guint8 zero[4] = { 0 };

  for (const char *at = decomposed; *at != '\0';)
    {
      gunichar base = g_utf8_get_char (at);
      guint8 quality = 0, tone = 1, upper = g_unichar_isupper (base) ? 2 : 1;

      for (at = g_utf8_next_char (at); g_unichar_ismark (g_utf8_get_char (at)); at = g_utf8_next_char (at))
        {
          gunichar mark = g_utf8_get_char (at);

          quality = MAX (quality, quality_of (mark));
          tone = MAX (tone, tone_of (mark));
        }

      append_letter (key, base, quality);
      g_byte_array_append (tones, &tone, 1);
      g_byte_array_append (cases, &upper, 1);
    }

  g_byte_array_append (key, zero, sizeof zero);
  g_byte_array_append (key, tones->data, tones->len);
  g_byte_array_append (key, zero, 1);
  g_byte_array_append (key, cases->data, cases->len);

  return g_byte_array_free_to_bytes (key);
}

int
mc_text_collate (const char *a,
                 const char *b)
{
  g_autoptr(GBytes) key_a = mc_text_collation_key (a);
  g_autoptr(GBytes) key_b = mc_text_collation_key (b);

  return g_bytes_compare (key_a, key_b);
}

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

      if (is_blank (c) || c == 0x202f)
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
 * @text: what was typed: "1234", " 1.234 ", "1,234", "12,0"
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

  if (groups_thousands (number, '.') && strchr (number, ',') == NULL)
    remove_char (number, '.');
  else if (groups_thousands (number, ',') && strchr (number, '.') == NULL)
    remove_char (number, ',');

  /* A spreadsheet may hand over 12,0 for 12. */
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

/* The time as its author's clock said it: RFC 3339 → dd/mm/yyyy HH:MM, without moving time zones. */
char *
mc_text_format_time (const char *rfc3339)
{
  g_autofree char *day = NULL, *shown = NULL;

  if (strlen (rfc3339) < 16 || (rfc3339[10] != 'T' && rfc3339[10] != ' '))
    return g_strdup (rfc3339);

  day = g_strndup (rfc3339, 10);
  shown = mc_text_format_date (day);

  return g_strdup_printf ("%s %.5s", shown, rfc3339 + 11);
}
