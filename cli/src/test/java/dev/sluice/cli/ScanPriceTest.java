package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScanPriceTest {
  @Test
  void tenMegabytesAreChargedAtLeast() {
    assertThat(ScanPrice.of(1)).hasValue("$0.00005");
    assertThat(ScanPrice.of(10L << 20)).hasValue("$0.00005");
    assertThat(ScanPrice.of((10L << 20) + 1)).hasValue("$0.00005");
  }

  @Test
  void aTerabyteCostsFiveDollars() {
    assertThat(ScanPrice.of(1L << 40)).hasValue("$5.00");
    assertThat(ScanPrice.of(1L << 30)).hasValue("$0.00488");
  }

  @Test
  void nothingReadCostsNothing() {
    assertThat(ScanPrice.of(0)).isEmpty();
  }
}
