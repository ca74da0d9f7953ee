/* mc-import.h: lines of a table become records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

typedef struct
{
  guint line;       /* of the file, from 1; 0 = the header */
  char *column;     /* (owned) (nullable) */
  char *message;    /* (owned) what is wrong and what would be right */
} McImportFault;

typedef struct
{
  GPtrArray *edits;   /* (owned) (element-type McEdit) one a line … */
  GArray    *lines;   /* (owned) (element-type guint) … which is this one of the file */
  GPtrArray *faults;  /* (owned) (element-type McImportFault) */
} McImport;

/* Reads, and changes nothing: what would be saved, and what is wrong, line by line.  What a reviewer says is taken from
 * whoever @may_review, and from nobody else. */
McImport *mc_import_read  (McJournal     *journal,
                           McRecordType  *type,
                           gboolean       may_review,
                           const char    *data,
                           gsize          size,
                           gint64         now_us,
                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Saves all lines, or none if there is a fault or one of them cannot be saved. */
gboolean  mc_import_apply (McJournal     *journal,
                           McImport      *import,
                           gint64         now_us,
                           guint         *out_count,
                           GError       **error);
void      mc_import_free  (McImport      *import);

/* A value as a cell of a table: what mc_import_read() finds unchanged. */
char     *mc_import_cell_text (JsonNode  *value) G_GNUC_WARN_UNUSED_RESULT;   /* (nullable) value */

/* A value as part of a key. */
char     *mc_import_key_text (JsonNode  *node) G_GNUC_WARN_UNUSED_RESULT;

/* The record that @key belongs to, or a new one.  Of a book, whose numbers begin anew with each year, that of the year of
 * @date; NULL = of the pack's. */
McRecord *mc_import_find_record (McJournal           *journal,
                                 McRecordType        *type,
                                 const char * const  *key,
                                 const char          *date,
                                 gint64               now_us,
                                 GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McImport, mc_import_free)

G_END_DECLS
