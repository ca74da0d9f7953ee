/* mc-help.c: the handbook
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages are Markdown of a small kind (headings, paragraphs, lists, bold, italic, code, links between pages), so that
 * they read well in the sources too; no help program has to be installed.
 */

#include "mc-help.h"

#include <glib/gi18n.h>

#include "mc-dialogs.h"
#include <string.h>

#define PREFIX "/vn/minhchung/MinhChung/help/"

typedef struct
{
  GtkWidget *box;
  GtkWidget *scrolled;
  GtkWidget *window;   /* owns this */
} Help;

static void show_page (Help       *help,
                       const char *page);

static char *
replace_all (char       *text,   /* (transfer full) */
             const char *pattern,
             const char *with)
{
  g_autoptr(GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  char *result = g_regex_replace (regex, text, -1, 0, with, 0, NULL);

  g_free (text);

  return result;
}

char *
mc_help_markup (const char *text)
{
  char *markup = g_markup_escape_text (text, -1);

  markup = replace_all (markup, "\\*\\*(.+?)\\*\\*", "<b>\\1</b>");
  markup = replace_all (markup, "\\*(.+?)\\*", "<i>\\1</i>");
  markup = replace_all (markup, "`(.+?)`", "<tt>\\1</tt>");

  return replace_all (markup, "\\[(.+?)\\]\\((.+?)\\)", "<a href=\"\\2\">\\1</a>");
}

static gboolean
link_cb (GtkLabel   *label,
         const char *uri,
         Help       *help)
{
  g_autofree char *page = g_str_has_suffix (uri, ".md") ? g_strndup (uri, strlen (uri) - 3) : NULL;

  if (page == NULL)
    return FALSE;
  show_page (help, page);

  return TRUE;
}

static void
add_text (Help       *help,
          const char *text,
          const char *css_class,
          int         indent)
{
  g_autofree char *markup = mc_help_markup (text);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_margin_start (label, indent);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  g_signal_connect (label, "activate-link", G_CALLBACK (link_cb), help);
  gtk_box_append (GTK_BOX (help->box), label);
}

static void
add_paragraph (Help    *help,
               GString *paragraph)
{
  if (paragraph->len > 0)
    add_text (help, paragraph->str, NULL, 0);
  g_string_truncate (paragraph, 0);
}

static gboolean
is_numbered (const char *line)
{
  gsize n = strspn (line, "0123456789");

  return n > 0 && line[n] == '.' && line[n + 1] == ' ';
}

static void
add_line (Help       *help,
          const char *line,
          GString    *paragraph)
{
  gboolean is_item = g_str_has_prefix (line, "- ");

  if (*line == '\0' || *line == '#' || is_item || is_numbered (line))
    add_paragraph (help, paragraph);
  if (g_str_has_prefix (line, "## "))
    add_text (help, line + 3, "heading", 0);
  else if (g_str_has_prefix (line, "# "))
    {
      add_text (help, line + 2, "title-2", 0);
      gtk_window_set_title (GTK_WINDOW (help->window), line + 2);
    }
  else if (is_item)
    {
      g_autofree char *text = g_strdup_printf ("• %s", line + 2);

      add_text (help, text, NULL, 12);
    }
  else if (is_numbered (line))
    add_text (help, line, NULL, 12);
  else if (*line != '\0')
    g_string_append_printf (paragraph, "%s%s", paragraph->len > 0 ? " " : "", line);
}

static void
show_page (Help       *help,
           const char *page)
{
  g_autofree char *path = g_strdup_printf (PREFIX "%s.md", page);
  g_autoptr(GBytes) bytes = g_resources_lookup_data (path, 0, NULL);
  g_autoptr(GString) paragraph = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (help->box)) != NULL)
    gtk_box_remove (GTK_BOX (help->box), child);
  if (bytes == NULL)
    {
      add_text (help, _("This page of the handbook is not there."), NULL, 0);
      return;
    }
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    add_line (help, g_strchomp (lines[i]), paragraph);
  add_paragraph (help, paragraph);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (help->scrolled)), 0);
}

static void
index_cb (GtkButton *button,
          Help      *help)
{
  show_page (help, "index");
}

void
mc_help_show (GtkWidget  *parent,
              const char *page)
{
  Help *help = g_new0 (Help, 1);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *contents = gtk_button_new_with_mnemonic (_("_Contents")), *clamp = adw_clamp_new ();

  help->window = adw_window_new ();
  help->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  help->scrolled = gtk_scrolled_window_new ();
  gtk_widget_add_css_class (help->box, "page");
  g_signal_connect (contents, "clicked", G_CALLBACK (index_cb), help);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), contents);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 680);
  adw_clamp_set_child (ADW_CLAMP (clamp), help->box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (help->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (help->scrolled), clamp);
  gtk_widget_set_vexpand (help->scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), help->scrolled);
  gtk_window_set_default_size (GTK_WINDOW (help->window), 680, 620);
  mc_dialogs_close_on_escape (GTK_WINDOW (help->window));
  gtk_window_set_transient_for (GTK_WINDOW (help->window), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  adw_window_set_content (ADW_WINDOW (help->window), box);
  g_object_set_data_full (G_OBJECT (help->window), "help", help, g_free);
  show_page (help, page);
  gtk_window_present (GTK_WINDOW (help->window));
}
