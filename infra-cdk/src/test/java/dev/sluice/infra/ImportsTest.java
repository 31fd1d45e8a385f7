package dev.sluice.infra;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ImportsTest {

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
        .check(
            new ClassFileImporter()
                .importPath(
                    Path.of(System.getProperty("sluice.root"))
                        .resolve("infra-cdk/target/classes")));
  }
}
