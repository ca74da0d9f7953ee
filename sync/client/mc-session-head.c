/* mc-session-head.c: the newest head that the hub has signed, also while its log is not here to there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hub that was put back as a whole learns from such a head alone that it was.  A device that goes back for it may hear no
 * more of it: then it comes with a cursor that nobody has signed, and has still to show what made it go back.
 */

#include "client/mc-session-private.h"

static char *
setting_name (const char *log)
{
  return g_strconcat ("head ", log, NULL);
}

static char *
head_to_text (const McCursor *head)
{
  g_autofree char *epoch = mc_hex (head->epoch, MC_ID_BYTES), *chain = mc_digest_to_hex (&head->chain);
  g_autofree char *signature = mc_hex (g_bytes_get_data (head->signature, NULL), g_bytes_get_size (head->signature));

  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s %s %s", head->seq, epoch, chain, signature);
}

/* Leaves @out without a signature if @text is none. */
static void
head_from_text (const char *text,
                McCursor   *out)
{
  g_auto(GStrv) words = g_strsplit (text, " ", 4);
  guint8 signature[MC_SIGNATURE_BYTES];

  if (g_strv_length (words) == 4 && mc_unhex (words[1], out->epoch, MC_ID_BYTES) && mc_digest_from_hex (&out->chain, words[2]) &&
      mc_unhex (words[3], signature, sizeof signature))
    {
      out->seq = g_ascii_strtoull (words[0], NULL, 10);
      out->signature = g_bytes_new (signature, sizeof signature);
    }
}

/* Before the cursor in @log goes back. */
gboolean
mc_session_keep_head (McJournal   *journal,
                      const char  *log,
                      GError     **error)
{
  g_autofree char *name = setting_name (log), *text = NULL;
  McCursor cursor;

  if (!mc_journal_get_cursor (journal, log, &cursor, error))
    return FALSE;
  if (cursor.signature == NULL)
    return TRUE;
  text = head_to_text (&cursor);
  g_bytes_unref (cursor.signature);

  return mc_journal_set_setting (journal, name, text, error);
}

/* @out: (out caller-allocated): ->signature NULL if there is none. */
gboolean
mc_session_get_head (McJournal   *journal,
                     const char  *log,
                     McCursor    *out,
                     GError     **error)
{
  g_autofree char *name = setting_name (log), *text = NULL;

  if (!mc_journal_get_cursor (journal, log, out, error))
    return FALSE;
  if (out->signature == NULL && (text = mc_journal_get_setting (journal, name)) != NULL)
    head_from_text (text, out);

  return TRUE;
}
