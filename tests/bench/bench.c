/* bench.c: what the measuring programs share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bench.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "client/mc-enrol.h"
#include "core/mc-id.h"

void
bench_check (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  exit (1);
}

double
bench_now (void)
{
  return g_get_monotonic_time () / (double) G_USEC_PER_SEC;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_percentile (GArray *values,
                  double  percent)
{
  g_assert (values->len > 0);
  g_array_sort (values, compare_doubles);

  return g_array_index (values, double, MIN (values->len - 1, (guint) (values->len * percent / 100)));
}

double
bench_median (GArray *values)
{
  return bench_percentile (values, 50);
}

void
bench_report_ratio (const char *name,
                    const char *unit,
                    double      measured,
                    double      baseline,
                    double      bound)
{
  g_print ("{\"name\":\"%s\",\"unit\":\"%s\",\"measured\":%.6g,\"baseline\":%.6g,\"ratio\":%.3f,\"bound\":%g}\n",
           name, unit, measured, baseline, measured / baseline, bound);
}

void
bench_report (const char *name,
              const char *unit,
              double      measured,
              double      bound)
{
  g_print ("{\"name\":\"%s\",\"unit\":\"%s\",\"measured\":%.6g,\"bound\":%g}\n", name, unit, measured, bound);
}

/* records */

static char *
make_name (guint number)
{
  static const char * const families[] = {
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
    "Đinh", "Đinh", "Đinh", "Mai", "Trương", "Tô", "Cao", "Hà", "Lương", "Tạ", "Châu", "Thái", "Đoàn", "Lưu", "Kiều", "Quách",
  };
  static const char * const middles[] = {
    "Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Ngọc", "Quốc", "Xuân", "Thu", "Kim", "Công", "Bá", "Gia", "Anh", "Hồng",
  };
  static const char * const givens[] = {
    "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hòa", "Hùng", "Hương", "Khánh", "Lan", "Liên", "Linh",
    "Long", "Mai", "Nam", "Nga", "Nhung", "Oanh", "Phúc", "Phương", "Quang", "Quyên", "Sơn", "Tâm", "Thành", "Thảo", "Trang", "Yến",
  };
  guint32 mix = number * 2654435761u;

  return g_strdup_printf ("%s %s %s", families[mix >> 27], middles[mix >> 20 & 15], givens[mix >> 12 & 31]);
}

void
bench_save_copy (McJournal *journal,
                 guint      number)
{
  static const char * const documents[] = {
    "Bằng tốt nghiệp trung học phổ thông", "Giấy khai sinh", "Căn cước công dân", "Sổ hộ khẩu", "Giấy chứng nhận quyền sử dụng đất",
    "Giấy phép lái xe", "Quyết định nâng lương", "Bảng điểm đại học",
  };
  g_autofree char *id = mc_id_new (BENCH_NOW + number);
  g_autofree char *date = g_strdup_printf ("2021-%02u-%02u", 1 + number / 28 % 12, 1 + number % 28);
  g_autofree char *requester = make_name (number), *signer = make_name (number / 4096);
  g_autofree char *note = g_strdup_printf ("Bản chính số %u do huyện An Lão cấp, đối chiếu đúng", number * 7919 % 100000);
  const char *pack = mc_pack_get_id (mc_journal_get_pack (journal));
  g_autoptr(McRecord) record = mc_record_new_empty (id, mc_journal_get_log (journal), "certified-copy", pack, NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_int (edit, record, "volume", 1 + number / 500);
  mc_edit_set_text (edit, record, "certified_on", date);
  mc_edit_set_text (edit, record, "requester", requester);
  mc_edit_set_text (edit, record, "document", documents[number * 31 % G_N_ELEMENTS (documents)]);
  mc_edit_set_text (edit, record, "signer", signer);
  mc_edit_set_text (edit, record, "signer_title", "Phó Chủ tịch");
  mc_edit_set_int (edit, record, "copies", 1 + number % 5);
  mc_edit_set_int (edit, record, "fee", 2000 * (1 + number % 5));
  mc_edit_set_text (edit, record, "form", "paper");
  if (number % 3 == 0)
    mc_edit_set_text (edit, record, "note", note);
  mc_journal_save (journal, edit, BENCH_NOW + number, NULL, &error);
  bench_check (error);
}

void
bench_hurry (McJournal *journal,
             gboolean   hurry)
{
  g_autoptr(GError) error = NULL;

  mc_db_exec (mc_journal_get_db (journal), hurry ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL", &error);
  bench_check (error);
}

void
bench_fill (McJournal *journal,
            guint      first,
            guint      count)
{
  bench_hurry (journal, TRUE);
  for (guint i = 0; i < count; i++)
    bench_save_copy (journal, first + i);
  bench_hurry (journal, FALSE);
}

void
bench_edit (McJournal *journal,
            guint      count)
{
  McQuery query = { .type = "certified-copy", .order = MC_ORDER_SORT_ASCENDING, .limit = count };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, &error);
  g_autoptr(GPtrArray) records = NULL;

  bench_check (error);
  records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, &error);
  bench_check (error);
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (journal, mc_record_get_id (records->pdata[i]), &error);
      g_autoptr(McEdit) edit = mc_edit_new ();

      bench_check (error);
      mc_edit_set_int (edit, record, "copies", mc_record_get_int (record, "copies", 0) + 1);
      mc_journal_save (journal, edit, g_get_real_time (), NULL, &error);
      bench_check (error);
    }
}

/* hub */

static char *
run_hub (BenchHub   *hub,
         const char *first,
         ...)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  char *out = NULL;
  va_list words;

  g_ptr_array_add (argv, hub->program);
  g_ptr_array_add (argv, (char *) "--data");
  g_ptr_array_add (argv, hub->dir);
  va_start (words, first);
  for (const char *word = first; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (char *) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);

  process = g_subprocess_newv ((const char * const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  bench_check (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  bench_check (error);
  g_assert (g_subprocess_get_successful (process));

  return g_strchomp (out);
}

/* Makes a hub in @dir, which is to be, and waits until it listens. */
void
bench_hub_start (BenchHub   *hub,
                 const char *program,
                 const char *units,
                 const char *dir)
{
  g_autofree char *port_file = g_build_filename (dir, "port", NULL), *log = g_build_filename (dir, "log", NULL);
  g_autofree char *port = NULL;
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr(GError) error = NULL;

  hub->dir = g_strdup (dir);
  hub->program = g_strdup (program);
  g_free (run_hub (hub, "init", NULL));
  g_free (run_hub (hub, "unit", "import", units, NULL));
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  hub->process = g_subprocess_launcher_spawn (launcher, &error, program, "serve", "--data", dir, "--listen", "127.0.0.1",
                                              "--port", "0", "--port-file", port_file, NULL);
  bench_check (error);
  for (int i = 0; i < 2000 && !g_file_test (port_file, G_FILE_TEST_EXISTS); i++)
    g_usleep (10000);
  g_file_get_contents (port_file, &port, NULL, &error);
  bench_check (error);
  hub->address = g_strdup_printf ("https://127.0.0.1:%d", atoi (port));
}

void
bench_hub_stop (BenchHub *hub)
{
  g_subprocess_send_signal (hub->process, SIGTERM);
  g_subprocess_wait (hub->process, NULL, NULL);
  g_clear_object (&hub->process);
  g_clear_pointer (&hub->dir, g_free);
  g_clear_pointer (&hub->program, g_free);
  g_clear_pointer (&hub->address, g_free);
}

McAccount *
bench_hub_enrol (BenchHub   *hub,
                 const char *dir,
                 const char *unit)
{
  g_autofree char *line = run_hub (hub, "enrol", "--unit", unit, "--role", "commune", "--address", hub->address, NULL);
  g_autoptr(GError) error = NULL;
  McAccount *account = mc_enrol (dir, line, "Đinh Thị Hà, Công chức Tư pháp – Hộ tịch", NULL, &error);

  bench_check (error);

  return account;
}

/* folders */

char *
bench_make_dir (void)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp ("mc-bench-XXXXXX", &error);

  bench_check (error);

  return dir;
}

