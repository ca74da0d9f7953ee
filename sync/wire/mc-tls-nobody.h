/* mc-tls-nobody.h: no authority is asked about a certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* For the whole process, before its first TLS connection: the system's authorities are not read, and know no certificate.
 * Any thread, any number of times. */
void mc_tls_trust_nobody (void);

G_END_DECLS
