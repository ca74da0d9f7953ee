/* fuzz-names.c: names and beginnings of evidence files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-journal.h"
#include "fuzz/mc-fuzz.h"

static McJournal *
get_journal (void)
{
  static McJournal *journal = NULL;

  if (journal == NULL)
    {
      g_autofree char *dir = fuzz_new_folder ();
      McJournalConfig config = { .dir = dir, .device = FUZZ_DEVICE, .log = FUZZ_LOG, .machine = "" };
      g_autoptr(GError) error = NULL;

      journal = mc_journal_open (&config, &error);
      g_assert_no_error (error);
    }

  return journal;
}

/* A file of any name is kept under its hash, with a name that is one line of text; the rest of the input is the file. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  const guint8 *end = size > 0 ? memchr (data, '\0', size) : NULL;
  gsize length = end != NULL ? (gsize) (end - data) : size;
  g_autofree char *name = g_strndup (size > 0 ? (const char *) data : "", length), *path = NULL, *sha256 = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new (data + length, size - length);
  g_autoptr(McEvidence) evidence = NULL;
  g_autoptr(GError) error = NULL;

  fuzz_begin ();
  evidence = mc_journal_attach_bytes (get_journal (), bytes, name, FUZZ_NOW_US, &error);
  fuzz_check_error (evidence != NULL, error, MC_STORE_ERROR);
  g_assert_true ((evidence != NULL) == (g_bytes_get_size (bytes) > 0));
  if (evidence == NULL)
    return 0;

  g_assert_true (g_utf8_validate (evidence->name, -1, NULL));
  g_assert_cmpuint (strlen (evidence->name), <=, MC_EVIDENCE_NAME_MAX_BYTES);
  g_assert_cmpuint (strlen (evidence->name), >, 0);
  for (const char *at = evidence->name; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)) || *at == '/');
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpstr (evidence->sha256, ==, sha256);
  path = mc_journal_get_evidence_path (get_journal (), evidence->sha256, &error);
  g_assert_no_error (error);

  return 0;
}
