/* test-text.c: what officials type, identifiers, digests
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <time.h>

#include "core/mc-digest.h"
#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-text.h"

/* Decomposed text, stray controls and blanks are stored as plain composed text. */
static void
test_normalize (void)
{
  static const struct { const char *typed, *stored; } cases[] =
  {
    { "  Đinh Thị Hà \n", "Đinh Thị Hà" },
    { "Nguye\xcc\x82\xcc\x83n", "Nguyễn" },
    { "a\x01\x02z", "az" },
    { "a\r\nb\rc", "a\nb\nc" },
    { "\xc2\xa0" "12\xe2\x80\x8b", "12" },
    { "h\xff" "i", "h\xef\xbf\xbd" "i" },
    { "   ", "" },
    { "\x05\x05 \x01 02", "02" },
    { "e\x01\xcc\x81", "é" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *stored = mc_text_normalize (cases[i].typed);

      g_assert_cmpstr (stored, ==, cases[i].stored);
    }
}

/* A long text is normalised as a short one is, wherever it is cut into pieces, and in time that grows with its length. */
static void
test_long (void)
{
  static const char * const words[] = { "e\xcc\x81", "Nguye\xcc\x82\xcc\x83n ", "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8",
                                        "đ", "a\xcc\xa3\xcc\x82", "12" };
  g_autoptr(GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  g_autoptr(GString) text = g_string_new (NULL), large = g_string_new (NULL);
  g_autofree char *ours = NULL, *theirs = NULL, *composed = NULL;
  clock_t started;   /* the processor's time: another's work does not count */

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
  ours = mc_text_compose (text->str, text->len);
  theirs = g_utf8_normalize (text->str, text->len, G_NORMALIZE_DEFAULT_COMPOSE);
  g_assert_cmpstr (ours, ==, theirs);

  /* By the square of its length this takes an hour. */
  while (large->len < 8 * 1024 * 1024)
    g_string_append (large, "\xc3\xa9\xe1\xba\xbf");
  started = clock ();
  composed = mc_text_compose (large->str, large->len);
  g_assert_cmpstr (composed, ==, large->str);
  g_assert_cmpint (clock () - started, <, 60 * CLOCKS_PER_SEC);

  g_string_truncate (large, 0);
  while (large->len < 1024 * 1024)
    g_string_append (large, "\xcc\x81\xcc\xa3");
  g_free (composed);
  composed = mc_text_fold (large->str);
  g_assert_cmpstr (composed, ==, "");
}

/* Search does not need tones, marks or capitals, and đ is found as d. */
static void
test_fold (void)
{
  g_autofree char *name = mc_text_fold ("Đinh Văn THÀNH");
  g_autofree char *decomposed = mc_text_fold ("Nguye\xcc\x82\xcc\x83n Ưởng");

  g_assert_cmpstr (name, ==, "dinh van thanh");
  g_assert_cmpstr (decomposed, ==, "nguyen uong");
}

/* Names stand in the order of a Vietnamese dictionary. */
static void
test_collate (void)
{
  static const char * const order[] =
  {
    "an", "An", "àn", "ản", "ãn", "án", "ạn", "anh", "ăn", "ân", "ấn", "bảo", "cường", "dũng", "đinh", "đức",
    "em", "ếch", "hà", "hạ", "oanh", "ông", "ơn", "tú", "tư", "ý",
  };

  for (gsize i = 0; i + 1 < G_N_ELEMENTS (order); i++)
    for (gsize j = i + 1; j < G_N_ELEMENTS (order); j++)
      {
        g_test_message ("%s < %s", order[i], order[j]);
        g_assert_cmpint (mc_text_collate (order[i], order[j]), <, 0);
        g_assert_cmpint (mc_text_collate (order[j], order[i]), >, 0);
      }
  g_assert_cmpint (mc_text_collate ("Nguye\xcc\x82\xcc\x83n", "Nguyễn"), ==, 0);
}

/* Whole numbers are read with either thousands separator and refused when they are none. */
static void
test_integer (void)
{
  static const struct { const char *typed; gint64 value; } good[] =
  {
    { "0", 0 }, { " 12 ", 12 }, { "1.234", 1234 }, { "1,234,567", 1234567 }, { "-5", -5 }, { "12,0", 12 }, { "1.234,00", 1234 },
    { "-1,234,567.0", -1234567 },
    { "1 234", 1234 }, { "9223372036854775807", G_MAXINT64 },
  };
  static const char * const bad[] =
  { "", "  ", "abc", "1.23", "1,5", "12-3", "--1", "9223372036854775808", "1.2.3", "1.234,50", "12.34,00", "1.234,00,00", "1,234.", "1e5", "٣", ".", "-" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      gint64 value = -99;

      g_test_message ("%s", good[i].typed);
      g_assert_true (mc_text_parse_integer (good[i].typed, &value, &error));
      g_assert_no_error (error);
      g_assert_cmpint (value, ==, good[i].value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      gint64 value = -99;

      g_test_message ("%s", bad[i]);
      g_assert_false (mc_text_parse_integer (bad[i], &value, &error));
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
      g_assert_cmpint (value, ==, -99);
    }
}

/* Decimal comma and point are both taken, and stored with a point. */
static void
test_decimal (void)
{
  static const struct { const char *typed, *stored; } good[] =
  {
    { "12,5", "12.5" }, { "12.50", "12.5" }, { "1.234,5", "1234.5" }, { "1,234.5", "1234.5" }, { ",5", "0.5" },
    { "007", "7" }, { "-0", "0" }, { "-1,25", "-1.25" }, { "1.234.567", "1234567" }, { "87,36", "87.36" }, { "0,0", "0" },
  };
  static const char * const bad[] = { "", "1,2,3", "1.2,3,4", "a", "12,34.567,8", "1 %" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *stored = mc_text_parse_decimal (good[i].typed, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (stored, ==, good[i].stored);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (mc_text_parse_decimal (bad[i], &error));
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }
}

/* Dates are typed day first or as ISO, and a day that does not exist is refused. */
static void
test_date (void)
{
  static const struct { const char *typed, *stored; } good[] =
  {
    { "5/3/2021", "2021-03-05" }, { " 05-03-21 ", "2021-03-05" }, { "2021-03-05", "2021-03-05" },
    { "5/3", "2021-03-05" }, { "29.2.2020", "2020-02-29" }, { "1/1/1", "2001-01-01" },
  };
  static const char * const bad[] = { "", "29/2/2021", "32/1/2021", "1/13/2021", "5", "0/0/2021", "a/b", "5/3/2021/1" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *stored = mc_text_parse_date (good[i].typed, 2021, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (stored, ==, good[i].stored);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (mc_text_parse_date (bad[i], 2021, &error));
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }
}

/* A day with a time is stored so that days and hours can be compared, and read again as it is shown. */
static void
test_time (void)
{
  static const struct { const char *typed, *stored, *shown; } good[] =
  {
    { "5/3/2021 14:30", "2021-03-05T14:30:00+07:00", "05/03/2021 14:30" },
    { " 05-03-21  8h05 ", "2021-03-05T08:05:00+07:00", "05/03/2021 08:05" },
    { "5/3 8h", "2021-03-05T08:00:00+07:00", "05/03/2021 08:00" },
    { "5/3/2021, 8g15", "2021-03-05T08:15:00+07:00", "05/03/2021 08:15" },
    { "2021-03-05T14:30:09.120+07:00", "2021-03-05T14:30:09+07:00", "05/03/2021 14:30" },
    { "2021-03-05T14:30:09Z", "2021-03-05T14:30:09Z", "05/03/2021 14:30" },
    { "2021-03-05 14:30", "2021-03-05T14:30:00+07:00", "05/03/2021 14:30" },
    { "5/3/2021", "2021-03-05", "05/03/2021" },
  };
  static const char * const bad[] = { "", "xyz", "14:30", "5/3/2021 24:00", "5/3/2021 14:60", "29/2/2021 8:00", "5/3/2021 14", "5/3/2021 8:00 x" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *stored = mc_text_parse_time (good[i].typed, 2021, &error), *shown = NULL, *again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (stored, ==, good[i].stored);
      shown = mc_text_format_time (stored);
      g_assert_cmpstr (shown, ==, good[i].shown);
      again = mc_text_parse_time (shown, 2000, &error);
      g_assert_cmpint (strncmp (again, stored, MIN (strlen (stored), 16)), ==, 0);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (mc_text_parse_time (bad[i], 2021, &error));
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }
}

/* Months, dates and numbers are shown as a Vietnamese office writes them. */
static void
test_shown (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *month = mc_text_parse_month (" 3 ", 2021, &error);
  g_autofree char *long_month = mc_text_parse_month ("12/2020", 2021, &error);
  g_autofree char *date = mc_text_format_date ("2021-03-05");
  g_autofree char *shown_month = mc_text_format_date ("2021-03");
  g_autofree char *decimal = mc_text_format_decimal ("84.31");
  g_autofree char *integer = mc_text_format_integer (-1234567);
  g_autofree char *hundred = mc_text_format_integer (100);
  g_autofree char *stamp = mc_text_format_time ("2021-11-02T08:14:03.120+07:00");

  g_assert_no_error (error);
  g_assert_cmpstr (month, ==, "2021-03");
  g_assert_cmpstr (long_month, ==, "2020-12");
  g_assert_cmpstr (date, ==, "05/03/2021");
  g_assert_cmpstr (shown_month, ==, "03/2021");
  g_assert_cmpstr (decimal, ==, "84,31");
  g_assert_cmpstr (integer, ==, "-1.234.567");
  g_assert_cmpstr (hundred, ==, "100");
  g_assert_cmpstr (stamp, ==, "02/11/2021 08:14");
}

/* A key gives the same id on every device, and another key another id. */
static void
test_id (void)
{
  const char *march[] = { "2021-03", NULL }, *april[] = { "2021-04", NULL };
  g_autofree char *a = mc_id_new_from_key ("21609@2004-07-08", "document-month", "binh-dinh-2878-2021/1", march);
  g_autofree char *b = mc_id_new_from_key ("21609@2004-07-08", "document-month", "binh-dinh-2878-2021/2", march);
  g_autofree char *c = mc_id_new_from_key ("21609@2004-07-08", "document-month", "binh-dinh-2878-2021/1", april);
  g_autofree char *fresh = mc_id_new (G_GINT64_CONSTANT (1635815643120000));
  g_autofree char *other = mc_id_new (G_GINT64_CONSTANT (1635815643120000));
  g_autofree char *name = mc_id_to_short (fresh);

  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
  g_assert_cmpstr (fresh, !=, other);
  g_assert_true (g_str_has_prefix (fresh, "017cde"));
  g_assert_cmpint (fresh[14], ==, '7');
  g_assert_cmpint (a[14], ==, '8');
  g_assert_true (mc_id_is_valid (a));
  g_assert_cmpuint (strlen (name), ==, MC_SHORT_LENGTH);
  g_assert_false (mc_id_is_valid ("017CDE00-0000-7000-8000-000000000000"));
  g_assert_false (mc_id_is_valid ("017cde00-0000-7000-8000-00000000000"));
  g_assert_false (mc_id_is_valid ("017cde00x0000-7000-8000-000000000000"));
}

/* Known answers of SHA-256 and of the chain. */
static void
test_digest (void)
{
  McDigest digest, chain = { 0 }, back;
  g_autofree char *hex = NULL, *chained = NULL;

  mc_digest_of_data (&digest, "abc", 3);
  hex = mc_digest_to_hex (&digest);
  g_assert_cmpstr (hex, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true (mc_digest_from_hex (&back, hex));
  g_assert_true (mc_digest_equal (&back, &digest));
  g_assert_false (mc_digest_from_hex (&back, "ba78"));

  mc_chain_step (&chain, &digest);
  chained = mc_digest_to_hex (&chain);
  /* printf '%064d%s' 0 ba7816…15ad | xxd -r -p | sha256sum */
  g_assert_cmpstr (chained, ==, "589f9ffed4c477966bfb8d41f37895b08c69047df8f911d6f3b57fbe08faee8d");
}

/* A size has one decimal, a comma, and the unit in which it is short. */
static void
test_size (void)
{
  static const struct { guint64 bytes; const char *text; } sizes[] = {
    { 0, "0 byte" }, { 999, "999 byte" }, { 1000, "1,0 kB" }, { 1234567, "1,2 MB" }, { 999949, "999,9 kB" }, { 999950, "1,0 MB" },
    { G_GUINT64_CONSTANT (4200000000), "4,2 GB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = mc_text_format_size (sizes[i].bytes);

      g_assert_cmpstr (text, ==, sizes[i].text);
    }
}

/* A computer that is set to another zone shows the same times as every other. */
static void
test_moment (void)
{
  g_autofree char *zone = g_strdup (g_getenv ("TZ")), *there = NULL, *here = NULL, *never = mc_text_format_moment (G_MAXINT64, "%Y");

  g_setenv ("TZ", "America/New_York", TRUE);
  there = mc_text_format_moment (G_GINT64_CONSTANT (1638340443120000), "%Y-%m-%d %H:%M:%S %z");
  if (zone != NULL)
    g_setenv ("TZ", zone, TRUE);
  else
    g_unsetenv ("TZ");
  here = mc_text_format_moment (G_GINT64_CONSTANT (1638340443120000), "%Y-%m-%d %H:%M:%S %z");
  g_assert_cmpstr (there, ==, "2021-12-01 13:34:03 +0700");
  g_assert_cmpstr (here, ==, there);
  g_assert_cmpstr (never, ==, "–");
}

/* As dates stand in packs and tables: one way to write them, and only days that there are. */
static void
test_is_date (void)
{
  static const char * const good[] = { "2021-03-05", "2004-07-08", "2024-02-29" };
  static const char * const bad[] = { "", "2021-3-5", "2021-02-29", "2021-13-01", "2021-00-10", "05/03/2021", "2021-03-05 ", "2021-03-05\n",
                                      "2021-03-051", "0000-01-01", "abcd-ef-gh" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mc_text_is_date (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mc_text_is_date (bad[i]));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/normalize", test_normalize);
  g_test_add_func ("/text/long", test_long);
  g_test_add_func ("/text/fold", test_fold);
  g_test_add_func ("/text/collate", test_collate);
  g_test_add_func ("/text/integer", test_integer);
  g_test_add_func ("/text/decimal", test_decimal);
  g_test_add_func ("/text/date", test_date);
  g_test_add_func ("/text/time", test_time);
  g_test_add_func ("/text/shown", test_shown);
  g_test_add_func ("/text/moment", test_moment);
  g_test_add_func ("/id", test_id);
  g_test_add_func ("/digest", test_digest);

  g_test_add_func ("/text/size", test_size);
  g_test_add_func ("/text/is-date", test_is_date);

  return g_test_run ();
}
