package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Two weeks of a hospital's bookings by 120 employees of eight departments. Amounts are log-normal
 * around a median of their type. Four employees are odd: they book at night, many times the usual,
 * in departments that are not theirs, and often without approval.
 */
final class Transactions implements Workload {
  /** A Monday. */
  private static final long START = Text.millis(2024, 4, 1);

  private static final long SPAN = 14 * Text.DAY_MILLIS;
  private static final int FIRST_DAY =
      (int) ((START - Workload.MOST_LATE_MILLIS) / Text.DAY_MILLIS);
  private static final int DAYS = 17;

  private static final String[] DEPARTMENTS = {
    "administration",
    "cardiology",
    "emergency",
    "intensive_care",
    "laboratory",
    "oncology",
    "pharmacy",
    "surgery"
  };

  private static final String[] TYPES = {
    "drug_purchase",
    "equipment",
    "salary",
    "supplies",
    "maintenance",
    "utilities",
    "consulting",
    "training"
  };

  /** By department: how often each type is booked. */
  private static final Dice.Weighted[] TYPE = {
    new Dice.Weighted(0, 4, 30, 20, 10, 16, 12, 8),
    new Dice.Weighted(28, 8, 22, 28, 6, 2, 2, 4),
    new Dice.Weighted(32, 5, 22, 32, 4, 2, 1, 2),
    new Dice.Weighted(36, 8, 22, 26, 4, 2, 1, 1),
    new Dice.Weighted(6, 14, 20, 46, 8, 3, 1, 2),
    new Dice.Weighted(44, 6, 20, 20, 4, 2, 2, 2),
    new Dice.Weighted(70, 2, 12, 12, 2, 1, 0, 1),
    new Dice.Weighted(18, 14, 22, 36, 6, 2, 1, 1),
  };

  private static final Dice.Weighted DEPARTMENT = new Dice.Weighted(8, 12, 22, 14, 11, 10, 13, 10);

  /** Medians in cents. */
  private static final int[] MEDIAN = {
    84_000, 410_000, 385_000, 23_000, 61_000, 128_000, 340_000, 45_000
  };

  private static final double[] SIGMA = {1.1, 1.2, 0.28, 0.9, 0.8, 0.5, 0.6, 0.7};

  private static final String[][] SUPPLIERS = {
    {"Helvetia Pharma", "MediSupply AG", "Nordic Biotech", "Apotheca Wholesale"},
    {"Siegel Medizintechnik", "Imaging Partners", "Vital Instruments"},
    {},
    {"CleanCare GmbH", "MediSupply AG", "Steri-Products", "Labor Bedarf Köhler"},
    {"Aufzug Service Süd", "TechnoFix", "Siegel Medizintechnik"},
    {"Stadtwerke", "Fernwärme West", "AquaNet"},
    {"Blume & Partner", "Health Advisory Group"},
    {"Akademie für Pflege", "Simulation Center"},
  };

  private static final String[][] TEXTS = {
    {"Antibiotics, monthly order", "Cytostatics", "Anaesthetics", "Vaccines", "Infusion solutions"},
    {"Infusion pumps", "Ultrasound probe", "Patient monitor", "Centrifuge", "Surgical light"},
    {"Salary", "Salary, night shift supplement", "Salary, overtime"},
    {"Gloves and gowns", "Syringes", "Dressings", "Reagents", "Office supplies"},
    {"Lift inspection", "Ventilation filters", "Repair of autoclave", "Calibration of scales"},
    {"Electricity", "District heating", "Water", "Medical gases"},
    {"Process review", "Accreditation", "Data protection audit"},
    {"Resuscitation course", "Radiation protection course", "Language course"},
  };

  private static final int USERS = 120;
  private static final int[] ODD_USERS = {17, 58, 91, 104};

  /** By hour. */
  private static final Dice.Weighted HOURS =
      new Dice.Weighted(
          1, 1, 1, 1, 1, 2, 5, 20, 60, 90, 100, 95, 60, 80, 95, 85, 60, 30, 12, 6, 4, 3, 2, 1);

  private static final int[] NIGHT = {0, 1, 2, 3, 4, 22, 23};

  private final long records;
  private final Dice dice;
  private final Text.Clock clock = new Text.Clock();
  private long index;

  private int user;
  private int department;
  private int type;
  private int day;
  private int hour;
  private long amount;
  private boolean approved;

  private final long[][] byDay = new long[DAYS][DEPARTMENTS.length];
  private final boolean[][] users = new boolean[DEPARTMENTS.length][USERS];
  private final long[] sum = new long[DEPARTMENTS.length];
  private final long[] max = new long[DEPARTMENTS.length];
  private final long[] offHours = new long[DEPARTMENTS.length];
  private final long[] typeCount = new long[TYPES.length];
  private final long[] typeSum = new long[TYPES.length];
  private final long[] unapproved = new long[TYPES.length];

  Transactions(SimulationOptions options) {
    records = options.records();
    dice = new Dice(options.seed());
  }

  private static boolean odd(int user) {
    for (int other : ODD_USERS) {
      if (other == user) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void generate(StringBuilder line, long lateMillis) {
    long place = START + index * SPAN / records;
    index++;
    department = DEPARTMENT.pick(dice);
    // An employee's number says the department: every eighth is of the same.
    user = dice.below(USERS / DEPARTMENTS.length) * DEPARTMENTS.length + department;
    boolean odd = odd(user);
    if (odd && dice.oneIn(3)) {
      department = dice.below(DEPARTMENTS.length);
    }
    type = TYPE[department].pick(dice);
    boolean strange = odd && dice.oneIn(4);
    hour = strange ? NIGHT[dice.below(NIGHT.length)] : HOURS.pick(dice);
    long time =
        place / Text.DAY_MILLIS * Text.DAY_MILLIS
            + hour * 3_600_000L
            + dice.below(3_600_000)
            - lateMillis;
    day = (int) (time / Text.DAY_MILLIS) - FIRST_DAY;
    hour = (int) (time % Text.DAY_MILLIS / 3_600_000);

    double value = dice.logNormal(MEDIAN[type], SIGMA[type]);
    if (strange) {
      value *= 8 + 12 * dice.unit();
    }
    amount = Math.max(100, Math.min(4_999_999_999L, StrictMath.round(value)));
    int approver = department + (user == department ? DEPARTMENTS.length : 0);
    approved = amount > 500_000 && dice.below(100) < (strange ? 30 : 97);
    String[] suppliers = SUPPLIERS[type];

    line.append("{\"transaction_id\":\"T-");
    Text.padded(line, index, 10).append("\",\"event_time\":\"");
    clock.append(line, time).append("\",\"user_id\":\"user-");
    Text.padded(line, user, 4)
        .append("\",\"department\":\"")
        .append(DEPARTMENTS[department])
        .append("\",\"type\":\"")
        .append(TYPES[type])
        .append("\",\"amount\":");
    Text.hundredths(line, amount).append(",\"currency\":\"EUR\",\"vendor\":");
    if (suppliers.length == 0) {
      line.append("null");
    } else {
      line.append('"').append(dice.pick(suppliers)).append('"');
    }
    line.append(",\"approved_by\":");
    if (approved) {
      Text.padded(line.append("\"user-"), approver, 4).append('"');
    } else {
      line.append("null");
    }
    line.append(",\"cost_center\":\"CC-").append(1000 + 100 * department + type);
    line.append("\",\"description\":\"").append(dice.pick(TEXTS[type])).append("\"}");
  }

  @Override
  public void count() {
    byDay[day][department]++;
    users[department][user] = true;
    sum[department] += amount;
    max[department] = Math.max(max[department], amount);
    if (hour < 6 || hour >= 20) {
      offHours[department]++;
    }
    typeCount[type]++;
    typeSum[type] += amount;
    if (!approved && amount > 1_000_000) {
      unapproved[type]++;
    }
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = Fault.ofText("description");
    faults.addAll(
        List.of(
            Fault.replaced(Reason.MALFORMED_JSON, "amount", "NaN", "0012.50", "12.", "1,250.00"),
            Fault.textForNumber("amount"),
            Fault.noText("user_id"),
            Fault.noText("vendor"),
            Fault.impossibleTime("event_time"),
            Fault.missing("event_time"),
            Fault.missing("department"),
            Fault.missing("amount"),
            Fault.missing("description"),
            Fault.nulled("transaction_id"),
            Fault.nulled("department"),
            Fault.nulled("type"),
            Fault.replaced(Reason.UNKNOWN_SYMBOL, "type", "\"parking\"", "\"Salary\"", "\"\""),
            Fault.replaced(Reason.OUT_OF_RANGE, "amount", "12.345", "10000000000.00", "1e12"),
            Fault.replaced(Reason.RULE_VIOLATED, "amount", "0", "-250.00", "50000000.01"),
            Fault.replaced(Reason.RULE_VIOLATED, "currency", "\"XXX\"", "\"eur\""),
            Fault.replaced(Reason.RULE_VIOLATED, "cost_center", "\"CC-12\"", "\"4711\""),
            Fault.replaced(Reason.RULE_VIOLATED, "department", "\"\""),
            // Somebody approves the own booking.
            new Fault(
                Reason.RULE_VIOLATED,
                (line, dice) -> {
                  int user = Fault.valueStart(line, "user_id");
                  String id = line.substring(user, Fault.valueEnd(line, user));
                  int start = Fault.valueStart(line, "approved_by");
                  line.replace(start, Fault.valueEnd(line, start), id);
                })));
    return faults;
  }

  @Override
  public void partitions(ObjLongConsumer<String> consumer) {
    for (int d = 0; d < DAYS; d++) {
      for (int i = 0; i < DEPARTMENTS.length; i++) {
        if (byDay[d][i] > 0) {
          consumer.accept(
              "day=" + Text.day(FIRST_DAY + d) + "/department=" + DEPARTMENTS[i], byDay[d][i]);
        }
      }
    }
  }

  @Override
  public Map<String, Answer> answers() {
    List<List<@Nullable Object>> departments = new ArrayList<>();
    for (int i = 0; i < DEPARTMENTS.length; i++) {
      long bookings = 0;
      for (long[] counts : byDay) {
        bookings += counts[i];
      }
      long distinct = 0;
      for (boolean seen : users[i]) {
        distinct += seen ? 1 : 0;
      }
      if (bookings > 0) {
        departments.add(
            List.of(
                DEPARTMENTS[i],
                bookings,
                distinct,
                BigDecimal.valueOf(sum[i], 2),
                BigDecimal.valueOf(max[i], 2),
                sum[i] / 100.0 / bookings,
                offHours[i]));
      }
    }

    List<List<@Nullable Object>> types = new ArrayList<>();
    IntStream.range(0, TYPES.length)
        .filter(t -> typeCount[t] > 0)
        .boxed()
        .sorted(Comparator.comparingLong((Integer t) -> -typeSum[t]).thenComparing(t -> TYPES[t]))
        .forEach(t ->
            types.add(
                List.of(TYPES[t], typeCount[t], BigDecimal.valueOf(typeSum[t], 2), unapproved[t])));

    Map<String, Answer> answers = new LinkedHashMap<>();
    answers.put(
        "department_totals",
        new Answer(
            List.of(
                "department",
                "bookings",
                "users",
                "total",
                "max_amount",
                "average_amount",
                "off_hours"),
            departments));
    answers.put(
        "type_totals", new Answer(List.of("type", "bookings", "total", "unapproved_large"), types));
    return answers;
  }
}
