package dev.sluice.infra;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The CDK's library runs in Node. Where there is none, these tests are skipped, and say so. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNode.Condition.class)
@interface NeedsNode {

  final class Condition implements ExecutionCondition {
    private static final boolean FOUND = found();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (FOUND) {
        return ConditionEvaluationResult.enabled("there is a Node");
      }
      System.err.println(
          "NOT TESTED: "
              + context.getDisplayName()
              + " needs Node (22 or 24) on the path. Everything else of Sluice does without;"
              + " who changes infra-cdk must install it.");
      return ConditionEvaluationResult.disabled("no node on the path");
    }

    private static boolean found() {
      try {
        Process node =
            new ProcessBuilder("node", "--version")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return node.waitFor(20, TimeUnit.SECONDS) && node.exitValue() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
