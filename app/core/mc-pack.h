/* mc-pack.h: a criteria set for one year: record types, measures, criteria, rules, targets
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Immutable once loaded; may be read from any thread.  The structs are the pack's, for reading only.
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "core/mc-limits.h"

G_BEGIN_DECLS

/**
 * McPackError:
 * @MC_PACK_ERROR_NOT_JSON: the bytes are no JSON text
 * @MC_PACK_ERROR_TOO_LARGE: larger or deeper than any pack may be
 * @MC_PACK_ERROR_SCHEMA: not of the shape that pack.schema.json describes
 * @MC_PACK_ERROR_REFERENCE: something is named that the pack does not have
 * @MC_PACK_ERROR_DUPLICATE: an id or code stands twice
 * @MC_PACK_ERROR_SUM: maxima do not add up
 * @MC_PACK_ERROR_EXPRESSION: an expression that SQLite does not take
 *
 * Every message names the place, as in `criteria[12].rule.bands[1]`.
 */
typedef enum
{
  MC_PACK_ERROR_NOT_JSON,
  MC_PACK_ERROR_TOO_LARGE,
  MC_PACK_ERROR_SCHEMA,
  MC_PACK_ERROR_REFERENCE,
  MC_PACK_ERROR_DUPLICATE,
  MC_PACK_ERROR_SUM,
  MC_PACK_ERROR_EXPRESSION,
} McPackError;

#define MC_PACK_ERROR (mc_pack_error_quark ())
GQuark mc_pack_error_quark (void);

/* A field of this name says of a record that nothing arose ("không phát sinh"): blank is not nil. */
#define MC_FIELD_NIL "nil"

typedef enum
{
  MC_FIELD_INTEGER,
  MC_FIELD_DECIMAL,
  MC_FIELD_TEXT,
  MC_FIELD_DATE,
  MC_FIELD_MONTH,
  MC_FIELD_DATETIME,
  MC_FIELD_BOOLEAN,
  MC_FIELD_ENUM,
  MC_FIELD_FILES,
  MC_FIELD_REFERENCE,
  MC_FIELD_PERSON,
  MC_FIELD_LIST,
} McFieldType;

typedef struct
{
  const char *id;
  const char *title;
  gint64      points;   /* hundredths; rules of kind enum */
} McChoice;

typedef struct
{
  const char  *name;
  const char  *title;
  const char  *short_title;  /* for a column; = title if the pack gives none */
  McFieldType  type;
  const char  *unit;         /* (nullable) of measure */
  gboolean     required;
  const char  *min;          /* (nullable) decimal or date */
  const char  *max;          /* (nullable) */
  GArray      *values;       /* (element-type McChoice) */
  const char  *help;         /* (nullable) */
  const char  *legal;        /* (nullable) */
  gboolean     personal;
  const char  *of;           /* (nullable) type that a list or reference points to */
} McField;

typedef struct
{
  const char  *id;
  gboolean     is_error;     /* else a warning */
  const char  *when;         /* (nullable) SQL expression */
  const char  *expr;         /* SQL expression that must be true */
  const char  *message;      /* Vietnamese */
  const char **fields;       /* (array zero-terminated=1) */
} McCheckRule;

typedef enum
{
  MC_LAYOUT_SHEET,
  MC_LAYOUT_REGISTER,
  MC_LAYOUT_PLAN,
  MC_LAYOUT_FORM,
  MC_LAYOUT_LOG,
} McLayout;

typedef struct
{
  const char  *id;
  const char  *code;         /* R01 … */
  const char  *title;
  McLayout     layout;
  const char **key;          /* (array zero-terminated=1) */
  gboolean     natural_key;  /* the key identifies the thing: its record id is computed from it */
  const char  *sort;         /* (nullable) field */
  const char  *parent;       /* (nullable) type it is a part of */
  const char  *book;         /* (nullable) type of its volumes, when it is a register that is closed every year … */
  const char  *book_date;    /* … and the field that says of which year a line is */
  const char  *legal;        /* (nullable) */
  const char  *help;         /* (nullable) */
  GPtrArray   *fields;       /* (element-type McField) */
  GPtrArray   *checks;       /* (element-type McCheckRule) */
} McRecordType;

typedef enum
{
  MC_SCOPE_COMMUNES,
  MC_SCOPE_OWN,
  MC_SCOPE_ALL,
} McScope;

typedef struct
{
  const char *id;
  const char *title;
  const char *type;
  McScope     scope;
  const char *where;         /* (nullable) */
  const char *numerator;     /* SQL aggregate over the records; NULL when per_unit counts units */
  const char *denominator;
  const char *per_unit;      /* (nullable) SQL aggregate that is true for a unit that counts */
} McMeasure;

typedef enum
{
  MC_RULE_SUM,
  MC_RULE_BINARY,
  MC_RULE_ENUM,
  MC_RULE_BANDS,
  MC_RULE_RATIO,
  MC_RULE_RATIO_TO_TARGET,
  MC_RULE_RATIO_FLOOR,
  MC_RULE_COUNT_OF_UNITS,
  MC_RULE_COUNT_STEPS,
  MC_RULE_PENALTY,
  MC_RULE_BONUS,
  MC_RULE_EXPERT,
  MC_RULE_EXTERNAL,
  MC_RULE_NOT_APPLICABLE,
} McRuleKind;

typedef struct
{
  gint64   from;       /* hundredths of a percent, or hundredths of a count */
  gint64   to;         /* exclusive; G_MAXINT64 = no end */
  gint64   points;     /* hundredths */
} McBand;

typedef struct
{
  McRuleKind  kind;
  const char *measure;       /* (nullable) NULL = answered by an assessment */
  GArray     *values;        /* (element-type McChoice) */
  GArray     *bands;         /* (element-type McBand) */
  gint64      target;        /* hundredths of a percent */
  gint64      floor;         /* hundredths of a percent, or hundredths of a point for penalty */
  gint64      step;          /* hundredths: points per item */
  gboolean    as_percent;    /* external: the number typed is a percentage of the maximum */
} McRule;

typedef enum
{
  MC_ZERO_FULL,
  MC_ZERO_ZERO,
  MC_ZERO_NOT_APPLICABLE,
} McZeroPolicy;

typedef struct
{
  const char *title;
  gboolean    required;
} McEvidenceAsk;

typedef struct _McCriterion McCriterion;

struct _McCriterion
{
  const char   *code;
  const char   *name;
  const char   *domain;
  McCriterion  *parent;       /* (nullable) */
  GPtrArray    *children;     /* (element-type McCriterion) */
  gint64        max;          /* hundredths */
  McRule        rule;
  McZeroPolicy  zero;
  const char   *text;         /* the rule in words */
  GArray       *evidence;     /* (element-type McEvidenceAsk) */
  const char   *scorer;       /* commune, district, province */
  const char   *source;       /* how sure the pack is: S, S*, R1, P */
  const char  **contributes;  /* (array zero-terminated=1) record type ids that communes feed it with */
};

typedef struct
{
  const char *code;
  const char *name;
  gint64      max;            /* hundredths */
  GPtrArray  *criteria;       /* (element-type McCriterion) top level ones, in order */
} McDomain;

typedef struct
{
  int          number;
  const char  *text;
  const char  *owner;
  const char  *measure;       /* (nullable) */
  const char  *goal;          /* (nullable) percent */
  const char **criteria;      /* (array zero-terminated=1) */
} McTarget;

typedef struct
{
  const char *id;
  const char *title;
  const char *from, *to, *cutoff;  /* yyyy-mm-dd */
} McPackPeriod;

typedef struct _McPack McPack;

McPack        *mc_pack_new_from_bytes (GBytes      *json,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT;
McPack        *mc_pack_get_builtin    (const char  *id,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT; /* NULL id = the default pack */
McPack        *mc_pack_ref            (McPack      *self);
void           mc_pack_unref          (McPack      *self);

GBytes        *mc_pack_get_bytes      (McPack      *self);
const char    *mc_pack_get_id         (McPack      *self);   /* "binh-dinh-2878-2021" */
const char    *mc_pack_get_full_id    (McPack      *self);   /* "binh-dinh-2878-2021/1" */
int            mc_pack_get_year       (McPack      *self);
const char    *mc_pack_get_title      (McPack      *self);
const char    *mc_pack_get_status_text (McPack     *self);   /* (nullable) "chưa đối chiếu…" */
const char    *mc_pack_get_from       (McPack      *self);
const char    *mc_pack_get_to         (McPack      *self);
GPtrArray     *mc_pack_get_periods    (McPack      *self);   /* (element-type McPackPeriod) */
GPtrArray     *mc_pack_get_types      (McPack      *self);   /* (element-type McRecordType) */
GPtrArray     *mc_pack_get_measures   (McPack      *self);   /* (element-type McMeasure) */
GPtrArray     *mc_pack_get_domains    (McPack      *self);   /* (element-type McDomain) */
GPtrArray     *mc_pack_get_criteria   (McPack      *self);   /* (element-type McCriterion) all, in order */
GPtrArray     *mc_pack_get_targets    (McPack      *self);   /* (element-type McTarget) */
McRecordType  *mc_pack_find_type      (McPack      *self,
                                       const char  *id);
McMeasure     *mc_pack_find_measure   (McPack      *self,
                                       const char  *id);
McCriterion   *mc_pack_find_criterion (McPack      *self,
                                       const char  *code);
McField       *mc_record_type_find_field (McRecordType *type,
                                          const char   *name);
const char    *mc_field_get_choice_title (McField      *field,
                                          const char   *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McPack, mc_pack_unref)

G_END_DECLS
