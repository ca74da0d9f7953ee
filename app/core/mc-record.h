/* mc-record.h: what the changes of one record add up to: an immutable snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made by mc_fold().  A form shows a snapshot; an McEdit made from it names what the form showed.
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  MC_RECORD_DELETED            = 1 << 0,
  MC_RECORD_CONFLICT           = 1 << 1,
  MC_RECORD_PENDING            = 1 << 2,  /* has changes the hub has not given a verdict on */
  MC_RECORD_REJECTED           = 1 << 3,  /* has rejected or held changes */
  MC_RECORD_EDITED_AFTER       = 1 << 4,  /* deleted, but edited by somebody who had not seen that */
} McRecordFlags;

/* One value of one field that no other change has replaced. */
typedef struct
{
  char     *short_id;  /* (owned) of the change */
  JsonNode *value;     /* (owned) opened if it was sealed and the key is here */
  char     *by;        /* (owned) author */
  char     *at;        /* (owned) RFC 3339, the author's clock */
  char     *device;    /* (owned) (nullable) */
} McHead;

#define MC_TYPE_RECORD (mc_record_get_type ())
G_DECLARE_FINAL_TYPE (McRecord, mc_record, MC, RECORD, GObject)

McRecord      *mc_record_new_empty     (const char  *id,
                                        const char  *log,
                                        const char  *type,
                                        const char  *pack,
                                        const char  *parent) G_GNUC_WARN_UNUSED_RESULT;
const char    *mc_record_get_id        (McRecord    *self);
const char    *mc_record_get_log       (McRecord    *self);
const char    *mc_record_get_type_id   (McRecord    *self);
const char    *mc_record_get_pack      (McRecord    *self);
const char    *mc_record_get_parent    (McRecord    *self);
McRecordFlags  mc_record_get_flags     (McRecord    *self);
gint64         mc_record_get_updated_us (McRecord   *self);
gboolean       mc_record_exists        (McRecord    *self); /* FALSE for one that has no change yet */

JsonNode      *mc_record_get           (McRecord    *self,
                                        const char  *field); /* (transfer none) (nullable) value in place; of files that
                                                          were attached apart: all of them */
const char    *mc_record_get_text      (McRecord    *self,
                                        const char  *field); /* "" when blank */
gint64         mc_record_get_int       (McRecord    *self,
                                        const char  *field,
                                        gint64       fallback);
gboolean       mc_record_get_boolean   (McRecord    *self,
                                        const char  *field);
gboolean       mc_record_is_blank      (McRecord    *self,
                                        const char  *field);
GPtrArray     *mc_record_get_heads     (McRecord    *self,
                                        const char  *field); /* (transfer none) (nullable) (element-type McHead) */
gboolean       mc_record_has_conflict  (McRecord    *self,
                                        const char  *field);
char         **mc_record_list_fields   (McRecord    *self) G_GNUC_WARN_UNUSED_RESULT;
char          *mc_record_dup_body      (McRecord    *self) G_GNUC_WARN_UNUSED_RESULT; /* JSON object as text */

/* A rejected or held change of this record, for the author's screen. */
typedef struct
{
  char *change_id;  /* (owned) */
  char *field;      /* (owned) */
  JsonNode *value;  /* (owned) */
  char *verdict;    /* (owned) JSON of the hub's answer */
  gboolean held;
} McRefusal;
/* (nullable) what was typed into @field before the program ended, and is no value of it: to be shown there, and corrected. */
const char    *mc_record_get_draft     (McRecord    *self,
                                        const char  *field);
GPtrArray     *mc_record_get_refusals  (McRecord    *self); /* (transfer none) (element-type McRefusal) */
/* The changes whose values @self shows of @field: what stands, and own saves that are held.  Let in later, these must not stand
 * beside what is typed after them. */
JsonArray     *mc_record_name_shown    (McRecord    *self,
                                        const char  *field) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
