package dev.sluice.infra;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdklabs.cdknag.ServerlessChecks;
import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.PermissionsBoundary;

/**
 * The stacks of one lake. An account has one lake in a region: databases, queues and functions have
 * the names that the registry and the catalog give them.
 *
 * @param storage key, buckets, queues
 * @param catalog databases and tables
 * @param processing what EMR may do and reads
 * @param functions functions and what calls them
 * @param query the workgroups and the declared queries
 * @param api the HTTP APIs
 * @param operations dashboard, alarms, budget
 */
record LakeApp(
    StorageStack storage,
    CatalogStack catalog,
    ProcessingStack processing,
    FunctionsStack functions,
    QueryStack query,
    ApiStack api,
    OperationsStack operations) {

  /** Adds the stage's stacks to the app, and the checks that fail its synthesis. */
  static LakeApp in(App app, Project project, StageSettings settings) {
    StorageStack storage =
        new StorageStack(
            app,
            name(settings, "storage"),
            props(settings, "Sluice: buckets, key and queues"),
            project,
            settings);
    CatalogStack catalog =
        new CatalogStack(
            app,
            name(settings, "catalog"),
            props(settings, "Sluice: databases and tables"),
            project,
            storage);
    settings
        .lakeFormationReaders()
        .ifPresent(readers ->
            LakeFormation.add(
                catalog, storage, project.registry().layout(), List.of(readers.split(","))));
    ProcessingStack processing =
        new ProcessingStack(
            app,
            name(settings, "processing"),
            props(settings, "Sluice: what jobs on EMR may do and read"),
            project,
            storage);
    FunctionsStack functions =
        new FunctionsStack(
            app,
            name(settings, "functions"),
            props(settings, "Sluice: functions and what calls them"),
            project,
            storage,
            processing,
            settings);
    // Ingest registers partitions of tables that must be there.
    functions.addStackDependency(catalog);
    QueryStack query =
        new QueryStack(
            app,
            name(settings, "query"),
            props(settings, "Sluice: the workgroups and the declared queries"),
            project,
            storage,
            settings);
    query.addStackDependency(catalog);
    ApiStack api =
        new ApiStack(
            app,
            name(settings, "api"),
            props(settings, "Sluice: the HTTP API that answers questions"),
            project,
            functions,
            settings);
    // What it asks in.
    api.addStackDependency(query);
    OperationsStack operations =
        new OperationsStack(
            app,
            name(settings, "operations"),
            props(settings, "Sluice: dashboard, alarms, budget"),
            project,
            storage,
            functions,
            settings);
    LakeApp lake = new LakeApp(storage, catalog, processing, functions, query, api, operations);
    Tags.of(app).add("sluice:stage", settings.stage());
    settings.tags().forEach((key, value) -> Tags.of(app).add(key, value));
    settings
        .permissionsBoundary()
        .ifPresent(name -> lake.stacks().forEach(stack -> bound(stack, name)));
    Aspects.of(app).add(new AwsSolutionsChecks());
    Aspects.of(app).add(new ServerlessChecks());
    return lake;
  }

  /** In the order they are deployed. */
  List<Stack> stacks() {
    return List.of(storage, catalog, processing, functions, query, api, operations);
  }

  private static void bound(Stack stack, String policy) {
    PermissionsBoundary.of(stack)
        .apply(ManagedPolicy.fromManagedPolicyName(stack, "Boundary", policy));
  }

  private static String name(StageSettings settings, String part) {
    return "sluice-" + settings.stage() + "-" + part;
  }

  private static StackProps props(StageSettings settings, String description) {
    StackProps.Builder props = StackProps.builder().description(description);
    if (settings.account().isPresent() && settings.region().isPresent()) {
      props.env(
          Environment.builder()
              .account(settings.account().get())
              .region(settings.region().get())
              .build());
    }
    return props.build();
  }
}
