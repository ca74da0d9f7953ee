/* test-scan.c: changes read without a tree, against the parser
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-change-scan.h"

#define HEAD "{\"id\":\"0190163d-8694-7000-8000-000000000001\",\"record\":\"0190163d-8694-7000-8000-000000000002\"," \
  "\"type\":\"certified-copy\",\"pack\":\"p/1\",\"at\":\"2021-11-02T08:14:03.120+07:00\",\"by\":\"Đinh Thị Hà, Tư pháp\","
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char * const plain[] = {
  HEAD "\"set\":{\"copies\":3,\"fee\":-6000,\"note\":\"Bản \\\"chính\\\"\\n\"},\"seen\":{\"copies\":[\"k3Jf0a1bQxw\"]}}",
  HEAD "\"group\":[1,3],\"set\":{}}",
  HEAD "\"instead\":\"0190163d-8694-7000-8000-000000000003\",\"evidence\":[\"" SHA "\"],"
       "\"set\":{\"files\":[{\"sha256\":\"" SHA "\",\"size\":12,\"ok\":true}],\"review.note\":null,\"a\":[],\"b\":{}}}",
};

static void
assert_same (McChange *scanned,
             McChange *parsed)
{
  guint k, m, parsed_k, parsed_m;
  const char * const *names = mc_change_get_fields (scanned), * const *files = mc_change_get_evidence (scanned);
  const char * const *parsed_names = mc_change_get_fields (parsed), * const *parsed_files = mc_change_get_evidence (parsed);

  g_assert_cmpstr (mc_change_get_id (scanned), ==, mc_change_get_id (parsed));
  g_assert_cmpstr (mc_change_get_short (scanned), ==, mc_change_get_short (parsed));
  g_assert_cmpstr (mc_change_get_record (scanned), ==, mc_change_get_record (parsed));
  g_assert_cmpstr (mc_change_get_type_id (scanned), ==, mc_change_get_type_id (parsed));
  g_assert_cmpstr (mc_change_get_pack (scanned), ==, mc_change_get_pack (parsed));
  g_assert_cmpstr (mc_change_get_at (scanned), ==, mc_change_get_at (parsed));
  g_assert_cmpstr (mc_change_get_by (scanned), ==, mc_change_get_by (parsed));
  g_assert_cmpstr (mc_change_get_instead (scanned), ==, mc_change_get_instead (parsed));
  mc_change_get_group (scanned, &k, &m);
  mc_change_get_group (parsed, &parsed_k, &parsed_m);
  g_assert_cmpuint (k, ==, parsed_k);
  g_assert_cmpuint (m, ==, parsed_m);
  g_assert_cmpuint (g_strv_length ((char **) names), ==, g_strv_length ((char **) parsed_names));
  for (gsize i = 0; names[i] != NULL; i++)
    g_assert_true (g_strv_contains (parsed_names, names[i]));
  g_assert_cmpstrv ((gpointer) files, (gpointer) parsed_files);
  g_assert_true (json_object_equal (mc_change_get_set (scanned), mc_change_get_set (parsed)));
  g_assert_true ((mc_change_get_seen (scanned) == NULL) == (mc_change_get_seen (parsed) == NULL));
}

/* Scanning takes what the parser takes, and finds the same. */
static gboolean
check (const char *text,
       gsize       size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(McChange) scanned = mc_change_scan (bytes, &error), parsed = NULL;
  McChangeScan scan;
  gboolean is_plain = mc_change_scan_read (&scan, bytes);

  mc_change_scan_clear (&scan);
  g_clear_error (&error);
  parsed = mc_change_parse (bytes, &error);
  g_assert_true ((scanned != NULL) == (parsed != NULL));
  g_assert_true (parsed != NULL || !is_plain);
  if (parsed != NULL)
    assert_same (scanned, parsed);

  return is_plain;
}

/* What this program writes is read without a tree. */
static void
test_plain (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    g_assert_true (check (plain[i], strlen (plain[i])));
}

/* What is a change, but not as this program writes it, is left to the parser. */
static void
test_not_plain (void)
{
  static const char * const others[] = {
    HEAD "\"set\":{\"fee\":1.5}}", HEAD "\"set\": {}}", HEAD "\"set\":{\"fee\":1e3}}", HEAD "\"set\":{},\"new\":1}",
    HEAD "\"set\":{\"fee\":007}}", HEAD "\"set\":{\"note\":\"\\u00e9\"}}", HEAD "\"set\":{\"a\":{\"\":1}}}",
    HEAD "\"set\":{\"fee\":1,\"fee\":2}}", HEAD "\"set\":{},\"set\":{\"fee\":2}}", HEAD "\"set\":{\"fee\":1e999}}",
    HEAD "\"set\":{\"deleted\":true},\"seen\":{\"*\":[\"k3Jf0a1bQxw\"]}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (check (others[i], strlen (others[i])));
}

/* Whatever is put into a change, taken out of it or put in another place: scanning and parsing agree. */
static void
test_mutated (void)
{
  static const char letters[] = "{}[]\",:\\0123456789-+.eE truefalsn/*ux\t\x01\x7f\xc3\xa9";
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) random = g_rand_new_with_seed (seed);
  guint n_plain = 0, rounds = g_test_slow () ? 2000000 : 60000;

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr(GString) text = g_string_new (plain[g_rand_int_range (random, 0, G_N_ELEMENTS (plain))]);

      for (guint k = g_rand_int_range (random, 1, 4); k > 0; k--)
        {
          gsize at = g_rand_int_range (random, 0, text->len), from = g_rand_int_range (random, 0, text->len);
          gsize size = MIN ((gsize) g_rand_int_range (random, 1, 24), text->len - from);
          g_autofree char *part = g_strndup (text->str + from, size);

          switch (g_rand_int_range (random, 0, 4))
            {
            case 0: text->str[at] = letters[g_rand_int_range (random, 0, sizeof letters - 1)]; break;
            case 1: g_string_insert_c (text, at, letters[g_rand_int_range (random, 0, sizeof letters - 1)]); break;
            case 2: g_string_erase (text, from, MIN (size, text->len - from - 1)); break;
            default: g_string_insert_len (text, at, part, size); break;
            }
        }
      n_plain += check (text->str, text->len);
    }
  g_test_message ("%u of %u were plain", n_plain, rounds);
  g_assert_cmpuint (n_plain, >, rounds / 100);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scan/plain", test_plain);
  g_test_add_func ("/scan/not-plain", test_not_plain);
  g_test_add_func ("/scan/mutated", test_mutated);

  return g_test_run ();
}
