package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompressorTest {

  /**
   * Files of one upload are the same bytes whoever makes them; {@code BulkIngestIT} of
   * emr-jobs/spark expects the same of the cluster's libraries.
   */
  @Test
  void theFunctionsCompressorMakesTheClustersBytes() throws Exception {
    byte[] text = new byte[1 << 20];
    Random random = new Random(42);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + Math.abs(random.nextGaussian() * 4));
    }
    try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(3)) {
      assertThat(
              HexFormat.of()
                  .formatHex(MessageDigest.getInstance("SHA-256").digest(context.compress(text))))
          .isEqualTo("7229fc9d93ace388ba2967ff5d384cf905b355793c837e2b50d733c736e8ac2c");
    }
  }
}
