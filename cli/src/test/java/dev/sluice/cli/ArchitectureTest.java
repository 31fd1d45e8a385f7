package dev.sluice.cli;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may import whom. The build's modules say it too; here it is said about packages. */
class ArchitectureTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  /** Built after all others, so that none can import them; they may not be there yet. */
  private static final Set<String> LAST = Set.of("benchmarks", "infra-cdk");

  /** The steps, and what starts them locally. */
  private static final Set<String> SPARK = Set.of("emr-jobs/spark", "localstack/spark-engine");

  /** Every module's own classes, by the module's folder. */
  private static final Map<String, JavaClasses> MODULES = modules();

  private static final JavaClasses ALL = new ClassFileImporter().importPaths(folders());

  private static final String[] JDK = {"java..", "javax.crypto..", "javax.net.."};

  @Test
  void theModelImportsOnlyTheJdkAndSmallParsers() {
    holds(
        "core/model",
        onlyImports(
            "dev.sluice.model..",
            "com.fasterxml.jackson.core..",
            "org.snakeyaml.engine..",
            "org.jspecify.."));
  }

  @Test
  void theConverterImportsNeitherAwsNorHadoopFileSystems() {
    holds(
        "core/convert",
        onlyImports(
            "dev.sluice.model..",
            "dev.sluice.convert..",
            "org.apache.parquet..",
            "de.siegmar.fastcsv..",
            "org.xerial.snappy..",
            "com.github.luben.zstd..",
            "org.jspecify.."));
  }

  @Test
  void theSimulatorImportsOnlyTheModel() {
    holds(
        "core/simulate",
        onlyImports("dev.sluice.model..", "dev.sluice.simulate..", "org.jspecify.."));
  }

  @Test
  void theBooksKnowNothingOfAws() {
    holds(
        "core/books",
        onlyImports(
            "dev.sluice.model..", "dev.sluice.convert..", "dev.sluice.books..", "org.jspecify.."));
  }

  @Test
  void theSlotsKnowEmrAndS3ByTheirPortsOnly() {
    holds("core/jobs", onlyImports("dev.sluice.model..", "dev.sluice.slots..", "org.jspecify.."));
  }

  @Test
  void functionsImportOnlyTheCoreAndTheirSharedAdapter() {
    holds(
        "functions/ingest",
        onlyImports(
            "dev.sluice.model..",
            "dev.sluice.convert..",
            "dev.sluice.books..",
            "dev.sluice.aws..",
            "dev.sluice.ingest..",
            "com.amazonaws.services.lambda..",
            "software.amazon.awssdk..",
            "org.slf4j..",
            "org.jspecify.."));
    holds(
        "functions/audit",
        onlyImports(
            "dev.sluice.model..",
            "dev.sluice.books..",
            "dev.sluice.aws..",
            "dev.sluice.audit..",
            "com.amazonaws.services.lambda..",
            "org.jspecify.."));
    holds(
        "functions/query",
        onlyImports(
            "dev.sluice.model..",
            "dev.sluice.aws..",
            "dev.sluice.query..",
            "com.amazonaws.services.lambda..",
            "io.trino.sql.parser..",
            "io.trino.sql.tree..",
            "io.trino.grammar..",
            "org.antlr..",
            "org.jspecify.."));
    holds(
        "functions/launch",
        onlyImports(
            "dev.sluice.model..",
            "dev.sluice.slots..",
            "dev.sluice.aws..",
            "dev.sluice.launch..",
            "com.amazonaws.services.lambda..",
            "org.jspecify.."));
    holds(
        "functions/aws",
        onlyImports(
            "dev.sluice.model..",
            "dev.sluice.aws..",
            "software.amazon.awssdk..",
            "org.slf4j..",
            "org.jspecify.."));
  }

  @Test
  void functionsNeverImportEachOther() {
    for (String module : MODULES.keySet()) {
      if (module.startsWith("functions/") && !module.equals("functions/aws")) {
        String own = module.substring("functions/".length());
        List<String> others =
            MODULES.keySet().stream()
                .filter(other -> other.startsWith("functions/"))
                .map(other -> other.substring("functions/".length()))
                .filter(other -> !other.equals(own) && !other.equals("aws"))
                .map(other -> "dev.sluice." + other + "..")
                .toList();
        if (!others.isEmpty()) {
          holds(
              module,
              noClasses()
                  .should()
                  .dependOnClassesThat(resideInAnyPackage(others.toArray(String[]::new))));
        }
      }
    }
  }

  @Test
  void stepsImportTheCoreAndTheAdapterAndNeitherHandlersNorTheLake() {
    holds(
        "emr-jobs/spark",
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.sluice..")
                    .and(
                        not(
                            resideInAnyPackage(
                                "dev.sluice.jobs..",
                                "dev.sluice.model..",
                                "dev.sluice.convert..",
                                "dev.sluice.books..",
                                "dev.sluice.aws..")))));
  }

  @Test
  void onlyTheStepsAndTheirEngineImportSpark() {
    for (Map.Entry<String, JavaClasses> module : MODULES.entrySet()) {
      if (!SPARK.contains(module.getKey())) {
        noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.spark.."))
            .check(module.getValue());
      }
    }
  }

  @Test
  void theLocalLakeImportsNeitherFunctionsNorSparkNorTrino() {
    holds(
        "localstack/lake",
        noClasses()
            .that()
            .resideInAPackage("dev.sluice..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "dev.sluice.ingest..",
                    "dev.sluice.audit..",
                    "dev.sluice.query..",
                    "dev.sluice.launch..",
                    "dev.sluice.slots..",
                    "dev.sluice.aws..",
                    "dev.sluice.convert..",
                    "dev.sluice.jobs..",
                    "dev.sluice.athena..",
                    "com.amazonaws..",
                    "org.apache.spark..",
                    "org.apache.hadoop..",
                    "io.trino..")));
  }

  @Test
  void theAthenaEngineImportsOnlyTheModel() {
    holds(
        "localstack/athena-engine",
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.sluice..")
                    .and(not(resideInAnyPackage("dev.sluice.athena..", "dev.sluice.model..")))));
  }

  @Test
  void onlyTheEngineImportsTrinoAndTheQueryFunctionItsParser() {
    for (Map.Entry<String, JavaClasses> module : MODULES.entrySet()) {
      if (!List.of("localstack/athena-engine", "functions/query").contains(module.getKey())) {
        noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.trino.."))
            .check(module.getValue());
      }
    }
  }

  @Test
  void nothingImportsTheCommand() {
    for (Map.Entry<String, JavaClasses> module : MODULES.entrySet()) {
      if (!module.getKey().equals("cli")) {
        noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("dev.sluice.cli.."))
            .check(module.getValue());
      }
    }
  }

  @Test
  void theCommandImportsNeitherHandlersNorEngines() {
    List<String> handlers =
        MODULES.keySet().stream()
            .filter(module -> module.startsWith("functions/") && !module.equals("functions/aws"))
            .map(module -> "dev.sluice." + module.substring("functions/".length()) + "..")
            .toList();
    holds(
        "cli",
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(handlers.toArray(String[]::new))
                    .or(
                        resideInAnyPackage(
                            "dev.sluice.athena..", "dev.sluice.jobs..", "io.trino.."))));
  }

  @Test
  void thePackagesOfEachModuleFormNoCycles() {
    for (JavaClasses module : MODULES.values()) {
      SlicesRuleDefinition.slices()
          .matching("dev.sluice.*.(**)")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(module);
    }
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        ALL.stream()
            .map(JavaClass::getPackage)
            .distinct()
            // The lake puts one class into the runtime client's package, in place of its own.
            .filter(each -> each.getName().startsWith("dev.sluice"))
            .filter(each -> !each.isAnnotatedWith(NullMarked.class))
            .map(each -> each.getName())
            .sorted()
            .toList();
    assertThat(unmarked).as("packages without @NullMarked in package-info.java").isEmpty();
  }

  @Test
  void libraryCodeNeverPrints() {
    for (Map.Entry<String, JavaClasses> module : MODULES.entrySet()) {
      if (module.getKey().startsWith("core/")) {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(module.getValue());
      }
      if (module.getKey().startsWith("functions/")) {
        // A function's log is its standard output; its handler hands it to the others.
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Handler")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .allowEmptyShould(true)
            .check(module.getValue());
      }
    }
  }

  @Test
  void nobodyUsesTheJdksLogger() {
    GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(ALL);
  }

  @Test
  void oneExceptionTypeSpeaksForTheCore() {
    for (String module : List.of("core/model", "core/convert", "core/books", "core/simulate")) {
      classes()
          .that()
          .areAssignableTo(RuntimeException.class)
          .and()
          .arePublic()
          .should()
          .haveSimpleName("SluiceException")
          .allowEmptyShould(true)
          .check(MODULES.get(module));
    }
  }

  @Test
  void everyModuleOfTheBuildIsLookedAt() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    List<String> declared =
        java.util.regex.Pattern.compile("<module>(.*?)</module>")
            .matcher(pom)
            .results()
            .map(match -> match.group(1))
            .filter(module -> Files.isDirectory(ROOT.resolve(module).resolve("src/main/java")))
            .filter(module -> !isLast(Path.of(module)))
            .toList();
    assertThat(MODULES.keySet()).containsExactlyInAnyOrderElementsOf(declared);
    MODULES.forEach((module, found) -> assertThat(found).as(module).isNotEmpty());
  }

  @Test
  void theRulesCanFail() {
    ArchRule broken = onlyImports("dev.sluice.cli..");
    assertThatThrownBy(() -> broken.check(MODULES.get("cli"))).isInstanceOf(AssertionError.class);
  }

  private static void holds(String module, ArchRule rule) {
    JavaClasses found = MODULES.get(module);
    assertThat(found).as("classes of " + module + "; build it first").isNotNull().isNotEmpty();
    rule.check(found);
  }

  private static ArchRule onlyImports(String... packages) {
    String[] all = Stream.of(JDK, packages).flatMap(Stream::of).toArray(String[]::new);
    return classes()
        .that(alwaysTrue())
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(all)
                .or(resideInAPackage(""))
                .as("reside in " + String.join(", ", packages)));
  }

  private static Map<String, JavaClasses> modules() {
    Map<String, JavaClasses> modules = new TreeMap<>();
    for (Path folder : folders()) {
      modules.put(
          ROOT.relativize(folder.getParent().getParent()).toString().replace('\\', '/'),
          new ClassFileImporter().importPath(folder));
    }
    return modules;
  }

  private static List<Path> folders() {
    try (Stream<Path> near = Files.walk(ROOT, 2)) {
      return near.filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .filter(folder -> !isLast(ROOT.relativize(folder)))
          .map(folder -> folder.resolve("target/classes"))
          .filter(Files::isDirectory)
          .filter(ArchitectureTest::holdsClasses)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isLast(Path module) {
    return LAST.contains(module.getName(0).toString());
  }

  private static boolean holdsClasses(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".class"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
