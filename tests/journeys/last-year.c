/* last-year.c: a commune's plan of 2020, as the program wrote it under the pack of that year
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * usage: last-year FOLDER, of an enrolment
 */

#include "client/mc-account.h"
#include "core/mc-id.h"

#define PACK "binh-dinh-2878-2020"

static const struct
{
  const char *domain, *content, *product, *lead, *deadline, *state;
} tasks[] = {
  { "1", "Ban hành kế hoạch cải cách hành chính", "Kế hoạch", "Văn phòng – Thống kê", "2020-01-31", "done" },
  { "3", "Rà soát, niêm yết thủ tục hành chính", "Danh mục thủ tục", "Tư pháp – Hộ tịch", "2020-06-30", "doing" },
  { "7", "Vận động người dân nộp hồ sơ trực tuyến", "Báo cáo kết quả", "Văn phòng – Thống kê", "2020-11-30", "planned" },
  { "5", "Tổ chức lớp bồi dưỡng (hoãn vì dịch)", "Danh sách học viên", "Văn phòng – Thống kê", "2020-09-30", "cancelled" },
};

static McRecord *
new_record (McAccount  *account,
            const char *type,
            const char *parent)
{
  g_autofree char *id = mc_id_new (g_get_real_time ());

  return mc_record_new_empty (id, account->log, type, PACK, parent);
}

static void
add_task (McEdit    *edit,
          McAccount *account,
          McRecord  *plan,
          guint      i)
{
  g_autoptr(McRecord) task = new_record (account, "plan-task", mc_record_get_id (plan));

  mc_edit_set_int (edit, task, "order", i + 1);
  mc_edit_set_text (edit, task, "domain", tasks[i].domain);
  mc_edit_set_text (edit, task, "content", tasks[i].content);
  mc_edit_set_text (edit, task, "product", tasks[i].product);
  mc_edit_set_text (edit, task, "lead", tasks[i].lead);
  mc_edit_set_text (edit, task, "deadline", tasks[i].deadline);
  mc_edit_set_text (edit, task, "state", tasks[i].state);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McAccount) account = argc == 2 ? mc_account_load (argv[1], &error) : NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, NULL);
  g_autoptr(McJournal) journal = account != NULL ? mc_account_open_journal (account, pack, &error) : NULL;
  g_autoptr(McRecord) plan = account != NULL ? new_record (account, "plan", NULL) : NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();

  if (journal != NULL)
    {
      mc_edit_set_text (edit, plan, "number", "12");
      mc_edit_set_text (edit, plan, "issued", "2020-01-10");
      for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
        add_task (edit, account, plan, i);
    }
  if (journal == NULL || !mc_journal_save (journal, edit, g_get_real_time (), NULL, &error))
    {
      g_printerr ("last-year: %s\n", error != NULL ? error->message : "usage: last-year FOLDER");
      return 1;
    }

  return 0;
}
