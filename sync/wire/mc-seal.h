/* mc-seal.h: personal fields under the unit's key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-sealer.h"

G_BEGIN_DECLS

#define MC_SEAL_KEY_BYTES 32

/* @keys: the ring, its first key is used for new values; at least one. */
McSealer *mc_seal_new (const guint8 *keys,
                       gsize         n_keys) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
