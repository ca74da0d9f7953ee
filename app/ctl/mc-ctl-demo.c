/* mc-ctl-demo.c: made-up records, to try the program with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "demo/mc-demo.h"

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
  else if (!mc_demo_write (self->journal, self->account->log, self->seed, &count, error))
    return FALSE;
  g_print (self->json ? "{\"records\":%u}\n" : "%u made-up records\n", count);

  return TRUE;
}

const McCtlCommand mc_ctl_demo_commands[] = {
  { "demo", "[review]", "Write made-up records, or review them", MC_CTL_NEEDS_WRITER, demo },
  { NULL }
};
