package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.ScanPrice;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.model.registry.Registry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeployedAsRegisteredTest {

  @Test
  void theRegistryNamesThisHandler() {
    FunctionSpec query = Registry.standard().function(Registry.QUERY);

    assertThat(query.handler()).isEqualTo(QueryHandler.class.getName() + "::handleRequest");
    assertThat(RequestStreamHandler.class).isAssignableFrom(QueryHandler.class);
    assertThat(QueryHandler.class.getConstructors())
        .anyMatch(constructor -> constructor.getParameterCount() == 0);
    assertThat(Duration.ofSeconds(Body.MOST_WAIT)).isLessThan(query.timeout());
  }

  @Test
  void everyRouteOfTheRegistryIsAnswered() {
    Api api =
        new Api(
            Asking.QUERIES,
            new Runs(
                new dev.sluice.testing.FakeQueryRuns(),
                ScanPrice.STANDARD,
                Clock.systemUTC(),
                time -> {}),
            true,
            1,
            Clock.systemUTC());
    HttpApiSpec spec = Registry.standard().httpApis().get(0);

    assertThat(spec.function()).isEqualTo(Registry.QUERY);
    assertThat(api.routes())
        .containsExactlyInAnyOrderElementsOf(
            spec.routes().stream().map(HttpApiSpec.Route::key).toList());
  }

  @Test
  void settingsAreReadWholeAndWithDefaults() {
    Map<String, String> least =
        Map.of(
            "SLUICE_DATASETS", Asking.DATASETS.toString(),
            "SLUICE_QUERY_WORKGROUP", "w",
            "AWS_REGION", "eu-central-1");
    QuerySettings settings = QuerySettings.from(least);
    assertThat(settings.sql()).isFalse();
    assertThat(settings.scanLimit()).isEqualTo(10_000_000_000L);
    assertThat(settings.price()).isEqualTo(ScanPrice.STANDARD);

    assertThatThrownBy(() ->
            QuerySettings.from(
                Map.of(
                    "SLUICE_QUERY_WORKGROUP", "a/b",
                    "SLUICE_QUERY_SQL", "yes",
                    "SLUICE_QUERY_SCAN_LIMIT", "0",
                    "SLUICE_QUERY_PRICE", "-1",
                    "SLUICE_QUERY_PRIZE", "1")))
        .isInstanceOf(SluiceException.class)
        .hasMessageContainingAll(
            "SLUICE_DATASETS",
            "AWS_REGION",
            "SLUICE_QUERY_WORKGROUP=a/b",
            "SLUICE_QUERY_SQL=yes",
            "SLUICE_QUERY_SCAN_LIMIT=0",
            "SLUICE_QUERY_PRICE=-1",
            "unknown: SLUICE_QUERY_PRIZE");
  }
}
