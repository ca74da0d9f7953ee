/* bench-frame.c: the moment of an application's first frame, and its memory at rest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bench-frame.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REST_SECONDS 3
#define REST_TRIES 60
#define RESTING_US 50000   /* of processor time in a second: a machine with other work may not be done after three */

static gint64 first_frame_us;
static GType counted_type;   /* of the window whose frame counts: none that only says “please wait” */

static long
read_kib (const char *text,
          const char *name)
{
  const char *at = strstr (text, name);

  return at != NULL ? strtol (at + strlen (name), NULL, 10) : 0;
}

static gint64
processor_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);

  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gboolean
is_at_rest (void)
{
  static gint64 before_us;
  static guint seconds;
  gint64 now_us = processor_us (), used_us = now_us - before_us;

  before_us = now_us;

  return ++seconds >= REST_SECONDS && (used_us < RESTING_US || seconds >= REST_TRIES);
}

static gboolean
rested_cb (gpointer user_data)
{
  g_autofree char *rollup = NULL;
  gint64 start_us = g_ascii_strtoll (g_getenv ("BENCH_START"), NULL, 10);

  if (!is_at_rest ())
    return G_SOURCE_CONTINUE;
  if (g_file_get_contents ("/proc/self/smaps_rollup", &rollup, NULL, NULL))
    g_print ("{\"first_frame_ms\":%.1f,\"rss_kib\":%ld,\"pss_kib\":%ld}\n", (first_frame_us - start_us) / 1e3,
             read_kib (rollup, "\nRss:"), read_kib (rollup, "\nPss:"));
  /* An orderly end: after any other the next start looks the whole store over first. */
  gtk_window_close (gtk_application_get_active_window (GTK_APPLICATION (g_application_get_default ())));

  return G_SOURCE_REMOVE;
}

static void
after_paint_cb (GdkFrameClock *clock)
{
  if (first_frame_us > 0)
    return;
  first_frame_us = g_get_monotonic_time ();
  g_timeout_add_seconds (1, rested_cb, NULL);
}

static void
realized_cb (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (after_paint_cb), NULL);
}

static void
window_added_cb (GtkApplication *application,
                 GtkWindow      *window)
{
  if (!g_type_is_a (G_OBJECT_TYPE (window), counted_type))
    return;
  if (gtk_widget_get_realized (GTK_WIDGET (window)))
    realized_cb (GTK_WIDGET (window));
  else
    g_signal_connect (window, "realize", G_CALLBACK (realized_cb), NULL);
}

void
bench_frame_watch (GtkApplication *application,
                   GType           window_type)
{
  counted_type = window_type;
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), NULL);
}
