package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.schema.TimeInput;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.Map;

/** Reads single JSON values as the bits that their columns hold. */
final class Values {
  private static final long SECOND = 1_000_000L;
  private static final long DAY = 86_400 * SECOND;

  private final Batch batch;
  private final BadRecord bad;
  private final int maxNumber;
  private final int maxString;
  private final Map<Node, PatternTime> patterns = new IdentityHashMap<>();

  private byte[] text = new byte[0];

  /** Behind what was read last. */
  int pos;

  private int lastDate = -1;
  private long lastDay;

  Values(Batch batch, BadRecord bad, Limits limits) {
    this.batch = batch;
    this.bad = bad;
    this.maxNumber = limits.asInt(Limit.NUMBER_LENGTH);
    this.maxString = limits.asInt(Limit.STRING_BYTES);
  }

  void reset(byte[] text) {
    this.text = text;
  }

  /** Reads the value at {@code from} for a scalar node. */
  long scalar(Node node, int from) {
    switch (node.kind) {
      case Node.STRING:
        return text(node, from);
      case Node.DOUBLE:
        return doubleBits(node, from);
      case Node.LONG:
        return integer(node, from, Long.MIN_VALUE, Long.MAX_VALUE);
      case Node.INT:
        return integer(node, from, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case Node.TIMESTAMP:
        return timestamp(node, from);
      case Node.BOOLEAN:
        return bool(node, from);
      default:
        return rarer(node, from);
    }
  }

  private long text(Node node, int from) {
    if (text[from] != '"') {
      throw mismatch(node, from);
    }
    try {
      return string(from);
    } catch (BadRecord e) {
      if (e.reason == Reason.STRING_TOO_LONG || e.reason == Reason.INVALID_TEXT) {
        e.node = node;
      }
      throw e;
    }
  }

  private long rarer(Node node, int from) {
    switch (node.kind) {
      case Node.DECIMAL:
        return decimal(node, from);
      case Node.DATE:
        return date(node, from);
      case Node.ENUM:
        return symbol(node, from);
      case Node.FLOAT:
        return floatBits(node, from);
      default:
        return base64(node, from);
    }
  }

  /** The value that an absent field holds. */
  long defaultValue(Node node) {
    Object json = node.absentValue;
    switch (node.kind) {
      case Node.STRING, Node.ENUM:
        return batch.addAuxiliary(String.valueOf(json).getBytes(StandardCharsets.UTF_8));
      case Node.BOOLEAN:
        return Boolean.TRUE.equals(json) ? 1 : 0;
      case Node.DOUBLE:
        return Double.doubleToRawLongBits(new BigDecimal(String.valueOf(json)).doubleValue());
      case Node.FLOAT:
        return Float.floatToRawIntBits(new BigDecimal(String.valueOf(json)).floatValue());
      case Node.INT, Node.LONG:
        return new BigDecimal(String.valueOf(json)).longValueExact();
      default:
        // Rare enough to be read as if it stood in the input.
        byte[] written =
            (json instanceof String ? '"' + json.toString() + '"' : String.valueOf(json))
                .getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(written, written.length + Bytes.PADDING);
        byte[] before = text;
        byte[] buffer = batch.buffer;
        int at = pos;
        try {
          text = padded;
          batch.buffer = padded;
          return scalar(node, 0);
        } finally {
          text = before;
          batch.buffer = buffer;
          pos = at;
        }
    }
  }

  // ---- text

  /** Reads a string; the reference leads to its unescaped UTF-8, checked. */
  long string(int from) {
    byte[] u = text;
    int start = from + 1;
    int q = start;
    for (; ; ) {
      long stop = Scanner.interrupts(Bytes.word(u, q));
      if (stop != 0) {
        q += Long.numberOfTrailingZeros(stop) >>> 3;
        if (u[q] == '"') {
          if (q - start > maxString) {
            throw stringTooLong(start);
          }
          pos = q + 1;
          return (long) start << 32 | q - start;
        }
        return interruptedString(start, q);
      }
      q += 8;
    }
  }

  private long interruptedString(int start, int from) {
    byte[] u = text;
    int q = from;
    boolean escaped = false;
    for (; ; ) {
      byte c = u[q];
      if (c == '"') {
        break;
      }
      if (c == '\\') {
        escaped = true;
        q++;
        if (u[q] < ' ') {
          throw malformed(q, "one of the escapes of JSON");
        }
        q++;
      } else if (c >= 0) {
        if (c < ' ') {
          throw malformed(q, "the end of the string; control characters must be escaped");
        }
        q++;
      } else {
        int length = Utf8.sequence(u, q);
        if (length == 0) {
          throw bad.fill(Reason.INVALID_TEXT, null, q, "valid UTF-8", "an invalid byte");
        }
        q += length;
      }
    }
    if (q - start > maxString) {
      throw stringTooLong(start);
    }
    pos = q + 1;
    return escaped ? unescape(start, q) : (long) start << 32 | q - start;
  }

  private BadRecord stringTooLong(int start) {
    return bad.fill(
        Reason.STRING_TOO_LONG,
        null,
        start - 1,
        "a string of at most " + maxString + " bytes",
        "a longer one");
  }

  private long unescape(int start, int end) {
    byte[] u = text;
    batch.reserve(end - start);
    byte[] out = batch.auxiliary;
    int from = batch.auxiliaryEnd;
    int o = from;
    for (int i = start; i < end; i++) {
      byte c = u[i];
      if (c != '\\') {
        out[o++] = c;
        continue;
      }
      i++;
      switch (u[i]) {
        case '"', '\\', '/' -> out[o++] = u[i];
        case 'n' -> out[o++] = '\n';
        case 't' -> out[o++] = '\t';
        case 'r' -> out[o++] = '\r';
        case 'b' -> out[o++] = '\b';
        case 'f' -> out[o++] = '\f';
        case 'u' -> {
          int unit = hex(i + 1, end);
          i += 4;
          int point = unit;
          if (Character.isSurrogate((char) unit)) {
            if (!Character.isHighSurrogate((char) unit)
                || i + 6 >= end
                || u[i + 1] != '\\'
                || u[i + 2] != 'u') {
              throw loneSurrogate(i);
            }
            int low = hex(i + 3, end);
            if (!Character.isLowSurrogate((char) low)) {
              throw loneSurrogate(i);
            }
            i += 6;
            point = Character.toCodePoint((char) unit, (char) low);
          }
          o = Utf8.put(out, o, point);
        }
        default -> throw malformed(i, "one of the escapes of JSON");
      }
    }
    batch.auxiliaryEnd = o;
    return batch.auxiliaryReference(from);
  }

  private BadRecord loneSurrogate(int at) {
    return bad.fill(Reason.INVALID_TEXT, null, at, "surrogates in pairs", "a lone surrogate");
  }

  private int hex(int from, int end) {
    if (from + 4 > end) {
      throw malformed(from, "four hexadecimal digits");
    }
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int c = text[i];
      int digit =
          c >= '0' && c <= '9'
              ? c - '0'
              : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
      if (digit < 0) {
        throw malformed(i, "four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private long symbol(Node node, int from) {
    long value = text(node, from);
    byte[] bytes = batch.bytes(value);
    int offset = Batch.offset(value);
    int length = Batch.length(value);
    for (byte[] symbol : node.symbols) {
      if (Arrays.equals(symbol, 0, symbol.length, bytes, offset, offset + length)) {
        return value;
      }
    }
    throw bad.fill(Reason.UNKNOWN_SYMBOL, node, from, node.expected(), "another string");
  }

  private long base64(Node node, int from) {
    String written = plainString(node, from);
    try {
      return batch.addAuxiliary(Base64.getDecoder().decode(written));
    } catch (IllegalArgumentException e) {
      throw bad.fill(Reason.TYPE_MISMATCH, node, from, node.expected(), "a string that is not");
    }
  }

  private String plainString(Node node, int from) {
    long value = text(node, from);
    return new String(
        batch.bytes(value), Batch.offset(value), Batch.length(value), StandardCharsets.UTF_8);
  }

  private long bool(Node node, int from) {
    byte[] u = text;
    if (u[from] == 't' && u[from + 1] == 'r' && u[from + 2] == 'u' && u[from + 3] == 'e') {
      pos = from + 4;
      return 1;
    }
    if (u[from] == 'f'
        && u[from + 1] == 'a'
        && u[from + 2] == 'l'
        && u[from + 3] == 's'
        && u[from + 4] == 'e') {
      pos = from + 5;
      return 0;
    }
    throw mismatch(node, from);
  }

  // ---- numbers

  /** Checks a JSON number and stands behind it. */
  void skipNumber(int from) {
    byte[] u = text;
    int p = from;
    if (u[p] == '-') {
      p++;
    }
    int first = p;
    p = digits(p);
    if (p == first) {
      throw malformed(p == from ? from : p, p == from ? "a JSON value" : "a digit");
    }
    if (u[first] == '0' && p - first > 1) {
      throw malformed(first, "a number without leading zeros");
    }
    if (u[p] == '.') {
      int fraction = p + 1;
      p = digits(fraction);
      if (p == fraction) {
        throw malformed(p, "a digit after the point");
      }
    }
    if ((u[p] | 0x20) == 'e') {
      p++;
      if (u[p] == '-' || u[p] == '+') {
        p++;
      }
      int exponent = p;
      p = digits(exponent);
      if (p == exponent) {
        throw malformed(p, "a digit in the exponent");
      }
    }
    if (p - from > maxNumber) {
      throw bad.fill(
          Reason.NUMBER_TOO_LONG,
          null,
          from,
          "a number of at most " + maxNumber + " characters",
          "a longer one");
    }
    pos = p;
  }

  private int digits(int from) {
    byte[] u = text;
    int p = from;
    while (u[p] >= '0' && u[p] <= '9') {
      p++;
    }
    return p;
  }

  private long integer(Node node, int from, long min, long max) {
    byte[] u = text;
    int p = from;
    boolean negative = u[p] == '-';
    if (negative) {
      p++;
    }
    int first = p;
    long value = 0;
    int digit;
    while ((digit = u[p] - '0') >= 0 && digit <= 9) {
      value = value * 10 + digit;
      p++;
    }
    int count = p - first;
    byte c = u[p];
    if (count == 0 || count > 18 || u[first] == '0' && count > 1 || c == '.' || (c | 0x20) == 'e') {
      return unusualInteger(node, from, min, max);
    }
    if (negative) {
      value = -value;
    }
    if (value < min || value > max) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, node.expected(), "a larger number");
    }
    pos = p;
    return value;
  }

  private long unusualInteger(Node node, int from, long min, long max) {
    BigDecimal value = bigDecimal(node, from);
    if (value.signum() != 0 && value.precision() - (long) value.scale() > 20) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, node.expected(), "a larger number");
    }
    BigDecimal stripped = value.stripTrailingZeros();
    if (stripped.scale() > 0) {
      throw bad.fill(Reason.TYPE_MISMATCH, node, from, node.expected(), "a number with a fraction");
    }
    BigInteger integer = stripped.toBigInteger();
    if (integer.compareTo(BigInteger.valueOf(min)) < 0
        || integer.compareTo(BigInteger.valueOf(max)) > 0) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, node.expected(), "a larger number");
    }
    return integer.longValue();
  }

  private BigDecimal bigDecimal(Node node, int from) {
    String number = number(node, from);
    try {
      return new BigDecimal(number);
    } catch (NumberFormatException e) {
      // The grammar was checked, so only the exponent can be beyond BigDecimal's.
      throw bad.fill(
          Reason.OUT_OF_RANGE, node, from, node.expected(), "a number with a huge exponent");
    }
  }

  private String number(Node node, int from) {
    byte c = text[from];
    if (c != '-' && (c < '0' || c > '9')) {
      throw mismatch(node, from);
    }
    try {
      skipNumber(from);
    } catch (BadRecord e) {
      if (e.reason == Reason.NUMBER_TOO_LONG) {
        e.node = node;
      }
      throw e;
    }
    return new String(text, from, pos - from, StandardCharsets.ISO_8859_1);
  }

  private long doubleBits(Node node, int from) {
    byte[] u = text;
    int p = from;
    boolean negative = u[p] == '-';
    if (negative) {
      p++;
    }
    int first = p;
    long value = 0;
    int digit;
    while ((digit = u[p] - '0') >= 0 && digit <= 9) {
      value = value * 10 + digit;
      p++;
    }
    int count = p - first;
    int exponent = 0;
    boolean plain = count > 0 && (u[first] != '0' || count == 1);
    if (plain && u[p] == '.') {
      int fraction = ++p;
      while ((digit = u[p] - '0') >= 0 && digit <= 9) {
        value = value * 10 + digit;
        p++;
      }
      exponent = fraction - p;
      count -= exponent;
      plain = exponent < 0;
    }
    if (plain && (u[p] | 0x20) != 'e' && count <= 18 && value <= 1L << 53 && exponent >= -22) {
      pos = p;
      double magnitude = exponent == 0 ? value : value / Scanner.power(-exponent);
      return Double.doubleToRawLongBits(negative ? -magnitude : magnitude);
    }
    double parsed = Double.parseDouble(number(node, from));
    if (Double.isInfinite(parsed)) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, "a number within a double", "a larger one");
    }
    return Double.doubleToRawLongBits(parsed);
  }

  private long floatBits(Node node, int from) {
    float parsed = Float.parseFloat(number(node, from));
    if (Float.isInfinite(parsed)) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, "a number within a float", "a larger one");
    }
    return Float.floatToRawIntBits(parsed);
  }

  private long decimal(Node node, int from) {
    boolean quoted = text[from] == '"';
    if (quoted) {
      return quotedDecimal(node, from);
    }
    if (node.precision <= 18) {
      byte[] u = text;
      int p = from;
      boolean negative = u[p] == '-';
      if (negative) {
        p++;
      }
      int first = p;
      long value = 0;
      int digit;
      while ((digit = u[p] - '0') >= 0 && digit <= 9) {
        value = value * 10 + digit;
        p++;
      }
      int whole = p - first;
      boolean plain = whole > 0 && (u[first] != '0' || whole == 1);
      int places = 0;
      if (plain && u[p] == '.') {
        int fraction = ++p;
        while ((digit = u[p] - '0') >= 0 && digit <= 9) {
          value = value * 10 + digit;
          p++;
        }
        places = p - fraction;
        plain = places > 0;
      }
      if (plain
          && (u[p] | 0x20) != 'e'
          && places <= node.scale
          && whole + node.scale <= 18
          && (value *= Scanner.LONG_POWERS[node.scale - places])
              < Scanner.LONG_POWERS[node.precision]) {
        pos = p;
        return negative ? -value : value;
      }
    }
    return unscaled(node, from, bigDecimal(node, from));
  }

  private long quotedDecimal(Node node, int from) {
    String written = plainString(node, from);
    int behind = pos;
    byte[] number = (written + '\n').getBytes(StandardCharsets.UTF_8);
    byte[] before = text;
    try {
      text = Arrays.copyOf(number, number.length + Bytes.PADDING);
      skipNumber(0);
      if (pos != number.length - 1) {
        throw malformed(from, "");
      }
    } catch (BadRecord e) {
      if (e.reason == Reason.NUMBER_TOO_LONG) {
        throw bad.fill(e.reason, node, from, e.expected, e.found);
      }
      throw bad.fill(
          Reason.TYPE_MISMATCH, node, from, node.expected(), "a string that is no number");
    } finally {
      text = before;
      pos = behind;
    }
    try {
      return unscaled(node, from, new BigDecimal(written));
    } catch (NumberFormatException e) {
      throw bad.fill(
          Reason.OUT_OF_RANGE, node, from, node.expected(), "a number with a huge exponent");
    }
  }

  private long unscaled(Node node, int from, BigDecimal value) {
    if (value.signum() != 0 && value.precision() - (long) value.scale() > 40) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, node.expected(), "a larger number");
    }
    BigInteger unscaled;
    try {
      // Far below the scale there is nothing to round to, and setScale would build huge numbers.
      if (value.signum() != 0 && value.scale() - (long) value.precision() > 400) {
        throw new ArithmeticException("below the scale");
      }
      unscaled = value.setScale(node.scale, RoundingMode.UNNECESSARY).unscaledValue();
    } catch (ArithmeticException e) {
      throw bad.fill(
          Reason.OUT_OF_RANGE, node, from, node.expected(), "a number with more decimal places");
    }
    if (unscaled.abs().compareTo(BigInteger.TEN.pow(node.precision)) >= 0) {
      throw bad.fill(Reason.OUT_OF_RANGE, node, from, node.expected(), "a larger number");
    }
    if (node.precision <= 18) {
      return unscaled.longValueExact();
    }
    byte[] small = unscaled.toByteArray();
    byte[] fixed = new byte[16];
    Arrays.fill(fixed, 0, 16 - small.length, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(small, 0, fixed, 16 - small.length, small.length);
    return batch.addAuxiliary(fixed);
  }

  // ---- time

  private long timestamp(Node node, int from) {
    if (node.input != null) {
      return declaredTimestamp(node, from);
    }
    byte[] u = text;
    if (u[from] != '"') {
      throw mismatch(node, from);
    }
    // The form that nearly all have: "2026-03-01T00:00:00.000Z".
    long micros = plainTimestamp(from + 1);
    if (micros != Long.MIN_VALUE) {
      return micros;
    }
    return isoTimestamp(node, from, null);
  }

  private long plainTimestamp(int p) {
    byte[] u = text;
    int date = dateAt(p);
    if (date < 0 || u[p + 10] != 'T' || u[p + 13] != ':' || u[p + 16] != ':') {
      return Long.MIN_VALUE;
    }
    int hour = two(p + 11);
    int minute = two(p + 14);
    int second = two(p + 17);
    if (hour > 23 || minute > 59 || second > 59 || (hour | minute | second) < 0) {
      return Long.MIN_VALUE;
    }
    int q = p + 19;
    int fraction = 0;
    if (u[q] == '.') {
      q++;
      int digits = 0;
      int digit;
      while (digits < 6 && (digit = u[q] - '0') >= 0 && digit <= 9) {
        fraction = fraction * 10 + digit;
        digits++;
        q++;
      }
      if (digits == 0) {
        return Long.MIN_VALUE;
      }
      for (; digits < 6; digits++) {
        fraction *= 10;
      }
    }
    if (u[q] != 'Z' || u[q + 1] != '"') {
      return Long.MIN_VALUE;
    }
    long day = epochDay(date);
    if (day == Long.MIN_VALUE) {
      return Long.MIN_VALUE;
    }
    pos = q + 2;
    return day * DAY + (hour * 3600L + minute * 60 + second) * SECOND + fraction;
  }

  /** Year, month and day packed as decimal digits, or -1 when no date stands there. */
  private int dateAt(int p) {
    byte[] u = text;
    if (u[p + 4] != '-' || u[p + 7] != '-') {
      return -1;
    }
    int century = two(p);
    int year = two(p + 2);
    int month = two(p + 5);
    int day = two(p + 8);
    return (century | year | month | day) < 0
        ? -1
        : ((century * 100 + year) * 100 + month) * 100 + day;
  }

  /** Two digits, or a negative number. */
  private int two(int p) {
    int a = text[p] - '0';
    int b = text[p + 1] - '0';
    return (a | b | 9 - a | 9 - b) < 0 ? -1 : a * 10 + b;
  }

  /** Days since 1970 of a packed date, or {@link Long#MIN_VALUE} when there is no such day. */
  private long epochDay(int date) {
    if (date != lastDate) {
      int month = date / 100 % 100;
      int day = date % 100;
      int year = date / 10000;
      if (year < 1 || month < 1 || month > 12 || day < 1 || day > Time.monthLength(year, month)) {
        return Long.MIN_VALUE;
      }
      lastDay = Time.epochDay(year, month, day);
      lastDate = date;
    }
    return lastDay;
  }

  private long isoTimestamp(
      Node node, int from, java.time.@org.jspecify.annotations.Nullable ZoneId zone) {
    String written = plainString(node, from);
    long micros = Time.isoMicros(written, zone);
    if (micros == Long.MIN_VALUE) {
      throw bad.fill(
          Reason.TYPE_MISMATCH, node, from, node.expected(), "a string that is no such timestamp");
    }
    return inYears(node, from, micros);
  }

  private long declaredTimestamp(Node node, int from) {
    TimeInput input = node.input;
    if (input instanceof TimeInput.Iso iso) {
      return isoTimestamp(node, from, iso.zone());
    }
    if (input instanceof TimeInput.Epoch epoch) {
      return epochMicros(node, from, epoch);
    }
    return inYears(node, from, pattern(node).micros(plainString(node, from), bad, from));
  }

  private long epochMicros(Node node, int from, TimeInput.Epoch epoch) {
    BigDecimal micros = bigDecimal(node, from).multiply(BigDecimal.valueOf(epoch.unit().micros()));
    long magnitude = micros.precision() - (long) micros.scale();
    if (micros.signum() != 0 && magnitude > 18) {
      throw bad.fill(
          Reason.OUT_OF_RANGE, node, from, "a time between the years 1 and 9999", "another");
    }
    if (micros.signum() == 0 || magnitude <= 0) {
      // Less than a microsecond; rounding 1e-999999999 by arithmetic would take for ever.
      return micros.signum() < 0 ? -1 : 0;
    }
    return inYears(node, from, micros.setScale(0, RoundingMode.FLOOR).longValue());
  }

  private PatternTime pattern(Node node) {
    return patterns.computeIfAbsent(
        node,
        n -> new PatternTime(n, (TimeInput.Pattern) java.util.Objects.requireNonNull(n.input)));
  }

  private long date(Node node, int from) {
    if (node.input instanceof TimeInput.Epoch epoch) {
      return Math.floorDiv(epochMicros(node, from, epoch), DAY);
    }
    if (node.input instanceof TimeInput.Pattern) {
      long day = pattern(node).day(plainString(node, from), bad, from);
      // Patterns may give years that do not fit in micros at all.
      return inYears(node, from, Math.max(-1_000_000, Math.min(day, 3_000_000)) * DAY) / DAY;
    }
    byte[] u = text;
    if (u[from] != '"') {
      throw mismatch(node, from);
    }
    int date = dateAt(from + 1);
    if (date >= 0 && u[from + 11] == '"') {
      long day = epochDay(date);
      if (day != Long.MIN_VALUE) {
        pos = from + 12;
        return day;
      }
    }
    long day = Time.isoDay(plainString(node, from));
    if (day == Long.MIN_VALUE) {
      throw bad.fill(
          Reason.TYPE_MISMATCH, node, from, node.expected(), "a string that is no such date");
    }
    return inYears(node, from, day * DAY) / DAY;
  }

  /** Beyond the years 1 to 9999 no engine agrees with another. */
  private long inYears(Node node, int from, long micros) {
    if (micros < Time.MIN_MICROS || micros > Time.MAX_MICROS) {
      throw bad.fill(
          Reason.OUT_OF_RANGE, node, from, "a time between the years 1 and 9999", "another");
    }
    return micros;
  }

  // ---- faults

  BadRecord mismatch(Node node, int at) {
    return Scanner.isValueStart(text[at])
        ? bad.fill(Reason.TYPE_MISMATCH, node, at, node.expected(), "")
        : malformed(at, "a JSON value");
  }

  private BadRecord malformed(int at, String expected) {
    return bad.fill(Reason.MALFORMED_JSON, null, at, expected, "");
  }
}
