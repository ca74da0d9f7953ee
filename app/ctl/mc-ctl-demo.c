/* mc-ctl-demo.c: made-up records, to try the program with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "core/mc-error.h"
#include "demo/mc-demo.h"

/* Months are found by their key: what somebody counted would be made-up from then on, here and with the next sync at the district. */
static gboolean
is_empty (McCtl   *self,
          GError **error)
{
  McQuery any = { .limit = 1, .with_deleted = TRUE };
  g_autoptr(GArray) numbers = mc_journal_query (self->journal, &any, error);

  if (numbers != NULL && numbers->len > 0)
    g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_CONSTRAINT, "There are records here already, and made-up ones would take"
                         " their place; make some up where nobody has written anything yet");

  return numbers != NULL && numbers->len == 0;
}

/* Made-up records for this unit, to try the program with. */
static gboolean
demo (McCtl   *self,
      GError **error)
{
  guint count = 0;

  if (g_strcmp0 (self->arguments[1], "review") == 0)
    {
      if (!mc_demo_review (self->journal, &count, error))
        return FALSE;
    }
  else if (self->arguments[1] != NULL)
    return mc_ctl_usage (error, "demo, or demo review");
  else if (!is_empty (self, error) ||
           !mc_demo_write (self->journal, self->account->log, self->seed, &count, error))
    return FALSE;
  g_print (self->json ? "{\"records\":%u}\n" : "%u made-up records\n", count);

  return TRUE;
}

const McCtlCommand mc_ctl_demo_commands[] = {
  { "demo", "[review]", "Write made-up records, or review them", MC_CTL_NEEDS_WRITER, demo },
  { NULL }
};
