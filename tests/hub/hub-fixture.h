/* hub-fixture.h: a hub in a folder, and devices that speak to it frame by frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-session.h"
#include "wire/mc-message.h"

#define TOWN     "21609@2004-07-08"
#define OTHER    "21610@2004-07-08"
#define DISTRICT "542@2004-07-08"
#define NOW      G_GINT64_CONSTANT (1638340443120000)

typedef struct
{
  char *dir;
  McHub *hub;
} Fixture;

/* A device as the wire sees it. */
typedef struct
{
  McHub *hub;
  McSigningKey key;
  char *id, *incarnation, *log;
  guint64 n;
  McDigest chain;      /* of the groups signed so far */
} Device;

/* An answer, taken apart. */
typedef struct
{
  char *problem;
  guint64 n;
  gboolean fork;
  GArray *verdicts;    /* (nullable) of the first STREAM */
  GPtrArray *rows;     /* (nullable) of the first LOG */
  GArray *needs;       /* (nullable) */
  GPtrArray *streams;  /* (nullable) of the last STREAMS */
  gsize size;
} Answer;

void hub_set_up (Fixture *fixture, gconstpointer data);
void hub_tear_down (Fixture *fixture, gconstpointer data);
/* The JSON of an enrolment of @device by @line. */
char *hub_enrol_request (const char *line, const char *device, McSigningKey *key);
Device *hub_device_new (Fixture *fixture, const char *log, const char *role);
void hub_device_free (Device *self);
void hub_answer_clear (Answer *answer);
McChange *hub_change_full (const char *id, const char *record, const char *field, const char *parent, const char *instead, const char *sha256);
McChange *hub_change_new (const char *record, const char *field);
/* A group of one change, the next of the stream, signed. */
McGroup *hub_group_new (Device *self, McChange *change);
/* (element-type McGroup) of the changes, up to NULL. */
GPtrArray *hub_groups_new (Device *self, McChange *first, ...);
McFrameWriter *hub_begin_request (Device *self);
void hub_put_cursor (Device *self, McFrameWriter *writer, const char *log);
void hub_put_groups (Device *self, McFrameWriter *writer, GPtrArray *groups);
GBytes *hub_end_request (McFrameWriter *writer);
/* A whole request with a cursor at the beginning of @self's log and @groups. */
GBytes *hub_request_new (Device *self, GPtrArray *groups);
void hub_read_answer (GBytes *bytes, Answer *out);
/* Sends @request in pieces of @piece bytes. */
void hub_send (McHub *hub, GBytes *request, gsize piece, Answer *out);
/* @sender hands back @groups of somebody else's stream, whose holes are set. */
void hub_hand_back (Device *sender, GPtrArray *groups);
/* … in ROWS or in BRANCH. */
void hub_hand_back_as (Device *sender, guint8 kind, GPtrArray *groups);
/* A piece of a file, alone in a request; what the hub has of it then. */
void hub_send_piece (Device *self, const char *sha256, guint64 offset, guint64 total, const char *piece, McNeed *out_need);
McVerdict *hub_verdict (Answer *answer, guint i);
/* @n_groups of @town that the hub takes, all of one record. */
void hub_fill (Fixture *fixture, Device *town, guint n_groups);
void hub_assert_rows (McHub *hub, const char *expected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Device, hub_device_free)
