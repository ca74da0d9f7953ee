/* mc-unsaved.c: edits that could not be written, tried again until they are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One at a time.  No two say anything of the same field, so that any may go first: one that fails again keeps nobody up.
 */

#include "mc-unsaved.h"

#include "core/mc-error.h"

#define AGAIN_S 5

typedef struct
{
  McEdit *edit;   /* (owned) */
  char *label;    /* (owned) (nullable) */
} Waiting;

struct _McUnsaved
{
  GQueue queue;          /* (element-type Waiting) the next one first */
  guint source;
  gboolean is_trying;    /* the first */
  McUnsavedFunc func;
  gpointer user_data;
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  mc_edit_free (waiting->edit);
  g_free (waiting->label);
  g_free (waiting);
}

McUnsaved *
mc_unsaved_new (McUnsavedFunc func,
                gpointer      user_data)
{
  McUnsaved *self = g_new0 (McUnsaved, 1);

  g_queue_init (&self->queue);
  self->func = func;
  self->user_data = user_data;

  return self;
}

void
mc_unsaved_free (McUnsaved *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_queue_clear_full (&self->queue, waiting_free);
  g_free (self);
}

gboolean
mc_unsaved_is_passing (const GError *error)
{
  return g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE) ||
         g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY) ||
         g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY) ||
         g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED);
}

gboolean
mc_unsaved_is_empty (McUnsaved *self)
{
  return g_queue_is_empty (&self->queue);
}

gboolean
mc_unsaved_says (McUnsaved  *self,
                 const char *record,
                 const char *field)
{
  for (GList *at = self->queue.head; at != NULL; at = at->next)
    if (mc_edit_says (((Waiting *) at->data)->edit, record, field))
      return TRUE;

  return FALSE;
}

static gboolean
again_cb (gpointer user_data)
{
  McUnsaved *self = user_data;

  self->source = 0;
  mc_unsaved_try (self);

  return G_SOURCE_REMOVE;
}

static void
wait (McUnsaved *self)
{
  if (self->source == 0 && !self->is_trying)
    self->source = g_timeout_add_seconds (AGAIN_S, again_cb, self);
}

void
mc_unsaved_add (McUnsaved  *self,
                McEdit     *edit,
                const char *label)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  /* The one that is being tried is not ours at the moment: see mc_unsaved_tried(). */
  for (GList *at = self->is_trying ? self->queue.head->next : self->queue.head; at != NULL; at = at->next)
    mc_edit_give_way (((Waiting *) at->data)->edit, edit);
  waiting->edit = edit;
  waiting->label = g_strdup (label);
  g_queue_push_tail (&self->queue, waiting);
  wait (self);
}

void
mc_unsaved_try (McUnsaved *self)
{
  Waiting *first = g_queue_peek_head (&self->queue);

  if (first == NULL || self->is_trying)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  self->is_trying = TRUE;
  self->func (mc_edit_ref (first->edit), first->label, self->user_data);
}

void
mc_unsaved_tried (McUnsaved *self,
                  gboolean   is_done)
{
  Waiting *tried = g_queue_pop_head (&self->queue);

  self->is_trying = FALSE;
  if (!is_done)
    {
      for (GList *at = self->queue.head; at != NULL; at = at->next)
        mc_edit_give_way (tried->edit, ((Waiting *) at->data)->edit);
      g_queue_push_tail (&self->queue, tried);
      wait (self);
      return;
    }
  waiting_free (tried);
  mc_unsaved_try (self);
}
