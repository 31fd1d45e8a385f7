package dev.sluice.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void everyKindOfValueIsRead() {
    assertThat(Json.parse("[1, 1.50, 123456789012345678901, \"ä\", true, null, {\"b\": {}}]"))
        .isEqualTo(
            Arrays.asList(
                1L,
                new BigDecimal("1.50"),
                new BigDecimal("123456789012345678901"),
                "ä",
                true,
                null,
                java.util.Map.of("b", java.util.Map.of())));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    String text = "{\"z\":1,\"a\":[0.10,\"\\\"\\n\\u0000\",null,false],\"é\":{}}";

    assertThat(Json.write(Json.parse(text))).isEqualTo(text);
    assertThat(Json.parse(Json.writePretty(Json.parse(text)))).isEqualTo(Json.parse(text));
  }

  @Test
  void whatIsNoJsonIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> Json.parse("{\n\"a\" 1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at line 2, column ");
    assertThatThrownBy(() -> Json.parse("")).hasMessage("the text is empty");
    assertThatThrownBy(() -> Json.parse("1 2")).hasMessageContaining("more text after the end");
    assertThatThrownBy(() -> Json.parseObject("[]")).hasMessage("the text is not a JSON object");
    assertThatThrownBy(() -> Json.parse("{\"a\": 1, \"a\": 2}")).hasMessageContaining("Duplicate");
  }

  /** Messages come from outside: whatever they are, the exception is the documented one. */
  @ParameterizedTest
  @ValueSource(ints = {1_001, 20_000})
  void whatIsBeyondTheLimitsIsRefusedToo(int count) {
    assertThatThrownBy(() -> Json.parse("[".repeat(count)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(count)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Json.parse("1".repeat(count)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
