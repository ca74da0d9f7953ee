/* replay.c: runs a fuzz target over its kept corpus, without libFuzzer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * usage: replay-TARGET FOLDER.  Each file goes in whole and cut at 64 places.
 */

#include <string.h>

#include "fuzz/mc-fuzz.h"

#define CUTS 64

static const char *folder;

/* Nothing that was ever found, and nothing real cut short, makes the parser fail. */
static void
test_corpus (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint count = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (path, &text, &size, NULL));
      g_test_message ("%s", name);
      for (gsize cut = 0; cut <= size; cut += MAX (size / CUTS, 1))
        {
          /* Of its own size, so that a checker sees a read past its end. */
          g_autofree guint8 *data = g_memdup2 (text, cut);

          LLVMFuzzerTestOneInput (data, cut);
        }
      LLVMFuzzerTestOneInput ((const guint8 *) text, size);
      count++;
    }
  g_assert_cmpuint (count, >, 0);
}

int
main (int argc, char *argv[])
{
  g_autofree char *name = NULL, *path = NULL;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  fuzz_begin ();
  folder = argv[1];
  name = g_path_get_basename (folder);
  path = g_strconcat ("/fuzz/", name, NULL);
  g_test_add_func (path, test_corpus);

  return g_test_run ();
}
