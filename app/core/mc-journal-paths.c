/* mc-journal-paths.c: which of the things known of each place of a stream belong together
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of a stream that was written several times a store may hold rows and hashes of each, mixed.  A path is one thing at each
 * place from the first on.  Signatures tell: whatever path leads to a row that has one either bears it out or is wrong.  Between
 * two signatures there may be many paths; those that stay with what came together are looked at first.
 */

#include "core/mc-journal-heal.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-journal-private.h"
#include "core/mc-limits.h"

#define PATHS_MAX     256    /* between two signatures */
#define FAMILY_DIGITS "4"    /* at the end of an incarnation, in hex, that number its branches */

/* One thing that may have stood at a place. */
typedef struct
{
  guint64 n;
  McDigest hash;
  gint64 number;       /* of the row; 0 = known by its hash alone */
  guint k, m;
  gboolean is_aside, is_displaced;
  gboolean is_former;  /* the row has another place now */
  char *incarnation;   /* (owned) */
  GBytes *signature;   /* (owned) (nullable) */
} Thing;

/* A path that ends with one of them. */
typedef struct
{
  McDigest chain;
  Thing *thing;
  guint before;        /* the path to the place before, in its layer */
  guint cost;          /* how often it leaves what came together */
  Thing *row;          /* (nullable) the last row on it */
  char *name;          /* (owned) (nullable) under which incarnation it is signed here */
  gboolean is_passed;  /* a longer one that is signed goes on from it */
} Path;

/* One stream and its branches. */
typedef struct
{
  McJournal *journal;
  const char *log;
  char *device, *family;    /* (owned) */
  McIsSigned is_signed;
  gpointer user_data;
  GPtrArray *things;        /* (owned) (element-type Thing) in the order of their places */
  GPtrArray *layers;        /* (owned) (element-type GArray of Path) one a place, from place 1 on */
} Stream;

static void
thing_free (gpointer data)
{
  Thing *thing = data;

  g_free (thing->incarnation);
  g_clear_pointer (&thing->signature, g_bytes_unref);
  g_free (thing);
}

static void
path_clear (gpointer data)
{
  g_clear_pointer (&((Path *) data)->name, g_free);
}

static void
stream_free (gpointer data)
{
  Stream *self = data;

  g_free (self->device);
  g_free (self->family);
  g_ptr_array_unref (self->things);
  g_ptr_array_unref (self->layers);
  g_free (self);
}

/* what is known */

static Thing *
read_thing (McStmt *stmt)
{
  Thing *thing = g_new0 (Thing, 1);
  g_autoptr(GBytes) hash = mc_stmt_dup_bytes (stmt, 1);

  thing->n = mc_stmt_get_int64 (stmt, 0);
  memcpy (thing->hash.data, g_bytes_get_data (hash, NULL), MIN (g_bytes_get_size (hash), MC_DIGEST_SIZE));
  thing->number = mc_stmt_get_int64 (stmt, 2);
  thing->k = mc_stmt_get_int64 (stmt, 3);
  thing->m = mc_stmt_get_int64 (stmt, 4);
  thing->is_aside = mc_stmt_get_int64 (stmt, 5);
  thing->is_displaced = mc_stmt_get_int64 (stmt, 6);
  thing->incarnation = g_strdup (mc_stmt_get_text (stmt, 7));
  if (!mc_stmt_is_null (stmt, 8))
    thing->signature = mc_stmt_dup_bytes (stmt, 8);
  thing->is_former = mc_stmt_get_int64 (stmt, 9);

  return thing;
}

/* Each hash at each place once, as a row if there is one. */
static gboolean
is_new (GPtrArray *things,
        Thing     *thing)
{
  for (guint i = things->len; i > 0; i--)
    {
      Thing *other = things->pdata[i - 1];

      if (other->n != thing->n)
        return TRUE;
      if (mc_digest_equal (&other->hash, &thing->hash))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_things (Stream  *self,
             GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->journal->db,
                              "SELECT at, hash, number, k, m, aside, displaced, incarnation, signature, former FROM ("
                              " SELECT CASE WHEN n > 0 THEN n ELSE log_n END AS at, hash, number, k, m, own = 0 AND state = 2 AS aside,"
                              "  n < 0 AS displaced, incarnation, signature, 0 AS former FROM change WHERE log = ?1 AND device = ?2"
                              "  AND incarnation BETWEEN ?3 || '0000' AND ?3 || 'ffff' UNION ALL"
                              " SELECT f.n, c.hash, f.number, c.k, c.m, 0, 0, f.incarnation, f.signature, 1"
                              "  FROM former AS f JOIN change AS c ON c.number = f.number WHERE f.log = ?1 AND f.device = ?2"
                              "  AND f.incarnation BETWEEN ?3 || '0000' AND ?3 || 'ffff' UNION ALL"
                              " SELECT n, hash, 0, 0, 1, 0, 0, incarnation, NULL, 0 FROM place WHERE log = ?1 AND device = ?2"
                              "  AND incarnation BETWEEN ?3 || '0000' AND ?3 || 'ffff' UNION ALL"
                              " SELECT n, hash, 0, 0, 1, 0, 0, incarnation, NULL, 0 FROM place WHERE log = ?1 AND device = ?2"
                              "  AND incarnation BETWEEN " MC_PLACE_BEFORE "?3 || '0000' AND " MC_PLACE_BEFORE "?3 || 'ffff~'"
                              ") WHERE at > 0 ORDER BY at, aside DESC, number = 0, former, number", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, self->log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, self->family);

  while (TRUE)
    {
      Thing *thing;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      thing = read_thing (stmt);
      if (is_new (self->things, thing))
        g_ptr_array_add (self->things, thing);
      else
        thing_free (thing);
    }
}

/* paths */

static GArray *
layer_new (void)
{
  GArray *layer = g_array_new (FALSE, TRUE, sizeof (Path));

  g_array_set_clear_func (layer, path_clear);

  return layer;
}

/* A group is one or the other as a whole. */
static gboolean
fits_group (Path  *path,
            Thing *next)
{
  Thing *last = path->thing;
  gboolean goes_on = last != NULL && last->number != 0 && last->k + 1 < last->m;

  if (goes_on || (next->number != 0 && next->k > 0))
    return goes_on && next->number != 0 && next->k == last->k + 1 && next->m == last->m;

  return TRUE;
}

static void
extend (Stream *self,
        GArray *layer,
        Path   *path,
        guint   index,
        Thing  *next)
{
  Path longer = { .chain = path->chain, .thing = next, .before = index, .cost = path->cost, .row = path->row };

  if (!fits_group (path, next))
    return;
  mc_chain_step (&longer.chain, &next->hash);
  if (next->signature != NULL &&
      !(longer.name = self->is_signed (self->device, next->incarnation, next->n, &longer.chain, next->signature, self->user_data)) &&
      !next->is_former)
    return;
  if (next->number != 0)
    {
      if (path->row != NULL)
        longer.cost += (path->row->is_displaced != next->is_displaced) + (path->row->number > next->number);
      longer.row = next;
    }
  g_array_append_val (layer, longer);
}

static int
compare_costs (gconstpointer a,
               gconstpointer b)
{
  const Path *one = a, *other = b;

  return one->cost < other->cost ? -1 : one->cost > other->cost;
}

static void
find_paths (Stream *self)
{
  Path none = { 0 };
  guint from = 0;

  for (guint64 n = 1; from < self->things->len && ((Thing *) self->things->pdata[from])->n == n; n++)
    {
      GArray *before = n == 1 ? NULL : self->layers->pdata[n - 2], *layer = layer_new ();
      guint to = from;

      while (to < self->things->len && ((Thing *) self->things->pdata[to])->n == n)
        to++;
      for (guint i = 0; i < (before != NULL ? before->len : 1); i++)
        for (guint at = from; at < to; at++)
          extend (self, layer, before != NULL ? &g_array_index (before, Path, i) : &none, i, self->things->pdata[at]);
      g_array_sort (layer, compare_costs);
      if (layer->len > PATHS_MAX)
        g_array_set_size (layer, PATHS_MAX);
      g_ptr_array_add (self->layers, layer);
      if (layer->len == 0)
        return;
      from = to;
    }
}

/* The path to each place up to @n that leads to path @index of its layer. */
static GPtrArray *
walk (Stream *self,
      guint64 n,
      guint   index)
{
  GPtrArray *steps = g_ptr_array_sized_new (n);

  g_ptr_array_set_size (steps, n);
  for (guint64 at = n; at > 0; at--)
    {
      Path *path = &g_array_index ((GArray *) self->layers->pdata[at - 1], Path, index);

      steps->pdata[at - 1] = path;
      index = path->before;
    }

  return steps;
}

/* groups */

static gboolean
read_change (Stream     *self,
             Thing      *thing,
             GPtrArray  *changes,
             GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->journal->db, "SELECT bytes FROM change WHERE number = ?", error);
  g_autoptr(GBytes) bytes = NULL;
  McChange *change;
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, thing->number);
  if (!mc_stmt_next (stmt, &has_row, error) || !has_row)
    return FALSE;
  bytes = mc_stmt_dup_bytes (stmt, 0);
  if (!(change = mc_change_parse (bytes, error)))
    return FALSE;
  g_ptr_array_add (changes, change);

  return TRUE;
}

/* Whether all of a group that begins at @at is here, and aside; or, if @former, was here and has other places now. */
static gboolean
is_group (GPtrArray *steps,
          guint      at,
          gboolean   former)
{
  Thing *first = ((Path *) steps->pdata[at])->thing;

  if (first->k != 0 || at + first->m > steps->len)
    return FALSE;
  for (guint i = 0; i < first->m; i++)
    {
      Thing *thing = ((Path *) steps->pdata[at + i])->thing;

      if (former ? !thing->is_former : !thing->is_aside)
        return FALSE;
    }

  return TRUE;
}

/* The group at @at, with the hashes of the places since @from. */
static McGroup *
read_group (Stream     *self,
            GPtrArray  *steps,
            const char *name,
            guint       from,
            guint       at,
            GError    **error)
{
  g_autoptr(McGroup) group = g_new0 (McGroup, 1);
  guint m = ((Path *) steps->pdata[at])->thing->m;
  Thing *last = ((Path *) steps->pdata[at + m - 1])->thing;

  group->device = g_strdup (self->device);
  group->incarnation = g_strdup (name);
  group->n = at + 1;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = from; i < at; i++)
    g_ptr_array_add (group->holes, g_bytes_new (((Path *) steps->pdata[i])->thing->hash.data, MC_DIGEST_SIZE));
  for (guint i = 0; i < m; i++)
    if (!read_change (self, ((Path *) steps->pdata[at + i])->thing, group->changes, error))
      return NULL;
  if (((Path *) steps->pdata[at + m - 1])->name != NULL)
    group->signature = g_bytes_ref (last->signature);

  return g_steal_pointer (&group);
}

/* A row that has another place now goes along where what was signed there proves those before it. */
static GPtrArray *
read_groups (Stream      *self,
             GPtrArray   *steps,
             const char  *name,
             gsize        max_bytes,
             GError     **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  McGroup *group = NULL;
  guint from = 0;
  gsize total = 0;

  for (guint at = 0; at < steps->len; at++)
    {
      gboolean is_open = group != NULL && group->signature == NULL;

      if (total >= max_bytes && from == at && ((Path *) steps->pdata[at - 1])->name != NULL)
        break;
      if (!is_group (steps, at, FALSE) && !(is_open && is_group (steps, at, TRUE)))
        continue;
      if (at - from > MC_HOLES_MAX || (mc_faults & MC_FAULT_NO_HOLES && at > from))
        break;
      if (!(group = read_group (self, steps, name, from, at, error)))
        return NULL;
      g_ptr_array_add (groups, group);
      total += mc_group_get_size (group);
      from = at + group->changes->len;
      at = from - 1;
    }

  return g_steal_pointer (&groups);
}

/* The next path, from the longest on, that is signed at its end and goes on nowhere; the places on it count as passed. */
static GPtrArray *
next_path (Stream      *self,
           const char **out_name)
{
  for (guint64 n = self->layers->len; n > 0; n--)
    {
      GArray *layer = self->layers->pdata[n - 1];

      for (guint i = 0; i < layer->len; i++)
        {
          Path *path = &g_array_index (layer, Path, i);
          GPtrArray *steps;

          if (path->name == NULL || path->is_passed)
            continue;
          steps = walk (self, n, i);
          for (guint at = 0; at < steps->len; at++)
            ((Path *) steps->pdata[at])->is_passed = TRUE;
          *out_name = path->name;
          return steps;
        }
    }

  return NULL;
}

static gboolean
has_aside (GPtrArray *steps)
{
  for (guint at = 0; at < steps->len; at++)
    if (is_group (steps, at, FALSE))
      return TRUE;

  return FALSE;
}

/* The streams of which anything is aside. */
static GPtrArray *
list_streams (McJournal   *self,
              const char  *log,
              McIsSigned   is_signed,
              gpointer     user_data,
              GError     **error)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (stream_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT DISTINCT device, substr (incarnation, 1, length (incarnation) - " FAMILY_DIGITS ")"
                              " FROM change WHERE log = ? AND own = 0 AND state = 2 ORDER BY 1, 2", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  while (TRUE)
    {
      Stream *stream;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&streams);
      stream = g_new0 (Stream, 1);
      stream->journal = self;
      stream->log = log;
      stream->device = g_strdup (mc_stmt_get_text (stmt, 0));
      stream->family = g_strdup (mc_stmt_get_text (stmt, 1));
      stream->is_signed = is_signed;
      stream->user_data = user_data;
      stream->things = g_ptr_array_new_with_free_func (thing_free);
      stream->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
      g_ptr_array_add (streams, stream);
    }
}

/**
 * mc_journal_find_branches:
 * @self: a journal whose cursor in @log is where the hub's log ends
 * @log: a unit log
 * @is_signed: whose word it is under which name a place is signed
 * @user_data: for @is_signed
 * @skip: how many branches were offered in vain
 * @max_bytes: about how much
 * @out_found: (out): %FALSE if there are no more
 * @error: return location for an error
 *
 * One branch of a stream that was written several times, as mc_journal_list_branches() lists them, but by trying what fits the
 * signatures.  Costs up to 256 signatures a place: for what nothing simpler has brought home.
 *
 * Returns: (transfer full) (element-type McGroup): rows of it that are set aside
 */
GPtrArray *
mc_journal_find_branches (McJournal   *self,
                          const char  *log,
                          McIsSigned   is_signed,
                          gpointer     user_data,
                          guint        skip,
                          gsize        max_bytes,
                          gboolean    *out_found,
                          GError     **error)
{
  g_autoptr(GPtrArray) streams = list_streams (self, log, is_signed, user_data, error);
  guint at = 0;

  *out_found = FALSE;
  for (guint i = 0; streams != NULL && i < streams->len; i++)
    {
      Stream *stream = streams->pdata[i];
      const char *name;
      GPtrArray *path;

      if (!read_things (stream, error))
        return NULL;
      find_paths (stream);
      while ((path = next_path (stream, &name)) != NULL)
        {
          g_autoptr(GPtrArray) steps = path;

          if (!has_aside (steps) || at++ < skip)
            continue;
          *out_found = TRUE;
          return read_groups (stream, steps, name, max_bytes, error);
        }
    }

  return streams != NULL ? g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free) : NULL;
}
