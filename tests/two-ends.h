/* two-ends.h: a real minhchung-hub and devices enrolled at it, for every test that needs both ends
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-http.h"
#include "client/mc-session.h"

G_BEGIN_DECLS

#define TOWN     "21609@2004-07-08"
#define DISTRICT "542@2004-07-08"
#define SYNC_TYPE "application/vnd.minhchung.sync"
#define NOW      G_GINT64_CONSTANT (1638340443120000)

typedef struct
{
  char *dir;               /* (owned) everything of this test lies in it */
  char *hub_dir;           /* (owned) */
  GSubprocess *process;    /* (owned) (nullable) the hub, while it runs */
  GStrv hub_env;           /* (owned) (nullable) NAME=VALUE that the hub is started with besides ours */
  guint port;
  McPack *pack;            /* (owned) */
} Fixture;

void       set_up          (Fixture       *fixture,
                            gconstpointer  data);
void       tear_down       (Fixture       *fixture,
                            gconstpointer  data);

/* Runs minhchung-hub with @first and the words after it; its output without the line end. */
char      *run_hub         (Fixture       *fixture,
                            const char    *first,
                            ...) G_GNUC_NULL_TERMINATED;
/* Runs minhchung-hub in the same way; it must refuse in words (exit status 1) that @text is in. */
void       hub_refuses     (Fixture       *fixture,
                            const char    *text,
                            const char    *first,
                            ...) G_GNUC_NULL_TERMINATED;
/* Goes on with the port that it had before; FALSE if it does not come up. */
gboolean   try_start_hub   (Fixture       *fixture);
void       start_hub       (Fixture       *fixture);
void       stop_hub        (Fixture       *fixture,
                            int            signal);

char      *new_line        (Fixture       *fixture,
                            const char    *unit,
                            const char    *role);
McAccount *new_device      (Fixture       *fixture,
                            const char    *name,
                            const char    *unit,
                            const char    *role);
/* From now on @account, also on disk, asks at @port of this machine. */
void       point_at        (McAccount     *account,
                            guint          port);
/* What @account asks with, at @port of this machine. */
McHttp    *http_to         (McAccount     *account,
                            guint          port) G_GNUC_WARN_UNUSED_RESULT;
/* @size random bytes. */
GBytes    *noise_new       (gsize          size) G_GNUC_WARN_UNUSED_RESULT;
McJournal *open_journal    (Fixture       *fixture,
                            McAccount     *account);
char      *save_copy       (Fixture       *fixture,
                            McJournal     *journal,
                            int            number);
/* A plan with a file of @size random bytes, whose SHA-256 is returned. */
char      *save_file       (Fixture       *fixture,
                            McJournal     *journal,
                            gsize          size);
void       run_sync        (McJournal     *journal,
                            McAccount     *account,
                            McSyncReport  *report);
guint      count_pending   (McJournal     *journal);
guint      count_rows      (McJournal     *journal,
                            const char    *type);
gboolean   is_at_hub       (Fixture       *fixture,
                            const char    *sha256);
void       assert_nowhere  (const char    *path,
                            const char    *needle);
void       copy_tree       (const char    *from,
                            const char    *to);
/* @to becomes @from with a bit of the byte @turned the other way, and cut after @size bytes; −1 = neither. */
void       spoil_file      (const char    *from,
                            const char    *to,
                            gssize         size,
                            gssize         turned);

G_END_DECLS
