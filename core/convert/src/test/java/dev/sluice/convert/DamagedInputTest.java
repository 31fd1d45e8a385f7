package dev.sluice.convert;

import static dev.sluice.model.Reason.INPUT_CORRUPT;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.sluice.model.dataset.Dataset;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed sources: any number of members, in any pieces, cut and damaged anywhere. */
class DamagedInputTest {
  @TempDir Path folder;
  private Dataset dataset;
  private Converter converter;

  @BeforeEach
  void declare() {
    dataset =
        Declared.of(
            folder,
            "{\"name\": \"id\", \"type\": \"long\"}, {\"name\": \"s\", \"type\": \"string\"}");
    converter = new Converter(dataset, ConvertOptions.defaults().withCodec(Codec.NONE));
  }

  private static byte[] records(int from, int to) {
    StringBuilder text = new StringBuilder();
    Random random = new Random(from);
    for (int i = from; i < to; i++) {
      text.append("{\"id\":").append(i).append(",\"s\":\"");
      text.append(Long.toHexString(random.nextLong())).append("\"}\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  private static byte[] zstd(byte[] bytes) {
    try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(3).setChecksum(true)) {
      return context.compress(bytes);
    }
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private Run run(byte[] stored) {
    return Run.of(converter, dataset, folder, () -> new ByteArrayInputStream(stored), null);
  }

  private static List<Object> ids(int to) {
    List<Object> ids = new ArrayList<>();
    for (long i = 0; i < to; i++) {
      ids.add(i);
    }
    return ids;
  }

  @Test
  void membersAndFramesFollowOneAnotherAnywhere() {
    byte[] text = records(0, 40);
    for (int cut = 0; cut <= text.length; cut += 23) {
      int piece = 1 + cut % 5;
      byte[] head = Arrays.copyOf(text, cut);
      byte[] tail = Arrays.copyOfRange(text, cut, text.length);
      for (byte[] stored :
          List.of(concat(gzip(head), gzip(tail)), concat(zstd(head), zstd(tail)))) {
        Run run =
            Run.of(converter, dataset, folder, () -> new FramingTest.Pieces(stored, piece), text);

        assertThat(run.reasons()).isEmpty();
        assertThat(run.conversion.written()).isEqualTo(40);
        assertThat(run.conversion.bytesIn()).isEqualTo(stored.length);
        assertThat(run.conversion.bytesDecoded()).isEqualTo(text.length);
      }
    }
  }

  @Test
  void optionalPartsOfAGzipHeaderAndPaddingAreSkipped() {
    byte[] text = records(0, 10);
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(text);
    deflater.finish();
    byte[] body = new byte[text.length + 100];
    body = Arrays.copyOf(body, deflater.deflate(body));
    deflater.end();
    CRC32 crc = new CRC32();
    crc.update(text);
    byte[] trailer = new byte[8];
    Bytes.INT.set(trailer, 0, (int) crc.getValue());
    Bytes.INT.set(trailer, 4, text.length);
    byte[] head = {0x1f, (byte) 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3, 3, 0, 'a', 'b', 'c'};
    byte[] names = "name\0comment\0cc".getBytes(StandardCharsets.ISO_8859_1);
    byte[] stored = concat(head, names, body, trailer, new byte[700], gzip(records(10, 12)));

    assertThat(run(stored).column("id")).isEqualTo(ids(12));
    assertThat(run(concat(stored, new byte[700])).reasons()).isEmpty();
  }

  @Test
  void aStreamThatEndsEarlyLosesNothingBeforeItsEnd() {
    byte[] text = records(0, 60);
    for (byte[] stored :
        List.of(
            gzip(text),
            zstd(text),
            concat(gzip(records(0, 30)), gzip(records(30, 60))),
            concat(zstd(records(0, 30)), zstd(records(30, 60))))) {
      for (int length = 4; length < stored.length; length += 1 + length % 9) {
        Run run = run(Arrays.copyOf(stored, length));

        boolean between = run.refused.isEmpty();
        if (between) {
          // Cut just between two members, where nobody can tell.
          assertThat(run.conversion.written()).isEqualTo(30);
        } else {
          assertThat(run.reasons()).as("%s bytes", length).containsExactly(INPUT_CORRUPT);
        }
        assertThat(run.column("id")).isEqualTo(ids((int) run.conversion.written()));
      }
    }
  }

  @Test
  void aDamagedStreamLosesNothingThatStandsFarBeforeTheDamage() {
    byte[] text = records(0, 20_000);
    for (byte[] stored : List.of(gzip(text), zstd(text))) {
      long all = stored.length;
      for (int i = 1; i < 40; i += 3) {
        byte[] damaged = stored.clone();
        int at = (int) (all * i / 40);
        for (int k = 0; k < 64 && at + k < damaged.length; k++) {
          damaged[at + k] ^= (byte) 0x5a;
        }

        Run run = run(damaged);

        assertThat(run.reasons()).contains(INPUT_CORRUPT);
        long written = run.conversion.written();
        // Zstandard decodes blocks of 128 KiB; what stands in earlier ones is safe.
        assertThat(written)
            .as("damage at %s of %s", at, all)
            .isGreaterThan(20_000L * i / 40 - 4_400);
        int good = 20_000 * Math.max(0, i - 8) / 40;
        assertThat(run.column("id").subList(0, good)).isEqualTo(ids(good));
      }
    }
  }

  @Test
  void aWrongChecksumOfWholeTextIsTold() {
    byte[] stored = gzip(records(0, 10));
    stored[stored.length - 6] ^= 1;

    Run run = run(stored);

    assertThat(run.column("id")).isEqualTo(ids(10));
    assertThat(run.reasons()).containsExactly(INPUT_CORRUPT);
    assertThat(run.refused.get(0).offset()).isEqualTo(records(0, 10).length);
    assertThat(run.refused.get(0).length()).isZero();
  }

  @Test
  void somethingElseBehindAMemberIsTold() {
    Run run = run(concat(gzip(records(0, 10)), records(10, 12)));

    assertThat(run.column("id")).isEqualTo(ids(10));
    assertThat(run.reasons()).containsExactly(INPUT_CORRUPT);
  }

  @Test
  void aTruncatedArrayIsTold() {
    byte[] stored =
        gzip(
            "[{\"id\":0,\"s\":\"a\"},{\"id\":1,\"s\":\"b\"},{\"id\":2"
                .getBytes(StandardCharsets.UTF_8));

    Run run = run(Arrays.copyOf(stored, stored.length - 8));

    assertThat(run.column("id")).isEqualTo(ids(2));
    assertThat(run.reasons()).contains(INPUT_CORRUPT);
  }

  @Test
  void emptyCompressedSourcesGiveNothing() {
    for (byte[] stored : List.of(gzip(new byte[0]), zstd(new byte[0]))) {
      assertThat(run(stored).conversion.read()).isZero();
    }
  }
}
