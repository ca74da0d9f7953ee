/* mc-json-schema.h: the part of JSON Schema 2020-12 that our schemas use
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* FALSE with MC_PACK_ERROR_SCHEMA "criteria[12].rule.kind: …" naming the first place that does not fit. */
gboolean mc_json_schema_validate (JsonNode  *schema,
                                  JsonNode  *instance,
                                  GError   **error);

G_END_DECLS
