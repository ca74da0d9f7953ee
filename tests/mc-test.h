#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

G_BEGIN_DECLS

/* A GAsyncReadyCallback that keeps its result in @user_data. */
static inline void
mc_test_result_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  GAsyncResult **out = user_data;

  g_assert_null (*out);
  *out = g_object_ref (result);
}

/* Runs the main context until @result is set. */
static inline void
mc_test_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Drops the last reference to @object and waits until it is gone: a worker
 * thread may be about to give its own reference back. */
static inline void
mc_test_finalize (gpointer object)
{
  GObject *weak = object;

  g_object_add_weak_pointer (weak, (gpointer *) &weak);
  g_object_unref (object);

  /* A reference that a thread drops wakes nobody. */
  while (weak != NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

/* What a test made below @path and @path itself, which may be a file; links are not followed. */
static inline void
mc_test_remove_tree (const char *path)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (g_unlink (path) == 0 || !(dir = g_dir_open (path, 0, NULL)))
    return;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      mc_test_remove_tree (child);
    }
  g_rmdir (path);
}

G_END_DECLS
