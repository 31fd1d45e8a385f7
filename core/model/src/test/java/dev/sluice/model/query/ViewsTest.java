package dev.sluice.model.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsTest {
  private static final String HEADER = "-- description: Cars\n-- column: cars bigint\n";

  @TempDir Path root;

  @BeforeEach
  void declare() throws IOException {
    dataset("parking", "cars");
    view("parking", "cars", HEADER + "SELECT count(*) AS cars FROM parking");
  }

  private void dataset(String name, String views) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Files.writeString(
        folder.resolve("dataset.yaml"),
        "name: " + name + "\nschema: schema.avsc\nviews: [" + views + "]\n");
    Files.writeString(
        folder.resolve("schema.avsc"),
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"a\", \"type\":"
            + " \"int\"}]}");
  }

  private void view(String dataset, String name, String text) throws IOException {
    Path folder = Files.createDirectories(root.resolve(dataset).resolve("views"));
    Files.writeString(folder.resolve(name + ".sql"), text);
  }

  private List<ViewDefinition> load() {
    return Views.load(root, Datasets.load(root));
  }

  private List<String> problems() {
    SluiceException e = catchThrowableOfType(SluiceException.class, this::load);
    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DECLARATION);
    return e.getMessage().lines().skip(1).toList();
  }

  @Test
  void aViewIsItsFile() throws IOException {
    view(
        "parking",
        "cars",
        """
        -- description: Cars by level
        -- column: level string, The level, as painted
        -- column: places struct<row:string,number:int>,   Where
        -- column: paid decimal(38,2)
        -- column: cars bigint

        WITH p AS (SELECT * FROM parking) -- a comment; with a question?
        SELECT level, '?; :no' AS x FROM p
        """);

    assertThat(load())
        .containsExactly(
            new ViewDefinition(
                "silver",
                "cars",
                "Cars by level",
                List.of(
                    new Column("level", "string", "The level, as painted"),
                    new Column("places", "struct<row:string,number:int>", "Where"),
                    new Column("paid", "decimal(38,2)", ""),
                    new Column("cars", "bigint", "")),
                "WITH p AS (SELECT * FROM parking) -- a comment; with a question?\n"
                    + "SELECT level, '?; :no' AS x FROM p"));
  }

  @Test
  void everyProblemOfAFileIsNamed() throws IOException {
    view(
        "parking",
        "cars",
        """
        -- title: Cars
        -- column: Cars bigint
        -- column: level text
        -- column: paid decimal(12,2)
        -- column: paid double
        INSERT INTO x SELECT :level, ?;
        """);

    assertThat(problems())
        .containsExactly(
            "- parking/views/cars.sql:1: the comment: it is none of description, column; write '--"
                + " description: …', or put other comments behind the first line of SQL",
            "- parking/views/cars.sql: the statement: it has a semicolon; one file is one"
                + " statement",
            "- parking/views/cars.sql: description: it is missing; add a line '-- description: …'"
                + " at the top",
            "- parking/views/cars.sql:2: column 'Cars bigint': it is not understood; write '--"
                + " column: name type, comment', the name in lower case, no blanks in the type",
            "- parking/views/cars.sql:3: type 'text' of column level: there is no such type; write"
                + " it as tables have it, in lower case: string, bigint, double, decimal(12,2),"
                + " date, timestamp, array<string>, struct<a:int>",
            "- parking/views/cars.sql:5: column paid: it stands twice; remove one",
            "- parking/views/cars.sql: the statement: it does not begin with SELECT or WITH; write"
                + " the SELECT alone; the view is made of it",
            "- parking/views/cars.sql: parameter :level: a view has no parameters; filter where it"
                + " is asked",
            "- parking/views/cars.sql: the ?: a view has no parameters; filter where it is asked");
  }

  @Test
  void anEmptyFileIsNoView() throws IOException {
    view("parking", "cars", "");

    assertThat(problems())
        .containsExactly(
            "- parking/views/cars.sql: the statement: there is none; write it below the comments",
            "- parking/views/cars.sql: description: it is missing; add a line '-- description: …'"
                + " at the top",
            "- parking/views/cars.sql: column: there is none; add a line '-- column: name type,"
                + " comment' for each column of the SELECT, in order");
  }

  @Test
  void whatGlueWouldCutIsRefused() throws IOException {
    view(
        "parking",
        "cars",
        "-- description: "
            + "d".repeat(2049)
            + "\n-- column: a int, "
            + "c".repeat(256)
            + "\nSELECT 1 AS a");

    assertThat(problems())
        .containsExactly(
            "- parking/views/cars.sql: description: Glue keeps 2048 characters; write less",
            "- parking/views/cars.sql:2: comment of column a: Glue keeps 255 characters; write"
                + " less");
  }

  @Test
  void aNameIsThatOfOneTable() throws IOException {
    dataset("cars", "");
    dataset("street", "bikes");
    view("street", "bikes", HEADER + "SELECT 1 AS cars");
    dataset("parking", "cars, bikes");
    view("parking", "bikes", HEADER + "SELECT 1 AS cars");

    assertThat(problems())
        .containsExactly(
            "- parking/views/cars.sql: the name cars: it is the table of the dataset cars; give"
                + " the view another name",
            "- street/views/bikes.sql: the name bikes: a view of parking has it; rename one of"
                + " them");
  }

  @Test
  void theListAndTheFilesAreTheSame() throws IOException {
    dataset("parking", "bikes");

    assertThat(problems())
        .containsExactly(
            "- parking/dataset.yaml: views 'bikes': there is no file views/bikes.sql; add it, or"
                + " remove the name",
            "- parking/views/cars.sql: the file: its dataset does not list it; add 'cars' to views"
                + " in dataset.yaml, or remove the file");
  }

  @Test
  void aNameThatNoTableCanHaveIsRefused() throws IOException {
    dataset("parking", "Cars, cars, cars");

    assertThat(problems())
        .containsExactly(
            "- parking/dataset.yaml:3: views 'Cars': it is no name of a view; use a lower-case"
                + " letter, then up to 63 lower-case letters, digits or _",
            "- parking/dataset.yaml:3: views 'cars': it stands twice; remove one");
  }

  @Test
  void everyShippedDatasetHasOne() {
    Path shipped = Path.of(System.getProperty("sluice.root"), "datasets");
    Datasets datasets = Datasets.load(shipped);

    assertThat(Views.load(shipped, datasets))
        .hasSize(datasets.all().stream().mapToInt(dataset -> dataset.views().size()).sum());
    assertThat(datasets.all()).allSatisfy(dataset -> assertThat(dataset.views()).isNotEmpty());
  }
}
