/* mc-record-list.c: a GListModel over a query
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model holds the numbers of all records and the items of the pages looked at last.  A row of a view
 * may keep an item longer than its page lives, so all items alive are known by their number: a page that
 * is made again takes them back, and a refresh reaches them all.
 */

#include "core/mc-record-list.h"

#define PAGE_ITEMS 128
#define MAX_PAGES  24

typedef struct
{
  guint index;         /* first item is index * PAGE_ITEMS */
  guint64 used;        /* tick of the last look */
  guint n_items;
  McRecordItem *items[PAGE_ITEMS];  /* (owned) */
} Page;

struct _McRecordList
{
  GObject parent_instance;

  McStore *store;              /* (owned) */
  McQuery query;               /* its strings are owned here */
  gboolean has_query;
  GArray *numbers;             /* (owned) (element-type gint64) */
  GPtrArray *pages;            /* (owned) (element-type Page) */
  GHashTable *alive;           /* (owned) (element-type gint64 McRecordItem): keys owned, items not */
  guint64 tick;
  GCancellable *cancellable;   /* (owned) of the running query and its fetches */
  gboolean loading;
  gboolean stale;              /* a change came while a query ran */
};

enum
{
  PROP_LOADING = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void mc_record_list_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McRecordList, mc_record_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mc_record_list_list_model_init))

static void start_query (McRecordList *self);

static void
page_free (gpointer data)
{
  Page *page = data;

  for (guint i = 0; i < page->n_items; i++)
    g_object_unref (page->items[i]);
  g_free (page);
}

static void
set_loading (McRecordList *self,
             gboolean      loading)
{
  if (self->loading == loading)
    return;

  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GPtrArray) items = user_data;
  g_autoptr(GPtrArray) records = mc_store_fetch_finish (MC_STORE (source), result, NULL);

  /* After a failed read the items stay as they are until the next change asks again. */
  if (records == NULL)
    return;

  for (guint i = 0; i < records->len && i < items->len; i++)
    if (records->pdata[i] != NULL)
      mc_record_item_set_record (items->pdata[i], records->pdata[i]);
}

/* Has the worker bring the records of @items, which it takes. */
static void
fetch_items (McRecordList *self,
             GPtrArray    *items)
{
  g_autofree gint64 *numbers = g_new (gint64, items->len);

  for (guint i = 0; i < items->len; i++)
    numbers[i] = mc_record_item_get_number (items->pdata[i]);

  mc_store_fetch_async (self->store, numbers, items->len, self->cancellable, fetched_cb, items);
}

/* The list may be gone before its last item, so an item itself takes its name out of the table. */
static void
item_gone_cb (gpointer  user_data,
              GObject  *item)
{
  g_autoptr(GHashTable) alive = user_data;

  gint64 number = mc_record_item_get_number ((McRecordItem *) item);

  g_hash_table_remove (alive, &number);
}

static McRecordItem *
take_item (McRecordList *self,
           gint64        number)
{
  McRecordItem *item = g_hash_table_lookup (self->alive, &number);

  if (item != NULL)
    return g_object_ref (item);

  item = mc_record_item_new (number);
  g_hash_table_insert (self->alive, g_memdup2 (&number, sizeof number), item);
  g_object_weak_ref (G_OBJECT (item), item_gone_cb, g_hash_table_ref (self->alive));

  return item;
}

static Page *
find_page (McRecordList *self,
           guint         index)
{
  for (guint i = 0; i < self->pages->len; i++)
    {
      Page *page = self->pages->pdata[i];

      if (page->index == index)
        return page;
    }

  return NULL;
}

static void
drop_oldest_page (McRecordList *self)
{
  guint oldest = 0;

  for (guint i = 1; i < self->pages->len; i++)
    if (((Page *) self->pages->pdata[i])->used < ((Page *) self->pages->pdata[oldest])->used)
      oldest = i;

  g_ptr_array_remove_index_fast (self->pages, oldest);
}

static Page *
ensure_page (McRecordList *self,
             guint         index)
{
  Page *page = find_page (self, index);

  if (page == NULL)
    {
      guint first = index * PAGE_ITEMS;
      g_autoptr(GPtrArray) blank = g_ptr_array_new_with_free_func (g_object_unref);

      page = g_new0 (Page, 1);
      page->index = index;
      page->n_items = MIN (PAGE_ITEMS, self->numbers->len - first);
      for (guint i = 0; i < page->n_items; i++)
        {
          page->items[i] = take_item (self, g_array_index (self->numbers, gint64, first + i));
          if (mc_record_item_get_record (page->items[i]) == NULL)
            g_ptr_array_add (blank, g_object_ref (page->items[i]));
        }

      if (self->pages->len == MAX_PAGES)
        drop_oldest_page (self);
      g_ptr_array_add (self->pages, page);
      if (blank->len > 0)
        fetch_items (self, g_steal_pointer (&blank));
    }

  page->used = ++self->tick;

  return page;
}

static GType
mc_record_list_get_item_type (GListModel *model)
{
  return MC_TYPE_RECORD_ITEM;
}

static guint
mc_record_list_get_n_items (GListModel *model)
{
  return MC_RECORD_LIST (model)->numbers->len;
}

static gpointer
mc_record_list_get_item (GListModel *model,
                         guint       position)
{
  McRecordList *self = MC_RECORD_LIST (model);
  Page *page;

  if (position >= self->numbers->len)
    return NULL;

  page = ensure_page (self, position / PAGE_ITEMS);

  return g_object_ref (page->items[position % PAGE_ITEMS]);
}

static void
mc_record_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mc_record_list_get_item_type;
  iface->get_n_items = mc_record_list_get_n_items;
  iface->get_item = mc_record_list_get_item;
}

/* TRUE if both hold the same records in the same order, so that rows can stay where they are. */
static gboolean
same_numbers (GArray *a,
              GArray *b)
{
  /* An array that never had anything has no data to compare. */
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (gint64)) == 0);
}

/* A line that somebody holds: its place before and after. */
typedef struct
{
  guint before, after;
} Place;

/* In two steps: one combined change makes GTK 4.8 fetch every item of a large one. */
static void
splice (McRecordList *self,
        guint         position,
        guint         n_removed,
        const gint64 *added,
        guint         n_added)
{
  if (n_removed > 0)
    {
      g_array_remove_range (self->numbers, position, n_removed);
      g_ptr_array_set_size (self->pages, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, 0);
    }
  if (n_added > 0)
    {
      g_array_insert_vals (self->numbers, position, added, n_added);
      g_ptr_array_set_size (self->pages, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n_added);
    }
}

/* Puts the numbers from @from to @to in the place of those from @start to @end, leaving alone what both begin and end with. */
static void
replace_part (McRecordList *self,
              guint         start,
              guint         end,
              GArray       *numbers,
              guint         from,
              guint         to)
{
  while (start < end && from < to && g_array_index (self->numbers, gint64, start) == g_array_index (numbers, gint64, from))
    start++, from++;
  while (start < end && from < to && g_array_index (self->numbers, gint64, end - 1) == g_array_index (numbers, gint64, to - 1))
    end--, to--;
  splice (self, start, end - start, to > from ? &g_array_index (numbers, gint64, from) : NULL, to - from);
}

/* The longest row of @places, which ascend in `before`, that ascends in `after` too: what can stay where it is. */
static void
keep_ascending (GArray *places)
{
  g_autoptr(GArray) ends = g_array_new (FALSE, FALSE, sizeof (guint));  /* of the shortest end of each length */
  g_autofree guint *previous = g_new (guint, places->len + 1);
  guint at;

  for (guint i = 0; i < places->len; i++)
    {
      guint low = 0, high = ends->len;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (g_array_index (places, Place, g_array_index (ends, guint, middle)).after < g_array_index (places, Place, i).after)
            low = middle + 1;
          else
            high = middle;
        }
      previous[i] = low > 0 ? g_array_index (ends, guint, low - 1) : G_MAXUINT;
      if (low == ends->len)
        g_array_append_val (ends, i);
      else
        g_array_index (ends, guint, low) = i;
    }
  at = ends->len > 0 ? g_array_index (ends, guint, ends->len - 1) : G_MAXUINT;
  for (guint i = ends->len; i > 0; i--)
    {
      g_array_index (ends, guint, i - 1) = at;
      at = previous[at];
    }
  /* Ascending, so what is read was not yet written over. */
  for (guint i = 0; i < ends->len; i++)
    g_array_index (places, Place, i) = g_array_index (places, Place, g_array_index (ends, guint, i));
  g_array_set_size (places, ends->len);
}

/* (element-type Place) of the items that a view holds, or whoever else, and that keep their order among each other. */
static GArray *
list_held (McRecordList *self,
           guint         start,
           guint         end,
           GArray       *numbers,
           guint         from,
           guint         to)
{
  g_autoptr(GHashTable) after = g_hash_table_new (g_int64_hash, g_int64_equal);
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));

  for (guint i = from; i < to && g_hash_table_size (after) < g_hash_table_size (self->alive); i++)
    if (g_hash_table_contains (self->alive, &g_array_index (numbers, gint64, i)))
      g_hash_table_insert (after, &g_array_index (numbers, gint64, i), GUINT_TO_POINTER (i));
  for (guint i = start; i < end && places->len < g_hash_table_size (after); i++)
    {
      gpointer place;

      if (g_hash_table_lookup_extended (after, &g_array_index (self->numbers, gint64, i), NULL, &place))
        g_array_append_vals (places, &(Place) { i, GPOINTER_TO_UINT (place) }, 1);
    }
  keep_ascending (places);

  return places;
}

/* Lines come and go around those that somebody holds: what is on screen, selected, or has the focus stays where it is, and
 * what nobody holds is replaced in one go, however long it is. */
static void
replace (McRecordList *self,
         GArray       *numbers)
{
  guint start = 0, end = self->numbers->len, to = numbers->len;
  g_autoptr(GArray) before = g_steal_pointer (&self->numbers), places = NULL;

  /* The worker may have the other one still. */
  self->numbers = g_array_copy (before);
  g_ptr_array_set_size (self->pages, 0);
  while (start < end && start < to && g_array_index (self->numbers, gint64, start) == g_array_index (numbers, gint64, start))
    start++;
  while (start < end && start < to && g_array_index (self->numbers, gint64, end - 1) == g_array_index (numbers, gint64, to - 1))
    end--, to--;
  places = list_held (self, start, end, numbers, start, to);
  /* From the end, so that the places before are still true. */
  for (guint i = places->len; i > 0; i--)
    {
      Place place = g_array_index (places, Place, i - 1);

      replace_part (self, place.before + 1, end, numbers, place.after + 1, to);
      end = place.before;
      to = place.after;
    }
  replace_part (self, start, end, numbers, start, to);
}

/* Brings every item that anybody holds up to date. */
static void
refresh_items (McRecordList *self)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (items, g_object_ref (item));

  if (items->len > 0)
    fetch_items (self, g_steal_pointer (&items));
}

static void
queried_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(McRecordList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_store_query_finish (MC_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* After a failure the lines shown stay; whoever wrote reports the trouble in words. */
  if (numbers != NULL)
    {
      refresh_items (self);
      if (!same_numbers (self->numbers, numbers))
        replace (self, numbers);
    }

  if (self->stale)
    start_query (self);
  else
    set_loading (self, FALSE);
}

static void
start_query (McRecordList *self)
{
  self->stale = FALSE;
  set_loading (self, TRUE);
  mc_store_query_async (self->store, &self->query, self->cancellable, queried_cb, g_object_ref (self));
}

static void
store_changed_cb (McRecordList *self)
{
  if (!self->has_query)
    return;

  if (self->loading)
    self->stale = TRUE;
  else
    start_query (self);
}

static void
clear_query (McRecordList *self)
{
  g_clear_pointer ((char **) &self->query.type, g_free);
  g_clear_pointer ((char **) &self->query.log, g_free);
  g_clear_pointer ((char **) &self->query.parent, g_free);
  g_clear_pointer ((char **) &self->query.search, g_free);
}

static void
mc_record_list_dispose (GObject *object)
{
  McRecordList *self = MC_RECORD_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (mc_record_list_parent_class)->dispose (object);
}

static void
mc_record_list_finalize (GObject *object)
{
  McRecordList *self = MC_RECORD_LIST (object);

  clear_query (self);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->numbers, g_array_unref);
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_clear_pointer (&self->alive, g_hash_table_unref);

  G_OBJECT_CLASS (mc_record_list_parent_class)->finalize (object);
}

static void
mc_record_list_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  McRecordList *self = MC_RECORD_LIST (object);

  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mc_record_list_class_init (McRecordListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mc_record_list_dispose;
  object_class->finalize = mc_record_list_finalize;
  object_class->get_property = mc_record_list_get_property;

  /**
   * McRecordList:loading:
   *
   * Whether a query is running.
   */
  props[PROP_LOADING] =
    g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mc_record_list_init (McRecordList *self)
{
  self->numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->pages = g_ptr_array_new_with_free_func (page_free);
  self->alive = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

/**
 * mc_record_list_new:
 * @store: where the records are
 *
 * Returns: (transfer full): an empty list, until mc_record_list_set_query()
 */
McRecordList *
mc_record_list_new (McStore *store)
{
  McRecordList *self = g_object_new (MC_TYPE_RECORD_LIST, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * mc_record_list_set_query:
 * @self: a list
 * @query: which records, in which order; strings are copied
 *
 * Runs @query in the worker; the items change when it has answered.  A query that still runs is dropped.
 */
void
mc_record_list_set_query (McRecordList  *self,
                          const McQuery *query)
{
  McQuery copy = *query;

  copy.type = g_strdup (query->type);
  copy.log = g_strdup (query->log);
  copy.parent = g_strdup (query->parent);
  copy.search = g_strdup (query->search);

  clear_query (self);
  self->query = copy;
  self->has_query = TRUE;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();

  start_query (self);
}

gboolean
mc_record_list_get_loading (McRecordList *self)
{
  return self->loading;
}

guint
mc_record_list_find (McRecordList *self,
                     gint64        number)
{
  for (guint i = 0; i < self->numbers->len; i++)
    if (g_array_index (self->numbers, gint64, i) == number)
      return i;

  return G_MAXUINT;
}
