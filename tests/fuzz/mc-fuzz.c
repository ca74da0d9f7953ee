/* mc-fuzz.c: what several fuzz targets need
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz/mc-fuzz.h"
#include "mc-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>

static GPtrArray *folders;

static void
remove_folders (void)
{
  for (guint i = 0; i < folders->len; i++)
    mc_test_remove_tree (folders->pdata[i]);
  g_ptr_array_unref (folders);
}

/* A fatal message ends a program with SIGTRAP, of which libFuzzer knows nothing: it would not keep the input. */
static void
trap_cb (int number)
{
  abort ();
}

void
fuzz_begin (void)
{
  static gsize begun = 0;

  if (!g_once_init_enter (&begun))
    return;
  signal (SIGTRAP, trap_cb);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  folders = g_ptr_array_new_with_free_func (g_free);
  atexit (remove_folders);
  g_once_init_leave (&begun, 1);
}

char *
fuzz_new_folder (void)
{
  g_autofree char *in_memory = g_strdup ("/dev/shm/mc-fuzz-XXXXXX");
  char *path;

  fuzz_begin ();
  path = g_mkdtemp (in_memory) != NULL ? g_strdup (in_memory) : g_dir_make_tmp ("mc-fuzz-XXXXXX", NULL);
  g_assert_nonnull (path);
  g_ptr_array_add (folders, g_strdup (path));

  return path;
}

void
fuzz_copy_folder (const char *from,
                  const char *to)
{
  g_autoptr(GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  mc_test_remove_tree (to);
  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL), *target = g_build_filename (to, name, NULL), *text = NULL;
      gsize size;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        fuzz_copy_folder (source, target);
      else if (g_file_get_contents (source, &text, &size, NULL))
        g_assert_true (g_file_set_contents_full (target, text, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

char *
fuzz_text (GBytes *payload)
{
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);

  return size > 0 ? g_strndup (text, size) : g_strdup ("");
}

void
fuzz_check_error (gboolean      succeeded,
                  const GError *error,
                  GQuark        domain)
{
  g_assert_true (succeeded == (error == NULL));
  if (error != NULL && domain != 0)
    g_assert_cmpstr (g_quark_to_string (error->domain), ==, g_quark_to_string (domain));
}
