package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlCompletionTest {
  private final SqlCompletion completion =
      new SqlCompletion(
          new SqlCompletion.Names() {
            @Override
            public List<String> databases() {
              return List.of("gold", "silver");
            }

            @Override
            public Map<String, List<String>> tables(String database) {
              return switch (database) {
                case "silver" ->
                    Map.of("sensors", List.of("temperature", "day"), "receipts", List.of("total"));
                case "gold" -> Map.of("daily", List.of("day", "turnover"));
                default -> Map.of();
              };
            }

            @Override
            public String database() {
              return "silver";
            }
          });

  @Test
  void tablesFollowFrom() {
    assertThat(at("SELECT * FROM |"))
        .containsExactlyInAnyOrder("sensors", "receipts", "gold.", "silver.");
    assertThat(at("SELECT * FROM se|")).containsExactly("sensors");
    assertThat(at("SELECT * FROM gold.|")).containsExactly("gold.daily");
    assertThat(at("insert into SILVER.re|")).containsExactly("SILVER.receipts");
    assertThat(at("\\d se|")).containsExactly("sensors");
  }

  @Test
  void columnsAreThoseOfTheTablesInTheStatement() {
    assertThat(at("SELECT te| FROM sensors")).containsExactly("temperature");
    assertThat(at("SELECT day FROM gold.daily WHERE tu|")).containsExactly("turnover");
    assertThat(at("SELECT avg(te| FROM sensors")).containsExactly("temperature");
    assertThat(at("SELECT te| FROM receipts")).isEmpty();
    assertThat(at("SELECT 1 FROM sensors; SELECT te|")).isEmpty();
  }

  @Test
  void aliasesStandForTheirTables() {
    assertThat(at("SELECT s.te| FROM sensors AS s")).containsExactly("s.temperature");
    assertThat(at("SELECT d.| FROM sensors s JOIN gold.daily d ON s.day = d.day"))
        .containsExactlyInAnyOrder("d.day", "d.turnover");
    assertThat(at("SELECT silver.sensors.te|")).containsExactly("silver.sensors.temperature");
    assertThat(at("SELECT where.te| FROM sensors WHERE")).isEmpty();
  }

  @Test
  void keywordsKeepTheCaseThatIsTyped() {
    assertThat(at("SEL|")).containsExactly("SELECT");
    assertThat(at("sel|")).containsExactly("select");
    assertThat(at("SELECT 1 FROM sensors gro|")).containsExactly("group by");
    assertThat(at("SELECT approx_|")).containsExactly("approx_distinct", "approx_percentile");
  }

  @Test
  void commandsAreCompletedToo() {
    assertThat(at("\\pl|")).containsExactly("\\plan");
    assertThat(at("\\format j|")).containsExactly("json");
    assertThat(at("\\use g|")).containsExactly("gold");
    assertThat(at("\\plan SELECT te| FROM sensors")).containsExactly("temperature");
  }

  @Test
  void nothingIsProposedInsideOfQuotesAndComments() {
    assertThat(at("SELECT 'te| FROM sensors")).isEmpty();
    assertThat(at("SELECT 1 -- te|")).isEmpty();
    assertThat(at("SELECT 'a', te| FROM sensors")).containsExactly("temperature");
  }

  private List<String> at(String marked) {
    int cursor = marked.indexOf('|');
    return completion.proposals(marked.replace("|", ""), cursor).stream()
        .map(SqlCompletion.Proposal::text)
        .toList();
  }
}
