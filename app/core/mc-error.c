/* mc-error.c: the error domains of the core
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-error.h"

G_DEFINE_QUARK (mc-store-error-quark, mc_store_error)
