/* mc-text.c: typed text: what is accepted and how it is compared
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything stored is NFC.  Vietnamese order: letters a ă â b c d đ e ê … first, tones (ngang huyền
 * hỏi ngã sắc nặng) as the second key, so "An" < "Ấn" never splits "Anh" from "An" as glibc does.
 */

#include "core/mc-text.h"

#include <string.h>

#define PIECE_BYTES 256

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
  const char *start = text, *end = text + size;
  GString *out;

  /* Most of what is typed in a table: figures, dates, codes. */
  for (start = text; start < end && !(*start & 0x80);)
    start++;
  if (start == end)
    return g_strndup (text, size);

  out = g_string_sized_new (size);
  start = text;
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

/* Also the blanks that cannot be seen: marks of the byte order, of no width, of no break. */
gboolean
mc_text_is_blank (gunichar c)
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

      /* Nearly all of what there is: nothing has to be asked of it. */
      if (c > ' ' && c < 0x7f)
        {
          g_string_append_c (out, c);
          end = out->len;
          continue;
        }
      if (c == '\r')
        {
          if (at[1] == '\n')
            continue;
          c = '\n';
        }
      if (g_unichar_iscntrl (c) && c != '\n' && c != '\t')
        continue;
      /* Blanks before the first letter, also behind what was left out. */
      if (end == 0 && mc_text_is_blank (c))
        continue;

      g_string_append_unichar (out, c);
      if (!mc_text_is_blank (c))
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
