/* mc-change-scan.c: reads of a change what every program on its way wants to know, without a tree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Only what this program itself writes is read so: no blanks, no unknown members, no escapes in what is taken out, whole
 * numbers.  Whatever is not, is for the parser, which knows all of JSON and says what is wrong.
 */

#include "core/mc-change-scan.h"

#include <string.h>

#include "core/mc-id.h"

#define MAX_DEPTH 8   /* of a value in “set” */
#define MAX_BYTES MC_CHANGE_MAX_VALUES   /* then there cannot be more values */
#define MANY_WORDS 32 /* mostly there are fewer to be taken out */

typedef struct
{
  char *at, *end;
  GPtrArray *ends;   /* (owned) where the quotes behind what is taken out stand */
} Scan;

static gboolean
take (Scan *scan,
      char  c)
{
  if (scan->at >= scan->end || *scan->at != c)
    return FALSE;
  scan->at++;

  return TRUE;
}

/* A text; without escapes where it is to be taken out.  Control characters and bytes that are no UTF-8 are for the parser,
 * too: the first are looked for here, the others were before. */
static gboolean
take_text (Scan        *scan,
           gboolean     escapes,
           const char **out,
           gsize       *out_size)
{
  const char *start = scan->at + 1, *at = start;

  if (!take (scan, '"'))
    return FALSE;
  for (; at < scan->end && *at != '"'; at++)
    {
      if ((guchar) *at < ' ')
        return FALSE;
      if (*at == '\\' && (!escapes || ++at >= scan->end || strchr ("\"\\/bfnrt", *at) == NULL))
        return FALSE;
    }
  scan->at = (char *) at;
  *out = start;
  *out_size = scan->at - start;

  return take (scan, '"');
}

/* A text that is taken out, and gets its end mark when all is well. */
static gboolean
take_word (Scan        *scan,
           gsize        max_bytes,
           const char **out)
{
  gsize size;

  if (!take_text (scan, FALSE, out, &size) || size > max_bytes)
    return FALSE;
  g_ptr_array_add (scan->ends, scan->at - 1);

  return TRUE;
}

static gboolean
take_id (Scan        *scan,
         const char **out)
{
  char id[37] = { 0 };

  if (!take_word (scan, 36, out) || scan->at - 1 - *out != 36)
    return FALSE;
  memcpy (id, *out, 36);

  return mc_id_is_valid (id);
}

static gboolean
take_number (Scan   *scan,
             gint64 *out)
{
  gboolean negative = take (scan, '-');
  const char *start = scan->at;
  gint64 value = 0;

  for (; scan->at < scan->end && g_ascii_isdigit (*scan->at) && scan->at - start < 18; scan->at++)
    value = value * 10 + (*scan->at - '0');
  *out = negative ? -value : value;

  /* Neither a leading zero, nor a fraction, nor one that goes on. */
  return scan->at > start && (*start != '0' || (scan->at == start + 1 && !negative)) &&
         scan->at < scan->end && strchr (",]}", *scan->at) != NULL;
}

static gboolean
take_literal (Scan *scan)
{
  static const char * const literals[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      gsize size = strlen (literals[i]);

      if ((gsize) (scan->end - scan->at) < size || memcmp (scan->at, literals[i], size) != 0)
        continue;
      scan->at += size;
      return TRUE;
    }

  return FALSE;
}

static gboolean
take_value (Scan  *scan,
            guint  depth)
{
  const char *text;
  gboolean is_object;
  gint64 number;
  gsize size;

  if (scan->at >= scan->end || depth > MAX_DEPTH)
    return FALSE;
  if (*scan->at == '"')
    return take_text (scan, TRUE, &text, &size);
  if (*scan->at == '-' || g_ascii_isdigit (*scan->at))
    return take_number (scan, &number);
  if (*scan->at != '{' && *scan->at != '[')
    return take_literal (scan);

  is_object = *scan->at++ == '{';
  if (take (scan, is_object ? '}' : ']'))
    return TRUE;
  do
    if ((is_object && (!take_text (scan, FALSE, &text, &size) || size == 0 || !take (scan, ':'))) ||
        !take_value (scan, depth + 1))
      return FALSE;
  while (take (scan, ','));

  return take (scan, is_object ? '}' : ']');
}

static gboolean
is_name (const char *name,
         gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_islower (name[i]) && !g_ascii_isdigit (name[i]) && name[i] != '_' && name[i] != '.' && name[i] != '-')
      return FALSE;

  return size > 0;
}

static gboolean
is_new_name (GPtrArray  *names,
             const char *name,
             gsize       size)
{
  for (guint i = 0; i < names->len; i++)
    if (strncmp (names->pdata[i], name, size + 1) == 0)
      return FALSE;

  return TRUE;
}

/* A field name that is none of @names, and is added to them. */
static gboolean
take_name (Scan      *scan,
           GPtrArray *names)
{
  const char *name;
  gsize size;

  if (names->len >= MC_CHANGE_MAX_FIELDS || !take_word (scan, 64, &name))
    return FALSE;
  size = scan->at - 1 - name;
  if (!is_name (name, size) || !is_new_name (names, name, size))
    return FALSE;
  g_ptr_array_add (names, (char *) name);

  return take (scan, ':');
}

static gboolean
take_set (Scan         *scan,
          McChangeScan *out)
{
  out->fields = g_ptr_array_sized_new (MANY_WORDS);
  if (!take (scan, '{'))
    return FALSE;
  if (take (scan, '}'))
    return TRUE;
  do
    if (!take_name (scan, out->fields) || !take_value (scan, 0))
      return FALSE;
  while (take (scan, ','));

  return take (scan, '}');
}

static gboolean
take_heads (Scan *scan)
{
  guint n_heads = 0;
  const char *head;
  gsize size;

  if (!take (scan, '['))
    return FALSE;
  if (take (scan, ']'))
    return TRUE;
  do
    if (n_heads++ >= MC_CHANGE_MAX_SEEN || !take_text (scan, FALSE, &head, &size) || size != MC_SHORT_LENGTH)
      return FALSE;
  while (take (scan, ','));

  return take (scan, ']');
}

static gboolean
take_seen (Scan *scan)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  if (!take (scan, '{'))
    return FALSE;
  if (take (scan, '}'))
    return TRUE;
  do
    if (!take_name (scan, names) || !take_heads (scan))
      return FALSE;
  while (take (scan, ','));

  return take (scan, '}');
}

static gboolean
take_group (Scan         *scan,
            McChangeScan *out)
{
  gint64 k, m;

  if (!take (scan, '[') || !take_number (scan, &k) || !take (scan, ',') || !take_number (scan, &m) || !take (scan, ']') ||
      m < 1 || m > MC_GROUP_MAX_CHANGES || k < 0 || k >= m)
    return FALSE;
  out->group_k = k;
  out->group_m = m;

  return TRUE;
}

static gboolean
take_evidence (Scan         *scan,
               McChangeScan *out)
{
  if (!take (scan, '['))
    return FALSE;
  if (take (scan, ']'))
    return TRUE;
  do
    {
      char hex[2 * MC_DIGEST_SIZE + 1] = { 0 };
      const char *hash;
      McDigest digest;

      if (out->evidence->len >= MC_CHANGE_MAX_FIELDS || !take_word (scan, sizeof hex - 1, &hash) ||
          scan->at - 1 - hash != sizeof hex - 1)
        return FALSE;
      memcpy (hex, hash, sizeof hex - 1);
      if (!mc_digest_from_hex (&digest, hex))
        return FALSE;
      g_ptr_array_add (out->evidence, (char *) hash);
    }
  while (take (scan, ','));

  return take (scan, ']');
}

/* The members, each once, in any order. */
static gboolean
take_member (Scan         *scan,
             McChangeScan *out,
             guint        *known)
{
  static const char * const names[] = { "id", "record", "type", "pack", "at", "by", "group", "instead", "evidence", "set", "seen" };
  const char *name;
  guint i = 0;
  gsize size;

  if (!take_text (scan, FALSE, &name, &size) || !take (scan, ':'))
    return FALSE;
  while (i < G_N_ELEMENTS (names) && (strlen (names[i]) != size || memcmp (names[i], name, size) != 0))
    i++;
  if (i == G_N_ELEMENTS (names) || (*known & 1u << i) != 0)
    return FALSE;
  *known |= 1u << i;

  switch (i)
    {
    case 0: return take_id (scan, &out->id);
    case 1: return take_id (scan, &out->record);
    case 2: return take_word (scan, 64, &out->type);
    case 3: return take_word (scan, 96, &out->pack);
    case 4: return take_word (scan, 40, &out->at);
    case 5: return take_word (scan, 400, &out->by);
    case 6: return take_group (scan, out);
    case 7: return take_id (scan, &out->instead);
    case 8: return take_evidence (scan, out);
    case 9: return take_set (scan, out);
    default: return take_seen (scan);
    }
}

static gboolean
take_all (Scan         *scan,
          McChangeScan *out)
{
  guint known = 0;

  if (!take (scan, '{'))
    return FALSE;
  do
    if (!take_member (scan, out, &known))
      return FALSE;
  while (take (scan, ','));

  return take (scan, '}') && scan->at == scan->end && out->id != NULL && out->record != NULL && out->type != NULL &&
         out->pack != NULL && out->at != NULL && out->by != NULL && out->fields != NULL;
}

void
mc_change_scan_clear (McChangeScan *self)
{
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->evidence, g_ptr_array_unref);
  g_clear_pointer (&self->text, g_free);
}

gboolean
mc_change_scan_read (McChangeScan *self,
                     GBytes       *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr(GPtrArray) ends = NULL;
  Scan scan;

  memset (self, 0, sizeof *self);
  if (size == 0 || size > MAX_BYTES || !g_utf8_validate (data, size, NULL))
    return FALSE;
  self->text = g_strndup (data, size);
  self->group_m = 1;
  self->evidence = g_ptr_array_new ();
  ends = g_ptr_array_sized_new (MANY_WORDS);
  scan = (Scan) { self->text, self->text + size, ends };
  if (!take_all (&scan, self))
    {
      mc_change_scan_clear (self);
      return FALSE;
    }
  for (guint i = 0; i < ends->len; i++)
    *(char *) ends->pdata[i] = '\0';
  g_ptr_array_add (self->fields, NULL);
  g_ptr_array_add (self->evidence, NULL);

  return TRUE;
}
