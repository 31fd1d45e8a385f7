package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.schema.RecordType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records damaged at random. No exception escapes, no byte is unaccounted: what quarantine does not
 * hold is a sequence of records that a strict parser reads, and the rows are exactly those. {@code
 * -Dsluice.fuzz.records} and {@code -Dsluice.fuzz.seed} ask for more, or for some again.
 */
class FuzzTest {
  private static final int RECORDS = Integer.getInteger("sluice.fuzz.records", 50_000);
  private static final long SEED = Long.getLong("sluice.fuzz.seed", System.nanoTime() >>> 10);
  private static final int PER_FILE = 500;
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\",
    "\n",
    "\r\n",
    " ",
    "\u0000",
    "\\u",
    "\\ud800",
    "\\n",
    "\"\"",
    "{}",
    "[]",
    "null",
    "true",
    "1",
    "-",
    "0",
    "00",
    ".",
    "e",
    "E+",
    "1e999",
    "/**/",
    "\t",
    "é",
    "\ufeff",
    "\u2028",
    "{\"a\":",
    "}{",
    "},{",
    "][",
    "'",
    "NaN",
    "9".repeat(30),
    "1".repeat(401),
    "[".repeat(70),
    "\u007f",
    "\b"
  };

  @TempDir Path folder;

  @Test
  void everyByteOfDamagedRecordsIsAccountedFor() {
    for (int done = 0, file = 0; done < RECORDS; done += PER_FILE, file++) {
      long seed = SEED + file;
      try {
        file(seed);
      } catch (RuntimeException | AssertionError | IOException e) {
        throw new AssertionError(
            "Run again with -Dsluice.fuzz.records=" + PER_FILE + " -Dsluice.fuzz.seed=" + seed, e);
      }
    }
  }

  private void file(long seed) throws IOException {
    RandomData random = new RandomData(seed, 400);
    RecordType schema = random.schema();
    UnknownFields unknown = random.chance(3) ? UnknownFields.QUARANTINE : UnknownFields.IGNORE;
    Dataset dataset = Declared.of(schema, unknown);
    String[] framings = {"{}\n", "{}\n", "{\n }\n", "[{},\n", "[{},"};
    String head = framings[random.below(framings.length)];
    String between = head.startsWith("[") ? head.substring(3) : "\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < PER_FILE; i++) {
      byte[] record = random.record(schema).getBytes(StandardCharsets.UTF_8);
      int damages = random.chance(3) ? 0 : 1 + random.below(3);
      for (int k = 0; k < damages; k++) {
        record = damage(record, random);
      }
      out.writeBytes(record);
      out.writeBytes(between.getBytes(StandardCharsets.UTF_8));
    }
    byte[] text = out.toByteArray();

    Run run = Run.of(dataset, folder, ConvertOptions.defaults().withCodec(Codec.NONE), text);

    Reference reference = new Reference(schema, unknown, Limits.defaults());
    List<Map<String, Object>> expected = new ArrayList<>();
    int at = 0;
    for (Run.Refused refused : run.refused) {
      int start = (int) refused.offset();
      if (head.equals("{}\n")) {
        assertThat(refused.text()).as("no line takes another along").doesNotContain("\n");
      }
      assertThat(start).as("quarantine does not overlap").isGreaterThanOrEqualTo(at);
      accept(Arrays.copyOfRange(text, at, start), reference, expected);
      at = start + (int) refused.length();
      assertThat(reference.of(Arrays.copyOfRange(text, start, at)).row())
          .as("a strict parser refuses %s", refused.text())
          .isNull();
    }
    accept(Arrays.copyOfRange(text, at, text.length), reference, expected);
    Run.same("row", run.rows(), expected);
  }

  private static byte[] damage(byte[] record, RandomData random) {
    int at = random.below(record.length + 1);
    int to = Math.min(record.length, at + random.below(random.chance(4) ? 40 : 4));
    byte[] head = Arrays.copyOf(record, at);
    byte[] cut = Arrays.copyOfRange(record, at, to);
    byte[] tail = Arrays.copyOfRange(record, to, record.length);
    byte[] piece =
        random.chance(6)
            ? new byte[] {(byte) random.below(256)}
            : PIECES[random.below(PIECES.length)].getBytes(StandardCharsets.UTF_8);
    byte[] middle =
        switch (random.below(6)) {
          case 0 -> new byte[0];
          case 1 -> concat(cut, cut);
          case 2 -> concat(piece, cut);
          case 3 -> {
            if (cut.length > 0) {
              cut[0] ^= (byte) (1 << random.below(8));
            }
            yield cut;
          }
          case 4 -> {
            tail = random.chance(3) ? new byte[0] : tail;
            yield cut;
          }
          default -> piece;
        };
    return concat(head, middle, tail);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Reads what is not in quarantine: whole objects, and nothing else but what parts them. */
  private static void accept(byte[] text, Reference reference, List<Map<String, Object>> expected)
      throws IOException {
    int at = 0;
    while (at < text.length) {
      byte c = text[at];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '[' || c == ']') {
        at++;
        continue;
      }
      assertThat(c)
          .as(
              "the start of %s",
              new String(text, at, Math.min(200, text.length - at), StandardCharsets.UTF_8))
          .isEqualTo((byte) '{');
      int end = at + length(text, at);
      Reference.Fate fate = reference.of(Arrays.copyOfRange(text, at, end));
      assertThat(fate.reason())
          .as("%s is loaded", new String(text, at, end - at, StandardCharsets.UTF_8))
          .isNull();
      expected.add(fate.row());
      at = end;
    }
  }

  private static int length(byte[] text, int at) throws IOException {
    try (JsonParser parser =
        JsonFactory.builder()
            .streamReadConstraints(Reference.CONSTRAINTS)
            .build()
            .createParser(text, at, text.length - at)) {
      parser.nextToken();
      parser.skipChildren();
      return (int) parser.currentLocation().getByteOffset();
    }
  }
}
