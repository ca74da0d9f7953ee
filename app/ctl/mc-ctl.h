/* mc-ctl.h: what every command of minhchungctl is given, and the tables they stand in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A family of commands is one file with one table; minhchungctl.c knows the tables and nothing of what is in them.
 */

#pragma once

#include <json-glib/json-glib.h>

#include "client/mc-account.h"
#include "client/mc-transport.h"
#include "core/mc-journal.h"
#include "core/mc-pack.h"

G_BEGIN_DECLS

/* What the command line says, and what was opened for the command. */
typedef struct
{
  char *dir;            /* folder of the enrolment */
  char *by;             /* (nullable) */
  char *type;           /* (nullable) */
  char *field;          /* (nullable) */
  char *log;            /* (nullable) */
  char *search;         /* (nullable) */
  gboolean json;
  gboolean verify;
  char *output;         /* (nullable) */
  int seed;
  char **arguments;     /* the command, then what follows it */

  McAccount *account;   /* (owned) (nullable) */
  McPack *pack;         /* (owned) (nullable) */
  McJournal *journal;   /* (owned) (nullable) */
  McTransport *line;    /* (owned) (nullable) to the hub, being opened; NULL also for a trial */
} McCtl;

typedef enum
{
  MC_CTL_NEEDS_NOTHING,
  MC_CTL_NEEDS_DIR,     /* the name of the folder; nothing need be there */
  MC_CTL_NEEDS_JOURNAL, /* account, pack and journal are open */
  MC_CTL_NEEDS_WRITER,  /* these, of somebody who may write */
  MC_CTL_NEEDS_LINE,    /* these, and the line to the hub is being opened meanwhile */
} McCtlNeeds;

typedef struct
{
  const char *name;
  const char *usage;    /* (nullable) what follows the name, a word each; “…” = as many as one likes */
  const char *summary;
  McCtlNeeds needs;
  gboolean (*run) (McCtl *self, GError **error);
} McCtlCommand;

/* Each ends with a command without a name. */
extern const McCtlCommand mc_ctl_backup_commands[];
extern const McCtlCommand mc_ctl_bundle_commands[];
extern const McCtlCommand mc_ctl_data_commands[];
extern const McCtlCommand mc_ctl_demo_commands[];
extern const McCtlCommand mc_ctl_frames_commands[];
extern const McCtlCommand mc_ctl_pack_commands[];
extern const McCtlCommand mc_ctl_proof_commands[];
extern const McCtlCommand mc_ctl_score_commands[];
extern const McCtlCommand mc_ctl_sync_commands[];
extern const McCtlCommand mc_ctl_year_commands[];

/* Sets @error to how the command is to be called.  Always %FALSE. */
gboolean      mc_ctl_usage      (GError     **error,
                                 const char  *message);
void          mc_ctl_print_json (JsonObject  *object);
void          mc_ctl_print_count (const char *name,   /* {"name":count} */
                                  guint       count);
/* The records that --type, --log and --search leave; what is no type or no log is an error. */
GPtrArray    *mc_ctl_query      (McCtl       *self,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether --log, if it is there, names the log of a unit that is known, or all. */
gboolean      mc_ctl_check_log  (McCtl       *self,
                                 GError     **error);
/* The type that --type names. */
McRecordType *mc_ctl_find_type  (McCtl       *self,
                                 GError     **error);

G_END_DECLS
