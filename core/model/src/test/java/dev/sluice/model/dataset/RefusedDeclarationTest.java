package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every message is spelled out, because people read them. */
class RefusedDeclarationTest {
  private static final String HEAD = "name: orders\nschema: schema.avsc\n";
  private static final String FIELDS =
      """
      {"name": "id", "type": "string"},
      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
      {"name": "due", "type": {"type": "int", "logicalType": "date"}},
      {"name": "country", "type": ["null", "string"], "default": null},
      {"name": "amount", "type": "double"},
      {"name": "net", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
      {"name": "count", "type": "int"},
      {"name": "paid", "type": "boolean"},
      {"name": "blob", "type": "bytes"},
      {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["open", "done"]}},
      {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line",
        "fields": [{"name": "sku", "type": "string"}, {"name": "price", "type": "double"}]}}},
      {"name": "shop", "type": {"type": "record", "name": "Shop",
        "fields": [{"name": "city", "type": "string"}]}},
      {"name": "labels", "type": {"type": "map", "values": "string"}}
      """;

  @TempDir Path root;

  @Test
  void everyProblemIsInOneMessage() throws IOException {
    Path folder =
        write(
            """
            nmae: orders
            schema: schema.avsc
            event_time: id
            partition: [day(att), amount]
            unknown_fields: drop
            on_source_delete: drop
            quality:
              - {field: amuont, min: 1}
              - {field: amount, min: 10, max: 1}
            queries: [queries/none.sql]
            """,
            schema(FIELDS));

    SluiceException e =
        catchThrowableOfType(SluiceException.class, () -> DatasetLoader.load(folder));

    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DECLARATION);
    assertThat(e)
        .hasMessage(
            "Cannot load the dataset: 10 problems in the declaration: "
                + folder
                + "\n"
                + """
                - orders/dataset.yaml:1: the declaration: unknown key 'nmae'; did you mean 'name'?
                - orders/dataset.yaml:1: name: it is missing; add 'name: orders'
                - orders/dataset.yaml:5: unknown_fields 'drop': unknown value; write ignore or quarantine
                - orders/dataset.yaml:6: on_source_delete 'drop': unknown value; write keep or withdraw
                - orders/dataset.yaml:10: queries 'queries/none.sql': there is no such file; add it, or remove the line
                - orders/dataset.yaml:3: event_time 'id': it is a string; name a date or timestamp; in the schema that is {"type": "long", "logicalType": "timestamp-micros"}
                - orders/dataset.yaml:4: partition 'day(att)': the schema has no field 'att'; did you mean 'at'?
                - orders/dataset.yaml:4: partition 'amount': 'amount' is a double; a fraction is no stable directory name: partition by another field, or declare a decimal
                - orders/dataset.yaml:8: quality rule on 'amuont': the schema has no field 'amuont'; did you mean 'amount'?
                - orders/dataset.yaml:9: rule on 'amount': 'min' is above 'max': 10 > 1; exchange them\
                """
                    .stripTrailing());
  }

  @Test
  void problemsOfAllDatasetsAreInOneMessage() throws IOException {
    write("name: orders\n", null);
    Path other = Files.createDirectories(root.resolve("Other"));
    Files.writeString(other.resolve("dataset.yaml"), "name: Other\nschema: s.avsc\n");

    assertThatThrownBy(() -> Datasets.load(root))
        .hasMessage(
            "Cannot load datasets: 3 problems in the declaration: "
                + root
                + "\n"
                + """
                - Other/dataset.yaml:1: name 'Other': it cannot name a table; use a lower-case letter, then up to 63 lower-case letters, digits or _
                - Other/dataset.yaml:2: schema 's.avsc': there is no such file; add it, or correct the name
                - orders/dataset.yaml:1: schema: it is missing; add 'schema: schema.avsc' and that file\
                """
                    .stripTrailing());
  }

  @Test
  void aFolderWithoutDatasetsIsRefused() {
    assertThatThrownBy(() -> Datasets.load(root))
        .hasMessageContaining("none of its folders has a dataset.yaml");
    assertThatThrownBy(() -> Datasets.load(root.resolve("nowhere")))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS))
        .hasMessageStartingWith("Cannot load datasets: the folder cannot be listed: ");
    assertThatThrownBy(() -> DatasetLoader.load(root))
        .hasMessageContaining(
            "/dataset.yaml: the file: it is missing; add it with name and schema");
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() throws IOException {
    write(HEAD, schema(FIELDS));
    Datasets datasets = Datasets.load(root);

    assertThat(datasets.find("order")).isEmpty();
    assertThatThrownBy(() -> datasets.get("order"))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_DATASET))
        .hasMessage(
            "Cannot find the dataset: no dataset is declared under that name: order\n"
                + "Did you mean 'orders'? Declared: orders.");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          partition: day(at)                          | dataset.yaml:3: partition: it is a single value; write a list: [a, b]
          partition: [week(at)]                       | partition 'week(at)': unknown transform 'week'; known: identity, year, month, day, hour, truncate, bucket
          partition: [dya(at)]                        | partition 'dya(at)': unknown transform 'dya'; did you mean 'day'?
          partition: ["bucket(id, 16)"]               | partition 'bucket(id, 16)': bucket needs a number from 1 to 10000 before the field; write bucket(16, id)
          partition: ["bucket(0, id)"]                | partition 'bucket(0, id)': bucket needs a number from 1 to 10000 before the field; write bucket(16, id)
          partition: [bucket(16, id)]                 | partition 'bucket(16': it is no partition level; put it in quotes, because YAML splits it at the comma: "bucket(16, user_id)"
          partition: ["day(3, at)"]                   | partition 'day(3, at)': day takes a field and nothing else; remove the first argument
          partition: [lines]                          | partition 'lines': 'lines' is an array; partition by a scalar field
          partition: [labels]                         | partition 'labels': 'labels' is a map; partition by a scalar field
          partition: [shop]                           | partition 'shop': 'shop' is a record; partition by a scalar field
          partition: [lines.sku]                      | partition 'lines.sku': 'lines.sku' lies inside an array; partition by a field that a record has once
          partition: [labels.x]                       | partition 'labels.x': 'labels' is a map and has no field 'x'; fields of a map have no fixed names: declare a record instead
          partition: [id.x]                           | partition 'id.x': 'id' is a string and has no field 'x'; name 'id' itself
          partition: [shop.town]                      | partition 'shop.town': 'shop' has no field 'town'; known: city
          partition: [at]                             | partition 'at': 'at' is a timestamp; every instant would be a partition: use year, month, day or hour
          partition: [blob]                           | partition 'blob': 'blob' is a bytes; bytes are no directory name: partition by another field
          partition: [day(id)]                        | partition 'day(id)': 'id' is a string; only a date or timestamp has a day; in the schema that is {"type": "long", "logicalType": "timestamp-micros"}
          partition: [hour(due)]                      | partition 'hour(due)': 'due' is a date; a date has no hour: use day(…)
          partition: ["truncate(4, amount)"]          | partition 'truncate(4, amount)': 'amount' is a double; truncate takes a string, an integer or a decimal
          partition: ["bucket(4, paid)"]              | partition 'bucket(4, paid)': 'paid' is a boolean; there are only two values: use them as they are
          partition: [day(at), month(at)]             | partition 'month(at)': it stands below partition 'day(at)', which already tells the month; put the coarser part first, or leave it out
          partition: [day(at), day(due)]              | partition 'day(due)': another level already has the column 'day'; rename one with 'as'
          partition: [id, id as id2]                  | partition 'id as id2': another level has the same values; remove one
          partition: [day(at) as count]               | partition 'day(at) as count': its column 'count' is also a field of the schema; rename it with 'as', for instance 'as count_part'
          partition: [day(at) as Day]                 | partition 'day(at) as Day': its column cannot be named 'Day'; give it a name with 'as': a lower-case letter, then lower-case letters, digits or _
          partition: [{as: x}]                        | partition: a level without 'by'; write {by: "day(event_time)", …}
          partition: [{by: id, vals: [a]}]            | partition: unknown key 'vals'; known: by, as, values, from, to
          partition: [{by: id, values: [a, a]}]       | partition 'id': the value 'a' stands twice; remove one
          partition: [{by: id, values: []}]           | partition 'id': 'values' is empty; list the values, or remove it
          partition: [{by: id, values: ["a,b"]}]      | partition 'id': Athena cannot compute a directory for the value 'a,b'; leave 'values' out: partitions are then registered in the catalog
          partition: [{by: id, values: ["a:b"]}]      | partition 'id': Athena cannot compute a directory for the value 'a:b'; leave 'values' out: partitions are then registered in the catalog
          partition: [{by: state, values: [opne]}]    | partition 'state': 'opne' is no symbol of the enum; did you mean 'open'?
          partition: [{by: count, values: [1]}]       | partition 'count': 'values' on an int; write 'from' and 'to'
          partition: [{by: id, from: a, to: b}]       | partition 'id': 'from' and 'to' on a string; list the 'values', or leave it out
          partition: [{by: day(at), from: 2024-01-01}] | partition 'day(at)': a range with one end; write both 'from' and 'to'
          partition: [{by: day(at), from: 2024, to: 2025}] | partition 'day(at)': its 'from' is '2024'; write a day such as "2024-01-15"
          partition: [{by: year(at), from: 2025, to: 2024}] | partition 'year(at)': 'from' is after 'to': 2025 > 2024; exchange them
          partition: [{by: year(at), values: [2024, 2026]}] | partition 'year(at)': after '2024' the next value is '2026'; list every one in order, or write 'from' and 'to'
          partition: [{by: count, from: 1, to: 3000000000}] | partition 'count': its range is '1 to 3000000000'; write two 32-bit integers
          partition: [{by: "truncate(10, count)", from: 5, to: 20}] | partition 'truncate(10, count)': its range is '5 to 20'; write multiples of 10
          partition: [{by: "bucket(4, id)", from: 1, to: 4}] | partition 'bucket(4, id)': it always has the values 0 to 3; remove 'values', 'from' and 'to' here; they are assumed
          partition: [{by: day(at), from: 2024-01-01, to: 2024-12-31}, id] | partition 'id': another level declares its values, this one does not; Athena computes all levels or none: declare them here too, or nowhere
          event_time: lines.sku                       | event_time 'lines.sku': it is a string; name a date or timestamp; in the schema that is {"type": "long", "logicalType": "timestamp-micros"}
          event_time: At                              | event_time 'At': the schema has no field 'At'; did you mean 'at'?
          key: [lines]                                | key 'lines': it is an array; name a scalar field
          key: [id, id]                               | key 'id': it stands twice; remove one
          schema: schema.avsc                         | dataset.yaml:3: the declaration: the key 'schema' stands twice; remove one
          description: [a]                            | description: it is a list; write one value
          jobs: [Bad Name]                            | jobs 'Bad Name': it is no name of a job; use a lower-case letter, then lower-case letters, digits, _ or -
          queries: [../x.sql]                         | queries '../x.sql': it is not below the dataset's folder; a declaration is complete in its folder: copy the file there
          quality: [{field: id}]                      | quality rule: it checks nothing; add required, min, max, allowed, matches, or check
          quality: [{min: 1}]                         | quality rule: it has no 'field'; add 'field: …'
          quality: [{field: id, mim: 1}]              | quality rule: unknown key 'mim'; did you mean 'min'?
          quality: [{field: id, min: 1}]              | rule on 'id': 'min' on a string; a range needs a number, a date or a timestamp; for text use 'allowed' or 'matches'
          quality: [{field: lines, max: 1}]           | rule on 'lines': 'max' on an array; a range needs a number, a date or a timestamp
          quality: [{field: amount, min: low}]        | rule on 'amount': 'min' is 'low'; write a number
          quality: [{field: amount, max: 1e999999999}] | rule on 'amount': 'max' is '1e999999999'; write a number
          quality: [{field: at, min: 5}]              | rule on 'at': 'min' is '5'; write a timestamp such as 2024-01-15T07:00:00Z
          quality: [{field: due, min: 2024-13-01}]    | rule on 'due': 'min' is '2024-13-01'; write a date such as 2024-01-15
          quality: [{field: id, required: yes}]       | rule on 'id': 'required' is not true; write 'required: true', or leave it out
          quality: [{field: paid, allowed: [true]}]   | rule on 'paid': 'allowed' on a boolean; only text, integers and decimals have listed values
          quality: [{field: count, allowed: [one]}]   | rule on 'count': 'allowed' is 'one'; write a number
          quality: [{field: id, allowed: []}]         | rule on 'id': 'allowed' lists nothing; list the values: [a, b]
          quality: [{field: state, allowed: [don]}]   | rule on 'state': 'don' is no symbol of the enum; did you mean 'done'?
          quality: [{field: id, matches: "[a-"}]      | rule on 'id': 'matches' is no regular expression: Illegal character range in '[a-'; correct it; put it in quotes
          quality: [{field: count, matches: "x"}]     | rule on 'count': 'matches' on an int; only a string matches a pattern
          quality: [{check: "amount =< net"}]         | check 'amount =< net': unknown operator '=<'; use one of < <= == != >= >
          quality: [{check: "amount"}]                | check 'amount': it is no comparison of two fields; write "left <= right" with one of < <= == != >= >
          quality: [{check: "amount > 0"}]            | check 'amount > 0': it compares with a number; use {field: …, min: …, max: …}
          quality: [{check: "amount > id"}]           | check 'amount > id': it compares a double with a string; compare fields of the same kind
          quality: [{check: "at > due"}]              | check 'at > due': it compares a timestamp with a date; compare fields of the same kind
          quality: [{check: "amount > lines.price"}]  | check 'amount > lines.price': 'lines.price' lies inside an array; compare fields that a record has once
          quality: [{check: "amount > amount"}]       | check 'amount > amount': both sides are the same field; name another field
          quality: [{check: "a < b", field: id}]      | quality rule: 'check' stands with other keys; a check names its fields itself: keep only 'check' and 'name'
          quality: [{name: x, field: id, required: true, matches: a}] | quality rule 'x': one name for 2 rules; give each rule its own entry
          quality: [{name: x, field: id, required: true}, {name: x, field: at, required: true}] | quality rule 'x': another rule has that name; rename one
          """)
  void theMessageSaysWhatIsWrongAndTheWayOut(String line, String message) throws IOException {
    assertThat(problems(HEAD + line + "\n", schema(FIELDS))).anyMatch(p -> p.contains(message));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"name": "a"}                                                   | field 'a': it has no type; write "type": "string" or one of boolean, int, long, float, double, bytes, string
          {"name": "a", "type": "strng"}                                  | field 'a': unknown type 'strng'; did you mean 'string'?
          {"name": "a", "type": "record"}                                 | field 'a': unknown type 'record'; write {"type": "record", …} as the type
          {"name": "a", "type": "null"}                                   | field 'a': its only value is null; write ["null", T] with the type of its values
          {"name": "a", "type": ["null", "int", "string"]}                | field 'a': a union of 3 branches, 2 of them not null; a column has one type: write ["null", T], or a record with a nullable field per branch
          {"name": "a", "type": ["int", "string"]}                        | field 'a': a union of 2 branches, 2 of them not null; a column has one type
          {"name": "a", "type": "int"}, {"name": "A", "type": "int"}      | field 'A': the name differs from 'a' only in case, and columns know no case; rename one and keep its JSON key with "json": "A"
          {"name": "a", "type": "int"}, {"name": "a", "type": "int"}      | field 'a': the name stands twice in its record
          {"name": "a", "type": "int"}, {"name": "b", "type": "int", "json": "a"} | field 'b': the JSON key 'a' is already read by 'a'; change "json" or "aliases" of one of them
          {"name": "a-b", "type": "int"}                                  | field 'a-b': the name is no Avro name of at most 255 letters, digits and _; choose one, and keep the JSON key with "json": "a-b"
          {"name": "a", "type": "int", "default": "x"}                    | field 'a': the default "x" is not of its type; write a 32-bit integer
          {"name": "a", "type": "int", "default": 3000000000}             | field 'a': the default 3000000000 is not of its type; write a 32-bit integer
          {"name": "a", "type": "int", "default": null}                   | field 'a': the default is null, the type is not; write the type as ["null", T]
          {"name": "a", "type": {"type": "array", "items": "int"}, "default": [1]} | field 'a': the default of an array is not []; only the empty one is supported
          {"name": "a", "type": {"type": "enum", "name": "E", "symbols": ["x"]}, "default": "y"} | field 'a': the default "y" is not of its type; write one of x
          {"name": "a", "type": {"type": "enum", "name": "E", "symbols": ["x", "x"]}} | field 'a': the symbol 'x' stands twice; remove one
          {"name": "a", "type": {"type": "enum", "name": "E", "symbols": ["x y"]}} | field 'a': the symbol "x y" is no Avro name; symbols are letters, digits and _; for other values use a string and a quality rule 'allowed'
          {"name": "a", "type": {"type": "bytes", "logicalType": "decimal"}} | field 'a': a decimal without precision; "precision" is the number of digits, 1 to 38
          {"name": "a", "type": {"type": "bytes", "logicalType": "decimal", "precision": 39}} | field 'a': a decimal of precision 39; "precision" is the number of digits, 1 to 38
          {"name": "a", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 6}} | field 'a': a decimal of precision 5 and scale 6; "scale" is the number of digits after the point, 0 to the precision
          {"name": "a", "type": {"type": "fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 10}} | field 'a': a decimal of precision 10; "precision" is the number of digits, 1 to 9
          {"name": "a", "type": {"type": "fixed", "name": "F", "size": 4}} | field 'a': a fixed that is not a decimal; use bytes, or add "logicalType": "decimal" with its precision
          {"name": "a", "type": {"type": "string", "logicalType": "date"}} | field 'a': logicalType 'date' on a string; write {"type": "int", "logicalType": "date"}
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-nanos"}} | field 'a': unknown logicalType 'timestamp-nanos'; Athena keeps microseconds: use timestamp-micros
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-milis"}} | field 'a': unknown logicalType 'timestamp-milis'; did you mean 'timestamp-millis'?
          {"name": "a", "type": "long", "logicalType": "timestamp-millis"} | field 'a': "logicalType" stands beside the type, where Avro ignores it; put it inside: "type": {"type": …, "logicalType": …}
          {"name": "a", "type": "long", "epoch": "millis"}                | field 'a': "epoch" on what is no date or timestamp; remove it, or use {"type": "long", "logicalType": "timestamp-micros"}
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-micros", "epoch": "hours"}} | field 'a': unknown epoch 'hours'; write seconds, millis or micros
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-micros", "zone": "Europe/Berln"}} | field 'a': unknown zone 'Europe/Berln'; did you mean 'Europe/Berlin'?
          {"name": "a", "type": {"type": "int", "logicalType": "date", "zone": "Europe/Berlin"}} | field 'a': a zone on a date; a calendar date has no zone: remove "zone"
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-micros", "format": "yyyy-mm-dd HH:MM"}} | field 'a': the format 'yyyy-mm-dd HH:MM' cannot be read back; MM is the month, mm the minute
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-micros", "format": "MM/dd/yyyy HH:MM"}} | field 'a': the format 'MM/dd/yyyy HH:MM' cannot be read back; MM is the month, mm the minute
          {"name": "a", "type": {"type": "long", "logicalType": "timestamp-micros", "format": "MM/dd/yyyy hh:mm"}} | it must give the time of day: HH for 0 to 23, or hh with a for AM and PM
          {"name": "a", "type": {"type": "int", "logicalType": "date", "format": "YYYY-MM-dd"}} | field 'a': the format 'YYYY-MM-dd' cannot be read back; it must give year (yyyy), month (MM) and day (dd)
          {"name": "a", "type": {"type": "int", "logicalType": "date", "format": "{"}} | field 'a': the format '{' cannot be read back; correct it (Pattern includes reserved character: '{')
          {"name": "a", "format": "M/d/yyyy", "type": {"type": "int", "logicalType": "date", "format": "M/d/yyyy"}} | field 'a': format, zone or epoch stand both beside the type and inside it; keep one of the two
          {"name": "a", "type": "int", "defualt": 0}                      | field 'a': unknown property "defualt"; did you mean "default"?
          {"name": "a", "type": {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}]}} | field 'a': the type 'R' is defined twice; write the name alone to use it again, or choose another name
          {"name": "a", "type": ["null", "R"]}                            | field 'a': the type 'R' contains itself; a table has finitely many columns: declare as many levels as needed
          {"name": "a", "type": {"type": "record", "name": "S", "fields": []}} | field 'a': a record without fields; add "fields": [{"name": …, "type": …}]
          {"name": "a", "type": {"type": "record", "name": "S", "fields": [{"name": "x", "type": "int"}]}, "default": {"x": 1}} | field 'a': a record has no default but null
          {"name": "a", "type": {"type": "array"}}                        | field 'a': an array without "items"; add "items": the type of its elements
          {"name": "a", "type": {"type": "map", "values": ["int", "int"]}} | field 'a{}': a union of 2 branches
          {"name": "a", "type": {"type": "array", "items": {"type": "record", "name": "S", "fields": [{"name": "x", "type": "lng"}]}}} | field 'a[].x': unknown type 'lng'; did you mean 'long'?
          """)
  void theMessageSaysWhatIsWrongWithTheSchema(String fields, String message) throws IOException {
    assertThat(problems(HEAD, schema(fields)))
        .hasSize(1)
        .allMatch(p -> p.startsWith("- orders/schema.avsc: ") && p.contains(message));
  }

  @Test
  void whatIsNoSchemaIsRefused() throws IOException {
    assertThat(problems(HEAD, "{"))
        .singleElement()
        .asString()
        .startsWith("- orders/schema.avsc: the schema: it is not JSON: ");
    assertThat(problems(HEAD, "\"string\""))
        .containsExactly(
            "- orders/schema.avsc: the schema: its top is not a record; write {\"type\": \"record\","
                + " \"name\": …, \"fields\": […]}");
    assertThat(problems(HEAD, nested(40))).singleElement().asString().contains("deeper than 30");
    assertThat(problems(HEAD, wide())).singleElement().asString().contains("2000 is the limit");
  }

  @Test
  void whatIsNoYamlIsRefused() throws IOException {
    assertThat(problems("name: [orders\n", null))
        .singleElement()
        .asString()
        .startsWith("- orders/dataset.yaml:2: the text: it is not YAML: ");
    assertThat(problems("", null))
        .containsExactly(
            "- orders/dataset.yaml: the file: it is empty; add 'name: …' and 'schema: …'");
    assertThat(problems("- a\n", null)).singleElement().asString().contains("it is a list");
    Path folder = write("x", null);
    Files.write(folder.resolve("dataset.yaml"), "name: ü".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> DatasetLoader.load(folder))
        .hasMessageContaining("orders/dataset.yaml: the file: it is not UTF-8; save it as UTF-8");
  }

  @Test
  void theNameIsTheFoldersName() throws IOException {
    assertThat(problems("name: order\nschema: schema.avsc\n", schema(FIELDS)))
        .containsExactly(
            "- orders/dataset.yaml:1: name 'order': the folder is named 'orders'; give both the same"
                + " name");
  }

  private static String nested(int depth) {
    String type = "\"int\"";
    for (int i = 0; i < depth; i++) {
      type = "{\"type\": \"array\", \"items\": " + type + "}";
    }
    return schema("{\"name\": \"a\", \"type\": " + type + "}");
  }

  /** A record of records that are used twice each has 2 to the power of its levels columns. */
  private static String wide() {
    StringBuilder fields = new StringBuilder("{\"name\": \"l0\", \"type\": \"int\"}");
    String type = "\"int\"";
    for (int i = 0; i < 11; i++) {
      fields
          .append(", {\"name\": \"f")
          .append(i)
          .append("\", \"type\": {\"type\": \"record\", \"name\": \"T")
          .append(i)
          .append("\", \"fields\": [{\"name\": \"a\", \"type\": ")
          .append(type)
          .append("}, {\"name\": \"b\", \"type\": ")
          .append(type)
          .append("}]}}");
      type = "\"T" + i + "\"";
    }
    return schema(fields.toString());
  }

  private static String schema(String fields) {
    return "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" + fields + "]}";
  }

  private List<String> problems(String yaml, String schema) throws IOException {
    Path folder = write(yaml, schema);
    SluiceException e =
        catchThrowableOfType(SluiceException.class, () -> DatasetLoader.load(folder));
    assertThat(e).as("refused").isNotNull();
    return e.getMessage().lines().skip(1).toList();
  }

  private Path write(String yaml, @org.jspecify.annotations.Nullable String schema)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve("orders"));
    Files.writeString(folder.resolve("dataset.yaml"), yaml);
    if (schema != null) {
      Files.writeString(folder.resolve("schema.avsc"), schema);
    }
    return folder;
  }
}
