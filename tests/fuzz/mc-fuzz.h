/* mc-fuzz.h: what every fuzz target is, and what several of them need
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A target promises that no input makes it fail: g_assert() inside it is the property.  The same source is
 * built twice, with libFuzzer for ./dev fuzz and with replay.c, which runs the kept corpus in ./dev test.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FUZZ_HUB_SEED    0x11
#define FUZZ_DEVICE_SEED 0x22
#define FUZZ_DEVICE      "0190a000-0000-7000-8000-000000000001"
#define FUZZ_INCARNATION "0190a000-0000-7000-8000-000000000002"
#define FUZZ_RECORD      "0190a000-0000-7000-8000-000000000003"
#define FUZZ_LOG         "21609@2004-07-08"
#define FUZZ_NOW_US      G_GINT64_CONSTANT (1638340443120000)

int     LLVMFuzzerTestOneInput (const guint8 *data,
                                size_t        size);

/* A new folder in memory where there is such a file system, gone when the program ends. */
char   *fuzz_new_folder        (void) G_GNUC_WARN_UNUSED_RESULT;
/* @to becomes what @from is; folders of the kind that fuzz_new_folder() gives. */
void    fuzz_copy_folder       (const char    *from,
                                const char    *to);
/* No warning or critical message is an answer to a stranger: each one ends the program. */
void    fuzz_begin             (void);
/* What @payload says up to its first zero byte; "" where it is empty. */
char   *fuzz_text              (GBytes        *payload) G_GNUC_WARN_UNUSED_RESULT;
/* An error is there if and only if the call failed, and is of @domain (0 = any). */
void    fuzz_check_error       (gboolean       succeeded,
                                const GError  *error,
                                GQuark         domain);

G_END_DECLS
