/* test-pack-builtin.c: the pack that comes with the program, read part by part
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-pack.h"

static const char * const some_types[] = { "plan", "plan-task", "certified-copy", "document-month", "assessment" };

/* Each reads all of it in another order. */
static gpointer
read_all (gpointer user_data)
{
  g_autoptr(McPack) pack = builtin_pack ();
  guint first = GPOINTER_TO_UINT (user_data);
  GPtrArray *found = g_ptr_array_new ();

  if (first % 2 == 1)
    g_ptr_array_add (found, mc_pack_find_criterion (pack, "1.7"));
  for (guint i = 0; i < G_N_ELEMENTS (some_types); i++)
    g_ptr_array_add (found, mc_pack_find_type (pack, some_types[(first + i) % G_N_ELEMENTS (some_types)]));
  if (first % 2 == 0)
    g_ptr_array_add (found, mc_pack_find_criterion (pack, "1.7"));

  return found;
}

/* Threads that are the first to ask for parts of the builtin pack, all at once, get the same parts, whole. */
static void
test_threads (void)
{
  GThread *threads[G_N_ELEMENTS (some_types)];
  g_autoptr(McPack) pack = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all, GUINT_TO_POINTER (i));
  pack = builtin_pack ();
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr(GPtrArray) found = g_thread_join (threads[i]);
      gboolean ahead = i % 2 == 1;

      g_assert_true (found->pdata[ahead ? 0 : found->len - 1] == mc_pack_find_criterion (pack, "1.7"));
      for (guint k = 0; k < G_N_ELEMENTS (some_types); k++)
        {
          McRecordType *type = found->pdata[k + ahead];

          g_assert_cmpstr (type->id, ==, some_types[(i + k) % G_N_ELEMENTS (some_types)]);
          g_assert_true (type == mc_pack_find_type (pack, type->id));
          g_assert_nonnull (type->fields->pdata[0]);
        }
    }
  g_assert_null (mc_pack_find_type (pack, "nothing"));
}

/* What the program does not look over at its start passes all that a pack from elsewhere has to pass, and is the same. */
static void
test_builtin_is_sound (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) other = mc_pack_new_from_bytes (mc_pack_get_bytes (pack), &error);
  gsize size;
  const char *data = g_bytes_get_data (mc_pack_get_bytes (pack), &size);
  g_autofree char *composed = g_utf8_normalize (data, size, G_NORMALIZE_DEFAULT_COMPOSE);

  g_assert_no_error (error);
  g_assert_cmpstr (mc_pack_get_full_id (other), ==, mc_pack_get_full_id (pack));
  g_assert_cmpmem (composed, strlen (composed), data, size);
}

static void
assert_same_type (McRecordType *one,
                  McRecordType *other)
{
  g_assert_cmpstr (one->id, ==, other->id);
  g_assert_cmpstr (one->code, ==, other->code);
  g_assert_cmpstr (one->title, ==, other->title);
  g_assert_cmpint (one->layout, ==, other->layout);
  g_assert_cmpstrv (one->key, other->key);
  g_assert_cmpuint (one->checks->len, ==, other->checks->len);
  g_assert_cmpuint (one->fields->len, ==, other->fields->len);
  for (guint i = 0; i < one->fields->len; i++)
    {
      McField *field = one->fields->pdata[i], *same = other->fields->pdata[i];

      g_assert_cmpstr (field->name, ==, same->name);
      g_assert_cmpint (field->type, ==, same->type);
      g_assert_cmpuint (field->values->len, ==, same->values->len);
    }
}

/* Read part by part as it is asked for, it has all that it has when it is read as a whole, in the same order. */
static void
test_part_by_part (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) whole = mc_pack_new_from_bytes (mc_pack_get_bytes (pack), &error);
  GPtrArray *types = mc_pack_get_types (pack), *measures = mc_pack_get_measures (pack);
  GPtrArray *criteria = mc_pack_get_criteria (pack), *targets = mc_pack_get_targets (pack);

  g_assert_no_error (error);
  g_assert_cmpstr (mc_pack_get_title (whole), ==, mc_pack_get_title (pack));
  g_assert_cmpuint (mc_pack_get_periods (whole)->len, ==, mc_pack_get_periods (pack)->len);
  g_assert_cmpuint (mc_pack_get_types (whole)->len, ==, types->len);
  for (guint i = 0; i < types->len; i++)
    assert_same_type (types->pdata[i], mc_pack_get_types (whole)->pdata[i]);
  g_assert_cmpuint (mc_pack_get_measures (whole)->len, ==, measures->len);
  for (guint i = 0; i < measures->len; i++)
    g_assert_cmpstr (((McMeasure *) measures->pdata[i])->id, ==, ((McMeasure *) mc_pack_get_measures (whole)->pdata[i])->id);
  g_assert_cmpuint (mc_pack_get_criteria (whole)->len, ==, criteria->len);
  for (guint i = 0; i < criteria->len; i++)
    {
      McCriterion *one = criteria->pdata[i], *other = mc_pack_get_criteria (whole)->pdata[i];

      g_assert_cmpstr (one->code, ==, other->code);
      g_assert_cmpstr (one->parent != NULL ? one->parent->code : NULL, ==, other->parent != NULL ? other->parent->code : NULL);
      g_assert_cmpuint (one->children->len, ==, other->children->len);
    }
  g_assert_cmpuint (mc_pack_get_targets (whole)->len, ==, targets->len);
}

/* A pack that a person's editor saved with a byte order mark and decomposed letters is the same pack. */
static void
test_other_spelling (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  gsize size;
  const char *data = g_bytes_get_data (mc_pack_get_bytes (pack), &size);
  g_autofree char *decomposed = g_utf8_normalize (data, size, G_NORMALIZE_DEFAULT);
  g_autofree char *marked = g_strconcat ("\xef\xbb\xbf", decomposed, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (marked, strlen (marked));
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) other = mc_pack_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (decomposed), >, size);
  g_assert_cmpstr (mc_pack_find_criterion (other, "1.7")->name, ==, mc_pack_find_criterion (pack, "1.7")->name);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* First: it is about whoever asks first. */
  g_test_add_func ("/pack-builtin/threads", test_threads);
  g_test_add_func ("/pack-builtin/is-sound", test_builtin_is_sound);
  g_test_add_func ("/pack-builtin/part-by-part", test_part_by_part);
  g_test_add_func ("/pack-builtin/other-spelling", test_other_spelling);

  return g_test_run ();
}
