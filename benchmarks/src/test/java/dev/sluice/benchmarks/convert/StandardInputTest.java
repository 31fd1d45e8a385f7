package dev.sluice.benchmarks.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StandardInputTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void equalSeedsGiveEqualBytesAndOthersDoNot(StandardInput input) {
    assertThat(input.sample(1, 50)).isEqualTo(input.sample(1, 50));
    assertThat(input.sample(1, 50)).isNotEqualTo(input.sample(2, 50));
  }

  /** Figures of one version of the generator cannot be compared with those of another. */
  @ParameterizedTest
  @CsvSource({
    "SENSORS, 6b9868b3ea5fb235",
    "CLICKS, c0825f9b1212d60c",
    "RECEIPTS, ddff35be2836c196"
  })
  void theBytesAreTheSameOnEveryMachine(StandardInput input, String hash) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(input.sample(42, 1000));
    assertThat(HexFormat.of().formatHex(digest)).startsWith(hash);
  }

  @ParameterizedTest
  @EnumSource
  void aSmallerInputIsTheBeginningOfALargerOne(StandardInput input) {
    byte[] small = input.sample(7, 20);
    assertThat(Arrays.copyOf(input.sample(7, 40), small.length)).isEqualTo(small);
  }

  @ParameterizedTest
  @EnumSource
  void everyLineIsOneObjectWithItsTimeInMarch2026(StandardInput input) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    String[] lines = new String(input.sample(3, 300), StandardCharsets.UTF_8).split("\n");
    assertThat(lines).hasSize(300);
    for (String line : lines) {
      JsonNode record = mapper.readTree(line);
      String time =
          switch (input) {
            case SENSORS -> record.get("timestamp").asText();
            case CLICKS -> record.get("event_time").asText();
            case RECEIPTS -> record.get("purchased_at").asText();
          };
      assertThat(Instant.parse(time))
          .isBetween(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-03-31T00:00:00Z"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void writingStopsAtTheFirstRecordBeyondTheBytesAskedFor(StandardInput input) throws IOException {
    Path file = folder.resolve("input.ndjson");
    long records = input.write(file, 5, Long.MAX_VALUE, 10_000);
    assertThat(Files.size(file)).isBetween(10_000L, 13_000L);
    try (var lines = Files.lines(file)) {
      assertThat(lines.count()).isEqualTo(records);
    }
  }
}
