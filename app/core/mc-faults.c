/* mc-faults.c: rules that the simulation can switch off
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-faults-private.h"

guint mc_faults = 0;
