/* mc-dialogs.h: the only file that knows dialog classes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dialogs are what changes most between GTK 4.8 and later versions.  Files are chosen in the desktop's dialog; inside a
 * sandbox on a desktop without the portal for it, in one of the program's own that says so.
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef void (*McFilesFunc)   (GListModel *files,    /* (nullable) of GFile; NULL = nothing was chosen */
                               gpointer    user_data);
typedef void (*McFileFunc)    (GFile      *file,     /* (nullable) */
                               gpointer    user_data);
typedef void (*McConfirmFunc) (gpointer    user_data);
typedef void (*McChoiceFunc)  (gboolean    is_first, /* which of two ways was chosen */
                               gpointer    user_data);

typedef enum
{
  MC_ASK_TEXT,
  MC_ASK_DATE,
} McAskKind;

/* One line that a dialog asks for. */
typedef struct
{
  const char *label;
  const char *text;       /* (nullable) what stands there at first; a date as yyyy-mm-dd */
  McAskKind kind;
  gboolean may_be_blank;
} McAsk;

/* One text for each line, trimmed, a date as yyyy-mm-dd. */
typedef void (*McAskFunc) (const char * const *texts,
                           gpointer            user_data);

/* @user_data is a GObject that is kept alive until the answer, which comes once. */
void mc_dialogs_open_files (GtkWidget     *parent,
                            const char    *title,
                            McFilesFunc    func,
                            gpointer       user_data);
void mc_dialogs_open_file  (GtkWidget     *parent,
                            const char    *title,
                            const char    *filter_name,
                            const char    *pattern,
                            McFileFunc     func,
                            gpointer       user_data);
void mc_dialogs_save_file  (GtkWidget     *parent,
                            const char    *title,
                            const char    *name,
                            McFileFunc     func,
                            gpointer       user_data);
void mc_dialogs_choose_folder (GtkWidget  *parent,
                               const char *title,
                               McFileFunc  func,
                               gpointer    user_data);
void mc_dialogs_confirm    (GtkWidget     *parent,
                            const char    *heading,
                            const char    *body,
                            const char    *accept,
                            McConfirmFunc  func,
                            gpointer       user_data);
/* Two ways to go on, the first suggested; @func is not called if neither was chosen. */
void mc_dialogs_choose     (GtkWidget     *parent,
                            const char    *heading,
                            const char    *body,
                            const char    *first,
                            const char    *second,
                            McChoiceFunc   func,
                            gpointer       user_data);
/* Asks for @n_asks lines and goes on when all are there; the first has the cursor, Enter in one answers. */
void mc_dialogs_ask        (GtkWidget     *parent,
                            const char    *heading,
                            const char    *body,
                            const char    *accept,
                            const McAsk   *asks,
                            guint          n_asks,
                            int            year,       /* that a date without one is of */
                            McAskFunc      func,
                            gpointer       user_data);
/* Escape closes @window, as it does a dialog. */
void mc_dialogs_close_on_escape (GtkWindow *window);
void mc_dialogs_tell       (GtkWidget     *parent,
                            const char    *heading,
                            const char    *body);

G_END_DECLS
