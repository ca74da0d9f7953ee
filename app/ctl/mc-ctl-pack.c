/* mc-ctl-pack.c: whether a criteria pack is one, for whoever writes packs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include <glib/gstdio.h>

#include "core/mc-check.h"
#include "core/mc-error.h"
#include "core/mc-file.h"
#include "core/mc-limits.h"
#include "core/mc-score.h"

#define TRY_LOG "00000@2000-01-01"

/* Its expressions, each once over a store with nothing in it. */
static gboolean
try_expressions (McPack      *pack,
                 const char  *dir,
                 GError     **error)
{
  static const char * const scope[] = { TRY_LOG, NULL };
  McJournalConfig config = { .dir = dir, .device = "00000000-0000-7000-8000-000000000000", .log = TRY_LOG, .by = "", .machine = "",
                             .pack = pack };
  g_autoptr(McJournal) journal = mc_journal_open (&config, error);
  g_autofree char *store = g_build_filename (dir, "store.db", NULL);
  g_autoptr(McSandbox) sandbox = NULL;
  GPtrArray *measures = mc_pack_get_measures (pack), *types = mc_pack_get_types (pack);

  if (journal == NULL || !(sandbox = mc_sandbox_new (store, pack, error)) || !mc_sandbox_set_scope (sandbox, scope, error))
    return FALSE;
  for (guint i = 0; i < measures->len; i++)
    {
      gint64 numerator, denominator;

      if (!mc_sandbox_measure (sandbox, measures->pdata[i], &numerator, &denominator, error))
        return FALSE;
    }
  for (guint i = 0; i < types->len; i++)
    {
      g_autoptr(GPtrArray) faults = mc_check_log (sandbox, types->pdata[i], TRY_LOG, error);

      if (faults == NULL)
        return FALSE;
    }

  return TRUE;
}

/* Whoever uses the pack can give every criterion its points. */
static gboolean
check_answers (McPack  *pack,
               GError **error)
{
  GPtrArray *criteria = mc_pack_get_criteria (pack);

  for (guint i = 0; i < criteria->len && mc_pack_find_type (pack, MC_TYPE_ASSESSMENT) == NULL; i++)
    {
      McCriterion *criterion = criteria->pdata[i];

      if (criterion->children->len > 0 || criterion->rule.measure != NULL)
        continue;
      g_set_error (error, MC_PACK_ERROR, MC_PACK_ERROR_REFERENCE,
                   "criterion %s has no measure, so it is answered in a record of the type “" MC_TYPE_ASSESSMENT
                   "”, and the pack has no such record type", criterion->code);
      return FALSE;
    }

  return TRUE;
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_folder (child);
    }
  g_rmdir (path);
}

static McPack *
read_pack (const char  *path,
           GError     **error)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(McPack) pack = NULL;
  g_autofree char *dir = NULL;
  char *text;
  gboolean done;
  gsize size;

  if (!mc_file_read (path, MC_PACK_MAX_BYTES, &text, &size, error))
    return NULL;
  bytes = g_bytes_new_take (text, size);
  if (!(pack = mc_pack_new_from_bytes (bytes, error)) || !check_answers (pack, error) || !(dir = g_dir_make_tmp ("mc-pack-XXXXXX", error)))
    return NULL;
  done = try_expressions (pack, dir, error);
  remove_folder (dir);

  return done ? g_steal_pointer (&pack) : NULL;
}

static gboolean
pack (McCtl   *self,
      GError **error)
{
  const char *path = self->arguments[1] != NULL ? self->arguments[2] : NULL;
  g_autoptr(McPack) read = NULL;
  g_autoptr(JsonObject) object = NULL;

  if (g_strcmp0 (self->arguments[1], "check") != 0 || path == NULL)
    return mc_ctl_usage (error, "pack check FILE");
  if (!(read = read_pack (path, error)))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (!self->json)
    {
      g_print ("%s: %s, %u domains, %u criteria, %u record types, %u measures: nothing wrong\n", path, mc_pack_get_full_id (read),
               mc_pack_get_domains (read)->len, mc_pack_get_criteria (read)->len, mc_pack_get_types (read)->len,
               mc_pack_get_measures (read)->len);
      return TRUE;
    }

  object = json_object_new ();
  json_object_set_string_member (object, "pack", mc_pack_get_full_id (read));
  json_object_set_int_member (object, "domains", mc_pack_get_domains (read)->len);
  json_object_set_int_member (object, "criteria", mc_pack_get_criteria (read)->len);
  json_object_set_int_member (object, "types", mc_pack_get_types (read)->len);
  json_object_set_int_member (object, "measures", mc_pack_get_measures (read)->len);
  mc_ctl_print_json (object);

  return TRUE;
}

const McCtlCommand mc_ctl_pack_commands[] = {
  { "pack", "check FILE", "Whether a criteria pack holds together, or where it does not", MC_CTL_NEEDS_NOTHING, pack },
  { NULL }
};
