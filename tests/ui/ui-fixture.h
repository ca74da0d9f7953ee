/* ui-fixture.h: a window on a store of its own, for tests of what is in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define UI_LOG "21610@2004-07-08"
#define UI_PATIENCE_S 30

/* (transfer full) the store of a commune in @dir, as a window has it. */
McStore   *ui_open_store (const char    *dir);
/* (transfer full) that of another unit. */
McStore   *ui_open_store_of (const char *dir,
                             const char *log,
                             const char *role);

typedef struct
{
  char *dir;
  McStore *store;
  McContext *context;
  GtkWidget *window;
} UiFixture;

void       ui_set_up     (UiFixture     *fixture,
                          gconstpointer  data);
void       ui_tear_down  (UiFixture     *fixture,
                          gconstpointer  data);
void       ui_show       (UiFixture     *fixture,
                          GtkWidget     *page);
/* As a sync does, or another window: the store says that something changed.  (transfer full) edit */
void       ui_save       (UiFixture     *fixture,
                          McEdit        *edit);
McRecord  *ui_get        (UiFixture     *fixture,
                          const char    *id);

/* The first widget in @root that passes. */
typedef gboolean (*UiTest) (GtkWidget *widget, const char *text);
GtkWidget *ui_find       (GtkWidget     *root,
                          UiTest         test,
                          const char    *text);
/* A cell of a long list that says just this. */
gboolean   ui_is_cell    (GtkWidget     *widget,
                          const char    *text);
/* A label on screen that has these words. */
gboolean   ui_is_label   (GtkWidget     *widget,
                          const char    *text);

#define UI_WAIT_FOR(condition) \
  G_STMT_START { \
    gint64 end = g_get_monotonic_time () + UI_PATIENCE_S * G_USEC_PER_SEC; \
    while (!(condition)) \
      { \
        g_assert_cmpint (g_get_monotonic_time (), <, end); \
        g_main_context_iteration (NULL, FALSE); \
        g_thread_yield (); \
      } \
  } G_STMT_END

G_END_DECLS
