/* mc-bundle.h: frames on their way without a network, sealed so that a lost stick tells nothing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * magic "MCBUN1\r\n", u16 version, u8 kind, hub id (16), u16 count, count × sealed key (80), stream header (24), then
 * pieces: u32 size, that many bytes of libsodium's secretstream.  The last piece says that it is; what stands before the
 * pieces is authenticated with the first of them.  The keys are sealed to the X25519 form of the readers' Ed25519 keys.
 *
 * Both halves work on what is at hand, at most a piece at a time, and know no files: those are in mc-bundle-file.h.
 */

#pragma once

#include "wire/mc-keys.h"

G_BEGIN_DECLS

#define MC_BUNDLE_TYPE "application/vnd.minhchung.bundle"

typedef enum
{
  MC_BUNDLE_REQUEST  = 1,  /* from a device to the hub */
  MC_BUNDLE_REPLY    = 2,  /* the hub's answer to a device */
  MC_BUNDLE_SNAPSHOT = 3,  /* a unit log from the hub, for every device that may read it */
} McBundleKind;

/* sealing */
typedef struct _McBundleSealer McBundleSealer;
/* @keys: Ed25519 public keys of who shall be able to read, one after the other */
McBundleSealer *mc_bundle_sealer_new      (McBundleKind         kind,
                                           const guint8         hub_id[MC_ID_BYTES],
                                           const guint8        *keys,
                                           guint                n_keys) G_GNUC_WARN_UNUSED_RESULT;
void            mc_bundle_sealer_free     (McBundleSealer      *self);
void            mc_bundle_sealer_add      (McBundleSealer      *self,
                                           gconstpointer        data,
                                           gsize                size);
void            mc_bundle_sealer_end      (McBundleSealer      *self);
GBytes         *mc_bundle_sealer_take     (McBundleSealer      *self) G_GNUC_WARN_UNUSED_RESULT; /* sealed since the last time */

/* opening, as bytes arrive */
typedef struct _McBundleOpener McBundleOpener;
McBundleOpener *mc_bundle_opener_new      (McBundleKind         kind,
                                           const guint8         hub_id[MC_ID_BYTES],
                                           const McSigningKey  *key) G_GNUC_WARN_UNUSED_RESULT;
void            mc_bundle_opener_free     (McBundleOpener      *self);
void            mc_bundle_opener_push     (McBundleOpener      *self,
                                           gconstpointer        data,
                                           gsize                size);
gboolean        mc_bundle_opener_next     (McBundleOpener      *self,
                                           GBytes             **out_data,
                                           GError             **error); /* FALSE without an error: more bytes are needed */
/* Everything was pushed: an error unless it was whole. */
gboolean        mc_bundle_opener_finish   (McBundleOpener      *self,
                                           GError             **error);

/* What a file is, from its first bytes; FALSE if it is no bundle. */
gboolean        mc_bundle_peek            (gconstpointer        data,
                                           gsize                size,
                                           McBundleKind        *out_kind,
                                           guint8               out_hub_id[MC_ID_BYTES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McBundleSealer, mc_bundle_sealer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McBundleOpener, mc_bundle_opener_free)

G_END_DECLS
