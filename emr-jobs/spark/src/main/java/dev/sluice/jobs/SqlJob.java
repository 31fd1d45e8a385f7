package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.job.GoldTable;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;

/**
 * A job that is SQL alone: the statements of one file make the declared tables, in order. They read
 * silver tables by the names of the datasets, and may use {@code :slot}, the planned instant.
 */
final class SqlJob implements Job {
  /**
   * Names of views are the session's, which jobs share. Not the session's own lock: Spark takes it
   * for itself, in whatever thread.
   */
  private static final Object VIEWS = new Object();

  private static final Pattern END = Pattern.compile(";[ \\t]*(?:--[^\\n]*)?(?:\\r?\\n|$)");

  private final JobDeclaration declaration;
  private final JobDeclaration.Sql sql;

  SqlJob(JobDeclaration declaration, JobDeclaration.Sql sql) {
    this.declaration = declaration;
    this.sql = sql;
  }

  @Override
  public List<String> inputs(JobContext context) {
    return new Statements(context, text(context)).inputs();
  }

  @Override
  public List<String> run(JobContext context) {
    return new Statements(context, text(context)).run(context);
  }

  private String text(JobContext context) {
    Path file =
        context
            .declarations()
            .resolve(declaration.dataset())
            .resolve(Jobs.FOLDER)
            .resolve(sql.file());
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot read the statements: " + e + ": " + file, e);
    }
  }

  /** The statements of a file; they end with a semicolon at the end of a line. */
  static List<String> split(String text) {
    List<String> statements = new ArrayList<>();
    for (String statement : END.split(text)) {
      if (!statement.replaceAll("(?m)--.*$", "").isBlank()) {
        statements.add(statement.strip());
      }
    }
    return statements;
  }

  /** The same as a gold job. */
  private static final class Statements implements GoldJob {
    private final JobContext context;
    private final String text;
    private final List<String> inputs;

    Statements(JobContext context, String text) {
      this.context = context;
      this.text = text;
      String code = text.replaceAll("(?m)--.*$", "");
      String own = context.declaration().dataset();
      this.inputs =
          context.datasets().all().stream()
              .map(Dataset::name)
              .filter(name -> Pattern.compile("\\b" + name + "\\b").matcher(code).find())
              .toList();
      if (inputs.isEmpty()) {
        throw wrong("they read no dataset; write FROM " + own);
      }
    }

    @Override
    public List<String> inputs() {
      return inputs;
    }

    @Override
    public String revision() {
      return "sql " + Integer.toHexString(text.hashCode()) + " " + text.length();
    }

    @Override
    public List<Result> results() {
      List<GoldTable> tables = context.declaration().tables();
      List<String> statements = split(text);
      if (statements.size() != tables.size()) {
        throw wrong(
            statements.size()
                + (statements.size() == 1 ? " statement" : " statements")
                + " for "
                + tables.size()
                + (tables.size() == 1 ? " table" : " tables"));
      }
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < tables.size(); i++) {
        String statement = statements.get(i);
        check(tables.get(i).name(), statement);
        results.add(
            new Result(
                tables.get(i).name(), refresh(tables.get(i)), given -> select(statement, given)));
      }
      return results;
    }

    /** Only the parts that changed, where the table has the partitions of its dataset. */
    private Refresh refresh(GoldTable table) {
      if (!context.declaration().incremental() || inputs.size() != 1) {
        return Refresh.whole();
      }
      List<String> levels =
          context.datasets().get(inputs.get(0)).partitions().fields().stream()
              .map(PartitionField::column)
              .toList();
      String[] common = table.partitions().stream().filter(levels::contains).toArray(String[]::new);
      return common.length == 0 ? Refresh.whole() : Refresh.by(common);
    }

    private void check(String table, String statement) {
      LogicalPlan plan;
      try {
        plan =
            ((org.apache.spark.sql.classic.SparkSession) context.spark())
                .sessionState()
                .sqlParser()
                .parsePlan(statement);
      } catch (ParseException e) {
        throw wrong("the statement for " + table + " is not understood: " + e.getMessage().strip());
      }
      if (plan instanceof Command || plan instanceof ParsedStatement) {
        throw wrong("the statement for " + table + " is no SELECT");
      }
    }

    private org.apache.spark.sql.Dataset<Row> select(String statement, Tables given) {
      inputs.forEach(name -> given.silver(name).createOrReplaceTempView(name));
      return context.spark().sql(statement, Map.of("slot", given.slot()));
    }

    /** Each result has the names of views for itself. */
    @Override
    public int mostAtOnce() {
      return 1;
    }

    @Override
    public List<String> run(JobContext same) {
      synchronized (VIEWS) {
        try {
          return GoldJob.super.run(same);
        } finally {
          inputs.forEach(name -> context.spark().catalog().dropTempView(name));
        }
      }
    }

    private SluiceException wrong(String why) {
      return new SluiceException(
          ErrorCode.INVALID_DECLARATION,
          "Cannot run " + context.declaration().name() + ": its SQL is not right: " + why);
    }
  }
}
