package dev.sluice.infra;

import java.util.List;
import software.amazon.awscdk.services.logs.RetentionDays;

/** CloudWatch's retention times. */
final class LogDays {
  /** In days, in order. */
  static final List<Integer> ALL =
      List.of(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192);

  private LogDays() {}

  static RetentionDays retention(int days) {
    return RetentionDays.values()[ALL.indexOf(days)];
  }
}
