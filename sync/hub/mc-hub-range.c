/* mc-hub-range.c: the part of a file that a request asks for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-range.h"

#include <string.h>

typedef struct
{
  gint64 first, last;   /* -1 = not said; without the first, “last” is how many there are to be at the end */
} Part;

static const char part_key[] = "mc-hub-range";

/* (nullable): where the number ends; @out is -1 if there is none. */
static const char *
read_place (const char *text,
            gint64     *out)
{
  gsize length = strspn (text, "0123456789");
  g_autofree char *digits = g_strndup (text, length);

  *out = -1;
  if (length > 0 && !g_ascii_string_to_signed (digits, 10, 0, G_MAXINT64 - 1, out, NULL))
    return NULL;

  return text + length;
}

static gboolean
read_part (const char *text,
           Part       *part)
{
  if (g_ascii_strncasecmp (text, "bytes=", strlen ("bytes=")) != 0 ||
      !(text = read_place (text + strlen ("bytes="), &part->first)) || *text != '-' ||
      !(text = read_place (text + 1, &part->last)) || *text != '\0')
    return FALSE;

  return part->first < 0 ? part->last >= 0 : part->last < 0 || part->last >= part->first;
}

void
mc_hub_range_take (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *text = soup_message_headers_get_list (headers, "Range");
  g_autofree Part *part = g_new0 (Part, 1);

  if (text != NULL && read_part (text, part))
    g_object_set_data_full (G_OBJECT (message), part_key, g_steal_pointer (&part), g_free);
  soup_message_headers_remove (headers, "Range");
}

gboolean
mc_hub_range_choose (SoupServerMessage *message,
                     const char        *etag,
                     goffset            size,
                     goffset           *out_start,
                     goffset           *out_end)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *if_range = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-Range");
  const Part *part = g_object_get_data (G_OBJECT (message), part_key);

  *out_start = 0;
  *out_end = size;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (part == NULL || (if_range != NULL && g_strcmp0 (if_range, etag) != 0))
    return TRUE;

  if (part->first >= 0)
    *out_start = part->first;
  else
    *out_start = MAX (size - part->last, 0);
  if (part->first >= 0 && part->last >= 0)
    *out_end = MIN (part->last + 1, size);
  if (*out_start >= *out_end)
    {
      g_autofree char *whole = g_strdup_printf ("bytes */%" G_GOFFSET_FORMAT, size);

      soup_server_message_set_status (message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE, NULL);
      soup_message_headers_replace (headers, "Content-Range", whole);
      return FALSE;
    }
  soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  soup_message_headers_set_content_range (headers, *out_start, *out_end - 1, size);

  return TRUE;
}
