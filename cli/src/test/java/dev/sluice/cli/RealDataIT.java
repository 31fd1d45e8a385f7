package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fifth dataset, declared as a user would: invoices of a real shop, with dates as Americans write
 * them, customers that are not known, returns with negative quantities and odd descriptions.
 */
class RealDataIT {
  @TempDir Path folder;

  private final Recorder sluice = new Recorder();
  private Path dataset;
  private Path invoices;

  @BeforeEach
  void declare() throws IOException, URISyntaxException {
    Path resources =
        Path.of(Objects.requireNonNull(RealDataIT.class.getResource("/invoices")).toURI());
    dataset = Files.createDirectories(folder.resolve("datasets/invoices"));
    for (String file : List.of("dataset.yaml", "schema.avsc")) {
      Files.copy(resources.resolve(file), dataset.resolve(file));
    }
    invoices = Files.copy(resources.resolve("invoices.ndjson"), folder.resolve("invoices.ndjson"));
  }

  @Test
  void theInvoicesConvertWithoutALake() throws IOException {
    Path out = folder.resolve("out");

    assertThat(sluice.run("convert", "--dataset", dataset, invoices, "--out", out))
        .isEqualTo(Main.QUARANTINED);

    assertThat(sluice.out())
        .containsPattern("records written +4\n")
        .containsPattern("OUT_OF_RANGE|TYPE_MISMATCH +1  line 5: .*invoice_date");
    try (Stream<Path> months = Files.list(out.resolve("year=2011"))) {
      assertThat(months.map(month -> month.getFileName().toString()))
          .containsExactlyInAnyOrder("month=01", "month=07");
    }
  }

  @Test
  void theInvoicesAreUploadedAndQueried() throws Exception {
    try (LocalLake lake =
            LocalLake.start(
                sluice.console(), folder.resolve("data"), 0, folder.resolve("datasets"));
        Athena athena = new Athena(lake.aws())) {
      new S3Location("sluice-raw", "invoices/december 2010+.json").upload(lake.aws(), invoices);
      Lakes.awaitLedger(lake, 1);

      assertThat(
              athena
                  .query(
                      """
                      SELECT country, count(DISTINCT invoice_no), sum(quantity * unit_price)
                      FROM silver.invoices
                      CROSS JOIN UNNEST(lines) AS t(stock_code, description, quantity, unit_price)
                      GROUP BY country ORDER BY country
                      """)
                  .rows())
          .containsExactly(
              List.of("Australia", "1", "44.20"),
              List.of("EIRE", "1", "-27.50"),
              List.of("United Kingdom", "2", "30.30"));
      assertThat(
              athena
                  .query(
                      "SELECT invoice_no, CAST(invoice_date AS varchar), year, month, customer_id,"
                          + " lines[1].description FROM silver.invoices ORDER BY invoice_date")
                  .rows())
          .containsExactly(
              FakeAthena.values(
                  "900001",
                  "2010-12-01 08:26:00.000",
                  "2010",
                  "12",
                  "17850",
                  "WHITE HANGING HEART "),
              FakeAthena.values("900002", "2010-12-01 23:59:00.000", "2010", "12", null, null),
              FakeAthena.values(
                  "C900003", "2011-01-07 09:05:00.000", "2011", "01", "14527", "Discount"),
              // Summer time in London.
              FakeAthena.values(
                  "900004",
                  "2011-07-04 11:30:00.000",
                  "2011",
                  "07",
                  "12431",
                  "? sold as \"set\", café"));
      assertThat(
              athena
                  .query(
                      "SELECT source, line, field FROM ops.quarantine WHERE dataset = 'invoices'")
                  .rows())
          .containsExactly(
              List.of("s3://sluice-raw/invoices/december 2010+.json", "5", "invoice_date"));
    }
  }
}
