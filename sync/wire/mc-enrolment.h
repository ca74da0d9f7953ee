/* mc-enrolment.h: the line that lets a new device in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `MC1-` and base64url of: address, hub identity, one-time secret, unit log, role, expiry, CRC-32.  One line,
 * so that it can be mailed, printed or read from a stick; a cut or mistyped one is noticed before anything is sent.
 */

#pragma once

#include "wire/mc-keys.h"

G_BEGIN_DECLS

#define MC_SECRET_BYTES 16

typedef struct
{
  char *address;          /* (owned) https://host:port */
  McHubIdentity hub;
  guint8 secret[MC_SECRET_BYTES];
  char *log;              /* (owned) */
  char *role;             /* (owned) commune, district, auditor */
  gint64 expires_us;
} McEnrolment;

void         mc_enrolment_free      (McEnrolment  *self);
char        *mc_enrolment_to_line   (McEnrolment  *self) G_GNUC_WARN_UNUSED_RESULT;
/* The line that says @data, whatever these are, with the right sum at its end. */
char        *mc_enrolment_line_from_bytes (const guint8 *data,
                                           gsize         size) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a line, or the text of a .mcenrol file with one in it. */
McEnrolment *mc_enrolment_parse     (const char   *text,
                                     gint64        now_us,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McEnrolment, mc_enrolment_free)

G_END_DECLS
