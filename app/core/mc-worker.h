#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _McWorker McWorker;

McWorker *mc_worker_new       (const char      *name) G_GNUC_WARN_UNUSED_RESULT;
void      mc_worker_free      (McWorker        *self);
void      mc_worker_queue     (McWorker        *self,
                               GTask           *task,
                               GTaskThreadFunc  func);

/* For what needs no order. */
void      mc_worker_run_apart (GTask           *task,
                               GTaskThreadFunc  func);

/* What the thread of @task made, or why it could not: one of both is NULL, and both are taken. */
void      mc_worker_return    (GTask           *task,
                               gpointer         made,
                               GDestroyNotify   free_made,
                               GError          *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McWorker, mc_worker_free)

G_END_DECLS
