/* mc-evidence.c: evidence files of a store, by their SHA-256
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * evidence/ab/abcdef…: readable by anyone with sha256sum.  A file is there whole or not at all.
 */

#include "core/mc-journal-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-text.h"

#define COPY_BYTES (256 * 1024)

void
mc_evidence_free (McEvidence *evidence)
{
  g_free (evidence->mime);
  g_free (evidence->name);
  g_free (evidence);
}

gboolean
mc_evidence_is_listed (JsonArray  *files,
                       const char *sha256)
{
  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonNode *node = json_array_get_element (files, i);

      if (JSON_NODE_HOLDS_OBJECT (node) && g_str_equal (mc_json_get_text (json_node_get_object (node), "sha256", ""), sha256))
        return TRUE;
    }

  return FALSE;
}

/* As it stands in a `files` field. */
JsonNode *
mc_evidence_to_json (McEvidence *evidence)
{
  g_autoptr(JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "sha256", evidence->sha256);
  json_object_set_string_member (object, "name", evidence->name);
  json_object_set_int_member (object, "size", evidence->size);
  json_object_set_string_member (object, "mime", evidence->mime);

  return json_node_init_object (json_node_alloc (), object);
}

static char *
path_of (McJournal  *self,
         const char *sha256)
{
  char folder[3] = { sha256[0], sha256[1], '\0' };

  return g_build_filename (self->dir, "evidence", folder, sha256, NULL);
}

static void
set_io_error (GError     **error,
              const char  *path,
              int          number)
{
  g_set_error (error, MC_STORE_ERROR,
               number == ENOSPC || number == EDQUOT ? MC_STORE_ERROR_NO_SPACE
               : number == EROFS || number == EACCES ? MC_STORE_ERROR_READ_ONLY
               : MC_STORE_ERROR_FAILED,
               "%s: %s", path, g_strerror (number));
}

static gboolean
sync_folder (const char  *path,
             GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (!done)
    set_io_error (error, folder, errno);
  if (fd >= 0)
    close (fd);

  return done;
}

/* Moves a whole, fsynced file to where its hash says. */
static gboolean
put_in_place (McJournal   *self,
              const char  *temporary,
              const char  *sha256,
              GError     **error)
{
  g_autofree char *path = path_of (self, sha256);
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) != 0 || g_rename (temporary, path) != 0)
    {
      set_io_error (error, path, errno);
      return FALSE;
    }

  return sync_folder (path, error) && sync_folder (folder, error);
}

/* Keeps the end of a long name where it is short, because it says what the file is. */
static void
cut_name (char *name)
{
  char *dot = strrchr (name, '.');
  gsize length = strlen (name), keep = dot != NULL && strlen (dot) <= 10 ? strlen (dot) : 0;
  char *end;

  if (length <= MC_EVIDENCE_NAME_MAX_BYTES)
    return;
  end = g_utf8_find_prev_char (name, name + MC_EVIDENCE_NAME_MAX_BYTES - keep + 1);
  memmove (end, name + length - keep, keep + 1);
}

/* Also what turns the direction of writing, which lets a program look like a photograph. */
static gboolean
breaks_line (gunichar c)
{
  switch ((int) g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return c == '/' || c == '\\';
    }
}

/* A name that cannot break a line, a folder or a screen. */
static char *
clean_name (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *normal = NULL;

  for (char *at = valid, *next; *at != '\0'; at = next)
    {
      next = g_utf8_next_char (at);
      if (breaks_line (g_utf8_get_char (at)))
        memset (at, ' ', next - at);
    }
  normal = mc_text_normalize (valid);
  cut_name (normal);

  return *normal != '\0' ? g_steal_pointer (&normal) : g_strdup ("tệp");
}

static gboolean
note_file (McJournal    *self,
           McEvidence   *evidence,
           gint64        now_us,
           GError      **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO evidence (sha256, size, mime, have, added_us) VALUES (?, ?, ?, 1, ?)"
                              " ON CONFLICT (sha256) DO UPDATE SET have = 1, size = excluded.size, mime = excluded.mime",
                              error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, evidence->sha256);
  mc_stmt_bind_int64 (stmt, 2, evidence->size);
  mc_stmt_bind_text (stmt, 3, evidence->mime);
  mc_stmt_bind_int64 (stmt, 4, now_us);

  return mc_stmt_exec (stmt, error);
}

static char *
guess_mime (const char   *name,
            const guint8 *head,
            gsize         size)
{
  g_autofree char *type = g_content_type_guess (name, head, size, NULL);
  char *mime = g_content_type_get_mime_type (type);

  return mime != NULL ? mime : g_strdup ("application/octet-stream");
}

static void
fail_too_large (const char  *name,
                GError     **error)
{
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is larger than %" G_GINT64_FORMAT " MB", name,
               MC_EVIDENCE_MAX_BYTES / 1024 / 1024);
}

/* Copies @input to @fd, hashing; the first bytes decide the type. */
static gboolean
copy_stream (GInputStream  *input,
             int            fd,
             const char    *path,
             McEvidence    *evidence,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (COPY_BYTES);
  gsize got;

  while (TRUE)
    {
      if (!g_input_stream_read_all (input, buffer, COPY_BYTES, &got, cancellable, error))
        return FALSE;
      if (got == 0)
        break;
      if (evidence->size == 0)
        evidence->mime = guess_mime (evidence->name, buffer, got);
      evidence->size += got;
      if (evidence->size > MC_EVIDENCE_MAX_BYTES)
        {
          fail_too_large (evidence->name, error);
          return FALSE;
        }
      g_checksum_update (checksum, buffer, got);
      for (gsize done = 0; done < got; )
        {
          ssize_t n = write (fd, buffer + done, got - done);

          if (n < 0 && errno != EINTR)
            {
              set_io_error (error, path, errno);
              return FALSE;
            }
          done += MAX (n, 0);
        }
    }

  if (evidence->size == 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is empty", evidence->name);
      return FALSE;
    }
  if (fsync (fd) != 0)
    {
      set_io_error (error, path, errno);
      return FALSE;
    }
  g_strlcpy (evidence->sha256, g_checksum_get_string (checksum), sizeof evidence->sha256);

  return TRUE;
}

static McEvidence *
attach_stream (McJournal     *self,
               GInputStream  *input,
               const char    *name,
               gint64         now_us,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(McEvidence) evidence = g_new0 (McEvidence, 1);
  guint8 random[16];
  g_autofree char *unique = NULL, *temporary = NULL;
  gboolean copied;
  int fd;

  mc_random_bytes (random, sizeof random);
  unique = mc_id_from_bytes (random);
  temporary = g_strconcat (self->dir, "/evidence/.", unique, NULL);
  evidence->name = clean_name (name);

  if ((fd = g_open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
    {
      set_io_error (error, temporary, errno);
      return NULL;
    }
  copied = copy_stream (input, fd, temporary, evidence, cancellable, error);
  close (fd);

  if (!copied || !put_in_place (self, temporary, evidence->sha256, error) ||
      !note_file (self, evidence, now_us, error))
    {
      g_unlink (temporary);
      return NULL;
    }

  return g_steal_pointer (&evidence);
}

/**
 * mc_journal_attach:
 * @self: a journal
 * @file: an ordinary file, anywhere
 * @name: (nullable): what the official calls it; %NULL = its base name
 * @now_us: the time, for people
 * @cancellable: (nullable): a #GCancellable
 * @error: return location; %MC_STORE_ERROR_INVALID for a folder, an empty or a too large file
 *
 * Copies @file into the store; the source stays.  Blocking.  After an error nothing was added.
 *
 * Returns: (transfer full) (nullable): what a `files` field will say of it
 */
McEvidence *
mc_journal_attach (McJournal     *self,
                   GFile         *file,
                   const char    *name,
                   gint64         now_us,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *shown = g_filename_display_name (name != NULL ? name : base);
  g_autoptr(GFileInputStream) input = NULL;
  g_autoptr(GFileInfo) info = NULL;

  if (!(info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                  G_FILE_QUERY_INFO_NONE, cancellable, error)))
    return NULL;
  /* A pipe or a device could keep the reader waiting for ever. */
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY || g_file_info_get_file_type (info) == G_FILE_TYPE_SPECIAL)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not a file", shown);
      return NULL;
    }
  if (g_file_info_get_size (info) > MC_EVIDENCE_MAX_BYTES)
    {
      fail_too_large (shown, error);
      return NULL;
    }
  if (!(input = g_file_read (file, cancellable, error)))
    return NULL;

  return attach_stream (self, G_INPUT_STREAM (input), shown, now_us, cancellable, error);
}

McEvidence *
mc_journal_attach_bytes (McJournal   *self,
                         GBytes      *bytes,
                         const char  *name,
                         gint64       now_us,
                         GError     **error)
{
  g_autoptr(GInputStream) input = g_memory_input_stream_new_from_bytes (bytes);

  return attach_stream (self, input, name, now_us, NULL, error);
}

char *
mc_journal_get_evidence_path (McJournal   *self,
                              const char  *sha256,
                              GError     **error)
{
  McDigest digest;
  g_autofree char *path = mc_digest_from_hex (&digest, sha256) ? path_of (self, sha256) : NULL;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "The evidence file %s is not on this machine", sha256);
      return NULL;
    }

  return g_steal_pointer (&path);
}

/**
 * mc_evidence_is_whole:
 * @path: a file
 * @sha256: what its bytes should add up to, in hex
 *
 * Reads all of it.  Blocking, any thread.
 */
gboolean
mc_evidence_is_whole (const char *path,
                      const char *sha256)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (COPY_BYTES);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  ssize_t got;

  if (fd < 0)
    return FALSE;
  while ((got = read (fd, buffer, COPY_BYTES)) > 0)
    g_checksum_update (checksum, buffer, got);
  close (fd);

  return got == 0 && g_str_equal (g_checksum_get_string (checksum), sha256);
}

gboolean
mc_journal_check_evidence (McJournal   *self,
                           const char  *sha256,
                           GError     **error)
{
  g_autofree char *path = path_of (self, sha256);
  g_autoptr(McStmt) stmt = NULL;

  if (mc_evidence_is_whole (path, sha256))
    return TRUE;
  g_message ("evidence sha256=%s outcome=damaged", sha256);
  if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET have = 0 WHERE sha256 = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, sha256);

  return mc_stmt_exec (stmt, error);
}

/**
 * mc_journal_add_evidence_file:
 * @self: a journal
 * @sha256: what the file must be
 * @path: a whole file on the same file system, which is moved away
 * @now_us: the time, for people
 * @error: return location; %MC_STORE_ERROR_INVALID if its hash is another, and it stays where it is
 *
 * Puts a downloaded file in its place.
 */
gboolean
mc_journal_add_evidence_file (McJournal   *self,
                              const char  *sha256,
                              const char  *path,
                              gint64       now_us,
                              GError     **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(McEvidence) evidence = mc_journal_attach (self, file, NULL, now_us, NULL, error);

  if (evidence == NULL)
    return FALSE;
  if (!g_str_equal (evidence->sha256, sha256))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "The file that came is not %s", sha256);
      return FALSE;
    }
  g_unlink (path);

  return mc_journal_set_evidence_state (self, sha256, evidence->size, TRUE, error);
}
