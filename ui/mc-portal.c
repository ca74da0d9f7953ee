/* mc-portal.c: whether the desktop's portals answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside a sandbox GTK's file dialog without a portal shows nothing and never answers: so the bus is asked first.
 */

#include "mc-portal.h"

/* A portal that the bus starts only now takes its time on an old computer. */
#define PATIENCE_MS 10000

typedef struct
{
  char *interface;      /* (owned) */
  McPortalFunc func;
  gpointer user_data;
} Asking;

static void
answer (Asking   *asking,
        gboolean  is_there)
{
  asking->func (is_there, asking->user_data);
  g_free (asking->interface);
  g_free (asking);
}

static void
version_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Asking *asking = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) version = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (version == NULL)
    g_message ("The desktop has no %s: %s", asking->interface, error->message);
  answer (asking, version != NULL);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Asking *asking = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_message ("There is no session bus: %s", error->message);
      answer (asking, FALSE);
      return;
    }
  g_dbus_connection_call (bus, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                          "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", asking->interface, "version"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS, NULL, version_cb, asking);
}

gboolean
mc_portal_is_needed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

void
mc_portal_ask (const char   *interface,
               McPortalFunc  func,
               gpointer      user_data)
{
  Asking *asking;

  if (!mc_portal_is_needed ())
    {
      func (TRUE, user_data);
      return;
    }
  asking = g_new0 (Asking, 1);
  asking->interface = g_strdup (interface);
  asking->func = func;
  asking->user_data = user_data;
  g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, asking);
}
