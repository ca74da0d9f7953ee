/* mc-csv.c: tables as spreadsheets write them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 4180 with what offices do to it: a byte order mark, UTF-16 from old spreadsheets, semicolons where
 * the comma is the decimal sign, tabs from the clipboard.  The separator is the one the first line has
 * most of, outside quotes.  Broken quoting is an error that names the line; nothing is guessed.
 */

#include "report/mc-csv.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-text.h"

static const char separators[] = ",;\t";

static void
row_free (gpointer data)
{
  McCsvRow *row = data;

  g_strfreev (row->cells);
  g_free (row);
}

/* To UTF-8 without a mark; NULL with an error if the bytes are no text. */
static char *
decode (const char  *data,
        gsize        size,
        GError     **error)
{
  const guint8 *bytes = (const guint8 *) data;
  g_autofree char *text = NULL;

  if (size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
    {
      const char *charset = bytes[0] == 0xff ? "UTF-16LE" : "UTF-16BE";

      text = g_convert (data + 2, size - 2, "UTF-8", charset, NULL, NULL, NULL);
    }
  else
    {
      if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
        {
          data += 3;
          size -= 3;
        }
      if (memchr (data, '\0', size) == NULL && g_utf8_validate (data, size, NULL))
        text = g_strndup (data, size);
    }

  if (text == NULL || strlen (text) == 0)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                           size == 0 ? "The table is empty"
                                     : "The table is not text in UTF-8 or UTF-16; save it as CSV UTF-8");
      return NULL;
    }

  return g_steal_pointer (&text);
}

static char
guess_separator (const char *text)
{
  guint counts[G_N_ELEMENTS (separators)] = { 0 };
  gboolean quoted = FALSE;
  guint best = 0;

  for (const char *at = text; *at != '\0' && (quoted || *at != '\n'); at++)
    {
      const char *hit = quoted ? NULL : strchr (separators, *at);

      if (*at == '"')
        quoted = !quoted;
      else if (hit != NULL)
        counts[hit - separators]++;
    }

  for (guint i = 1; i < 3; i++)
    if (counts[i] > counts[best])
      best = i;

  return separators[best];
}

typedef struct
{
  const char *at;
  guint line;
  char separator;
} Reader;

/* Reads a quoted cell whose opening quote is behind @reader. */
static gboolean
read_quoted (Reader   *reader,
             GString  *cell,
             GError  **error)
{
  guint start = reader->line;

  for (; *reader->at != '\0'; reader->at++)
    {
      gsize plain = strcspn (reader->at, "\"\n");

      g_string_append_len (cell, reader->at, plain);
      reader->at += plain;
      if (*reader->at == '\0')
        break;
      if (*reader->at == '"' && reader->at[1] == '"')
        reader->at++;
      else if (*reader->at == '"')
        {
          reader->at++;
          if (*reader->at == '\0' || *reader->at == reader->separator || *reader->at == '\n' || *reader->at == '\r')
            return TRUE;
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                       "Line %u: there is text behind a closing quote", reader->line);
          return FALSE;
        }
      else if (*reader->at == '\n')
        reader->line++;

      g_string_append_c (cell, *reader->at);
    }

  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
               "Line %u: a quote is opened and never closed", start);

  return FALSE;
}

/* With an apostrophe before what a spreadsheet would run, or before such an apostrophe. */
static gboolean
is_quoted_formula (const char *cell)
{
  return *cell == '\'' && cell[1] != '\0' && strchr ("=+@\t'", cell[1]) != NULL;
}

static gboolean
read_cell (Reader   *reader,
           char    **out_cell,
           GError  **error)
{
  g_autoptr(GString) cell = g_string_new (NULL);

  if (*reader->at == '"')
    {
      reader->at++;
      if (!read_quoted (reader, cell, error))
        return FALSE;
    }
  else
    {
      const char ends[] = { reader->separator, '\n', '\r', '\0' };
      gsize size = strcspn (reader->at, ends);

      g_string_append_len (cell, reader->at, size);
      reader->at += size;
    }

  /* Before the text is normalised: behind the apostrophe there may stand anything. */
  *out_cell = mc_text_normalize (cell->str + (is_quoted_formula (cell->str) ? 1 : 0));

  return TRUE;
}

/* Reads one row and the line end behind it; *out_row is NULL for a blank one. */
static gboolean
read_row (Reader    *reader,
          McCsvRow **out_row,
          GError   **error)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  guint line = reader->line;
  gboolean blank = TRUE;

  *out_row = NULL;

  while (TRUE)
    {
      char *cell;

      if (!read_cell (reader, &cell, error))
        return FALSE;
      g_ptr_array_add (cells, cell);
      blank = blank && *cell == '\0';

      if (cells->len > MC_CSV_MAX_COLUMNS)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                       "Line %u: more than %d columns", line, MC_CSV_MAX_COLUMNS);
          return FALSE;
        }
      if (*reader->at != reader->separator)
        break;
      reader->at++;
    }

  if (*reader->at == '\r')
    reader->at++;
  if (*reader->at == '\n')
    reader->at++;
  reader->line++;

  if (!blank)
    {
      g_ptr_array_add (cells, NULL);
      *out_row = g_new0 (McCsvRow, 1);
      (*out_row)->line = line;
      (*out_row)->cells = (char **) g_ptr_array_free (g_steal_pointer (&cells), FALSE);
    }

  return TRUE;
}

/* A first line "sep=;" is for the spreadsheet, and no row. */
static gboolean
read_separator (Reader *reader)
{
  const char *at = reader->at;
  gsize end;

  if (g_ascii_strncasecmp (at, "sep=", 4) != 0 || at[4] == '\0' || strchr (separators, at[4]) == NULL)
    return FALSE;
  end = strspn (at + 5, "\r");
  if (at[5 + end] != '\n')
    return FALSE;
  reader->separator = at[4];
  reader->at = at + 5 + end + 1;
  reader->line++;

  return TRUE;
}

/**
 * mc_csv_parse:
 * @data: the file
 * @size: its length in bytes, at most %MC_CSV_MAX_BYTES
 * @error: return location for %MC_STORE_ERROR_INVALID, which names the line
 *
 * Returns: (transfer full) (nullable) (element-type McCsvRow): all rows that have any text
 */
GPtrArray *
mc_csv_parse (const char  *data,
              gsize        size,
              GError     **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autofree char *text = NULL;
  Reader reader = { NULL, 1, ',' };

  if (size > MC_CSV_MAX_BYTES)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                   "The table has more than %d MiB", MC_CSV_MAX_BYTES / 1024 / 1024);
      return NULL;
    }
  if (!(text = decode (data, size, error)))
    return NULL;

  reader.at = text;
  if (!read_separator (&reader))
    reader.separator = guess_separator (text);
  while (*reader.at != '\0')
    {
      McCsvRow *row;

      if (!read_row (&reader, &row, error))
        return NULL;
      if (row != NULL)
        g_ptr_array_add (rows, row);
      if (rows->len > MC_CSV_MAX_ROWS)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                       "Line %u: more than %d rows; import the table in parts", row->line, MC_CSV_MAX_ROWS);
          return NULL;
        }
    }

  return g_steal_pointer (&rows);
}

/**
 * mc_csv_append_cell:
 * @out: where to
 * @cell: its text
 * @is_first: whether it begins a row
 *
 * A text that a spreadsheet would run as a formula gets an apostrophe before it, which mc_csv_parse() takes away.
 */
void
mc_csv_append_cell (GString    *out,
                    const char *cell,
                    gboolean    is_first)
{
  gboolean is_formula = (*cell != '\0' && strchr ("=+@\t", *cell) != NULL) || is_quoted_formula (cell);

  if (!is_first)
    g_string_append_c (out, ',');

  if (!is_formula && strpbrk (cell, ",;\"\n\t") == NULL)
    {
      g_string_append (out, cell);
      return;
    }

  g_string_append (out, is_formula ? "\"'" : "\"");
  for (const char *at = cell; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *at);
    }
  g_string_append_c (out, '"');
}
