package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.limit.Limit;

/**
 * What is wrong with a record, for people.
 *
 * @param reason the class of the fault
 * @param field the path of the field at fault, empty for the record
 * @param rule the rule that does not hold, or empty
 * @param expected what would have been accepted
 * @param found what stands there, in words
 * @param at bytes from the start of the record to the fault; negative when that is not known
 */
record Fault(Reason reason, String field, String rule, String expected, String found, int at) {

  /** Reads the fault off the scanner before it is overwritten. */
  static Fault of(BadRecord bad, byte[] text, int start, int end) {
    String found = bad.found;
    if (found.isEmpty()) {
      found = bad.at >= end ? "the end of the record" : describe(text[bad.at]);
    }
    return new Fault(bad.reason, bad.path(), "", bad.expected, found, Math.max(0, bad.at - start));
  }

  private static String describe(byte c) {
    return switch (c) {
      case '"' -> "a string";
      case '{' -> "an object";
      case '[' -> "an array";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> "a number";
      case '\n', '\r' -> "the end of the line";
      case ',', ':', '}', ']' -> "'" + (char) c + "'";
      default ->
          c < 0 ? "a character beyond ASCII" : c < ' ' ? "a control character" : "other text";
    };
  }

  /** Why a source that was cut short or damaged cannot be read further. */
  static Fault corrupt(Input input) {
    CorruptInputException damage = input.damage();
    String why = damage == null ? "" : String.valueOf(damage.getMessage());
    return new Fault(Reason.INPUT_CORRUPT, "", "", "a whole compressed stream", why, 0);
  }

  /** The same where the record is not the text that was looked at. */
  Fault withoutPlace() {
    return new Fault(reason, field, rule, expected, found, -1);
  }

  String message() {
    String what = field.isEmpty() ? "Cannot load the record" : "Cannot load field " + field;
    return switch (reason) {
      case RULE_VIOLATED -> what + ": rule " + rule + " does not hold: expected " + expected;
      case PATTERN_TOO_COSTLY ->
          what
              + ": whether rule "
              + rule
              + " holds takes more steps to find out than the limit "
              + Limit.PATTERN_STEPS.setting()
              + " allows: expected "
              + expected;
      case MISSING_FIELD -> what + ": it is missing: expected " + expected;
      case INPUT_CORRUPT ->
          "Cannot read the rest of the source: "
              + found
              + ": what it held from here on is unknown; upload it again";
      case TOO_MANY_PARTITIONS -> what + ": expected " + expected + ", found " + found;
      case RECORD_TOO_LARGE -> what + ": it is too large: expected " + expected;
      default ->
          what + ": expected " + expected + ", found " + found + (at < 0 ? "" : " at byte " + at);
    };
  }
}
