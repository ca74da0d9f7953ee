/* mc-demo.c: made-up records of An Lão, 2021
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The district's real report of 2021 gives rates and points, not the communes' counts: the counts here are made up
 * so that they lie where the report says (documents 90 to 95 % electronic, three of ten communes with electronic
 * certified copies, 18 % of files by post, half of the plans of good quality).
 */

#include "demo/mc-demo.h"

#include <string.h>

#include "core/mc-id.h"

#define MADE_UP        " (dữ liệu minh họa)"
#define FIRST_MOMENT   G_GINT64_CONSTANT (1609718400000000)  /* 2021-01-04 */
#define N_COPIES       2    /* a month */

static const char * const communes[] = {
  "21609@2004-07-08", "21610@2004-07-08", "21613@2004-07-08", "21616@2004-07-08", "21619@2004-07-08",
  "21622@2004-07-08", "21625@2004-07-08", "21628@2004-07-08", "21631@2004-07-08", "21634@2004-07-08", NULL
};

/* What the report says was not met in full; everything else was. */
static const struct
{
  const char *code, *answer;
} answers[] = {
  { "1.7", "0" }, { "3.1.1", "0" }, { "3.1.2", "0" }, { "3.3.1", "0" }, { "3.3.2", "90" }, { "3.4.2", "99.33" },
  { "4.2.2", "1" }, { "5.4.2", "90" }, { "6.3", "0" }, { "6.4", "late" }, { "6.5", "some" }, { "7.4", "40" },
  { "8.1.1", "87.36" }, { "8.1.2", "7.68" },
};

typedef struct
{
  McJournal *journal;
  const char *log;
  GRand *random;     /* (owned) */
  gint64 now_us;
  guint n_records;
} Writer;

const char * const *
mc_demo_list_communes (void)
{
  return communes;
}

static McRecord *
record_of_key (Writer      *writer,
               const char  *type,
               const char  *key,
               const char  *second_key,
               GError     **error)
{
  const char *keys[] = { key, second_key, NULL };
  McPack *pack = mc_journal_get_pack (writer->journal);
  g_autofree char *id = mc_id_new_from_key (writer->log, type, mc_pack_get_id (pack), keys);
  McRecord *record = mc_journal_get (writer->journal, id, NULL);

  return record != NULL ? record : mc_record_new_empty (id, writer->log, type, mc_pack_get_id (pack), NULL);
}

static McRecord *
new_record (Writer     *writer,
            const char *type,
            const char *parent)
{
  g_autofree char *id = mc_id_new (writer->now_us);

  return mc_record_new_empty (id, writer->log, type, mc_pack_get_id (mc_journal_get_pack (writer->journal)), parent);
}

static gboolean
save (Writer    *writer,
      McEdit    *edit,
      guint      count,
      GError   **error)
{
  writer->now_us += g_rand_int_range (writer->random, 60, 7200) * G_TIME_SPAN_SECOND;
  writer->n_records += count;

  return mc_journal_save (writer->journal, edit, writer->now_us, NULL, error);
}

static gboolean
write_plan (Writer  *writer,
            GError **error)
{
  static const char * const questions[] = { "q_on_time", "q_all_domains", "q_products", "q_leads", "q_deadlines", "q_funding", "q_measurable" };
  static const char * const tasks[] = {
    "Ban hành kế hoạch tuyên truyền cải cách hành chính", "Rà soát thủ tục hành chính thuộc thẩm quyền",
    "Niêm yết công khai thủ tục hành chính", "Tự kiểm tra công tác cải cách hành chính",
    "Khảo sát sự hài lòng của người dân", "Nâng tỷ lệ văn bản điện tử",
  };
  static const char * const products[] = { "Kế hoạch", "Báo cáo rà soát", "Biên bản niêm yết", "Báo cáo tự kiểm tra", "Báo cáo khảo sát", "Báo cáo" };
  static const char * const domains[] = { "1", "3", "3", "1", "7", "7" };
  g_autoptr(McRecord) plan = new_record (writer, "plan", NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_set_text (edit, plan, "number", "01");
  mc_edit_set_text (edit, plan, "symbol", "KH-UBND");
  mc_edit_set_text (edit, plan, "issued", "2020-12-28");
  mc_edit_set_text (edit, plan, "summary", "Kế hoạch cải cách hành chính năm 2021" MADE_UP);
  mc_edit_set_text (edit, plan, "signer", "Chủ tịch" MADE_UP);
  mc_edit_set_text (edit, plan, "signer_title", "Chủ tịch");
  mc_edit_set_text (edit, plan, "authority", "tm");
  mc_edit_set_text (edit, plan, "bases", "Kế hoạch cải cách hành chính năm 2021 của UBND huyện" MADE_UP);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    mc_edit_set_boolean (edit, plan, questions[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr(McRecord) task = new_record (writer, "plan-task", mc_record_get_id (plan));
      g_autofree char *content = g_strconcat (tasks[i], MADE_UP, NULL);
      g_autofree char *deadline = g_strdup_printf ("2021-%02u-%02u", 3 + i, 15);

      mc_edit_set_int (edit, task, "order", i + 1);
      mc_edit_set_text (edit, task, "domain", domains[i]);
      mc_edit_set_text (edit, task, "content", content);
      mc_edit_set_text (edit, task, "product", products[i]);
      mc_edit_set_text (edit, task, "lead", "Văn phòng – Thống kê");
      mc_edit_set_text (edit, task, "deadline", deadline);
      mc_edit_set_text (edit, task, "state", i < 5 ? "done" : "doing");
      if (i < 5)
        mc_edit_set_text (edit, task, "done_on", deadline);
    }

  return save (writer, edit, 1 + G_N_ELEMENTS (tasks), error);
}

static gboolean
write_documents (Writer      *writer,
                 const char  *month,
                 GError     **error)
{
  g_autoptr(McRecord) record = record_of_key (writer, "document-month", month, NULL, error);
  g_autoptr(McEdit) edit = mc_edit_new ();
  int classified = g_rand_int_range (writer->random, 0, 3);
  int countable = g_rand_int_range (writer->random, 60, 160);
  /* 91.5 to 93.5 %, so that the district's rate is inside the band whatever the seed. */
  int digital = countable * g_rand_int_range (writer->random, 915, 936) / 1000;
  int with_paper = g_rand_int_range (writer->random, 0, countable - digital + 1);

  mc_edit_set_text (edit, record, "month", month);
  mc_edit_set_int (edit, record, "total", countable + classified);
  mc_edit_set_int (edit, record, "digital", digital);
  mc_edit_set_int (edit, record, "digital_with_paper", with_paper);
  mc_edit_set_int (edit, record, "paper_only", countable - digital - with_paper);
  mc_edit_set_int (edit, record, "classified", classified);

  return save (writer, edit, 1, error);
}

static gboolean
write_post (Writer      *writer,
            const char  *month,
            GError     **error)
{
  g_autoptr(McRecord) record = record_of_key (writer, "post-month", month, NULL, error);
  g_autoptr(McEdit) edit = mc_edit_new ();
  int times = g_rand_int_range (writer->random, 1, 4);
  int send_only = g_rand_int_range (writer->random, 0, 5), result_only = g_rand_int_range (writer->random, 0, 5);

  /* 9 of every 50: the report's 18 %. */
  mc_edit_set_text (edit, record, "month", month);
  mc_edit_set_int (edit, record, "send_only", send_only);
  mc_edit_set_int (edit, record, "result_only", result_only);
  mc_edit_set_int (edit, record, "both", 9 * times - send_only - result_only);
  mc_edit_set_int (edit, record, "files_total", 50 * times);
  mc_edit_set_int (edit, record, "files_excluded", 0);
  mc_edit_set_int (edit, record, "handovers", times);

  return save (writer, edit, 1, error);
}

static gboolean
write_copy (Writer      *writer,
            int          number,
            const char  *date,
            gboolean     is_electronic,
            int          copies,
            GError     **error)
{
  static const char * const documents[] = { "Bằng tốt nghiệp", "Giấy khai sinh", "Căn cước công dân", "Sổ hộ khẩu" };
  g_autoptr(McRecord) record = new_record (writer, "certified-copy", NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *requester = g_strdup_printf ("Người yêu cầu %d" MADE_UP, number);
  g_autofree char *code = g_strdup_printf ("Mã hồ sơ %d" MADE_UP, number);

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_int (edit, record, "volume", 1);
  mc_edit_set_text (edit, record, "certified_on", date);
  mc_edit_set_text (edit, record, "requester", requester);
  mc_edit_set_text (edit, record, "document", documents[g_rand_int_range (writer->random, 0, 4)]);
  mc_edit_set_text (edit, record, "signer", "Phó Chủ tịch" MADE_UP);
  mc_edit_set_text (edit, record, "signer_title", "Phó Chủ tịch");
  mc_edit_set_int (edit, record, "copies", copies);
  mc_edit_set_int (edit, record, "fee", 2000 * copies);
  mc_edit_set_text (edit, record, "form", is_electronic ? "electronic" : "paper");
  if (is_electronic)
    mc_edit_set_text (edit, record, "service_code", code);

  return save (writer, edit, 1, error);
}

/* The lines of a month in the register, and what is counted of them. */
static gboolean
write_copy_month (Writer      *writer,
                  int          month_number,
                  const char  *month,
                  gboolean     is_electronic,
                  GError     **error)
{
  g_autoptr(McRecord) record = record_of_key (writer, "certified-copy-month", month, "national", error);
  g_autoptr(McEdit) edit = mc_edit_new ();
  int files = 0, copies_electronic = 0;

  mc_edit_set_text (edit, record, "month", month);
  for (int i = 1; i <= N_COPIES; i++)
    {
      int number = (month_number - 1) * N_COPIES + i, copies = g_rand_int_range (writer->random, 1, 6);
      gboolean is_last = is_electronic && i == N_COPIES;
      g_autofree char *date = g_strdup_printf ("%s-%02d", month, 3 + number % 20);

      if (!write_copy (writer, number, date, is_last, copies, error))
        return FALSE;
      if (!is_last)
        continue;
      files++;
      copies_electronic += copies;
      if (month_number == 1)
        mc_edit_set_text (edit, record, "first_on", date);
    }
  mc_edit_set_int (edit, record, "files_electronic", files);
  mc_edit_set_int (edit, record, "copies_electronic", copies_electronic);
  mc_edit_set_text (edit, record, "source", "national");

  return save (writer, edit, 1, error);
}

static gboolean
write_commune (Writer  *writer,
               GError **error)
{
  gboolean is_electronic = g_str_equal (writer->log, communes[0]) || g_str_equal (writer->log, communes[1]) ||
                           g_str_equal (writer->log, communes[2]);

  if (!write_plan (writer, error))
    return FALSE;
  for (int i = 1; i <= 12; i++)
    {
      g_autofree char *month = g_strdup_printf ("2021-%02d", i);

      if (!write_documents (writer, month, error) || !write_post (writer, month, error) ||
          !write_copy_month (writer, i, month, is_electronic, error))
        return FALSE;
    }

  return TRUE;
}

/* "Trong năm trên toàn huyện không có tiếp nhận phản ánh, kiến nghị liên quan đến TTHC" */
#define NOTHING_AROSE "3.5.2"

/* The answer that gives full marks, in the way the rule is answered. */
static char *
full_answer (McCriterion *criterion)
{
  McRule *rule = &criterion->rule;

  switch (rule->kind)
    {
    case MC_RULE_BINARY:
      return g_strdup ("1");
    case MC_RULE_ENUM:
      return g_strdup (g_array_index (rule->values, McChoice, 0).id);
    case MC_RULE_PENALTY:
      return g_strdup ("0");
    case MC_RULE_COUNT_STEPS:
      return g_strdup_printf ("%" G_GINT64_FORMAT, criterion->max / rule->step);
    case MC_RULE_SUM:
    case MC_RULE_BANDS:
    case MC_RULE_RATIO:
    case MC_RULE_RATIO_TO_TARGET:
    case MC_RULE_RATIO_FLOOR:
    case MC_RULE_COUNT_OF_UNITS:
    case MC_RULE_BONUS:
    case MC_RULE_EXPERT:
    case MC_RULE_EXTERNAL:
    case MC_RULE_NOT_APPLICABLE:
    default:
      return g_strdup ("100");
    }
}

static gboolean
write_assessment (Writer       *writer,
                  McCriterion  *criterion,
                  GError      **error)
{
  g_autoptr(McRecord) record = record_of_key (writer, "assessment", criterion->code, NULL, error);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (answers[i].code, criterion->code))
      answer = g_strdup (answers[i].answer);
  if (answer == NULL)
    answer = full_answer (criterion);

  mc_edit_set_text (edit, record, "criterion", criterion->code);
  if (g_str_equal (criterion->code, NOTHING_AROSE))
    mc_edit_set_boolean (edit, record, MC_FIELD_NIL, TRUE);
  else
    mc_edit_set_text (edit, record, "answer", answer);
  mc_edit_set_text (edit, record, "explanation", "Theo báo cáo năm 2021 của huyện" MADE_UP);

  return save (writer, edit, 1, error);
}

static gboolean
write_district (Writer  *writer,
                GError **error)
{
  GPtrArray *criteria = mc_pack_get_criteria (mc_journal_get_pack (writer->journal));

  for (guint i = 0; i < criteria->len; i++)
    {
      McCriterion *criterion = criteria->pdata[i];

      if (criterion->children->len == 0 && criterion->rule.measure == NULL && !write_assessment (writer, criterion, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
mc_demo_write (McJournal   *journal,
               const char  *log,
               guint32      seed,
               guint       *out_n_records,
               GError     **error)
{
  Writer writer = { journal, log, g_rand_new_with_seed (seed ^ g_str_hash (log)), FIRST_MOMENT, 0 };
  gboolean done = g_str_equal (log, MC_DEMO_DISTRICT) ? write_district (&writer, error) : write_commune (&writer, error);

  g_rand_free (writer.random);
  if (out_n_records != NULL)
    *out_n_records = writer.n_records;

  return done;
}

gboolean
mc_demo_review (McJournal  *journal,
                guint      *out_n_records,
                GError    **error)
{
  McQuery query = { .type = "plan", .log = "*" };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);
  g_autoptr(GPtrArray) plans = NULL;

  if (numbers == NULL || !(plans = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)))
    return FALSE;

  *out_n_records = 0;
  for (guint i = 0; i < plans->len; i++)
    for (guint c = 0; communes[c] != NULL; c++)
      {
        g_autoptr(McEdit) edit = mc_edit_new ();

        if (!g_str_equal (mc_record_get_log (plans->pdata[i]), communes[c]) ||
            strstr (mc_record_get_text (plans->pdata[i], "summary"), MADE_UP) == NULL)
          continue;
        /* Half of the plans were found good. */
        mc_edit_set_int (edit, plans->pdata[i], "review.quality", c % 2 == 0 ? 90 : 60);
        if (!mc_journal_save (journal, edit, FIRST_MOMENT + 330 * G_TIME_SPAN_DAY, NULL, error))
          return FALSE;
        (*out_n_records)++;
      }

  return TRUE;
}
