package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.Registry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What may differ between one deployment and the next. The stages stand in the context of {@code
 * cdk.json} under {@code stages}; a setting that is left out has its default.
 *
 * @param stage the stage's name; the stacks' names carry it
 * @param account the account to deploy to; by default that of the credentials in use
 * @param region the region to deploy to; named together with the account, or not at all
 * @param keepData whether data outlives the stacks; to delete it, this must be false and {@code -c
 *     deleteData=<stage>} be given as well
 * @param keyArn an existing KMS key to encrypt with, instead of one of the lake's own
 * @param permissionsBoundary name of the managed policy that bounds every role
 * @param alarmEmail who is told of alarms
 * @param monthlyBudgetDollars the month's cost that is warned of
 * @param budgetBreaker whether clusters and queries are forbidden once it is spent
 * @param maxConcurrency most invocations of the ingest function at a time, instead of the
 *     registry's
 * @param emrSubnets ids of the subnets that clusters may be in, with commas between them; by
 *     default the account's default VPC
 * @param lakeFormationReaders ARNs of the roles that read through Lake Formation, with commas
 *     between them
 * @param logDays how long logs of functions and jobs are kept
 * @param accessLogDays how long access logs are kept
 * @param resultDays how long results of queries are kept
 * @param rawColdDays after that many days uploads move to infrequent access; 0 is never
 * @param rawDeleteDays after that many days uploads are deleted; 0 is never
 * @param oldVersionDays how long replaced and deleted versions are kept
 * @param scanLimitGigabytes the most that one query may read
 * @param lateMinutes when a message that old is an alarm
 * @param quarantinePercent when a share of set aside records that large is an alarm
 * @param auditRepair whether audits mend what they find, or only tell of it
 * @param apiSql whether the HTTP API runs statements of callers, too
 * @param apiScanLimitGigabytes the most that one query of the HTTP API may read
 * @param apiTokenIssuer who issues the tokens that the HTTP API asks for, instead of IAM's
 *     signatures
 * @param apiTokenAudience whom the tokens are for
 * @param apiOpenPage whether everybody may open the HTTP API's page, which holds no data
 * @param athenaPrice what Athena takes for reading a terabyte, in dollars
 * @param limits what one upload may ask for, where that is not as by default
 * @param tags on every resource, for cost allocation
 */
record StageSettings(
    String stage,
    Optional<String> account,
    Optional<String> region,
    boolean keepData,
    Optional<String> keyArn,
    Optional<String> permissionsBoundary,
    Optional<String> alarmEmail,
    Optional<Integer> monthlyBudgetDollars,
    boolean budgetBreaker,
    Optional<Integer> maxConcurrency,
    Optional<String> emrSubnets,
    Optional<String> lakeFormationReaders,
    int logDays,
    int accessLogDays,
    int resultDays,
    int rawColdDays,
    int rawDeleteDays,
    int oldVersionDays,
    int scanLimitGigabytes,
    int lateMinutes,
    int quarantinePercent,
    boolean auditRepair,
    boolean apiSql,
    int apiScanLimitGigabytes,
    Optional<String> apiTokenIssuer,
    Optional<String> apiTokenAudience,
    boolean apiOpenPage,
    String athenaPrice,
    Limits limits,
    Map<String, String> tags) {

  /** The context key of the stage to synthesize. */
  static final String STAGE = "stage";

  /** The context key of all stages. */
  static final String STAGES = "stages";

  /** The context key of the second switch for deleting data. */
  static final String DELETE_DATA = "deleteData";

  private static final String ROLE = "arn:[\\w-]+:iam::\\d{12}:role/[\\w+=.@/-]+";

  private static final int MOST_DAYS = 36_500;

  /** S3 moves nothing to infrequent access before. */
  private static final int LEAST_COLD_DAYS = 30;

  StageSettings {
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
  }

  /**
   * Reads the settings of the stage that the context names.
   *
   * @param context a context key's value, or null where it is not set
   * @throws SluiceException {@code INVALID_SETTINGS}, naming every problem
   */
  static StageSettings from(Context context) {
    Object stage = context.get(STAGE);
    Object stages = context.get(STAGES);
    if (!(stages instanceof Map<?, ?> all)
        || !(stage instanceof String name)
        || !(all.get(name) instanceof Map<?, ?> settings)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot read the settings: the context has no such stage: "
              + stage
              + "\nDeclared in cdk.json under \""
              + STAGES
              + "\": "
              + (stages instanceof Map<?, ?> known ? new TreeSet<>(known.keySet()) : "none")
              + ". Choose one with -c stage=NAME, or declare it there; {} is a stage with"
              + " defaults.");
    }
    Reader in = new Reader(settings);
    if (!name.matches("[a-z][a-z0-9]{0,15}")) {
      in.problem("\"" + name + "\": a stage's name has 1 to 16 lower-case letters and digits");
    }
    Object delete = context.get(DELETE_DATA);
    if (delete != null && !delete.equals(name)) {
      in.problem("-c deleteData=" + delete + ": names another stage than the one at hand, " + name);
    }
    boolean keep = in.flag("keepData", true);
    StageSettings read =
        new StageSettings(
            name,
            in.text("account", "12 digits", v -> v.matches("\\d{12}")),
            in.text("region", "a region, as eu-central-1", v -> v.matches("[a-z]+(-[a-z]+)+-\\d")),
            keep || delete == null,
            in.text("keyArn", "the ARN of a KMS key", v -> v.matches("arn:[\\w-]+:kms:.+:key/.+")),
            in.text(
                "permissionsBoundary",
                "the name of a managed policy",
                v -> v.matches("[\\w+=,.@/-]{1,128}")),
            in.text("alarmEmail", "an address", v -> v.matches("[^@\\s]+@[^@\\s]+")),
            in.number("monthlyBudgetDollars", 1, 1_000_000),
            in.flag("budgetBreaker", false),
            in.number("maxConcurrency", 2, 1_000),
            in.text(
                "emrSubnets",
                "ids of subnets, with commas between them",
                v -> v.matches("subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*")),
            in.text(
                "lakeFormationReaders",
                "ARNs of roles, with commas between them",
                v -> v.matches(ROLE + "(," + ROLE + ")*")),
            in.oneOf("logDays", 30, LogDays.ALL),
            in.number("accessLogDays", 1, MOST_DAYS).orElse(90),
            in.number("resultDays", 1, MOST_DAYS).orElse(7),
            in.number("rawColdDays", 0, MOST_DAYS).orElse(90),
            in.number("rawDeleteDays", 0, MOST_DAYS).orElse(0),
            in.number("oldVersionDays", 1, MOST_DAYS).orElse(30),
            in.number("scanLimitGigabytes", 1, 1_000_000).orElse(Registry.SCAN_LIMIT_GIGABYTES),
            in.number("lateMinutes", 1, 10_000).orElse(30),
            in.number("quarantinePercent", 1, 100).orElse(5),
            in.flag("auditRepair", true),
            in.flag("apiSql", false),
            in.number("apiScanLimitGigabytes", 1, 1_000_000)
                .orElse(Registry.QUERY_SCAN_LIMIT_GIGABYTES),
            in.text("apiTokenIssuer", "an https URL", v -> v.matches("https://[^\\s\"]+")),
            in.text("apiTokenAudience", "a client's id", v -> v.matches("[^\\s\"]+")),
            in.flag("apiOpenPage", false),
            in.text("athenaPrice", "dollars, as 5.00", v -> v.matches("\\d{1,4}(\\.\\d{1,4})?"))
                .orElse("5"),
            in.limits("limits"),
            in.map("tags"));
    if (read.account.isPresent() != read.region.isPresent()) {
      in.problem("account and region: name both or neither");
    }
    if (read.apiTokenIssuer.isPresent() != read.apiTokenAudience.isPresent()) {
      in.problem("apiTokenIssuer and apiTokenAudience: name both or neither");
    }
    if (read.rawColdDays > 0 && read.rawColdDays < LEAST_COLD_DAYS) {
      in.problem("rawColdDays=" + read.rawColdDays + ": S3 takes 30 or more, 0 for never");
    }
    if (read.rawDeleteDays > 0 && read.rawDeleteDays <= read.rawColdDays) {
      in.problem(
          "rawDeleteDays="
              + read.rawDeleteDays
              + ": not after rawColdDays="
              + read.rawColdDays
              + "; set that to 0 when uploads shall not live that long");
    }
    if (read.budgetBreaker && read.monthlyBudgetDollars.isEmpty()) {
      in.problem("budgetBreaker: needs monthlyBudgetDollars, after which it acts");
    }
    in.check(name);
    return read;
  }

  /** Where settings come from. */
  interface Context {
    @Nullable Object get(String key);
  }

  private static final class Reader {
    private final Map<?, ?> settings;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    Reader(Map<?, ?> settings) {
      this.settings = settings;
    }

    void problem(String text) {
      problems.add(text);
    }

    private @Nullable Object value(String name) {
      known.add(name);
      return settings.get(name);
    }

    Optional<String> text(String name, String meaning, Predicate<String> valid) {
      Object value = value(name);
      if (value == null) {
        return Optional.empty();
      }
      if (!(value instanceof String text) || !valid.test(text)) {
        problem(name + "=" + value + ": not " + meaning);
        return Optional.empty();
      }
      return Optional.of(text);
    }

    boolean flag(String name, boolean instead) {
      Object value = value(name);
      if (value == null || value instanceof Boolean) {
        return value == null ? instead : (Boolean) value;
      }
      problem(name + "=" + value + ": neither true nor false");
      return instead;
    }

    Optional<Integer> number(String name, int least, int most) {
      Object value = value(name);
      if (value == null) {
        return Optional.empty();
      }
      if (value instanceof Number number
          && number.doubleValue() == number.intValue()
          && number.intValue() >= least
          && number.intValue() <= most) {
        return Optional.of(number.intValue());
      }
      problem(name + "=" + value + ": not a whole number from " + least + " to " + most);
      return Optional.empty();
    }

    int oneOf(String name, int instead, List<Integer> allowed) {
      Object value = value(name);
      if (value == null) {
        return instead;
      }
      if (value instanceof Number number && allowed.contains(number.intValue())) {
        return number.intValue();
      }
      problem(name + "=" + value + ": CloudWatch Logs knows " + allowed);
      return instead;
    }

    Limits limits(String name) {
      Object value = value(name);
      Map<String, String> given = new LinkedHashMap<>();
      if (value instanceof Map<?, ?> all) {
        all.forEach((key, each) -> {
          if (each instanceof Number number && number.doubleValue() == number.longValue()) {
            given.put(String.valueOf(key), Long.toString(number.longValue()));
          } else {
            given.put(String.valueOf(key), String.valueOf(each));
          }
        });
      } else if (value != null) {
        problem(name + "=" + value + ": not an object of numbers");
      }
      try {
        return Limits.of(given);
      } catch (IllegalArgumentException e) {
        problem(name + ": " + e.getMessage());
        return Limits.defaults();
      }
    }

    Map<String, String> map(String name) {
      Object value = value(name);
      Map<String, String> map = new LinkedHashMap<>();
      if (value instanceof Map<?, ?> all) {
        all.forEach((key, each) -> {
          if (key instanceof String k && each instanceof String v) {
            map.put(k, v);
          } else {
            problem(name + "." + key + "=" + each + ": not a text");
          }
        });
      } else if (value != null) {
        problem(name + "=" + value + ": not an object of texts");
      }
      return map;
    }

    void check(String stage) {
      for (Object name : settings.keySet()) {
        if (!known.contains(String.valueOf(name))) {
          problem(name + ": unknown; known are " + String.join(", ", known));
        }
      }
      if (!problems.isEmpty()) {
        throw new SluiceException(
            ErrorCode.INVALID_SETTINGS,
            "Cannot read the settings of stage "
                + stage
                + ": "
                + problems.size()
                + (problems.size() == 1 ? " problem" : " problems")
                + " in the context of cdk.json\n- "
                + String.join("\n- ", problems));
      }
    }
  }
}
