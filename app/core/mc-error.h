/* mc-error.h: the error domains of the core
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * McStoreError:
 * @MC_STORE_ERROR_FAILED: any failure not listed below
 * @MC_STORE_ERROR_BUSY: another process held the database for too long; trying
 *   again later can succeed
 * @MC_STORE_ERROR_CONSTRAINT: the data breaks a constraint of the schema
 * @MC_STORE_ERROR_CORRUPT: the file is damaged, or is not a database
 * @MC_STORE_ERROR_NOT_DATABASE: the file is something else than a database
 * @MC_STORE_ERROR_NO_SPACE: the disk is full
 * @MC_STORE_ERROR_READ_ONLY: the file or its folder cannot be written to
 * @MC_STORE_ERROR_TOO_NEW: the file was written by a newer version of the app
 * @MC_STORE_ERROR_NOT_FOUND: there is no such record, change or file
 * @MC_STORE_ERROR_INVALID: what was handed over is not what it should be; the
 *   message says what and where
 * @MC_STORE_ERROR_CLOSED: the book that the line belongs to is closed
 *
 * What can go wrong in the local store.  A cancelled call reports
 * %G_IO_ERROR_CANCELLED instead.
 */
typedef enum
{
  MC_STORE_ERROR_FAILED,
  MC_STORE_ERROR_BUSY,
  MC_STORE_ERROR_CONSTRAINT,
  MC_STORE_ERROR_CORRUPT,
  MC_STORE_ERROR_NOT_DATABASE,
  MC_STORE_ERROR_NO_SPACE,
  MC_STORE_ERROR_READ_ONLY,
  MC_STORE_ERROR_TOO_NEW,
  MC_STORE_ERROR_NOT_FOUND,
  MC_STORE_ERROR_INVALID,
  MC_STORE_ERROR_CLOSED,
} McStoreError;

#define MC_STORE_ERROR (mc_store_error_quark ())
GQuark mc_store_error_quark (void);

G_END_DECLS
