package dev.sluice.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.amazon.awscdk.services.logs.IFilterPattern;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.MetricFilter;
import software.constructs.Construct;

/**
 * Metrics that CloudWatch takes from the lines that ingest logs, one line for each upload: of each
 * dataset, and of all together for alarms.
 */
final class IngestMetrics extends Construct {
  /** Uploads that were loaded. */
  static final String UPLOADS = "Uploads";

  /** Uploads that will never be loaded; the ledger says why. */
  static final String REJECTED = "Rejected";

  /** Attempts that failed and are made again. */
  static final String FAILED = "Failed";

  /** Records found in loaded uploads. */
  static final String READ = "RecordsRead";

  /** Records in tables. */
  static final String WRITTEN = "RecordsWritten";

  /** Records set aside. */
  static final String QUARANTINED = "RecordsQuarantined";

  /** Stored bytes of loaded uploads. */
  static final String BYTES_IN = "BytesIn";

  /** Bytes of Parquet. */
  static final String BYTES_OUT = "BytesOut";

  private static final String NAMESPACE = "Sluice/Ingest";
  private static final String DATASET = "dataset";

  private final LogGroup log;

  IngestMetrics(Construct scope, String id, LogGroup log) {
    super(scope, id);
    this.log = log;
    IFilterPattern loaded = action("LOADED");
    ofEachDataset(UPLOADS, loaded, "1");
    ofEachDataset(WRITTEN, loaded, "$.records_written");
    ofEachDataset(QUARANTINED, loaded, "$.records_quarantined");
    ofEachDataset(BYTES_IN, loaded, "$.bytes_in");
    ofEachDataset(BYTES_OUT, loaded, "$.bytes_out");
    ofAll(READ, loaded, "$.records_read");
    ofAll(QUARANTINED, loaded, "$.records_quarantined");
    ofAll(REJECTED, action("REJECTED"), "1");
    ofAll(FAILED, action("FAILED"), "1");
  }

  private static IFilterPattern action(String name) {
    return FilterPattern.stringValue("$.action", "=", name);
  }

  private void ofEachDataset(String name, IFilterPattern lines, String value) {
    MetricFilter.Builder.create(this, name + "OfDataset")
        .logGroup(log)
        .filterPattern(lines)
        .metricNamespace(NAMESPACE)
        .metricName(name)
        .metricValue(value)
        .dimensions(Map.of(DATASET, "$.dataset"))
        .build();
  }

  private void ofAll(String name, IFilterPattern lines, String value) {
    MetricFilter.Builder.create(this, name)
        .logGroup(log)
        .filterPattern(lines)
        .metricNamespace(NAMESPACE)
        .metricName(name)
        .metricValue(value)
        .build();
  }

  /** The sum over five minutes, of all datasets. */
  static Metric sum(String name) {
    return metric(name).label(name).build();
  }

  /** The sums over five minutes, of each dataset. */
  static List<Metric> sums(String name, List<String> datasets) {
    return datasets.stream()
        .map(dataset -> metric(name).dimensionsMap(Map.of(DATASET, dataset)).label(dataset).build())
        .toList();
  }

  private static Metric.Builder metric(String name) {
    return Metric.Builder.create()
        .namespace(NAMESPACE)
        .metricName(name)
        .statistic("Sum")
        .period(Duration.minutes(5));
  }
}
