package dev.sluice.infra;

import dev.sluice.model.registry.HttpApiSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.apigatewayv2.CfnApi;
import software.amazon.awscdk.services.apigatewayv2.CfnAuthorizer;
import software.amazon.awscdk.services.apigatewayv2.CfnIntegration;
import software.amazon.awscdk.services.apigatewayv2.CfnRoute;
import software.amazon.awscdk.services.apigatewayv2.CfnStage;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/** The HTTP APIs of the registry, in front of the functions' versions in service. */
final class ApiStack extends Stack {
  private static final String ANY = "$default";

  private final FunctionsStack functions;
  private final StageSettings settings;

  ApiStack(
      Construct scope,
      String id,
      StackProps props,
      Project project,
      FunctionsStack functions,
      StageSettings settings) {
    super(scope, id, props);
    this.functions = functions;
    this.settings = settings;
    project.registry().httpApis().forEach(this::api);
  }

  private void api(HttpApiSpec spec) {
    String id = Character.toUpperCase(spec.name().charAt(0)) + spec.name().substring(1);
    Alias alias = functions.alias(spec.function());
    CfnApi api =
        CfnApi.Builder.create(this, id + "Api")
            .name("sluice-" + spec.name())
            .description("What " + FunctionsStack.physicalName(spec.function()) + " answers")
            .protocolType("HTTP")
            .build();
    CfnIntegration integration =
        CfnIntegration.Builder.create(this, id + "Integration")
            .apiId(api.getRef())
            .integrationType("AWS_PROXY")
            .integrationUri(alias.getFunctionArn())
            .payloadFormatVersion("2.0")
            .build();
    Optional<CfnAuthorizer> tokens =
        settings
            .apiTokenIssuer()
            .map(issuer ->
                CfnAuthorizer.Builder.create(this, id + "Tokens")
                    .apiId(api.getRef())
                    .name("tokens")
                    .authorizerType("JWT")
                    .identitySource(List.of("$request.header.Authorization"))
                    .jwtConfiguration(
                        CfnAuthorizer.JWTConfigurationProperty.builder()
                            .issuer(issuer)
                            .audience(settings.apiTokenAudience().map(List::of).orElse(List.of()))
                            .build())
                    .build());
    for (HttpApiSpec.Route route : spec.routes()) {
      route(id, api, integration, tokens, route.key(), route.open() && settings.apiOpenPage());
    }
    // So that everything is answered by the function, in the one shape that errors have.
    route(id, api, integration, tokens, ANY, false);
    CfnPermission.Builder.create(this, id + "MayCall")
        .action("lambda:InvokeFunction")
        .functionName(alias.getFunctionArn())
        .principal("apigateway.amazonaws.com")
        .sourceArn(
            formatArn(
                ArnComponents.builder()
                    .service("execute-api")
                    .resource(api.getRef())
                    .resourceName("*/*")
                    .build()))
        .build();
    LogGroup log =
        LogGroup.Builder.create(this, id + "AccessLog")
            .logGroupName("/aws/apigateway/sluice-" + spec.name())
            .retention(LogDays.retention(settings.logDays()))
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    CfnStage.Builder.create(this, id + "Stage")
        .apiId(api.getRef())
        .stageName(ANY)
        .autoDeploy(true)
        .accessLogSettings(
            CfnStage.AccessLogSettingsProperty.builder()
                .destinationArn(log.getLogGroupArn())
                .format(accessLog())
                .build())
        .defaultRouteSettings(
            CfnStage.RouteSettingsProperty.builder()
                .throttlingRateLimit(spec.rate())
                .throttlingBurstLimit(spec.burst())
                .detailedMetricsEnabled(true)
                .build())
        .build();
    CfnOutput.Builder.create(this, id + "Url")
        .value(api.getAttrApiEndpoint())
        .description("Where the HTTP API " + spec.name() + " answers")
        .build();
  }

  private void route(
      String id,
      CfnApi api,
      CfnIntegration integration,
      Optional<CfnAuthorizer> tokens,
      String key,
      boolean open) {
    String name = key.equals(ANY) ? "Any" : key.replaceAll("[^A-Za-z]+", "-").replaceAll("-$", "");
    CfnRoute.Builder route =
        CfnRoute.Builder.create(this, id + "Route-" + name)
            .apiId(api.getRef())
            .routeKey(key)
            .target("integrations/" + integration.getRef());
    if (open) {
      route.authorizationType("NONE");
    } else if (tokens.isPresent()) {
      route.authorizationType("JWT").authorizerId(tokens.get().getRef());
    } else {
      route.authorizationType("AWS_IAM");
    }
    CfnRoute made = route.build();
    if (open) {
      Findings.accept(made, "AwsSolutions-APIG4", "A page without data, opened by a setting");
    }
  }

  /** One JSON object for a request; neither values nor tokens are in it. */
  private static String accessLog() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("requestId", "$context.requestId");
    fields.put("time", "$context.requestTime");
    fields.put("ip", "$context.identity.sourceIp");
    fields.put("caller", "$context.identity.userArn");
    fields.put("subject", "$context.authorizer.claims.sub");
    fields.put("route", "$context.routeKey");
    fields.put("status", "$context.status");
    fields.put("bytes", "$context.responseLength");
    fields.put("millis", "$context.responseLatency");
    fields.put("error", "$context.error.message");
    return fields.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\":\"" + field.getValue() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
