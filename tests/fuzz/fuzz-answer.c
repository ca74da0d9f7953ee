/* fuzz-answer.c: a hub's answer to a device
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says if the rest is the answer as it is, or a list of frames (kind, two bytes of length, payload)
 * behind a right HUB-HELLO: what a hub that has gone wrong, or was taken over, could send, over the network, as an answer
 * on a stick, or as a snapshot on one.
 */

#include <string.h>

#include "client/mc-stick.h"
#include "core/mc-error.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-buffer.h"
#include "wire/mc-bundle.h"
#include "wire/mc-message.h"
#include "wire/mc-sync-error.h"

#define RAW_CHANGES 'c'    /* a page of these changes, one a line, each its own group, with a right head */

typedef struct
{
  McTransport parent;
  const guint8 *data;
  gsize size;
} Transport;

static McJournal *journal;
static McAccount *account;
static McSigningKey hub_key;
static char *template, *own_change;

static void
open_journal (const char *dir)
{
  static McPack *pack = NULL;
  McJournalConfig config = { 0 };
  g_autoptr(GError) error = NULL;

  if (pack == NULL)
    pack = mc_pack_get_builtin (NULL, NULL);
  mc_account_fill_config (account, pack, &config);
  config.dir = dir;
  config.machine = "";
  journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
}

static void
make_account (void)
{
  static const char * const read[] = { FUZZ_LOG, NULL };
  guint8 hub_seed[MC_KEY_BYTES] = { FUZZ_HUB_SEED }, seed[MC_KEY_BYTES] = { FUZZ_DEVICE_SEED };

  account = g_new0 (McAccount, 1);
  account->device = g_strdup (FUZZ_DEVICE);
  account->log = g_strdup (FUZZ_LOG);
  account->role = g_strdup ("commune");
  account->by = g_strdup ("Hà");
  account->address = g_strdup ("https://hub.invalid");
  account->read = g_strdupv ((char **) read);
  mc_signing_key_from_seed (&account->key, seed);
  mc_signing_key_from_seed (&hub_key, hub_seed);
  memcpy (account->hub.key, hub_key.public_key, MC_KEY_BYTES);
}

/* A store with one change that waits, the same for every input. */
static void
begin (void)
{
  g_autoptr(GError) error = NULL;

  if (template == NULL)
    {
      g_autoptr(McEdit) edit = mc_edit_new ();
      g_autoptr(McRecord) record = NULL;

      template = fuzz_new_folder ();
      make_account ();
      account->dir = fuzz_new_folder ();
      open_journal (template);
      record = mc_journal_get_or_new (journal, FUZZ_RECORD, "certified-copy", NULL, &error);
      mc_edit_set (edit, record, "number", json_node_init_int (json_node_alloc (), 7));
      g_assert_true (mc_journal_save (journal, edit, FUZZ_NOW_US, &own_change, &error));
      g_assert_no_error (error);
      mc_journal_close (journal);
    }
  fuzz_copy_folder (template, account->dir);
  open_journal (account->dir);
}

static gboolean
has_own_change (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) history = mc_journal_get_history (journal, FUZZ_RECORD, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < history->len; i++)
    if (g_str_equal (mc_change_get_id (((McHistoryEntry *) history->pdata[i])->change), own_change))
      return TRUE;

  return FALSE;
}

/* Signs the nonce that was asked with. */
static void
put_hello (McFrameWriter *writer,
           McHello       *asked)
{
  McHubHello hello = { .time_us = FUZZ_NOW_US };
  g_autoptr(GBytes) message = mc_message_hub_hello (hello.hub_id, hello.epoch, hello.time_us, asked->nonce, FUZZ_DEVICE);

  mc_sign (&hub_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_HELLO, mc_encode_hub_hello (&hello));
}

static void
put_page (McFrameWriter *writer,
          const char    *payload,
          McCursor      *cursor)
{
  g_auto(GStrv) lines = g_strsplit (payload, "\n", 64);
  McLogFrame page = { .log = (char *) FUZZ_LOG };
  g_autoptr(GBytes) message = NULL, packed = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];

  page.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (lines[i], strlen (lines[i]));
      McChange *change = mc_change_parse (bytes, NULL);
      McLogRow *row;

      if (change == NULL)
        continue;
      row = g_new0 (McLogRow, 1);
      row->seq = ++cursor->seq;
      row->group = g_new0 (McGroup, 1);
      row->group->device = g_strdup (FUZZ_INCARNATION);
      row->group->incarnation = g_strdup (FUZZ_DEVICE);
      row->group->n = cursor->seq;
      row->group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
      g_ptr_array_add (row->group->changes, change);
      g_ptr_array_add (page.rows, row);
      mc_chain_step_log (&cursor->chain, row->group->device, row->group->incarnation, row->group->n, bytes);
    }
  page.head.seq = cursor->seq;
  page.head.chain = cursor->chain;
  message = mc_message_log_head (account->hub.id, page.head.epoch, FUZZ_LOG, page.head.seq, &page.head.chain);
  mc_sign (&hub_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  page.head.signature = g_bytes_new (signature, sizeof signature);
  packed = mc_encode_log (NULL, &page);
  mc_frame_writer_add (writer, MC_FRAME_HUB_LOG, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  g_ptr_array_unref (page.rows);
  g_bytes_unref (page.head.signature);
}

/* The frames of the input and the end, behind a HELLO if one was @asked for. */
static void
put_frames (McFrameWriter *writer,
            Transport     *self,
            McHello       *asked)
{
  McCursor cursor;
  McReader reader;

  g_assert_true (mc_journal_get_cursor (journal, FUZZ_LOG, &cursor, NULL));
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  if (asked != NULL)
    put_hello (writer, asked);
  mc_reader_init (&reader, self->data + 1, self->size - 1);
  while (reader.left > 3)
    {
      guint8 kind = mc_get_u8 (&reader);
      gsize said = mc_get_u16 (&reader), length = MIN (said, reader.left);
      g_autoptr(GBytes) payload = mc_get_bytes (&reader, length);

      if (kind == RAW_CHANGES)
        {
          g_autofree char *text = fuzz_text (payload);

          put_page (writer, text, &cursor);
        }
      else if (kind != MC_FRAME_END && kind != MC_FRAME_HUB_END)
        mc_frame_writer_add (writer, kind, g_bytes_get_data (payload, NULL), length);
    }
  mc_frame_writer_end (writer, MC_FRAME_HUB_END, 0);
}

static GBytes *
post (McTransport   *transport,
      GBytes        *request,
      GCancellable  *cancellable,
      GError       **error)
{
  Transport *self = (Transport *) transport;
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GBytes) payload = NULL;
  McHello asked = { 0 };
  guint8 kind;

  if (self->size == 0 || self->data[0] % 4 == 0)
    return g_bytes_new (self->data, self->size);

  mc_frame_reader_push (reader, g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  g_assert_true (mc_frame_reader_next (reader, &kind, &payload, NULL) && mc_decode_hello (payload, &asked, NULL));
  put_frames (writer, self, &asked);
  mc_hello_clear (&asked);
  /* The next turn has nothing more to say. */
  self->size = 1;

  return mc_frame_writer_take (writer);
}

/* A bundle for this device with the same frames in it. */
static gboolean
read_stick (Transport     *transport,
            McBundleKind   kind,
            McSyncReport  *report,
            GError       **error)
{
  g_autofree char *path = g_build_filename (account->dir, "stick", NULL);
  McHello hello = { .protocol = MC_PROTOCOL_VERSION, .device = account->device,
                    .incarnation = (char *) mc_journal_get_incarnation (journal), .program = (char *) "fuzz" };
  g_autoptr(GBytes) message = mc_message_hello (&account->hub, hello.device, hello.incarnation, hello.nonce), sealed = NULL, frames = NULL;
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(McBundleSealer) sealer = mc_bundle_sealer_new (kind, account->hub.id, account->key.public_key, 1);

  mc_sign (&account->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
  mc_frame_writer_add_array (writer, MC_FRAME_HELLO, mc_encode_hello (&hello));
  put_frames (writer, transport, kind == MC_BUNDLE_REPLY ? &hello : NULL);
  frames = mc_frame_writer_take (writer);
  mc_bundle_sealer_add (sealer, g_bytes_get_data (frames, NULL), g_bytes_get_size (frames));
  mc_bundle_sealer_end (sealer);
  sealed = mc_bundle_sealer_take (sealer);
  g_assert_true (g_file_set_contents_full (path, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed),
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  return kind == MC_BUNDLE_REPLY ? mc_stick_read (journal, account, path, report, NULL, NULL, NULL, error)
                                 : mc_stick_read_snapshot (journal, account, path, report, NULL, NULL, NULL, error);
}

/* As the window does: every list, every record in it, and a search. */
static void
read_everything (void)
{
  McQuery all = { .log = "*", .with_deleted = TRUE }, found = { .log = "*", .search = "bang" };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (journal, &all, &error), hits = NULL;
  g_autoptr(GPtrArray) records = NULL;

  g_assert_no_error (error);
  records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(McRecord) whole = mc_journal_get (journal, mc_record_get_id (records->pdata[i]), &error);

      g_assert_no_error (error);
    }
  hits = mc_journal_query (journal, &found, &error);
  g_assert_no_error (error);
}

/* Whatever a hub answers, the device's own work stays, and its store is whole. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  Transport transport = { .parent.post = post, .data = copy, .size = size };
  McSyncReport report;
  McJournalSummary summary;
  g_autoptr(GError) error = NULL;
  gboolean done;

  fuzz_begin ();
  begin ();
  if (size > 0 && data[0] % 4 > 1)
    done = read_stick (&transport, data[0] % 4 == 2 ? MC_BUNDLE_REPLY : MC_BUNDLE_SNAPSHOT, &report, &error);
  else
    done = mc_session_run_over (journal, account, &transport.parent, &report, NULL, NULL, NULL, &error);
  fuzz_check_error (done, error, 0);
  if (error != NULL)
    g_assert_true (error->domain == MC_SYNC_ERROR || error->domain == MC_STORE_ERROR);
  g_clear_error (&error);
  g_assert_true (has_own_change ());
  read_everything ();
  g_assert_true (mc_journal_get_summary (journal, &summary, &error));
  g_assert_no_error (error);
  g_clear_pointer (&journal, mc_journal_close);

  return 0;
}
