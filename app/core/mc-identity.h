/* mc-identity.h: what a store folder knows about itself outside its database
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A copied, restored or cloned database shows by disagreeing with these files (sync protocol, section 2).
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _McIdentity McIdentity;

McIdentity *mc_identity_open            (const char  *dir,
                                         GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        mc_identity_close           (McIdentity  *self);

gboolean    mc_identity_ended_badly     (McIdentity  *self);
const char *mc_identity_get_home        (McIdentity  *self);  /* (nullable) */
const char *mc_identity_get_machine     (McIdentity  *self);  /* (nullable) */
guint64     mc_identity_get_high_water  (McIdentity  *self);
gboolean    mc_identity_renew           (McIdentity  *self,
                                         const char  *home,
                                         const char  *machine,
                                         GError     **error);
void        mc_identity_note_high_water (McIdentity  *self,
                                         guint64      n);

/* FALSE if there was no reserve left to give up. */
gboolean    mc_identity_give_up_reserve (McIdentity  *self);
void        mc_identity_refill_reserve  (McIdentity  *self);
/* The opening of a store is for one process at a time. */
void        mc_identity_unlock          (McIdentity  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McIdentity, mc_identity_close)

G_END_DECLS
