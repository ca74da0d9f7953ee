/* mc-error-text.c: what went wrong, in the words of the person who reads it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every error that a person can meet has its sentence here: what happened, what that means for the data, what to do.
 * The message of the GError is for administrators and stands in the log.
 */

#include "mc-error-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-error.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-text.h"
#include "wire/mc-sync-error.h"

#define QUOTED_CHARS 40

static const char *
sync_text (int code)
{
  switch ((McSyncError) code)
    {
    case MC_SYNC_ERROR_NO_NETWORK:
      return _("This computer has no network. Everything is kept on it and goes by itself when the network is back.");
    case MC_SYNC_ERROR_UNREACHABLE:
      return _("The district's server does not answer. Everything is kept on this computer; it is tried again by itself. "
               "If it lasts longer than a day, call the district.");
    case MC_SYNC_ERROR_NOT_A_HUB:
      return _("Something else than the district's server answers at its address. Nothing was lost. Call the district and ask "
               "whether the address is still right.");
    case MC_SYNC_ERROR_PORTAL:
      return _("A sign-in page of the network answers in place of the district's server. Nothing was lost. Open a web page, sign in "
               "to the network, then sync again.");
    case MC_SYNC_ERROR_PROXY:
      return _("A proxy of the network does not let the sync through. Nothing was lost. Tell who looks after the network; it is tried "
               "again by itself.");
    case MC_SYNC_ERROR_CUT:
      return _("The line broke off. What has arrived is not sent again; the rest is kept on this computer and goes by itself.");
    case MC_SYNC_ERROR_WRONG_KEY:
      return _("The server that answers is not the one this computer was enrolled at. Nothing was sent. Call the district before "
               "going on. If it has a new server, ask it for a new enrolment file and open it on this computer.");
    case MC_SYNC_ERROR_REVOKED:
      return _("The district has withdrawn this computer's permission. The data stay here. Ask the district for a new enrolment file and "
               "open it on this computer.");
    case MC_SYNC_ERROR_UNKNOWN_DEVICE:
      return _("The district's server does not know this computer. The data stay here. Ask the district for a new enrolment file and open "
               "it on this computer.");
    case MC_SYNC_ERROR_HUB_FULL:
      return _("The district's server has no space left. Everything is kept on this computer. Tell the district.");
    case MC_SYNC_ERROR_UNAVAILABLE:
      return _("The district's server is busy or being looked after. Everything is kept on this computer; it is tried again by itself.");
    case MC_SYNC_ERROR_PROTOCOL:
      return _("The server's answer could not be understood. Nothing was lost. Sync again; if it happens again, call the district.");
    case MC_SYNC_ERROR_STALLED:
      return _("The line stands still. What has arrived is not sent again; sync again when the network is better.");
    case MC_SYNC_ERROR_REJECTED:
      return _("The server refused the request. The data stay on this computer. Call the district.");
    case MC_SYNC_ERROR_BAD_LINE:
      return _("This enrolment line is not whole. Copy all of it, from MC1- to the end, and paste it again.");
    case MC_SYNC_ERROR_SECRET_USED:
      return _("This enrolment line was used before. Each line works once: ask the district for a new one.");
    case MC_SYNC_ERROR_SECRET_EXPIRED:
      return _("This enrolment line is too old. Ask the district for a new one.");
    case MC_SYNC_ERROR_BUNDLE_DAMAGED:
      return _("The bundle is damaged: it may be cut, or the stick is failing. Nothing was taken from it. Have it writte"
               "n once more, on another stick.");
    case MC_SYNC_ERROR_BUNDLE_FOREIGN:
      return _("This bundle is not for this computer: it belongs to another office or another server. Nothing was changed.");
    case MC_SYNC_ERROR_BUNDLE_OTHER:
      return _("This file is not a bundle that this computer can read. A bundle for the district goes to the distric"
               "t; its answer comes back here.");
    case MC_SYNC_ERROR_BUNDLE_NEWER:
      return _("The bundle was written by a newer version of Minh Chứng. Nothing was taken from it. Have that version installed, on "
               "this computer or on the district's server, then open the bundle again.");
    case MC_SYNC_ERROR_LOCAL:
    default:
      return _("The data on this computer could not be read or written. Close other programs and try again.");
    }
}

static const char *
store_text (int code)
{
  switch ((McStoreError) code)
    {
    case MC_STORE_ERROR_BUSY:
      return _("Another program is using the data. Try again in a moment.");
    case MC_STORE_ERROR_CORRUPT:
    case MC_STORE_ERROR_NOT_DATABASE:
      return _("The data file on this computer is damaged. Nothing was changed in it. Restore a backup or call the district: "
               "what was synced is there.");
    case MC_STORE_ERROR_NO_SPACE:
      return _("The disk is full, so this was not saved. Make room on the disk, then try again.");
    case MC_STORE_ERROR_READ_ONLY:
      return _("The data folder cannot be written to. Ask who looks after the computer to allow it.");
    case MC_STORE_ERROR_TOO_NEW:
      return _("The data were written by a newer version of Minh Chứng. Install that version; the data are as they were.");
    case MC_STORE_ERROR_NOT_FOUND:
      return _("That is not here (any more). Nothing was changed.");
    case MC_STORE_ERROR_CLOSED:
      return _("The register of that year is closed, so this was not saved. To add or change a line, open the register again; what "
               "was typed is kept.");
    case MC_STORE_ERROR_CONSTRAINT:
    case MC_STORE_ERROR_INVALID:
      return NULL;
    case MC_STORE_ERROR_FAILED:
    default:
      return _("This could not be saved. What was typed is still on the screen; try again.");
    }
}

static const char *
file_text (int code)
{
  switch (code)
    {
    case G_IO_ERROR_NOT_FOUND:
      return _("The file is no longer there. Nothing was attached.");
    case G_IO_ERROR_PERMISSION_DENIED:
      return _("This file may not be read. Nothing was attached. Copy it to the desktop and try again.");
    case G_IO_ERROR_IS_DIRECTORY:
      return _("That is a folder. Open it and choose the files in it.");
    case G_IO_ERROR_NO_SPACE:
      return _("The disk is full, so this was not saved. Make room on the disk, then try again.");
    default:
      return NULL;
    }
}

char *
mc_error_text (const GError *error)
{
  const char *text = NULL;

  g_return_val_if_fail (error != NULL, g_strdup (""));

  if (error->domain == MC_SYNC_ERROR)
    text = sync_text (error->code);
  else if (error->domain == MC_STORE_ERROR)
    text = store_text (error->code);
  else if (error->domain == G_IO_ERROR)
    text = file_text (error->code);
  if (text != NULL)
    return g_strdup (text);

  /* Translators: %s is a technical message in English. */
  return g_strdup_printf (_("This did not work. Nothing was lost. (%s)"), error->message);
}

char *
mc_error_text_enrol (const GError *error)
{
  if (error->domain != MC_SYNC_ERROR)
    return mc_error_text (error);

  switch (error->code)
    {
    case MC_SYNC_ERROR_NO_NETWORK:
      return g_strdup (_("This computer has no network. It is not enrolled yet, and the line stays good. Connect to the network, then "
                         "press Continue again."));
    case MC_SYNC_ERROR_UNREACHABLE:
    case MC_SYNC_ERROR_CUT:
    case MC_SYNC_ERROR_STALLED:
      return g_strdup (_("The district's server does not answer. This computer is not enrolled yet, and the line stays good. Look "
                         "whether the network works, then press Continue again. If it still does not answer, call the district."));
    case MC_SYNC_ERROR_PORTAL:
      return g_strdup (_("A sign-in page of the network answers in place of the district's server. This computer is not enrolled yet, and "
                         "the line stays good. Open a web page, sign in to the network, then press Continue again."));
    case MC_SYNC_ERROR_PROXY:
      return g_strdup (_("A proxy of the network does not let the enrolment through. This computer is not enrolled yet, and the line stays "
                         "good. Tell who looks after the network, then press Continue again."));
    case MC_SYNC_ERROR_UNAVAILABLE:
      return g_strdup (_("The district's server is busy or being looked after. This computer is not enrolled yet, and the line stays good. "
                         "Wait some minutes, then press Continue again."));
    case MC_SYNC_ERROR_WRONG_KEY:
      return g_strdup (_("The server that answers is not the one that gave this line. Nothing was sent, and this computer is not enrolled "
                         "yet. Call the district; if it has a new server, ask it for a new line."));
    default:
      return mc_error_text (error);
    }
}

char *
mc_error_text_slug (const char *slug)
{
  for (int code = 0; !g_str_equal (mc_sync_error_get_slug (code), "unknown"); code++)
    if (g_str_equal (mc_sync_error_get_slug (code), slug))
      return g_strdup (sync_text (code));

  return g_strdup (sync_text (MC_SYNC_ERROR_LOCAL));
}

const char *
mc_error_short (const GError *error)
{
  if (error->domain != MC_SYNC_ERROR)
    return _("Not synced – saved on this computer");

  switch ((McSyncError) error->code)
    {
    case MC_SYNC_ERROR_NO_NETWORK:
      return _("No network – saved on this computer");
    case MC_SYNC_ERROR_UNREACHABLE:
    case MC_SYNC_ERROR_UNAVAILABLE:
    case MC_SYNC_ERROR_STALLED:
      return _("Server does not answer – saved on this computer");
    case MC_SYNC_ERROR_PORTAL:
      return _("Sign in to the network – saved on this computer");
    case MC_SYNC_ERROR_PROXY:
      return _("Proxy in the way – saved on this computer");
    case MC_SYNC_ERROR_CUT:
      return _("Line broke off – saved on this computer");
    case MC_SYNC_ERROR_HUB_FULL:
      return _("Server full – saved on this computer");
    case MC_SYNC_ERROR_WRONG_KEY:
    case MC_SYNC_ERROR_REVOKED:
    case MC_SYNC_ERROR_UNKNOWN_DEVICE:
    case MC_SYNC_ERROR_NOT_A_HUB:
      return _("Call the district – saved on this computer");
    case MC_SYNC_ERROR_PROTOCOL:
    case MC_SYNC_ERROR_REJECTED:
    case MC_SYNC_ERROR_LOCAL:
    case MC_SYNC_ERROR_BAD_LINE:
    case MC_SYNC_ERROR_SECRET_USED:
    case MC_SYNC_ERROR_SECRET_EXPIRED:
    case MC_SYNC_ERROR_BUNDLE_DAMAGED:
    case MC_SYNC_ERROR_BUNDLE_FOREIGN:
    case MC_SYNC_ERROR_BUNDLE_OTHER:
    case MC_SYNC_ERROR_BUNDLE_NEWER:
    default:
      return _("Not synced – saved on this computer");
    }
}

static char *
range_text (McField *field)
{
  g_autofree char *min = field->min != NULL ? mc_text_format_decimal (field->min) : NULL;
  g_autofree char *max = field->max != NULL ? mc_text_format_decimal (field->max) : NULL;

  if (min != NULL && max != NULL)
    return g_strdup_printf (_("a number from %s to %s"), min, max);
  if (min != NULL)
    return g_strdup_printf (_("a whole number, at least %s"), min);

  return g_strdup (_("a whole number"));
}

char *
mc_error_text_field (McField    *field,
                     const char *text)
{
  g_autofree char *wanted = NULL, *quoted = NULL;

  switch (field->type)
    {
    case MC_FIELD_INTEGER:
      wanted = range_text (field);
      break;
    case MC_FIELD_DECIMAL:
      wanted = g_strdup (_("a number, such as 12,5"));
      break;
    case MC_FIELD_DATE:
      wanted = g_strdup (_("a date, such as 31/12/2021"));
      break;
    case MC_FIELD_MONTH:
      wanted = g_strdup (_("a month, such as 03/2021"));
      break;
    case MC_FIELD_DATETIME:
      wanted = g_strdup (_("a day with a time, such as 31/12/2021 14:30"));
      break;
    case MC_FIELD_TEXT:
    case MC_FIELD_BOOLEAN:
    case MC_FIELD_ENUM:
    case MC_FIELD_FILES:
    case MC_FIELD_REFERENCE:
    case MC_FIELD_PERSON:
    case MC_FIELD_LIST:
    default:
      wanted = g_strdup (_("something else"));
    }

  /* Whatever was pasted there: what to do about it is the end of the sentence. */
  if (g_utf8_strlen (text, -1) > QUOTED_CHARS)
    {
      g_autofree char *start = g_utf8_substring (text, 0, QUOTED_CHARS);

      quoted = g_strconcat (start, "…", NULL);
    }

  return g_strdup_printf (_("“%s” cannot be saved here: please type %s."), quoted != NULL ? quoted : text, wanted);
}

char *
mc_error_text_verdict (const char *verdict,
                       gboolean    is_held)
{
  g_autoptr(JsonNode) node = verdict != NULL ? mc_json_read (verdict, strlen (verdict), MC_PROBLEM_MAX_DEPTH) : NULL;
  const char *slug = node != NULL ? mc_json_get_text (json_node_get_object (node), "type", "") : "";

  if (is_held)
    return g_strdup (_("Waits until the refused edit of this item is corrected or withdrawn. It is kept on this computer."));
  if (g_str_equal (slug, "forbidden"))
    return g_strdup (_("This computer may not write here. The text is kept on this computer; correct it or withdraw it."));
  if (g_str_equal (slug, "id-reused"))
    return g_strdup (_("The server holds something else under the same number. Type it once more."));

  /* Translators: %s is a short technical word. */
  return g_strdup_printf (_("Refused by the district's server (%s). It is kept on this computer; correct it or withdraw it."),
                          *slug != '\0' ? slug : "?");
}
