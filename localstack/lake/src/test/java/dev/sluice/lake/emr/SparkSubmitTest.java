package dev.sluice.lake.emr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.ServiceException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkSubmitTest {

  private static SparkSubmit parse(String command) {
    return SparkSubmit.parse(List.of(command.split(" ")));
  }

  @Test
  void whatIsComputedStaysAndWhereIsDecidedHere() {
    SparkSubmit submit =
        parse(
            "spark-submit --deploy-mode cluster --master yarn --class a.B --num-executors 9"
                + " --executor-memory=20g --conf spark.sql.x=a=b -c spark.y=1 s3://b/a.jar --jobs j"
                + " --master mine");

    assertThat(submit.local())
        .containsExactly(
            "--class",
            "a.B",
            "--conf",
            "spark.sql.x=a=b",
            "--conf",
            "spark.y=1",
            "--master",
            "local[*]",
            "s3://b/a.jar",
            "--jobs",
            "j",
            "--master",
            "mine");
  }

  @Test
  void theDriversPropertiesReachItAndItsHeapDoesNot() {
    assertThat(
            SparkSubmit.parse(
                    List.of(
                        "/usr/bin/spark-submit",
                        "--driver-java-options",
                        "-Xmx9g -Da=1",
                        "--conf",
                        "spark.driver.extraJavaOptions=-XX:+UseG1GC -Db=2",
                        "a.jar"))
                .properties())
        .containsExactly("-Da=1", "-Db=2");
  }

  @Test
  void icebergOfEmrIsThereAlready() {
    assertThat(
            parse(
                    "spark-submit --jars /usr/share/aws/iceberg/lib/iceberg-spark3-runtime.jar"
                        + " --conf spark.jars=/usr/share/aws/iceberg/lib/i.jar,s3://b/c.jar a.jar")
                .options())
        .containsExactly("--conf", "spark.jars=s3://b/c.jar");
  }

  @ParameterizedTest
  @CsvSource({
    "spark-submit --proxy-user x a.jar, --proxy-user",
    "spark-submit --properties-file x a.jar, --properties-file",
    "spark-submit --master k8s://x a.jar, k8s://x",
    "spark-submit --conf spark.master=spark://x a.jar, spark://x",
    "spark-submit --deploy-mode far a.jar, far",
    "spark-submit a.py, a.py",
    "spark-submit --class, --class",
    "spark-submit --class a.B, no application",
    "hadoop-streaming -files x, hadoop-streaming",
    "bash -c ls, bash"
  })
  void whatCannotBeDoneIsRefusedByName(String command, String named) {
    assertThatThrownBy(() -> parse(command))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("ValidationException"))
        .hasMessageContaining(named);
  }
}
