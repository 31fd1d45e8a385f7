package dev.sluice.cli;

import java.util.List;

/**
 * Questions about gold tables whose answers the simulators know, each put so that it must give what
 * the simulator says of the silver table.
 */
final class GoldChecks {
  /**
   * One question.
   *
   * @param dataset whose truth answers it
   * @param answer the name of that answer
   * @param table the gold table that is read
   * @param sql the question
   */
  record GoldCheck(String dataset, String answer, String table, String sql) {}

  static final List<GoldCheck> ALL =
      List.of(
          new GoldCheck(
              "clickstream",
              "funnel",
              "click_funnel",
              """
              SELECT step, sessions, of_all, of_previous, revenue
              FROM gold.click_funnel
              WHERE sessions_by = 'browser'
              ORDER BY place
              """),
          new GoldCheck(
              "receipts",
              "monthly_totals",
              "receipt_monthly",
              """
              SELECT month, sum(receipts) AS receipts, sum(net) AS net, sum(tax_paid) AS tax_paid,
                sum(total) AS total
              FROM gold.receipt_monthly
              WHERE year = '2024' AND currency = 'EUR'
              GROUP BY month
              ORDER BY month
              """),
          new GoldCheck(
              "receipts",
              "vendor_totals",
              "receipt_vendors",
              """
              SELECT vendor, category, receipts, pieces, total, average_basket
              FROM gold.receipt_vendors
              WHERE currency = 'EUR'
              ORDER BY total DESC, vendor
              LIMIT 10
              """),
          new GoldCheck(
              "sensors",
              "average_by_location",
              "sensor_locations",
              """
              SELECT location, readings, sensors, avg_temperature, min_temperature, max_temperature,
                low_battery_readings
              FROM gold.sensor_locations
              ORDER BY location
              """),
          new GoldCheck(
              "sensors",
              "status_distribution",
              "sensor_status",
              """
              SELECT device_model, active, warning, error, offline, not_active_share
              FROM gold.sensor_status
              ORDER BY not_active_share DESC, device_model
              """),
          new GoldCheck(
              "transactions",
              "department_totals",
              "transaction_departments",
              """
              SELECT department, bookings, users, total, max_amount, average_amount, off_hours
              FROM gold.transaction_departments
              ORDER BY department
              """));

  private GoldChecks() {}
}
