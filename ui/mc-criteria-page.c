/* mc-criteria-page.c: domains and criteria, with what is there and what is missing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A criterion with a measure is answered by records; the others by the unit's own answer with its evidence, or the
 * explanation that is compulsory without it.
 */

#include "mc-criteria-page.h"

#include <glib/gi18n.h>

#include "core/mc-points.h"
#include "core/mc-text.h"
#include "mc-criterion-form.h"
#include "mc-fault-text.h"
#include "mc-form.h"
#include "mc-lines-window.h"
#include "mc-load.h"
#include "mc-page.h"
#include "mc-pane.h"
#include "mc-present.h"
#include "mc-reload.h"
#include "mc-rows.h"

#define TYPE "assessment"

typedef enum
{
  STATE_MISSING,
  STATE_RETURNED,
  STATE_DONE,
  STATE_WAITING,
  STATE_NOT_APPLICABLE,
} State;

typedef enum
{
  FILTER_COMMUNES,
  FILTER_MISSING,
  FILTER_RETURNED,
  FILTER_DONE,
  FILTER_ALL,
} Filter;

#define N_FILTERS 5

/* What each looks at first: a commune at its own part, a district at its whole index. */
static const Filter commune_filters[N_FILTERS] = { FILTER_COMMUNES, FILTER_MISSING, FILTER_RETURNED, FILTER_DONE, FILTER_ALL };
static const Filter district_filters[N_FILTERS] = { FILTER_ALL, FILTER_MISSING, FILTER_RETURNED, FILTER_DONE, FILTER_COMMUNES };

struct _McCriteriaPage
{
  AdwBin parent_instance;

  McContext *context;       /* (owned) */
  GtkWidget *pane;
  GtkWidget *filter;
  const Filter *filters;    /* what the places of @filter stand for */
  GtkWidget *list;
  GtkWidget *form;
  McReload *reload;         /* (owned) */
  McLoad *load;             /* (owned) (nullable) the last one */
  char *shown;              /* (owned) (nullable) code of the criterion in the details */
};

static void page_init (McPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (McCriteriaPage, mc_criteria_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (MC_TYPE_PAGE, page_init))

static void
mc_criteria_page_dispose (GObject *object)
{
  McCriteriaPage *self = MC_CRITERIA_PAGE (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_pointer (&self->load, mc_load_free);
  g_clear_pointer (&self->shown, g_free);

  G_OBJECT_CLASS (mc_criteria_page_parent_class)->dispose (object);
}

static void
mc_criteria_page_finalize (GObject *object)
{
  McCriteriaPage *self = MC_CRITERIA_PAGE (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_criteria_page_parent_class)->finalize (object);
}

static void
mc_criteria_page_class_init (McCriteriaPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_criteria_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_criteria_page_finalize;
}

static void
mc_criteria_page_init (McCriteriaPage *self)
{
}

/* states */

static McRecord *
find_assessment (McCriteriaPage *self,
                 const char     *code)
{
  for (guint i = 0; self->load != NULL && i < self->load->records->len; i++)
    if (g_str_equal (mc_record_get_text (self->load->records->pdata[i], "criterion"), code))
      return self->load->records->pdata[i];

  return NULL;
}

static State
get_state (McCriteriaPage *self,
           McCriterion    *criterion)
{
  McRecord *record = find_assessment (self, criterion->code);
  McCriterionScore *score = self->load != NULL && self->load->score != NULL ? mc_score_find (self->load->score, criterion->code) : NULL;

  if (record != NULL && g_str_equal (mc_record_get_text (record, "review.verdict"), "returned"))
    return STATE_RETURNED;
  if (score == NULL || score->state == MC_SCORE_MISSING)
    return STATE_MISSING;
  if (record != NULL && mc_fault_count (self->load->faults, mc_record_get_id (record), TRUE) > 0)
    return STATE_MISSING;
  if (score->state == MC_SCORE_WAITING)
    return STATE_WAITING;
  if (score->state == MC_SCORE_NOT_APPLICABLE)
    return STATE_NOT_APPLICABLE;

  return STATE_DONE;
}

static const char *
state_text (State    state,
            gboolean is_commune)
{
  switch (state)
    {
    case STATE_RETURNED:
      return is_commune ? _("sent back by the district") : _("sent back");
    case STATE_DONE:
      return _("answered");
    case STATE_WAITING:
      return is_commune ? _("waits for the district") : _("waits to be judged");
    case STATE_NOT_APPLICABLE:
      return _("does not apply");
    case STATE_MISSING:
    default:
      return _("missing");
    }
}

/* In a word and a colour: the colour alone says nothing. */
static void
show_state (McCriteriaPage *self,
            GtkLabel       *label,
            State           state,
            gboolean        has_points)
{
  static const char * const classes[][2] = {
    [STATE_MISSING] = { "dim-label", NULL }, [STATE_RETURNED] = { "error", NULL }, [STATE_DONE] = { "success", NULL },
    [STATE_WAITING] = { "dim-label", NULL }, [STATE_NOT_APPLICABLE] = { "dim-label", NULL }
  };
  static const char * const plain[] = { NULL };

  gtk_label_set_text (label, state_text (state, mc_context_is_commune (self->context)));
  /* A result of no points is one, but nothing to be glad of. */
  gtk_widget_set_css_classes (GTK_WIDGET (label), (const char **) (state == STATE_DONE && !has_points ? plain : classes[state]));
}

static char *
points_text (McCriteriaPage *self,
             McCriterion    *criterion)
{
  McCriterionScore *score = self->load != NULL && self->load->score != NULL ? mc_score_find (self->load->score, criterion->code) : NULL;
  g_autofree char *points = mc_points_format_vi (score != NULL ? score->points : 0), *max = mc_points_format_vi (criterion->max);

  return g_strdup_printf (_("%s of %s points"), points, max);
}

/* details */

static void
show_figures (McCriteriaPage *self,
              McCriterion    *criterion)
{
  McCriterionScore *score = self->load->score != NULL ? mc_score_find (self->load->score, criterion->code) : NULL;
  g_autofree char *points = points_text (self, criterion), *text = NULL;
  gint64 percent;

  if (score != NULL && score->denominator > 0 && mc_points_percent (score->numerator, score->denominator, &percent))
    {
      g_autofree char *rate = mc_points_format_vi (percent);
      g_autofree char *numerator = mc_text_format_integer (score->numerator);
      g_autofree char *denominator = mc_text_format_integer (score->denominator);

      /* Translators: points; numerator, denominator and rate of the measure. */
      text = g_strdup_printf (_("%s – %s of %s (%s%%)"), points, numerator, denominator, rate);
    }
  mc_criterion_form_show_figures (self->form, text != NULL ? text : points);
}

static void
show_details (McCriteriaPage *self)
{
  McCriterion *criterion = mc_pack_find_criterion (mc_context_get_pack (self->context), self->shown);
  McRecord *record = find_assessment (self, self->shown);
  g_autoptr(McRecord) fresh = NULL;

  if (record == NULL)
    {
      const char *key[] = { self->shown, NULL };
      g_autofree char *id = mc_context_id_of_key (self->context, TYPE, key);

      fresh = record = mc_record_new_empty (id, mc_context_get_log (self->context), TYPE,
                                            mc_pack_get_id (mc_context_get_pack (self->context)), NULL);
    }
  show_figures (self, criterion);
  mc_form_set_record (MC_FORM (self->form), record);
  mc_form_set_faults (MC_FORM (self->form), self->load->faults);
}

static void
open_criterion (McCriteriaPage *self,
                const char     *code)
{
  McCriterion *criterion = mc_pack_find_criterion (mc_context_get_pack (self->context), code);
  g_autofree char *title = g_strdup_printf (_("Criterion %s"), code);

  if (criterion == NULL)
    return;
  if (self->form != NULL)
    mc_form_commit (MC_FORM (self->form));
  if (code != self->shown)
    {
      g_free (self->shown);
      self->shown = g_strdup (code);
    }
  self->form = mc_criterion_form_new (self->context, criterion);
  mc_pane_set_details (MC_PANE (self->pane), self->form);
  mc_pane_show_details (MC_PANE (self->pane), title);
  if (self->load != NULL)
    show_details (self);
}

/* list */

static gboolean
passes (McCriteriaPage *self,
        McCriterion    *criterion)
{
  Filter filter = self->filters[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->filter))];

  if (criterion->children->len > 0 || (filter != FILTER_ALL && !mc_criterion_concerns (self->context, criterion)))
    return FALSE;

  switch (filter)
    {
    case FILTER_COMMUNES:
      return criterion->contributes != NULL && criterion->contributes[0] != NULL;
    case FILTER_MISSING:
      return get_state (self, criterion) == STATE_MISSING;
    case FILTER_RETURNED:
      return get_state (self, criterion) == STATE_RETURNED;
    case FILTER_DONE:
      return get_state (self, criterion) == STATE_DONE;
    case FILTER_ALL:
    default:
      return TRUE;
    }
}

static GtkWidget *
make_row_cb (const char *key,
             guint       place,
             gpointer    user_data)
{
  McCriteriaPage *self = user_data;
  McCriterion *criterion = mc_pack_find_criterion (mc_context_get_pack (self->context), key);
  GtkWidget *row = adw_action_row_new (), *state = gtk_label_new (NULL);
  g_autofree char *title = g_strdup_printf ("%s  %s", criterion->code, criterion->name), *markup = g_markup_escape_text (title, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), state);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "criterion", criterion);
  g_object_set_data (G_OBJECT (row), "state", state);

  return row;
}

static void
show_row (McCriteriaPage *self,
          GtkListBoxRow  *row)
{
  McCriterion *criterion = g_object_get_data (G_OBJECT (row), "criterion");
  g_autofree char *points = points_text (self, criterion);
  McCriterionScore *score = self->load != NULL && self->load->score != NULL ? mc_score_find (self->load->score, criterion->code) : NULL;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), points);
  show_state (self, g_object_get_data (G_OBJECT (row), "state"), get_state (self, criterion), score != NULL && score->points > 0);
}

static void
header_cb (GtkListBoxRow *row,
           GtkListBoxRow *before,
           gpointer       user_data)
{
  McCriteriaPage *self = user_data;
  McCriterion *criterion = g_object_get_data (G_OBJECT (row), "criterion");
  McCriterion *above = before != NULL ? g_object_get_data (G_OBJECT (before), "criterion") : NULL;
  GPtrArray *domains = mc_pack_get_domains (mc_context_get_pack (self->context));
  GtkWidget *label;

  gtk_list_box_row_set_header (row, NULL);
  if (above != NULL && g_str_equal (above->domain, criterion->domain))
    return;
  for (guint i = 0; i < domains->len; i++)
    {
      McDomain *domain = domains->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s. %s", domain->code, domain->name);

      if (!g_str_equal (domain->code, criterion->domain))
        continue;
      label = gtk_label_new (text);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "heading");
      gtk_widget_add_css_class (label, "list-header");
      gtk_list_box_row_set_header (row, label);
    }
}

static void
fill_list (McCriteriaPage *self)
{
  GPtrArray *criteria = mc_pack_get_criteria (mc_context_get_pack (self->context));
  g_autoptr(GPtrArray) keys = g_ptr_array_new ();
  GtkListBoxRow *row;

  for (guint i = 0; i < criteria->len; i++)
    if (passes (self, criteria->pdata[i]))
      g_ptr_array_add (keys, (gpointer) ((McCriterion *) criteria->pdata[i])->code);
  g_ptr_array_add (keys, NULL);
  mc_rows_set (GTK_LIST_BOX (self->list), (const char * const *) keys->pdata, make_row_cb, self);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    show_row (self, row);
  gtk_list_box_invalidate_headers (GTK_LIST_BOX (self->list));
}

static void
activated_cb (GtkListBox     *list,
              GtkListBoxRow  *row,
              McCriteriaPage *self)
{
  open_criterion (self, ((McCriterion *) g_object_get_data (G_OBJECT (row), "criterion"))->code);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McCriteriaPage) self = user_data;
  g_autoptr(GError) error = NULL;
  McLoad *load = mc_load_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    {
      g_clear_pointer (&load, mc_load_free);
      return;
    }
  if (load == NULL)
    mc_context_toast_error (self->context, error);
  else
    {
      g_clear_pointer (&self->load, mc_load_free);
      self->load = load;
      mc_lines_window_set_empty (self->list, _("No criterion is in this state."));
      fill_list (self);
      if (self->form != NULL && self->shown != NULL)
        show_details (self);
    }
  mc_reload_done (self->reload);
}

static void
load (gpointer user_data)
{
  McCriteriaPage *self = user_data;
  McLoadRequest request = { .type = TYPE, .with_faults = TRUE, .with_score = TRUE };

  mc_load_async (mc_context_get_store (self->context), &request, loaded_cb, g_object_ref (self));
}

/* the page */

static const char *
filter_text (Filter   filter,
             gboolean is_commune)
{
  switch (filter)
    {
    case FILTER_COMMUNES:
      return is_commune ? _("What the commune contributes to") : _("What communes contribute to");
    case FILTER_MISSING:
      return _("Missing");
    case FILTER_RETURNED:
      return _("Sent back");
    case FILTER_DONE:
      return _("Answered");
    case FILTER_ALL:
    default:
      return _("All criteria");
    }
}

GtkWidget *
mc_criteria_page_new (McContext *context)
{
  McCriteriaPage *self = g_object_new (MC_TYPE_CRITERIA_PAGE, NULL);
  const char *filters[N_FILTERS + 1] = { NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scrolled = gtk_scrolled_window_new ();
  const char *note = mc_pack_get_status_text (mc_context_get_pack (context));

  self->context = g_object_ref (context);
  self->filters = mc_context_is_commune (context) ? commune_filters : district_filters;
  for (guint i = 0; i < N_FILTERS; i++)
    filters[i] = filter_text (self->filters[i], mc_context_is_commune (context));
  self->filter = gtk_drop_down_new_from_strings (filters);
  gtk_widget_set_halign (self->filter, GTK_ALIGN_START);
  mc_present_drop_down (GTK_DROP_DOWN (self->filter), _("Which criteria to show"));
  g_signal_connect_swapped (self->filter, "notify::selected", G_CALLBACK (fill_list), self);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), header_cb, self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Criteria"), -1);
  gtk_widget_add_css_class (self->list, "boxed-list");
  g_signal_connect (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  gtk_widget_add_css_class (box, "page");
  gtk_box_append (GTK_BOX (box), self->filter);
  if (note != NULL)
    {
      g_autofree char *text = g_strdup_printf (_("Criteria set: %s (%s)"), mc_pack_get_title (mc_context_get_pack (context)), note);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  self->pane = mc_pane_new (context, scrolled, mc_form_new (context, mc_pack_find_type (mc_context_get_pack (context), TYPE)));
  adw_bin_set_child (ADW_BIN (self), self->pane);
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);

  return GTK_WIDGET (self);
}

static void
commit (McPage *page)
{
  McCriteriaPage *self = MC_CRITERIA_PAGE (page);

  if (self->form != NULL)
    mc_form_commit (MC_FORM (self->form));
}

/* A record of an assessment, or the code of a criterion with the type "criterion". */
static gboolean
show_record (McPage     *page,
             const char *record,
             const char *type)
{
  McCriteriaPage *self = MC_CRITERIA_PAGE (page);

  if (g_strcmp0 (type, "criterion") == 0)
    {
      open_criterion (self, record);
      return TRUE;
    }
  if (g_strcmp0 (type, TYPE) != 0)
    return FALSE;
  for (guint i = 0; self->load != NULL && i < self->load->records->len; i++)
    if (g_str_equal (mc_record_get_id (self->load->records->pdata[i]), record))
      {
        g_autofree char *code = g_strdup (mc_record_get_text (self->load->records->pdata[i], "criterion"));

        open_criterion (self, code);
      }

  return TRUE;
}

static void
page_init (McPageInterface *iface)
{
  iface->title = N_("Criteria and evidence");
  iface->icon_name = "emblem-ok-symbolic";
  iface->help = "tieu-chi";
  iface->commit = commit;
  iface->show_record = show_record;
}
