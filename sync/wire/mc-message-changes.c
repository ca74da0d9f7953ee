/* mc-message-changes.c: the changes of a payload, parsed all at once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parsing is the most of what a frame costs whoever reads it, so the changes are cut out first and then parsed on
 * all processors.
 */

#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-parallel.h"
#include "wire/mc-message-private.h"

typedef struct
{
  GPtrArray *changes;  /* gets the change */
  guint at;            /* at this place, NULL until then */
  GBytes *bytes;       /* (owned) */
  GError *error;       /* (owned) (nullable) */
} Unparsed;

typedef struct
{
  GArray *unparsed;
  McMessageParse parse;
} Parsing;

static void
unparsed_clear (gpointer data)
{
  Unparsed *unparsed = data;

  g_bytes_unref (unparsed->bytes);
  g_clear_error (&unparsed->error);
}

GArray *
mc_message_unparsed_new (void)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Unparsed));

  g_array_set_clear_func (all, unparsed_clear);

  return all;
}

static void
parse_one (guint    index,
           gpointer user_data)
{
  Parsing *parsing = user_data;
  Unparsed *unparsed = &g_array_index (parsing->unparsed, Unparsed, index);

  unparsed->changes->pdata[unparsed->at] = parsing->parse (unparsed->bytes, &unparsed->error);
}

/* So few bytes as a frame mostly has cannot be too many values. */
static gboolean
has_too_many_values (GArray *unparsed)
{
  gsize n_bytes = 0, n_values = 0;

  for (guint i = 0; i < unparsed->len; i++)
    n_bytes += g_bytes_get_size (g_array_index (unparsed, Unparsed, i).bytes);
  for (guint i = 0; i < unparsed->len && n_bytes > MC_FRAME_MAX_VALUES; i++)
    {
      GBytes *bytes = g_array_index (unparsed, Unparsed, i).bytes;

      n_values += mc_json_count (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }

  return n_values > MC_FRAME_MAX_VALUES;
}

gboolean
mc_message_parse_all (GArray          *unparsed,
                      McMessageParse   parse,
                      GError         **error)
{
  Parsing parsing = { unparsed, parse };

  if (has_too_many_values (unparsed))
    return mc_message_refuse (error, "change");

  mc_parallel_for (unparsed->len, parse_one, &parsing);

  for (guint i = 0; i < unparsed->len; i++)
    if (g_array_index (unparsed, Unparsed, i).error != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&g_array_index (unparsed, Unparsed, i).error));
        return FALSE;
      }

  return TRUE;
}

void
mc_message_put_changes (GByteArray *out,
                        GPtrArray  *changes)
{
  mc_put_u16 (out, changes->len);
  for (guint i = 0; i < changes->len; i++)
    {
      GBytes *bytes = mc_change_get_bytes (changes->pdata[i]);

      mc_put_u32 (out, g_bytes_get_size (bytes));
      mc_put_data (out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
}

static void
free_change (gpointer data)
{
  if (data != NULL)
    mc_change_unref (data);
}

GPtrArray *
mc_message_get_changes (McReader  *reader,
                        GArray    *unparsed,
                        GError   **error)
{
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func (free_change);
  guint count = mc_get_u16 (reader);

  if (count == 0 || count > MC_GROUP_MAX_CHANGES)
    reader->failed = TRUE;
  for (guint i = 0; i < count && !reader->failed; i++)
    {
      Unparsed next = { changes, i, mc_get_bytes (reader, mc_get_u32 (reader)), NULL };

      if (next.bytes == NULL)
        break;
      g_array_append_val (unparsed, next);
      g_ptr_array_add (changes, NULL);
    }

  if (reader->failed)
    {
      mc_message_refuse (error, "change");
      return NULL;
    }

  return g_steal_pointer (&changes);
}
