/* mc-context.c: what every page of a window works with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-context-private.h"

#include <glib/gi18n.h>

#include "client/mc-account.h"
#include "core/mc-id.h"
#include "core/mc-text.h"
#include "mc-error-text.h"
#include "mc-unsaved.h"

#define DRAFT_DELAY_MS 400
#define MAX_UNDO 100

typedef struct
{
  char *change_id;   /* (owned) */
  char *label;       /* (owned) */
} Undo;

typedef struct
{
  McRecord *shown;   /* (owned) */
  char *field;       /* (owned) */
  JsonNode *value;   /* (owned) */
} Draft;

struct _McContext
{
  GObject parent_instance;

  McStore *store;        /* (owned) */
  McSync *sync;          /* (owned) (nullable) */
  char *unit_name;       /* (owned) */
  JsonNode *units;       /* (owned) (nullable) */
  char *role;            /* (owned) */
  char *person;          /* (owned) */
  GQueue undo;           /* (element-type Undo) newest first */
  GHashTable *begun;     /* (owned) (element-type utf8) records whose first save is on its way, or was */
  GHashTable *drafts;    /* (owned) "record field" → Draft, typed and not handed to the store yet */
  guint draft_source;
  GQueue attaching;      /* (not owned) each has a reference to the context */
  guint n_saving;
  McUnsaved *unsaved;    /* (owned) */
  GError *save_error;    /* (owned) (nullable) */
};

enum
{
  SIGNAL_TOAST,
  SIGNAL_TOAST_SETTLED,
  SIGNAL_SHOW_RECORD,
  SIGNAL_SAVING_CHANGED,
  SIGNAL_PREVIEW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McContext, mc_context, G_TYPE_OBJECT)

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_free (undo->change_id);
  g_free (undo->label);
  g_free (undo);
}

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_object_unref (draft->shown);
  g_free (draft->field);
  json_node_unref (draft->value);
  g_free (draft);
}

static void
mc_context_dispose (GObject *object)
{
  McContext *self = MC_CONTEXT (object);

  g_clear_handle_id (&self->draft_source, g_source_remove);
  g_clear_object (&self->sync);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (mc_context_parent_class)->dispose (object);
}

static void
mc_context_finalize (GObject *object)
{
  McContext *self = MC_CONTEXT (object);

  g_queue_clear_full (&self->undo, undo_free);
  g_hash_table_unref (self->drafts);
  g_hash_table_unref (self->begun);
  mc_unsaved_free (self->unsaved);
  g_clear_error (&self->save_error);
  g_free (self->unit_name);
  g_clear_pointer (&self->units, json_node_unref);
  g_free (self->role);
  g_free (self->person);

  G_OBJECT_CLASS (mc_context_parent_class)->finalize (object);
}

static void
mc_context_class_init (McContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mc_context_dispose;
  object_class->finalize = mc_context_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_INT, G_TYPE_POINTER);
  signals[SIGNAL_TOAST_SETTLED] = g_signal_new ("toast-settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SHOW_RECORD] = g_signal_new ("show-record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_PREVIEW] = g_signal_new ("preview", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SAVING_CHANGED] = g_signal_new ("saving-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 0);
}

static void save_again_cb (McEdit     *edit,
                           const char *label,
                           gpointer    user_data);

static void
mc_context_init (McContext *self)
{
  self->unsaved = mc_unsaved_new (save_again_cb, self);
  g_queue_init (&self->undo);
  g_queue_init (&self->attaching);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, draft_free);
  self->begun = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
sync_changed_cb (McContext *self)
{
  static const char * const many[] = { NULL };

  mc_store_note_changes (self->store, many);
}

McContext *
mc_context_new (McStore    *store,
                McSync     *sync,
                const char *unit_name,
                const char *role,
                const char *person)
{
  McContext *self = g_object_new (MC_TYPE_CONTEXT, NULL);

  self->store = g_object_ref (store);
  self->unit_name = g_strdup (unit_name);
  self->role = g_strdup (role);
  self->person = g_strdup (person);
  if (sync != NULL)
    {
      self->sync = g_object_ref (sync);
      g_signal_connect_object (sync, "changed", G_CALLBACK (sync_changed_cb), self, G_CONNECT_SWAPPED);
    }

  return self;
}

void
mc_context_set_units (McContext *self,
                      JsonNode  *units)
{
  g_clear_pointer (&self->units, json_node_unref);
  self->units = units != NULL ? json_node_copy (units) : NULL;
}

const char *
mc_context_name_log (McContext  *self,
                     const char *log)
{
  return mc_account_name_unit (self->units, log);
}

gboolean
mc_context_is_others (McContext *self,
                      McRecord  *record)
{
  return !g_str_equal (mc_record_get_log (record), mc_context_get_log (self));
}

McStore *
mc_context_get_store (McContext *self)
{
  return self->store;
}

McSync *
mc_context_get_sync (McContext *self)
{
  return self->sync;
}

McPack *
mc_context_get_pack (McContext *self)
{
  return mc_store_get_pack (self->store);
}

const char *
mc_context_get_log (McContext *self)
{
  return mc_store_get_log (self->store);
}

const char *
mc_context_get_unit_name (McContext *self)
{
  return self->unit_name;
}

gboolean
mc_context_is_commune (McContext *self)
{
  return g_str_equal (self->role, "commune");
}

const char *
mc_context_get_person (McContext *self)
{
  return self->person;
}

int
mc_context_get_year (McContext *self)
{
  return mc_pack_get_year (mc_context_get_pack (self));
}

gint64
mc_context_now_us (McContext *self)
{
  return g_get_real_time ();
}

char *
mc_context_today (McContext *self)
{
  return mc_text_format_moment (mc_context_now_us (self), "%Y-%m-%d");
}

char *
mc_context_id_of_key (McContext          *self,
                      const char         *type,
                      const char * const *key)
{
  return mc_id_new_from_key (mc_context_get_log (self), type, mc_pack_get_id (mc_context_get_pack (self)), key);
}

/* Once for each record: what is proposed a second time, before the first save is seen, would take the place of what was typed
 * meanwhile.  Undoing the first save of what has a natural key only empties it, its key as well. */
gboolean
mc_context_wants_key (McContext *self,
                      McRecord  *record)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (self), mc_record_get_type_id (record));

  if (!mc_record_exists (record))
    return g_hash_table_add (self->begun, g_strdup (mc_record_get_id (record)));
  for (gsize i = 0; type != NULL && type->natural_key && type->key != NULL && type->key[i] != NULL; i++)
    if (mc_record_is_blank (record, type->key[i]))
      return TRUE;

  return FALSE;
}

McRecord *
mc_context_new_record (McContext  *self,
                       const char *type,
                       const char *parent)
{
  g_autofree char *id = mc_id_new (mc_context_now_us (self));

  return mc_record_new_empty (id, mc_context_get_log (self), type, mc_pack_get_id (mc_context_get_pack (self)), parent);
}

/* saving */

GQueue *
mc_context_get_attaching (McContext *self)
{
  return &self->attaching;
}

void
mc_context_begin_saving (McContext *self)
{
  if (self->n_saving++ == 0)
    g_signal_emit (self, signals[SIGNAL_SAVING_CHANGED], 0);
}

void
mc_context_end_saving (McContext *self,
                       GError    *error)
{
  if (error == NULL && self->save_error != NULL && mc_unsaved_is_empty (self->unsaved))
    mc_context_settle_toast (self, self);
  if (error != NULL || mc_unsaved_is_empty (self->unsaved))
    g_clear_error (&self->save_error);
  if (error != NULL)
    {
      g_autofree char *text = mc_error_text (error);

      self->save_error = g_error_copy (error);
      /* What passes is not said any more once it has passed. */
      g_signal_emit (self, signals[SIGNAL_TOAST], 0, text, MC_TOAST_ERROR, mc_unsaved_is_passing (error) ? self : NULL);
    }
  self->n_saving--;
  g_signal_emit (self, signals[SIGNAL_SAVING_CHANGED], 0);
}

typedef struct
{
  McContext *self;      /* (owned) */
  McEdit *edit;         /* (owned) (nullable) */
  char *label;          /* (owned) (nullable) */
  gboolean is_again;
} Saving;

static Saving *
saving_new (McContext  *self,
            const char *label)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->self = g_object_ref (self);
  saving->label = g_strdup (label);

  return saving;
}

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->self);
  g_clear_pointer (&saving->edit, mc_edit_free);
  g_free (saving->label);
  g_free (saving);
}

/* Keeps what may go through later; TRUE if it has been told that it did not. */
static gboolean
keep_unsaved (Saving       *saving,
              const GError *error)
{
  McContext *self = saving->self;
  gboolean is_kept = error != NULL && mc_unsaved_is_passing (error);

  if (!saving->is_again)
    {
      if (is_kept)
        mc_unsaved_add (self->unsaved, mc_edit_ref (saving->edit), saving->label);
      return FALSE;
    }
  mc_unsaved_tried (self->unsaved, !is_kept);
  if (error == NULL && mc_unsaved_is_empty (self->unsaved))
    mc_context_toast (self, _("What could not be saved before is saved now."));

  return is_kept;
}

static void
save_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Saving *saving = user_data;
  McContext *self = saving->self;
  g_autofree char *change = NULL;
  g_autoptr(GError) error = NULL;

  if (mc_store_save_finish (MC_STORE (source), result, &change, &error) && change != NULL)
    {
      if (saving->label != NULL)
        {
          Undo *undo = g_new0 (Undo, 1);

          undo->change_id = g_steal_pointer (&change);
          undo->label = g_strdup (saving->label);
          g_queue_push_head (&self->undo, undo);
          if (g_queue_get_length (&self->undo) > MAX_UNDO)
            undo_free (g_queue_pop_tail (&self->undo));
        }
      if (self->sync != NULL)
        mc_sync_note_change (self->sync);
    }
  /* What was not begun after all begins anew. */
  if (error != NULL && !mc_unsaved_is_passing (error))
    g_hash_table_remove_all (self->begun);
  mc_context_end_saving (self, keep_unsaved (saving, error) ? NULL : error);
  saving_free (saving);
}

static void
save_edit (McContext  *self,
           McEdit     *edit,
           const char *label,
           gboolean    is_again)
{
  Saving *saving = saving_new (self, label);

  saving->edit = mc_edit_ref (edit);
  saving->is_again = is_again;
  mc_context_begin_saving (self);
  mc_store_save_async (self->store, edit, mc_context_now_us (self), NULL, save_cb, saving);
}

static void
save_again_cb (McEdit     *edit,
               const char *label,
               gpointer    user_data)
{
  save_edit (user_data, edit, label, TRUE);
}

void
mc_context_save (McContext  *self,
                 McEdit     *edit,
                 const char *label)
{
  g_return_if_fail (MC_IS_CONTEXT (self));

  if (mc_edit_is_empty (edit))
    {
      mc_edit_free (edit);
      return;
    }

  mc_context_flush_drafts (self);
  if (mc_unsaved_is_empty (self->unsaved))
    {
      save_edit (self, edit, label, FALSE);
      return;
    }
  mc_unsaved_add (self->unsaved, edit, label);
}

gboolean
mc_context_has_unsaved (McContext *self)
{
  return !mc_unsaved_is_empty (self->unsaved);
}

gboolean
mc_context_is_unsaved (McContext  *self,
                       McRecord   *record,
                       const char *field)
{
  return mc_unsaved_says (self->unsaved, mc_record_get_id (record), field);
}

void
mc_context_save_again (McContext *self)
{
  mc_unsaved_try (self->unsaved);
}

static void
draft_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(McContext) self = user_data;
  g_autoptr(GError) error = NULL;

  (void) !mc_store_set_draft_finish (MC_STORE (source), result, &error);
  mc_context_end_saving (self, error);
}

void
mc_context_flush_drafts (McContext *self)
{
  GHashTableIter iter;
  Draft *draft;

  g_clear_handle_id (&self->draft_source, g_source_remove);
  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &draft))
    {
      mc_context_begin_saving (self);
      mc_store_set_draft_async (self->store, draft->shown, draft->field, json_node_ref (draft->value), mc_context_now_us (self),
                                NULL, draft_cb, g_object_ref (self));
    }
  g_hash_table_remove_all (self->drafts);
}

static gboolean
draft_timeout_cb (gpointer user_data)
{
  McContext *self = user_data;

  self->draft_source = 0;
  mc_context_flush_drafts (self);

  return G_SOURCE_REMOVE;
}

void
mc_context_draft (McContext  *self,
                  McRecord   *shown,
                  const char *field,
                  JsonNode   *value)
{
  Draft *draft = g_new0 (Draft, 1);

  draft->shown = g_object_ref (shown);
  draft->field = g_strdup (field);
  draft->value = value;
  g_hash_table_replace (self->drafts, g_strdup_printf ("%s %s", mc_record_get_id (shown), field), draft);
  /* Not put off by the next key: who types without a pause is on disk as often. */
  if (self->draft_source == 0)
    self->draft_source = g_timeout_add (DRAFT_DELAY_MS, draft_timeout_cb, self);
}

gboolean
mc_context_get_saving (McContext *self)
{
  return self->n_saving > 0 || self->draft_source != 0;
}

const GError *
mc_context_get_save_error (McContext *self)
{
  return self->save_error;
}

/* undo */

static void
revert_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Saving *saving = user_data;
  g_autofree char *text = g_strdup_printf (_("Undone: %s"), saving->label);
  g_autoptr(GError) error = NULL;

  if (mc_store_revert_finish (MC_STORE (source), result, NULL, &error))
    mc_context_toast (saving->self, text);
  g_hash_table_remove_all (saving->self->begun);
  mc_context_end_saving (saving->self, error);
  saving_free (saving);
}

void
mc_context_undo (McContext *self)
{
  Undo *undo = g_queue_pop_head (&self->undo);

  if (undo == NULL)
    return;

  mc_context_begin_saving (self);
  mc_store_revert_async (self->store, undo->change_id, mc_context_now_us (self), NULL, revert_cb, saving_new (self, undo->label));
  undo_free (undo);
}

const char *
mc_context_get_undo_label (McContext *self)
{
  Undo *undo = g_queue_peek_head (&self->undo);

  return undo != NULL ? undo->label : NULL;
}

/* what concerns the window */

void
mc_context_toast (McContext  *self,
                  const char *text)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, text, MC_TOAST_DONE, NULL);
}

void
mc_context_toast_typed (McContext  *self,
                        gpointer    about,
                        const char *text)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, text, MC_TOAST_TYPED, about);
}

void
mc_context_settle_toast (McContext *self,
                         gpointer   about)
{
  g_signal_emit (self, signals[SIGNAL_TOAST_SETTLED], 0, about);
}

void
mc_context_toast_refused (McContext  *self,
                          const char *text)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, text, MC_TOAST_ERROR, NULL);
}

void
mc_context_toast_error (McContext    *self,
                        const GError *error)
{
  g_autofree char *text = mc_error_text (error);

  mc_context_toast_refused (self, text);
}

void
mc_context_show_record (McContext  *self,
                        const char *record,
                        const char *type)
{
  g_signal_emit (self, signals[SIGNAL_SHOW_RECORD], 0, record, type);
}

void
mc_context_preview (McContext  *self,
                    McEvidence *evidence)
{
  g_signal_emit (self, signals[SIGNAL_PREVIEW], 0, evidence->sha256, evidence->name, evidence->mime);
}
