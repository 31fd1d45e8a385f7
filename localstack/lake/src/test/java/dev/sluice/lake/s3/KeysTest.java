package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.ServiceException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

  @ParameterizedTest
  @CsvSource({
    "in/dt=2026-01-01/file name+1.json, in/dt%3D2026-01-01/file+name%2B1.json",
    "a//b, a//b",
    "100%, 100%25",
    "é, %C3%A9",
    "x(1)!*.txt, x%281%29%21*.txt"
  })
  void keysAreEncodedAsInEvents(String key, String encoded) {
    assertThat(Keys.encode(key)).isEqualTo(encoded);
    assertThat(Keys.decode(encoded, true)).isEqualTo(key);
  }

  @Test
  void aPlusInAPathIsAPlus() {
    assertThat(Keys.decode("/b/a+b%20c%2Bd", false)).isEqualTo("/b/a+b c+d");
    assertThat(Keys.decode("/b/é%C3%A9", false)).isEqualTo("/b/éé");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "%zz", "%FF", "%ED%A0%80", "%C0%80"})
  void whatIsNotUtf8IsRefused(String text) {
    assertThatThrownBy(() -> Keys.decode(text, false))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("InvalidURI"));
  }

  @Test
  void queriesAreRead() {
    assertThat(Keys.query("uploads&prefix=a%2Fb+c&x=1=2&&y="))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("uploads", "", "prefix", "a/b c", "x", "1=2", "y", ""));
  }
}
