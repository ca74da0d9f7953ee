/* mc-problem.c: problem documents (RFC 9457)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-problem.h"

#include <string.h>

#include "core/mc-json.h"
#include "core/mc-limits.h"

#define URN "urn:minhchung:problem:"

char *
mc_problem_write (const char *slug,
                  const char *title,
                  guint       status,
                  const char *detail)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *type = g_strconcat (URN, slug, NULL);

  json_object_set_string_member (object, "type", type);
  json_object_set_string_member (object, "title", title);
  json_object_set_int_member (object, "status", status);
  if (detail != NULL)
    json_object_set_string_member (object, "detail", detail);

  return mc_json_to_text (node, FALSE);
}

/**
 * mc_problem_read:
 * @data: body of an answer, from whoever answered
 * @size: its length
 *
 * Returns: (transfer full) (nullable): the slug of the problem; %NULL if this is no hub's problem document
 */
char *
mc_problem_read (gconstpointer data,
                 gsize         size)
{
  g_autoptr(JsonNode) root = size <= MC_PROBLEM_MAX_BYTES ? mc_json_read (data, size, MC_PROBLEM_MAX_DEPTH) : NULL;
  const char *type = root != NULL ? mc_json_get_text (json_node_get_object (root), "type", NULL) : NULL;
  gsize length;

  if (type == NULL || !g_str_has_prefix (type, URN))
    return NULL;
  type += strlen (URN);
  length = strlen (type);
  if (length == 0 || length > MC_PROBLEM_SLUG_MAX_BYTES || strspn (type, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
    return NULL;

  return g_strdup (type);
}
