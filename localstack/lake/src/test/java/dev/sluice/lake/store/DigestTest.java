package dev.sluice.lake.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DigestTest {

  /** The check values of the algorithms' definitions. */
  @ParameterizedTest
  @CsvSource({
    "CRC32, cbf43926",
    "CRC32C, e3069283",
    "CRC64NVME, ae8b14860a799888",
    "SHA1, f7c3bc1d808e04732adf679965ccc34ca7ae3441",
    "SHA256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
  })
  void theDigitsOneToNineHaveTheirPublishedValue(Digest digest, String hex) {
    String value = digest.of("123456789".getBytes(StandardCharsets.US_ASCII));
    assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(value))).isEqualTo(hex);
    assertThat(digest.isValue(value)).isTrue();
    assertThat(digest.isValue("AAAA")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Digest.class,
      names = {"CRC32", "CRC32C", "CRC64NVME"})
  void theValueOfAWholeFollowsFromItsParts(Digest digest) {
    long seed = 20261120;
    Random random = new Random(seed);
    byte[] content = new byte[100_003];
    random.nextBytes(content);
    for (int cut : new int[] {0, 1, 7, 8, 4096, 65_536, 100_002, 100_003}) {
      byte[] first = Arrays.copyOf(content, cut);
      byte[] second = Arrays.copyOfRange(content, cut, content.length);
      assertThat(digest.combine(digest.of(first), digest.of(second), second.length))
          .as("cut at %d, seed %d", cut, seed)
          .isEqualTo(digest.of(content));
    }
  }

  @Test
  void theFastPathAndTheSlowPathOfCrc64Agree() {
    byte[] content = new byte[1000];
    new Random(1).nextBytes(content);
    for (int offset = 0; offset < 20; offset++) {
      Crc64Nvme slow = new Crc64Nvme();
      for (int i = offset; i < 900; i++) {
        slow.update(content[i]);
      }
      Crc64Nvme fast = new Crc64Nvme();
      fast.update(content, offset, 900 - offset);
      assertThat(fast.getValue()).isEqualTo(slow.getValue());
    }
  }
}
