package dev.sluice.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sluice.model.Reason;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must become of a record, slowly and plainly, on a strict JSON parser of others. Values are
 * those of {@link Readers}. Timestamps and dates are ISO 8601 here.
 */
final class Reference {
  /** So wide that they never matter. */
  static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder().maxNestingDepth(100_000).maxNumberLength(1_000_000).build();

  private static final JsonFactory FACTORY =
      JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();
  private static final Pattern ISO =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d)(:\\d\\d)?((?<=:\\d\\d:\\d\\d)[.,]\\d{1,9})?"
              + "([Zz]|[+-]\\d\\d(?::?\\d\\d)?)?");
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant BEHIND = Instant.parse("+10000-01-01T00:00:00Z");

  /** The fate of a record: a row, or the reason of its quarantine. */
  record Fate(Map<String, Object> row, Reason reason) {}

  /** A JSON number as it is written. */
  private record Number(String text) {}

  /** A JSON object with its entries as they stand there, equal keys included. */
  private record Entries(List<Entry> all) {}

  private record Entry(String key, Object value) {}

  private enum Null {
    NULL
  }

  /** The first fault in reading order. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    final Reason reason;

    Refusal(Reason reason) {
      super(reason.name(), null, false, false);
      this.reason = reason;
    }
  }

  private final RecordType schema;
  private final boolean refuseUnknown;
  private final int maxDepth;
  private final int maxNumber;

  Reference(RecordType schema, UnknownFields unknown, Limits limits) {
    this.schema = schema;
    this.refuseUnknown = unknown == UnknownFields.QUARANTINE;
    this.maxDepth = limits.asInt(Limit.DEPTH);
    this.maxNumber = limits.asInt(Limit.NUMBER_LENGTH);
  }

  /** The fate of a text that is one record; of text that is no JSON, a quarantine. */
  Fate of(byte[] text) {
    Object value;
    try {
      value = parse(text);
    } catch (IOException e) {
      return new Fate(
          null,
          e instanceof CharacterCodingException ? Reason.INVALID_TEXT : Reason.MALFORMED_JSON);
    }
    try {
      if (!(value instanceof Entries entries)) {
        return new Fate(null, Reason.NOT_AN_OBJECT);
      }
      return new Fate(record(schema, entries, 1), null);
    } catch (Refusal refusal) {
      return new Fate(null, refusal.reason);
    }
  }

  static Object parse(byte[] text) throws IOException {
    String decoded =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(text))
            .toString();
    try (JsonParser parser = FACTORY.createParser(decoded)) {
      if (parser.nextToken() == null) {
        throw new IOException("empty");
      }
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more text");
      }
      return value;
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        List<Entry> entries = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          entries.add(new Entry(key, value(parser)));
        }
        return new Entries(entries);
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        return list;
      }
      case VALUE_STRING -> {
        return parser.getText();
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        return new Number(parser.getText());
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return parser.getBooleanValue();
      }
      default -> {
        return Null.NULL;
      }
    }
  }

  private Map<String, Object> record(RecordType type, Entries entries, int depth) {
    Map<Field, Object> values = new java.util.IdentityHashMap<>();
    Set<Field> seen = new HashSet<>();
    for (Entry entry : entries.all()) {
      String key = text(entry.key());
      Field field = null;
      for (Field candidate : type.fields()) {
        if (candidate.keys().contains(key)) {
          field = candidate;
        }
      }
      if (field == null) {
        if (refuseUnknown) {
          throw new Refusal(Reason.UNKNOWN_FIELD);
        }
        skip(entry.value(), depth + 1);
        continue;
      }
      if (!seen.add(field)) {
        throw new Refusal(Reason.DUPLICATE_FIELD);
      }
      values.put(field, value(field.type(), field.nullable(), entry.value(), depth));
    }
    Map<String, Object> row = new LinkedHashMap<>();
    for (Field field : type.fields()) {
      if (seen.contains(field)) {
        row.put(field.column(), values.get(field));
      } else if (field.defaultValue().isEmpty()) {
        throw new Refusal(Reason.MISSING_FIELD);
      } else {
        row.put(field.column(), fallback(field));
      }
    }
    return row;
  }

  private Object fallback(Field field) {
    DefaultValue value = field.defaultValue().orElseThrow();
    if (value instanceof DefaultValue.Null) {
      return null;
    }
    if (value instanceof DefaultValue.Empty) {
      return field.type() instanceof MapType ? Map.of() : List.of();
    }
    Object json = ((DefaultValue.Scalar) value).json();
    return scalar(
        (ScalarType) field.type(),
        json instanceof Long || json instanceof BigDecimal ? new Number(json.toString()) : json);
  }

  private Object value(Type type, boolean nullable, Object json, int depth) {
    if (json == Null.NULL) {
      if (!nullable) {
        throw new Refusal(Reason.NULL_FIELD);
      }
      return null;
    }
    if (type instanceof RecordType record) {
      if (!(json instanceof Entries entries)) {
        throw new Refusal(Reason.TYPE_MISMATCH);
      }
      return record(record, entries, depth + 1);
    }
    if (type instanceof ArrayType array) {
      if (!(json instanceof List<?> elements)) {
        throw new Refusal(Reason.TYPE_MISMATCH);
      }
      List<Object> list = new ArrayList<>();
      elements.forEach(
          e -> list.add(value(array.element(), array.nullableElements(), e, depth + 1)));
      return list;
    }
    if (type instanceof MapType map) {
      if (!(json instanceof Entries entries)) {
        throw new Refusal(Reason.TYPE_MISMATCH);
      }
      Map<String, Object> values = new LinkedHashMap<>();
      boolean twice = false;
      for (Entry entry : entries.all()) {
        String key = text(entry.key());
        twice |= values.containsKey(key);
        values.put(key, value(map.values(), map.nullableValues(), entry.value(), depth + 1));
      }
      if (twice) {
        throw new Refusal(Reason.DUPLICATE_FIELD);
      }
      return values;
    }
    return scalar((ScalarType) type, json);
  }

  private void skip(Object json, int depth) {
    if (json instanceof String text) {
      text(text);
    } else if (json instanceof Number number) {
      number(number);
    } else if (json instanceof Entries || json instanceof List) {
      if (depth > maxDepth) {
        throw new Refusal(Reason.TOO_DEEP);
      }
      if (json instanceof Entries entries) {
        for (Entry entry : entries.all()) {
          text(entry.key());
          skip(entry.value(), depth + 1);
        }
      } else {
        ((List<?>) json).forEach(element -> skip(element, depth + 1));
      }
    }
  }

  private static String text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new Refusal(Reason.INVALID_TEXT);
      }
    }
    return text;
  }

  private String number(Object json) {
    if (!(json instanceof Number number)) {
      throw new Refusal(Reason.TYPE_MISMATCH);
    }
    if (number.text().length() > maxNumber) {
      throw new Refusal(Reason.NUMBER_TOO_LONG);
    }
    return number.text();
  }

  private static String string(Object json) {
    if (!(json instanceof String text)) {
      throw new Refusal(Reason.TYPE_MISMATCH);
    }
    return text(text);
  }

  private BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new Refusal(Reason.OUT_OF_RANGE);
    }
  }

  private Object scalar(ScalarType type, Object json) {
    switch (type.kind()) {
      case BOOLEAN -> {
        if (!(json instanceof Boolean)) {
          throw new Refusal(Reason.TYPE_MISMATCH);
        }
        return json;
      }
      case INT -> {
        return integer(number(json), Integer.MIN_VALUE, Integer.MAX_VALUE);
      }
      case LONG -> {
        return integer(number(json), Long.MIN_VALUE, Long.MAX_VALUE);
      }
      case FLOAT -> {
        float number = Float.parseFloat(number(json));
        if (Float.isInfinite(number)) {
          throw new Refusal(Reason.OUT_OF_RANGE);
        }
        return number;
      }
      case DOUBLE -> {
        double number = Double.parseDouble(number(json));
        if (Double.isInfinite(number)) {
          throw new Refusal(Reason.OUT_OF_RANGE);
        }
        return number;
      }
      case STRING -> {
        return string(json);
      }
      case BYTES -> {
        try {
          return Readers.hex(Base64.getDecoder().decode(string(json)));
        } catch (IllegalArgumentException e) {
          throw new Refusal(Reason.TYPE_MISMATCH);
        }
      }
      case ENUM -> {
        if (!type.symbols().contains(string(json))) {
          throw new Refusal(Reason.UNKNOWN_SYMBOL);
        }
        return json;
      }
      case DECIMAL -> {
        return decimal(type, json);
      }
      case DATE -> {
        return date(string(json));
      }
      default -> {
        return timestamp(string(json));
      }
    }
  }

  private Object integer(String text, long min, long max) {
    BigDecimal number = decimal(text);
    if (number.signum() == 0) {
      return 0L;
    }
    if (number.precision() - (long) number.scale() > 20) {
      throw new Refusal(Reason.OUT_OF_RANGE);
    }
    if (number.stripTrailingZeros().scale() > 0) {
      throw new Refusal(Reason.TYPE_MISMATCH);
    }
    if (number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0) {
      throw new Refusal(Reason.OUT_OF_RANGE);
    }
    return number.longValueExact();
  }

  private Object decimal(ScalarType type, Object json) {
    BigDecimal number;
    if (json instanceof String quoted) {
      text(quoted);
      if (!quoted.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
        throw new Refusal(Reason.TYPE_MISMATCH);
      }
      number = decimal(number(new Number(quoted)));
    } else {
      number = decimal(number(json));
    }
    if (number.signum() == 0) {
      return BigDecimal.ZERO.setScale(type.scale());
    }
    long whole = number.precision() - (long) number.scale();
    if (whole > type.precision() - type.scale()
        || number.stripTrailingZeros().scale() > type.scale()) {
      throw new Refusal(Reason.OUT_OF_RANGE);
    }
    return number.setScale(type.scale());
  }

  private static Object date(String text) {
    try {
      if (!text.matches("\\d{4}-\\d\\d-\\d\\d")) {
        throw new Refusal(Reason.TYPE_MISMATCH);
      }
      LocalDate date = LocalDate.parse(text);
      if (date.getYear() < 1) {
        throw new Refusal(Reason.OUT_OF_RANGE);
      }
      return date;
    } catch (DateTimeException e) {
      throw new Refusal(Reason.TYPE_MISMATCH);
    }
  }

  /** The forms of ISO 8601 that are promised, brought to the one that {@code java.time} reads. */
  private static Object timestamp(String text) {
    Matcher form = ISO.matcher(text);
    if (!form.matches()) {
      throw new Refusal(Reason.TYPE_MISMATCH);
    }
    Instant instant;
    try {
      String second = form.group(3) == null ? ":00" : form.group(3);
      boolean leap = second.equals(":60");
      String fraction = form.group(4) == null ? "" : form.group(4).replace(',', '.');
      String offset = form.group(5) == null ? "Z" : form.group(5).toUpperCase(Locale.ROOT);
      if (offset.length() == 3) {
        offset += ":00";
      } else if (offset.length() == 5) {
        offset = offset.substring(0, 3) + ":" + offset.substring(3);
      }
      instant =
          OffsetDateTime.parse(
                  form.group(1) + "T" + form.group(2) + (leap ? ":59" : second) + fraction + offset)
              .toInstant();
      if (leap) {
        if (!instant.truncatedTo(ChronoUnit.SECONDS).toString().endsWith("T23:59:59Z")) {
          throw new Refusal(Reason.TYPE_MISMATCH);
        }
        instant = instant.plusSeconds(1);
      }
    } catch (DateTimeException e) {
      throw new Refusal(Reason.TYPE_MISMATCH);
    }
    Instant micros = instant.truncatedTo(ChronoUnit.MICROS);
    if (micros.isBefore(FIRST) || !micros.isBefore(BEHIND)) {
      throw new Refusal(Reason.OUT_OF_RANGE);
    }
    return micros;
  }
}
