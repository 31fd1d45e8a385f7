package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.ParameterType;
import dev.sluice.model.query.QueryParameter;
import dev.sluice.model.query.RunRequest;
import dev.sluice.testing.FakeQueryRuns;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.DecimalLiteral;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.StringLiteral;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Hostile values for every parameter of every declared query, through the handler. A value is
 * refused, or the statement stays the declared one, character by character, and Trino's own parser
 * reads what travels beside it as one literal of the parameter's type, which for a text has just
 * the value that was given.
 *
 * <p>Normally 40 of the 500 payloads for each parameter, other ones for the next parameter; all
 * with {@code -Dsluice.query.payloads=500}.
 */
class InjectionTest {
  private static final int ALL = 500;
  private static final int EACH = Integer.getInteger("sluice.query.payloads", 40);

  private final SqlParser parser = new SqlParser();
  private int refused;
  private int started;

  @Test
  void noValueChangesAStatement() {
    List<String> payloads = Payloads.of(ALL);
    int next = 0;
    int parameters = 0;
    for (NamedQuery query : Asking.QUERIES.all()) {
      Asking asking = new Asking();
      asking.athena.otherwise(request -> FakeQueryRuns.Answer.of(List.of(), List.of()));
      for (QueryParameter parameter : query.parameters()) {
        parameters++;
        for (int i = 0; i < EACH; i++) {
          attack(asking, query, parameter, payloads.get(next++ % ALL));
        }
      }
    }
    System.out.printf(
        "%,d payloads for %d parameters: %,d refused, %,d bound%n",
        refused + started, parameters, refused, started);
    assertThat(parameters).isGreaterThan(50);
    assertThat(refused).isGreaterThan(EACH);
    assertThat(started).isGreaterThan(EACH);
  }

  private void attack(Asking asking, NamedQuery query, QueryParameter parameter, String payload) {
    int before = asking.athena.started().size();
    Asking.Answer answer =
        asking.send(
            asking
                .request("POST", "/queries/" + query.name() + "/runs")
                .body(Map.of("parameters", Map.of(parameter.name(), payload)))
                .event());
    String what = query.name() + " " + parameter.name() + "=" + Json.write(payload);
    if (answer.status() == 400) {
      refused++;
      assertThat(answer.code()).as(what).isEqualTo("invalid-parameter");
      assertThat(asking.athena.started()).as(what).hasSize(before);
      assertThat(parameter.type() == ParameterType.STRING && payload.indexOf('\0') < 0)
          .as("refused though it is a text: %s", what)
          .isFalse();
      return;
    }
    started++;
    assertThat(answer.status()).as(what).isEqualTo(200);
    RunRequest run = asking.athena.started().get(before);
    assertThat(run.sql().substring(run.sql().indexOf('\n') + 1)).isEqualTo(query.positionalSql());
    assertThat(run.literals()).hasSize(query.literals(Map.of()).size());
    boolean found = false;
    for (String literal : run.literals()) {
      Expression read = parser.createExpression(literal);
      assertThat(read)
          .as(what)
          .isInstanceOfAny(
              StringLiteral.class,
              GenericLiteral.class,
              DecimalLiteral.class,
              BooleanLiteral.class);
      found |= read instanceof StringLiteral text && text.getValue().equals(payload);
    }
    assertThat(found || parameter.type() != ParameterType.STRING).as(what).isTrue();
  }
}
