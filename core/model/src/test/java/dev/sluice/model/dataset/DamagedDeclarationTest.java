package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a declaration holds, it is read or refused with problems, and nothing else. */
class DamagedDeclarationTest {
  private static final List<@Nullable Object> NONSENSE =
      Arrays.asList(
          null,
          true,
          -1L,
          0L,
          39L,
          "",
          "x",
          "null",
          "int",
          "record",
          "day",
          List.of(),
          Map.of(),
          List.of("null"),
          Map.of("type", "int"),
          Map.of("type", List.of()));

  private static final String SIGNS = "[]{}:,\"'&*!|>#\n -x0é";

  private static final String YAML =
      """
      name: orders
      description: Orders
      schema: schema.avsc
      event_time: at
      key: [id, at]
      partition:
        - {by: "year(at)", from: "2020", to: "2030"}
        - month(at)
        - {by: country, as: land, values: [de, fr]}
        - "bucket(16, id)"
      unknown_fields: quarantine
      quality:
        - {field: net, min: 0, max: 1e6}
        - {name: n, field: id, matches: "o-[0-9]+"}
        - {check: "net <= total"}
        - {field: at, min: 2020-01-01, required: true}
      """;
  private static final String SCHEMA =
      """
      {"type": "record", "name": "R", "fields": [
        {"name": "id", "type": "string", "json": "order-id", "aliases": ["oid"]},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis",
            "format": "M/d/yyyy H:mm", "zone": "Europe/Berlin"}, "default": 0},
        {"name": "country", "type": ["null", "string"], "default": null},
        {"name": "net", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9,
            "scale": 2}, "default": "1.00"},
        {"name": "total", "type": {"type": "fixed", "name": "F", "size": 8,
            "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "state", "type": {"type": "enum", "name": "E", "symbols": ["a", "b"]}},
        {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "L",
            "fields": [{"name": "x", "type": {"type": "map", "values": ["null", "double"]}}]}}}
      ]}
      """;

  @TempDir Path root;

  @Test
  void damagedYamlIsReadOrRefused() throws IOException {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      load(damage(YAML, random), SCHEMA, seed);
    }
  }

  @Test
  void damagedSchemasAreReadOrRefused() throws IOException {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    Random random = new Random(seed);
    Object schema = Json.parse(SCHEMA);
    for (int i = 0; i < 3_000; i++) {
      load(
          YAML, i % 3 == 0 ? damage(SCHEMA, random) : Json.write(replace(schema, random, 0)), seed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&a [*a]",
        "{&a name: *a}",
        "name: &a orders\nschema: *a",
        "? [a]\n: b",
        "? {a: b}\n: c",
        "<<: {name: orders}",
        "!!binary aGk=",
        "name: !foo bar",
        "--- a\n--- b",
        "%YAML 9.9\n---\nname: x",
        "\u0000",
        "\t\t",
        "partition: &p [*p, *p]",
        "name: |\n  orders\n  x",
        "quality: [[[[]]]]"
      })
  void strangeYamlIsRefused(String yaml) throws IOException {
    load(yaml, SCHEMA, 0);
    load("[".repeat(20_000), SCHEMA, 0);
    load(YAML, "[".repeat(20_000), 0);
    load(YAML, "{\"type\":".repeat(900), 0);
  }

  private void load(String yaml, String schema, long seed) throws IOException {
    Path folder = Files.createDirectories(root.resolve("orders"));
    Files.writeString(folder.resolve("dataset.yaml"), yaml);
    Files.writeString(folder.resolve("schema.avsc"), schema);
    try {
      DatasetLoader.load(folder);
    } catch (SluiceException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DECLARATION);
      assertThat(e.getMessage().lines().skip(1).toList())
          .isNotEmpty()
          .allMatch(line -> line.startsWith("- orders/"));
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + seed + "\n" + cut(yaml) + "\n" + cut(schema), e);
    }
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 2_000));
  }

  private static String damage(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(out.length());
      int end = Math.min(out.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(3)) {
        case 0 -> out.delete(at, end);
        case 1 -> out.insert(at, out.substring(at, end));
        default -> out.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
      }
      if (out.length() == 0) {
        out.append(' ');
      }
    }
    return out.toString();
  }

  private static @Nullable Object replace(@Nullable Object value, Random random, int depth) {
    if (depth > 0 && random.nextInt(25) == 0) {
      return NONSENSE.get(random.nextInt(NONSENSE.size()));
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> {
        if (random.nextInt(40) != 0) {
          copy.put(String.valueOf(k), replace(v, random, depth + 1));
        }
      });
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(v -> copy.add(replace(v, random, depth + 1)));
      return copy;
    }
    return value;
  }
}
