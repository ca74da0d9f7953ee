/* mc-application-private.h: what the files of the application share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-application.h"

#include "client/mc-account.h"
#include "client/mc-sync.h"
#include "core/mc-store.h"
#include "mc-notices.h"
#include "mc-settings.h"

G_BEGIN_DECLS

struct _McApplication
{
  AdwApplication parent_instance;

  char *data_dir;          /* (owned) */
  char *page;              /* (owned) (nullable) */
  McSettings *settings;    /* (owned) */
  GThread *pack_thread;    /* (owned) (nullable) that reads the pack while GTK starts */
  McPack *pack;            /* (owned) (nullable) */
  McSync *sync;            /* (owned) (nullable) */
  GtkWindow *window;       /* (nullable) the one there is */
  char *line;              /* (owned) (nullable) enrolment line of a file that was opened */
  char *used_line;         /* (owned) (nullable) … that is used, or waits for a person's word */
  char *bundle;            /* (owned) (nullable) path of one that was opened and waits for the window */
  char *news;              /* (owned) (nullable) told once the next window is there */
  McNotices *notices;      /* (owned) */
  char *place;             /* (owned) (nullable) that a notice led to and that waits for the window */
  gboolean is_own;         /* the person's own enrolment, not a folder that was asked for */
  gboolean is_quiet;       /* started at login: nothing is shown until somebody asks */
  gboolean is_opening;     /* the store is being opened, and perhaps checked */
  gboolean is_given_up;    /* the window that says so was closed */
  guint checking_source;   /* until that window is shown */
  gboolean stays;          /* the program goes on without its window, as far as the desktop has been told */
  guint n_activations;
};

/* mc-application-open.c */

/* The window there is from now on; the one before goes. */
void     mc_application_set_window    (McApplication *self,
                                       GtkWidget     *window);
/* An enrolment that cannot be opened: what is on disk stays as it is. */
void     mc_application_tell_failure  (McApplication *self,
                                       const GError  *error);
/* (transfer full) account: opened in the background, then shown. */
void     mc_application_open_account  (McApplication *self,
                                       McAccount     *account);
/* A GSourceFunc: says that the store is being checked, if it is still not open. */
gboolean mc_application_show_checking (gpointer       user_data);
/* What was asked for while there was no window: a bundle that was opened, a place that a notice led to. */
void     mc_application_take_bundle   (McApplication *self);
void     mc_application_take_place    (McApplication *self);
/* mc-application.c: an enrolment line, likewise; it lets in again whom the hub does not take any more. */
void     mc_application_take_line     (McApplication *self);
/* Closing hides the window of an enrolment that goes on syncing without one. */
void     mc_application_apply_stay    (McApplication *self);
/* Closes the window for good, as always with everything typed on disk. */
void     mc_application_end_window    (McApplication *self);

G_END_DECLS
