/* mc-record-item.c: a line of a list: the number of a record, and the record once it is here
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-record-item.h"

struct _McRecordItem
{
  GObject parent_instance;

  gint64 number;
  McRecord *record;  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (McRecordItem, mc_record_item, G_TYPE_OBJECT)

enum
{
  ITEM_PROP_RECORD = 1,
  ITEM_PROP_NUMBER,
  ITEM_N_PROPS
};

static GParamSpec *item_props[ITEM_N_PROPS];

static void
mc_record_item_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  McRecordItem *self = MC_RECORD_ITEM (object);

  switch (prop_id)
    {
    case ITEM_PROP_RECORD:
      g_value_set_object (value, self->record);
      break;
    case ITEM_PROP_NUMBER:
      g_value_set_int64 (value, self->number);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mc_record_item_finalize (GObject *object)
{
  McRecordItem *self = MC_RECORD_ITEM (object);

  g_clear_object (&self->record);

  G_OBJECT_CLASS (mc_record_item_parent_class)->finalize (object);
}

static void
mc_record_item_class_init (McRecordItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mc_record_item_get_property;
  object_class->finalize = mc_record_item_finalize;

  /**
   * McRecordItem:record:
   *
   * The record, or %NULL until the worker has brought it.
   */
  item_props[ITEM_PROP_RECORD] =
    g_param_spec_object ("record", NULL, NULL, MC_TYPE_RECORD, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  item_props[ITEM_PROP_NUMBER] =
    g_param_spec_int64 ("number", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, ITEM_N_PROPS, item_props);
}

static void
mc_record_item_init (McRecordItem *self)
{
}

McRecord *
mc_record_item_get_record (McRecordItem *self)
{
  return self->record;
}

gint64
mc_record_item_get_number (McRecordItem *self)
{
  return self->number;
}

McRecordItem *
mc_record_item_new (gint64 number)
{
  McRecordItem *self = g_object_new (MC_TYPE_RECORD_ITEM, NULL);

  self->number = number;

  return self;
}

void
mc_record_item_set_record (McRecordItem *self,
                           McRecord     *record)
{
  if (g_set_object (&self->record, record))
    g_object_notify_by_pspec (G_OBJECT (self), item_props[ITEM_PROP_RECORD]);
}
