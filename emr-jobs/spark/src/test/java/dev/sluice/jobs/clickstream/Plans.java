package dev.sluice.jobs.clickstream;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What Spark means to do. */
public final class Plans {
  private Plans() {}

  /** The physical plan as it was in the end, after it was run, down to what was kept before. */
  public static String of(Dataset<Row> frame) {
    frame.collectAsList();
    String plan = frame.queryExecution().executedPlan().toString();
    int initial = plan.indexOf("== Initial Plan ==");
    plan = initial < 0 ? plan : plan.substring(0, initial);
    int kept = plan.indexOf("InMemoryRelation");
    return kept < 0 ? plan : plan.substring(0, kept);
  }

  /** How often it says so. */
  public static int count(String plan, String words) {
    return (plan.length() - plan.replace(words, "").length()) / words.length();
  }
}
