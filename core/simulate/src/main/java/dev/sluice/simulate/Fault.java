package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to break a record so that exactly one thing is wrong with it.
 *
 * @param reason what quarantine must say
 * @param damage what to do to the record's text
 */
record Fault(Reason reason, Damage damage) {

  /** Turns the text of a good record into that of a bad one, on one line still. */
  @FunctionalInterface
  interface Damage {
    void apply(StringBuilder line, Dice dice);
  }

  private static final String[] GARBAGE = {
    "<html><body>503 Service Unavailable</body></html>",
    "ERROR upstream timed out while the batch was written",
    "id;time;value;comment",
    "%PDF-1.7",
    "{'single': 'quotes'}",
    "{id: 17}",
  };

  private static final String[] NO_OBJECTS = {"\"keep-alive\"", "null", "42", "true", "-0.5e3"};

  private static final String[] NO_TIMES = {
    "\"2024-02-30T12:00:00Z\"",
    "\"2023-02-29T08:15:00Z\"",
    "\"2024-13-01T00:00:00Z\"",
    "\"2024-04-31T10:00:00Z\"",
    "\"2024-01-15T25:00:00Z\"",
    "\"yesterday\"",
    "\"\"",
  };

  /**
   * Faults of the text itself, possible for every dataset.
   *
   * @param string a field that always holds a string
   */
  static List<Fault> ofText(String string) {
    return new ArrayList<>(
        List.of(
            // The transfer broke off. Simulated text has no surrogate pairs to cut through.
            new Fault(
                Reason.MALFORMED_JSON,
                (line, dice) -> line.setLength(1 + dice.below(line.length() - 1))),
            new Fault(
                Reason.MALFORMED_JSON,
                (line, dice) -> {
                  line.setLength(0);
                  line.append(dice.pick(GARBAGE));
                }),
            // A quote is missing: one that opens a key, or one that closes a value.
            new Fault(
                Reason.MALFORMED_JSON,
                (line, dice) ->
                    line.deleteCharAt(
                        dice.oneIn(2) ? 1 : valueEnd(line, valueStart(line, string)) - 1)),
            new Fault(Reason.MALFORMED_JSON, (line, dice) -> line.insert(line.length() - 1, ',')),
            new Fault(
                Reason.NOT_AN_OBJECT,
                (line, dice) -> {
                  line.setLength(0);
                  line.append(dice.pick(NO_OBJECTS));
                }),
            new Fault(
                Reason.INVALID_TEXT,
                (line, dice) -> line.insert(valueStart(line, string) + 1, "\\ud83d")),
            new Fault(
                Reason.DUPLICATE_FIELD,
                (line, dice) -> {
                  int start = valueStart(line, string);
                  String field = line.substring(start - string.length() - 3, valueEnd(line, start));
                  line.insert(line.length() - 1, ',').insert(line.length() - 1, field);
                })));
  }

  /** The value of a field is replaced by one of {@code values}, JSON texts. */
  static Fault replaced(Reason reason, String field, String... values) {
    return new Fault(
        reason,
        (line, dice) -> {
          int start = valueStart(line, field);
          line.replace(start, valueEnd(line, start), dice.pick(values));
        });
  }

  /** A time that no calendar has. */
  static Fault impossibleTime(String field) {
    return replaced(Reason.TYPE_MISMATCH, field, NO_TIMES);
  }

  /** A number is text. */
  static Fault textForNumber(String field) {
    return replaced(Reason.TYPE_MISMATCH, field, "\"n/a\"", "\"\"", "[]", "true");
  }

  /** A text is something else. */
  static Fault noText(String field) {
    return replaced(Reason.TYPE_MISMATCH, field, "{\"value\":1}", "[]");
  }

  /** A required field is null. */
  static Fault nulled(String field) {
    return replaced(Reason.NULL_FIELD, field, "null");
  }

  /** A required field is absent; it is not the first of its object. */
  static Fault missing(String field) {
    return new Fault(
        Reason.MISSING_FIELD,
        (line, dice) -> {
          int start = valueStart(line, field);
          line.delete(start - field.length() - 4, valueEnd(line, start));
        });
  }

  /** Where the value of the first field of this name begins. */
  static int valueStart(StringBuilder line, String field) {
    // No string in simulated data holds a quote, so this finds keys only.
    int key = line.indexOf("\"" + field + "\":");
    if (key < 0) {
      throw new IllegalStateException("The record has no field " + field);
    }
    return key + field.length() + 3;
  }

  /** Just behind the value that begins at {@code start}. */
  static int valueEnd(StringBuilder line, int start) {
    int depth = 0;
    boolean quoted = false;
    for (int i = start; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '{' || c == '[')) {
        depth++;
      } else if (!quoted && (c == ',' || c == '}' || c == ']')) {
        if (depth == 0) {
          return i;
        }
        if (c != ',') {
          depth--;
        }
      }
    }
    throw new IllegalStateException("The value at " + start + " has no end");
  }
}
