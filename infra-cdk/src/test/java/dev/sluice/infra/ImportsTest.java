package dev.sluice.infra;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImportsTest {
  private static final JavaClasses APP =
      new ClassFileImporter()
          .importPath(
              Path.of(System.getProperty("sluice.root")).resolve("infra-cdk/target/classes"));

  @Test
  void theAppImportsTheModelAndTheCdkOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..",
                "dev.sluice.infra..",
                "dev.sluice.model..",
                "software.amazon.awscdk..",
                "software.amazon.jsii..",
                "software.constructs..",
                "io.github.cdklabs.cdknag..",
                "org.jspecify.."))
        .check(APP);
  }

  @Test
  void noCollectionIsUsedWhoseOrderChangesFromRunToRun() {
    noClasses()
        .should(
            callMethodWhere(
                DescribedPredicate.describe(
                    "it makes a map or a set of several without an order",
                    ImportsTest::makesAnUnorderedCollection)))
        .check(APP);
  }

  private static boolean makesAnUnorderedCollection(JavaMethodCall call) {
    String name = call.getTarget().getName();
    int values = call.getTarget().getRawParameterTypes().size();
    return call.getTargetOwner().isEquivalentTo(Map.class)
            && (name.equals("copyOf")
                || name.equals("ofEntries")
                || (name.equals("of") && values > 2))
        || call.getTargetOwner().isEquivalentTo(Set.class)
            && (name.equals("copyOf") || (name.equals("of") && values > 1));
  }
}
