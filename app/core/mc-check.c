/* mc-check.c: what is not right with a record yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rule says what must be true.  Where an answer is still missing SQL says NULL, and that is no breach: blanks
 * are the business of `required`.
 */

#include "core/mc-check.h"

#include <string.h>

void
mc_fault_free (McFault *self)
{
  g_free (self->record);
  g_free (self);
}

gboolean
mc_fault_is_error (McFault *self)
{
  return self->rule == NULL || self->rule->is_error;
}

gboolean
mc_fault_is_about (McFault    *self,
                   const char *field)
{
  if (self->missing != NULL)
    return g_str_equal (self->missing->name, field);

  return self->rule->fields != NULL && g_strv_contains ((const char * const *) self->rule->fields, field);
}

static gboolean
add_faults (McSandbox    *sandbox,
            const char   *type,
            GPtrArray    *faults,
            const char   *sql,
            const char   *argument,
            McCheckRule  *rule,
            McField      *missing,
            GError      **error)
{
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, type, sql, argument, error);

  if (rows == NULL)
    {
      g_prefix_error (error, "%s: ", rule != NULL ? rule->id : missing->name);
      return FALSE;
    }
  for (guint i = 0; i < rows->len; i++)
    {
      GPtrArray *row = rows->pdata[i];
      McFault *fault = g_new0 (McFault, 1);

      fault->record = g_strdup (row->pdata[0]);
      fault->rule = rule;
      fault->missing = missing;
      g_ptr_array_add (faults, fault);
    }

  return TRUE;
}

static gboolean
is_asked_of_author (McField *field)
{
  return field->required && !g_str_has_prefix (field->name, "review.");
}

static GPtrArray *
check (McSandbox     *sandbox,
       McRecordType  *type,
       const char    *column,
       const char    *argument,
       GError       **error)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_fault_free);

  for (guint i = 0; i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];
      g_autofree char *sql = NULL;

      if (!is_asked_of_author (field))
        continue;
      sql = g_strdup_printf ("SELECT record FROM \"%s\" WHERE %s = ?1 AND coalesce(\"%s\", '') IN ('', '[]')",
                             type->id, column, field->name);
      if (!add_faults (sandbox, type->id, faults, sql, argument, NULL, field, error))
        return NULL;
    }
  for (guint i = 0; i < type->checks->len; i++)
    {
      McCheckRule *rule = type->checks->pdata[i];
      g_autofree char *sql = g_strdup_printf ("SELECT record FROM \"%s\" WHERE %s = ?1 AND (%s) AND NOT (%s)", type->id, column,
                                              rule->when != NULL ? rule->when : "1", rule->expr);

      if (!add_faults (sandbox, type->id, faults, sql, argument, rule, NULL, error))
        return NULL;
    }

  return g_steal_pointer (&faults);
}

/**
 * mc_check_record:
 * @sandbox: of the calling thread
 *
 * Blocks.  Errors are those of the pack's expressions (%MC_PACK_ERROR) or of the store.
 *
 * Returns: (transfer full) (element-type McFault): empty when everything holds
 */
GPtrArray *
mc_check_record (McSandbox     *sandbox,
                 McRecordType  *type,
                 const char    *record,
                 GError       **error)
{
  return check (sandbox, type, "record", record, error);
}

/**
 * mc_check_log:
 *
 * As mc_check_record(), for every record of @type in the unit log @log.
 */
GPtrArray *
mc_check_log (McSandbox     *sandbox,
              McRecordType  *type,
              const char    *log,
              GError       **error)
{
  return check (sandbox, type, "unit", log, error);
}
