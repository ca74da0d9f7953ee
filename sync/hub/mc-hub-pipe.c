/* mc-hub-pipe.c: an accepted connection as libsoup's server may hold it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-pipe.h"

#include <gio/gnetworking.h>

struct _McHubPipe
{
  GIOStream parent_instance;

  GIOStream *base;          /* (owned) */
  GInputStream *input;      /* (owned) */
  GOutputStream *output;    /* (owned) */
  GSocket *socket;          /* (owned) (nullable) holds what is written until the next read */
  gboolean is_held;
  guint64 moved;
  gboolean resting;
  guint ended_source;
};

typedef struct
{
  GInputStream parent_instance;

  GPollableInputStream *base;   /* (owned) */
  McHubPipe *stream;          /* (nullable) owns this */
  gboolean ended;
} HubInput;

typedef GInputStreamClass HubInputClass;

typedef struct
{
  GOutputStream parent_instance;

  GPollableOutputStream *base;  /* (owned) */
  McHubPipe *stream;          /* (nullable) owns this */
} HubOutput;

typedef GOutputStreamClass HubOutputClass;

enum
{
  SIGNAL_ENDED,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void hub_input_pollable_init (GPollableInputStreamInterface *iface);
static void hub_output_pollable_init (GPollableOutputStreamInterface *iface);
static GType hub_input_get_type (void);
static GType hub_output_get_type (void);

G_DEFINE_TYPE_WITH_CODE (HubInput, hub_input, G_TYPE_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, hub_input_pollable_init))
G_DEFINE_TYPE_WITH_CODE (HubOutput, hub_output, G_TYPE_OUTPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, hub_output_pollable_init))
G_DEFINE_FINAL_TYPE (McHubPipe, mc_hub_pipe, G_TYPE_IO_STREAM)

/* The kernel keeps what fills no packet until it is let go, and in no case longer than a fifth of a second. */
static void
hold (McHubPipe *self,
      gboolean   is_held)
{
  if (self == NULL || self->socket == NULL || self->is_held == is_held)
    return;
  self->is_held = is_held;
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_CORK, is_held, NULL);
}

/* reading */

static gboolean
ended_cb (gpointer user_data)
{
  McHubPipe *self = user_data;

  self->ended_source = 0;
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);

  return G_SOURCE_REMOVE;
}

static gssize
hub_input_read_nonblocking (GPollableInputStream  *pollable,
                            void                  *buffer,
                            gsize                  count,
                            GError               **error)
{
  HubInput *self = (HubInput *) pollable;
  g_autoptr(GError) local_error = NULL;
  gssize got;

  hold (self->stream, FALSE);
  got = self->ended ? 0 : g_pollable_input_stream_read_nonblocking (self->base, buffer, count, NULL, &local_error);
  if (got > 0 && self->stream != NULL)
    self->stream->moved += got;
  if (got <= 0 && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) &&
      self->stream != NULL && self->stream->resting)
    {
      if (!self->ended)
        self->stream->ended_source = g_idle_add (ended_cb, self->stream);
      self->ended = TRUE;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The client has gone");
      return -1;
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return got;
}

static gssize
hub_input_read (GInputStream  *stream,
                void          *buffer,
                gsize          count,
                GCancellable  *cancellable,
                GError       **error)
{
  HubInput *self = (HubInput *) stream;

  hold (self->stream, FALSE);

  return g_input_stream_read (G_INPUT_STREAM (self->base), buffer, count, cancellable, error);
}

static gboolean
hub_input_is_readable (GPollableInputStream *pollable)
{
  HubInput *self = (HubInput *) pollable;

  return !self->ended && g_pollable_input_stream_is_readable (self->base);
}

static GSource *
hub_input_create_source (GPollableInputStream *pollable,
                         GCancellable         *cancellable)
{
  HubInput *self = (HubInput *) pollable;
  g_autoptr(GSource) child = NULL;

  hold (self->stream, FALSE);
  /* Once it has ended the source never fires: the owner takes the connection away. */
  if (!self->ended)
    child = g_pollable_input_stream_create_source (self->base, cancellable);

  return g_pollable_source_new_full (pollable, child, cancellable);
}

static void
hub_input_finalize (GObject *object)
{
  g_object_unref (((HubInput *) object)->base);

  G_OBJECT_CLASS (hub_input_parent_class)->finalize (object);
}

static void
hub_input_class_init (HubInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hub_input_finalize;
  klass->read_fn = hub_input_read;
}

static void
hub_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = hub_input_is_readable;
  iface->create_source = hub_input_create_source;
  iface->read_nonblocking = hub_input_read_nonblocking;
}

static void
hub_input_init (HubInput *self)
{
}

/* writing */

static gssize
hub_output_write_nonblocking (GPollableOutputStream  *pollable,
                              const void             *buffer,
                              gsize                   count,
                              GError                **error)
{
  HubOutput *self = (HubOutput *) pollable;
  gssize sent;

  hold (self->stream, TRUE);
  sent = g_pollable_output_stream_write_nonblocking (self->base, buffer, count, NULL, error);
  if (sent > 0 && self->stream != NULL)
    self->stream->moved += sent;

  return sent;
}

static gssize
hub_output_write (GOutputStream  *stream,
                  const void     *buffer,
                  gsize           count,
                  GCancellable   *cancellable,
                  GError        **error)
{
  HubOutput *self = (HubOutput *) stream;

  hold (self->stream, TRUE);

  return g_output_stream_write (G_OUTPUT_STREAM (self->base), buffer, count, cancellable, error);
}

static gboolean
hub_output_is_writable (GPollableOutputStream *pollable)
{
  return g_pollable_output_stream_is_writable (((HubOutput *) pollable)->base);
}

static GSource *
hub_output_create_source (GPollableOutputStream *pollable,
                          GCancellable          *cancellable)
{
  HubOutput *self = (HubOutput *) pollable;
  g_autoptr(GSource) child = g_pollable_output_stream_create_source (self->base, cancellable);

  return g_pollable_source_new_full (pollable, child, cancellable);
}

static void
hub_output_finalize (GObject *object)
{
  g_object_unref (((HubOutput *) object)->base);

  G_OBJECT_CLASS (hub_output_parent_class)->finalize (object);
}

static void
hub_output_class_init (HubOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hub_output_finalize;
  klass->write_fn = hub_output_write;
}

static void
hub_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = hub_output_is_writable;
  iface->create_source = hub_output_create_source;
  iface->write_nonblocking = hub_output_write_nonblocking;
}

static void
hub_output_init (HubOutput *self)
{
}

/* both */

static GInputStream *
mc_hub_pipe_get_input_stream (GIOStream *stream)
{
  return MC_HUB_PIPE (stream)->input;
}

static GOutputStream *
mc_hub_pipe_get_output_stream (GIOStream *stream)
{
  return MC_HUB_PIPE (stream)->output;
}

/* Never waits: saying goodbye to a client that does not listen is the owner's business. */
static gboolean
mc_hub_pipe_close (GIOStream     *stream,
                     GCancellable  *cancellable,
                     GError       **error)
{
  MC_HUB_PIPE (stream)->resting = FALSE;
  g_signal_emit (stream, signals[SIGNAL_CLOSED], 0);

  return TRUE;
}

static void
mc_hub_pipe_dispose (GObject *object)
{
  McHubPipe *self = MC_HUB_PIPE (object);

  g_clear_handle_id (&self->ended_source, g_source_remove);
  if (self->input != NULL)
    ((HubInput *) self->input)->stream = NULL;
  if (self->output != NULL)
    ((HubOutput *) self->output)->stream = NULL;

  G_OBJECT_CLASS (mc_hub_pipe_parent_class)->dispose (object);
}

static void
mc_hub_pipe_finalize (GObject *object)
{
  McHubPipe *self = MC_HUB_PIPE (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->base);
  g_clear_object (&self->socket);

  G_OBJECT_CLASS (mc_hub_pipe_parent_class)->finalize (object);
}

static void
mc_hub_pipe_class_init (McHubPipeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->dispose = mc_hub_pipe_dispose;
  object_class->finalize = mc_hub_pipe_finalize;
  stream_class->get_input_stream = mc_hub_pipe_get_input_stream;
  stream_class->get_output_stream = mc_hub_pipe_get_output_stream;
  stream_class->close_fn = mc_hub_pipe_close;

  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
mc_hub_pipe_init (McHubPipe *self)
{
}

/**
 * mc_hub_pipe_new:
 * @base: a connection whose two streams are pollable
 *
 * Returns: (transfer full): a stream over @base, which it does not close
 */
McHubPipe *
mc_hub_pipe_new (GIOStream *base)
{
  McHubPipe *self = g_object_new (MC_TYPE_HUB_PIPE, NULL);
  HubInput *input = g_object_new (hub_input_get_type (), NULL);
  HubOutput *output = g_object_new (hub_output_get_type (), NULL);

  self->base = g_object_ref (base);
  input->base = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  input->stream = self;
  self->input = G_INPUT_STREAM (input);
  output->base = g_object_ref (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (base)));
  output->stream = self;
  self->output = G_OUTPUT_STREAM (output);

  return self;
}

void
mc_hub_pipe_pack (McHubPipe *self,
                  GSocket   *socket)
{
  g_set_object (&self->socket, socket);
}

void
mc_hub_pipe_set_resting (McHubPipe *self,
                           gboolean     resting)
{
  self->resting = resting;
}

guint64
mc_hub_pipe_get_moved (McHubPipe *self)
{
  return self->moved;
}
