package dev.sluice.lake.json;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.model.json.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkNumber;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.traits.TimestampFormatTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Reads and writes bodies of AWS's JSON protocol (1.0 and 1.1) from the fields that every model
 * class of the SDK declares, so that no service needs a codec of its own.
 *
 * <p>Timestamps are seconds since 1970 unless the field says otherwise, blobs are base64, members
 * that are absent or null stay unset, members that the class does not know are passed over, as AWS
 * does. Text that does not fit the class is a {@code SerializationException}.
 */
public final class SdkJson {
  private SdkJson() {}

  /**
   * Reads a JSON object into a builder and builds.
   *
   * @param builder an empty builder of an SDK model class
   * @throws ServiceException {@code SerializationException} when the text is no JSON object or a
   *     member has another type than the class says
   */
  public static SdkPojo read(String body, Supplier<? extends Buildable> builder) {
    Object tree;
    try {
      tree = body.isBlank() ? Map.of() : Json.parse(body);
    } catch (IllegalArgumentException e) {
      throw unreadable("the body is not JSON: " + e.getMessage());
    }
    return fromTree(tree, builder);
  }

  /** Like {@link #read}, from a tree as {@link Json} gives it. */
  public static SdkPojo fromTree(@Nullable Object tree, Supplier<? extends Buildable> builder) {
    if (!(tree instanceof Map<?, ?> map)) {
      throw unreadable("the body is not a JSON object");
    }
    Buildable target = builder.get();
    fill(map, (SdkPojo) target, "");
    return (SdkPojo) target.build();
  }

  /** Writes all members that are set, as one line of JSON. */
  public static String write(SdkPojo pojo) {
    return Json.write(toTree(pojo));
  }

  /** All members that are set, as a tree that {@link Json} writes. */
  public static Map<String, @Nullable Object> toTree(SdkPojo pojo) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    for (SdkField<?> field : pojo.sdkFields()) {
      Object value = field.getValueOrDefault(pojo);
      if (value == null
          || value instanceof SdkAutoConstructList<?>
          || value instanceof SdkAutoConstructMap<?, ?>) {
        continue;
      }
      tree.put(field.locationName(), toJson(value, field));
    }
    return tree;
  }

  private static @Nullable Object toJson(@Nullable Object value, @Nullable SdkField<?> field) {
    return switch (value) {
      case null -> null;
      case SdkPojo pojo -> toTree(pojo);
      case Instant instant -> timestamp(instant, field);
      case SdkBytes bytes -> Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe());
      case Document document -> document(document);
      case List<?> list -> {
        SdkField<?> member =
            field == null
                ? null
                : field.getOptionalTrait(ListTrait.class).map(SdkJson::member).orElse(null);
        List<@Nullable Object> elements = new ArrayList<>(list.size());
        for (Object element : list) {
          elements.add(toJson(element, member));
        }
        yield elements;
      }
      case Map<?, ?> map -> {
        SdkField<?> member =
            field == null
                ? null
                : field.getOptionalTrait(MapTrait.class).map(SdkJson::member).orElse(null);
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        map.forEach((key, element) -> entries.put(key.toString(), toJson(element, member)));
        yield entries;
      }
      case Float number -> number(number.doubleValue());
      case Double number -> number(number);
      case Short number -> number.longValue();
      case Byte number -> number.longValue();
      default -> value;
    };
  }

  /** The protocol spells what JSON cannot say as text. */
  private static Object number(double number) {
    return Double.isFinite(number) ? number : Double.toString(number);
  }

  private static Object timestamp(Instant instant, @Nullable SdkField<?> field) {
    return switch (format(field)) {
      case ISO_8601 -> DateTimeFormatter.ISO_INSTANT.format(instant);
      case RFC_822 ->
          DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(java.time.ZoneOffset.UTC));
      case UNIX_TIMESTAMP_MILLIS -> instant.toEpochMilli();
      case UNIX_TIMESTAMP -> BigDecimal.valueOf(instant.toEpochMilli(), 3);
    };
  }

  private static TimestampFormatTrait.Format format(@Nullable SdkField<?> field) {
    return field == null
        ? TimestampFormatTrait.Format.UNIX_TIMESTAMP
        : field
            .getOptionalTrait(TimestampFormatTrait.class)
            .map(TimestampFormatTrait::format)
            .orElse(TimestampFormatTrait.Format.UNIX_TIMESTAMP);
  }

  private static @Nullable Object document(Document document) {
    if (document.isNull()) {
      return null;
    } else if (document.isBoolean()) {
      return document.asBoolean();
    } else if (document.isString()) {
      return document.asString();
    } else if (document.isNumber()) {
      return document.asNumber().bigDecimalValue();
    } else if (document.isList()) {
      List<@Nullable Object> elements = new ArrayList<>();
      document.asList().forEach(element -> elements.add(document(element)));
      return elements;
    }
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    document.asMap().forEach((key, element) -> entries.put(key, document(element)));
    return entries;
  }

  private static Document document(@Nullable Object tree) {
    return switch (tree) {
      case null -> Document.fromNull();
      case Boolean flag -> Document.fromBoolean(flag);
      case Long number -> Document.fromNumber(SdkNumber.fromLong(number));
      case BigDecimal number -> Document.fromNumber(SdkNumber.fromBigDecimal(number));
      case List<?> list -> {
        List<Document> elements = new ArrayList<>();
        list.forEach(element -> elements.add(document(element)));
        yield Document.fromList(elements);
      }
      case Map<?, ?> map -> {
        Map<String, Document> entries = new LinkedHashMap<>();
        map.forEach((key, element) -> entries.put(key.toString(), document(element)));
        yield Document.fromMap(entries);
      }
      default -> Document.fromString(tree.toString());
    };
  }

  private static void fill(Map<?, ?> json, SdkPojo target, String path) {
    for (SdkField<?> field : target.sdkFields()) {
      Object value = json.get(field.unmarshallLocationName());
      if (value == null && !field.unmarshallLocationName().equals(field.locationName())) {
        value = json.get(field.locationName());
      }
      if (value != null) {
        field.set(target, fromJson(value, field, path + "/" + field.locationName()));
      } else if (json.containsKey(field.locationName())
          && field.marshallingType() == MarshallingType.DOCUMENT) {
        field.set(target, Document.fromNull());
      }
    }
  }

  private static @Nullable Object fromJson(@Nullable Object value, SdkField<?> field, String path) {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.DOCUMENT) {
      return document(value);
    }
    if (value == null) {
      return null;
    }
    try {
      if (type == MarshallingType.STRING) {
        return expect(String.class, value, path);
      } else if (type == MarshallingType.INTEGER) {
        return decimal(value, path).intValueExact();
      } else if (type == MarshallingType.LONG) {
        return decimal(value, path).longValueExact();
      } else if (type == MarshallingType.SHORT) {
        return decimal(value, path).shortValueExact();
      } else if (type == MarshallingType.BYTE) {
        return decimal(value, path).byteValueExact();
      } else if (type == MarshallingType.FLOAT) {
        return value instanceof String text
            ? Float.valueOf(text)
            : (Float) decimal(value, path).floatValue();
      } else if (type == MarshallingType.DOUBLE) {
        return value instanceof String text
            ? Double.valueOf(text)
            : (Double) decimal(value, path).doubleValue();
      } else if (type == MarshallingType.BIG_DECIMAL) {
        return decimal(value, path);
      } else if (type == MarshallingType.BOOLEAN) {
        return expect(Boolean.class, value, path);
      } else if (type == MarshallingType.INSTANT) {
        return instant(value, field, path);
      } else if (type == MarshallingType.SDK_BYTES) {
        return SdkBytes.fromByteArrayUnsafe(
            Base64.getDecoder().decode(expect(String.class, value, path)));
      }
    } catch (ArithmeticException e) {
      throw unreadable("a number is out of range at " + path);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw unreadable("a value has the wrong form at " + path);
    }
    if (type == MarshallingType.SDK_POJO) {
      SdkPojo nested = field.constructor().get();
      fill(expect(Map.class, value, path), nested, path);
      return ((Buildable) nested).build();
    } else if (type == MarshallingType.LIST) {
      SdkField<?> member = member(field.getRequiredTrait(ListTrait.class));
      List<@Nullable Object> elements = new ArrayList<>();
      int index = 0;
      for (Object element : (Iterable<?>) expect(List.class, value, path)) {
        elements.add(fromJson(element, member, path + "/" + index++));
      }
      return elements;
    } else if (type == MarshallingType.MAP) {
      SdkField<?> member = member(field.getRequiredTrait(MapTrait.class));
      Map<String, @Nullable Object> entries = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) expect(Map.class, value, path)).entrySet()) {
        String key = String.valueOf(entry.getKey());
        entries.put(key, fromJson(entry.getValue(), member, path + "/" + key));
      }
      return entries;
    }
    throw new IllegalStateException("No way to read " + type.getTargetClass() + " at " + path);
  }

  private static Instant instant(Object value, SdkField<?> field, String path) {
    if (value instanceof String text) {
      return text.endsWith("Z") || text.contains("T")
          ? DateTimeFormatter.ISO_DATE_TIME.parse(text, Instant::from)
          : DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
    }
    int scale = format(field) == TimestampFormatTrait.Format.UNIX_TIMESTAMP_MILLIS ? 0 : 3;
    return Instant.ofEpochMilli(decimal(value, path).movePointRight(scale).longValue());
  }

  private static BigDecimal decimal(Object value, String path) {
    return switch (value) {
      case Long number -> BigDecimal.valueOf(number);
      case BigDecimal number -> number;
      // What toTree made.
      case Integer number -> BigDecimal.valueOf(number);
      case Double number -> BigDecimal.valueOf(number);
      default -> throw unreadable("a number is expected at " + path);
    };
  }

  private static <T> T expect(Class<T> type, Object value, String path) {
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    String name =
        type == Map.class
            ? "an object"
            : type == List.class ? "an array" : type == String.class ? "a string" : "a boolean";
    throw unreadable(name + " is expected at " + path);
  }

  // The traits give raw fields.
  private static SdkField<?> member(ListTrait trait) {
    return trait.memberFieldInfo();
  }

  private static SdkField<?> member(MapTrait trait) {
    return trait.valueFieldInfo();
  }

  private static ServiceException unreadable(String why) {
    return new ServiceException(
        400, "SerializationException", "Cannot read the request: " + why + ".");
  }
}
