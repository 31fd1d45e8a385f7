package dev.sluice.lake.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyOrderTest {

  @Test
  void keysAreOrderedByTheirUtf8Bytes() {
    List<String> keys =
        List.of(
            "",
            "A",
            "Z",
            "a",
            "a!",
            "a/",
            "a/b",
            "aa",
            "é",
            "日本",
            "\uE000",
            "\uFFFD",
            "\uD83D\uDE00",
            "\uDBFF\uDFFF",
            "a\uD83D\uDE00",
            "a\uFFFD");
    for (String a : keys) {
      for (String b : keys) {
        int bytes =
            Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(KeyOrder.INSTANCE.compare(a, b)))
            .as("%s and %s", a, b)
            .isEqualTo(Integer.signum(bytes));
      }
    }
  }

  @Test
  void whatFollowsAPrefixIsAboveEveryKeyWithIt() {
    assertThat(KeyOrder.after("a/")).isEqualTo("a0");
    assertThat(KeyOrder.after("\uD7FF")).isEqualTo("\uE000");
    assertThat(KeyOrder.after("a\uDBFF\uDFFF")).isEqualTo("b");
    assertThat(KeyOrder.after("\uDBFF\uDFFF")).isEmpty();
    assertThat(KeyOrder.INSTANCE.compare(KeyOrder.after("é"), "é\uDBFF\uDFFF")).isPositive();
  }
}
