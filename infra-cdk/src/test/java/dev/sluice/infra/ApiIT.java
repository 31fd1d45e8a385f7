package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.model.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsNode
class ApiIT {
  private static final HttpApiSpec SPEC = Registry.queryApi();

  @Test
  void everyRouteOfTheRegistryIsThereAndAsksForASignature() {
    List<String> keys =
        new ArrayList<>(SPEC.routes().stream().map(HttpApiSpec.Route::key).toList());
    keys.add("$default");
    assertThat(Synthesis.small().resources("AWS::ApiGatewayV2::Route"))
        .allSatisfy(route -> assertThat(route.at("AuthorizationType")).isEqualTo("AWS_IAM"))
        .extracting(route -> route.at("RouteKey"))
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void theStageIsThrottledAndLogged() {
    Synthesis.Resource stage = Synthesis.small().resources("AWS::ApiGatewayV2::Stage").get(0);

    assertThat(stage.at("DefaultRouteSettings", "ThrottlingRateLimit"))
        .isEqualTo((long) SPEC.rate());
    assertThat(stage.at("DefaultRouteSettings", "ThrottlingBurstLimit"))
        .isEqualTo((long) SPEC.burst());
    assertThat(stage.at("AccessLogSettings", "Format").toString())
        .contains("$context.status")
        .doesNotContain("querystring", "authorizationToken");
  }

  @Test
  void tokensTakeThePlaceOfSignaturesWhereASettingSaysSo() {
    Synthesis tokens =
        Synthesis.fresh(
            Synthesis.two(),
            Map.of(
                "apiTokenIssuer", "https://issuer.example/",
                "apiTokenAudience", "client",
                "apiOpenPage", true),
            Map.of());
    assertThat(tokens.resources("AWS::ApiGatewayV2::Route"))
        .allSatisfy(route ->
            assertThat(route.at("AuthorizationType"))
                .isEqualTo(route.at("RouteKey").equals("GET /") ? "NONE" : "JWT"));
    assertThat(
            tokens
                .resources("AWS::ApiGatewayV2::Authorizer")
                .get(0)
                .at("JwtConfiguration", "Audience"))
        .isEqualTo(List.of("client"));
  }

  @Test
  void theWorkgroupOfTheApiHasALimitOfItsOwn() {
    Synthesis.Resource workgroup =
        Synthesis.small().resource("AWS::Athena::WorkGroup", "Name", Registry.QUERY_WORKGROUP);

    assertThat(workgroup.at("WorkGroupConfiguration", "BytesScannedCutoffPerQuery"))
        .isEqualTo(10_000_000_000L);
  }
}
