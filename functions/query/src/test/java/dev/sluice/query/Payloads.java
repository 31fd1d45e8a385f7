package dev.sluice.query;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Texts that try to become a part of the statement. */
final class Payloads {
  private static final List<String> HEARTS =
      List.of(
          "OR 1=1",
          "OR '1'='1",
          "OR 'a'='a' --",
          "AND 1=0 UNION SELECT * FROM ops.ledger --",
          "UNION ALL SELECT NULL, NULL, NULL",
          "UNION SELECT table_name FROM information_schema.tables",
          "; DROP TABLE silver.sensors",
          "; DELETE FROM silver.sensors; --",
          "; INSERT INTO silver.sensors SELECT 1",
          ") OR (1=1",
          ")) UNION SELECT 1 FROM (SELECT 1",
          "|| (SELECT max(reason) FROM ops.quarantine) ||",
          "/* a */ OR /* b */ 1=1",
          "*/ OR 1=1 /*",
          "LIMIT 1000000 --",
          "ORDER BY 99 --",
          "GROUP BY 1 HAVING 1=1",
          "BETWEEN '' AND '\uffff",
          "LIKE '%",
          "IS NOT NULL OR",
          "\\' OR 1=1 --",
          "\\\" OR 1=1 --",
          "%27 OR 1=1 --",
          "\u02bc OR 1=1 --",
          "\uff07 OR 1=1 --",
          "\u2019 OR 1=1 --",
          "U&'\\0027' OR 1=1",
          "X'27' OR 1=1",
          "E'\\'' OR 1=1",
          "$$ OR 1=1 $$",
          "`; SELECT 1",
          "CAST(1 AS varchar)",
          "DATE '2024-01-01'",
          "TIMESTAMP '2024-01-01 00:00:00'",
          "BIGINT '1'",
          "(SELECT 1)",
          "?",
          ":from",
          "true OR true",
          "NULL",
          "1e309",
          "2024-01-01' OR '1'='1",
          "2024-01-01; SELECT 1",
          "2024-02-30",
          "9223372036854775808",
          "0x1",
          "1 OR 1=1",
          "-1--",
          "1/**/OR/**/1",
          "\0' OR 1=1 --");
  private static final List<String> BEFORE =
      List.of("", "'", "''", "\"", "')", "' ", "x' ", "1 ", "\\", "\n", "\ud83d\ude00'", "'\0");
  private static final List<String> AFTER = List.of("", " --", "'", " #", "/*", ";", "\r\n", "\t'");

  private Payloads() {}

  /** So many different ones, always the same. */
  static List<String> of(int count) {
    Set<String> all = new LinkedHashSet<>(HEARTS);
    Random random = new Random(20_261_121);
    while (all.size() < count) {
      all.add(pick(BEFORE, random) + pick(HEARTS, random) + pick(AFTER, random));
    }
    return new ArrayList<>(all).subList(0, count);
  }

  static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
