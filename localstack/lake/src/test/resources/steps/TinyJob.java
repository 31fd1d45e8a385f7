import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** What a test's steps run; compiled by the test against the engine's jars. */
public final class TinyJob {
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "fail" -> {
        System.err.println("Cannot run job tiny: told to fail: " + args[1]);
        System.exit(3);
      }
      case "sleep" -> {
        System.out.println("asleep");
        Thread.sleep(600_000);
      }
      default -> totals(args[0], args[1], args[2]);
    }
  }

  private static void totals(String in, String out, String table) throws Exception {
    try (SparkSession spark = SparkSession.builder().appName("tiny").getOrCreate()) {
      Dataset<Row> totals =
          spark.read().json(in).groupBy("name").sum("value").withColumnRenamed("sum(value)", "total");
      totals.write().mode(SaveMode.Overwrite).parquet(out);
      spark.read().parquet(out).orderBy("name").writeTo(table).createOrReplace();
      spark.sql("SELECT * FROM " + table).collectAsList().forEach(System.out::println);
      System.out.println("heap " + Runtime.getRuntime().maxMemory() + " " + System.getProperty("tiny"));
      System.out.println("master " + spark.sparkContext().master());
      for (String name : new String[] {"EMR_STEP_ID", "EMR_CLUSTER_ID"}) {
        System.out.println(name + " " + System.getenv(name));
      }
      System.out.println("shuffle " + spark.conf().get("spark.sql.shuffle.partitions"));
    }
  }
}
