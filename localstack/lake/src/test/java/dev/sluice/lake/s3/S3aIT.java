package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.s3a.commit.magic.MagicS3GuardCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's S3A as a client, as Spark steps use it. */
class S3aIT {
  private static final String ROOT = "s3a://spark/";

  @TempDir static Path folder;
  private static S3Server server;
  private static Configuration configuration;
  private static FileSystem fs;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(folder.resolve("s3"));
    server.store.createBucket("spark", Map.of());
    configuration = new Configuration(true);
    configuration.set("hadoop.tmp.dir", folder.resolve("hadoop").toString());
    configuration.set("fs.s3a.endpoint", server.url().toString());
    configuration.set("fs.s3a.endpoint.region", "us-east-1");
    configuration.set("fs.s3a.path.style.access", "true");
    configuration.set("fs.s3a.connection.ssl.enabled", "false");
    configuration.set("fs.s3a.access.key", "test");
    configuration.set("fs.s3a.secret.key", "test");
    configuration.set("fs.s3a.multipart.size", "5M");
    configuration.set("fs.s3a.attempts.maximum", "2");
    configuration.set("fs.s3a.retry.limit", "2");
    fs = FileSystem.newInstance(URI.create(ROOT), configuration);
  }

  @AfterAll
  static void stop() throws Exception {
    if (fs != null) {
      fs.close();
    }
    server.close();
  }

  private static org.apache.hadoop.fs.Path path(String key) {
    return new org.apache.hadoop.fs.Path(ROOT + key);
  }

  private static void write(String key, byte[] content) throws Exception {
    try (FSDataOutputStream out = fs.create(path(key), true)) {
      out.write(content);
    }
  }

  private static byte[] read(String key) throws Exception {
    try (FSDataInputStream in = fs.open(path(key))) {
      return in.readAllBytes();
    }
  }

  @Test
  void writesReadsListsRenamesAndDeletes() throws Exception {
    byte[] content = "one line\n".getBytes(StandardCharsets.UTF_8);
    write("in/day=2026-01-01/a b.txt", content);
    write("in/day=2026-01-02/b.txt", content);
    fs.mkdirs(path("in/empty"));
    assertThat(read("in/day=2026-01-01/a b.txt")).isEqualTo(content);
    assertThat(names("in")).containsExactlyInAnyOrder("day=2026-01-01", "day=2026-01-02", "empty");

    assertThat(fs.rename(path("in"), path("moved"))).isTrue();
    assertThat(fs.exists(path("in"))).isFalse();
    assertThat(names("moved"))
        .containsExactlyInAnyOrder("day=2026-01-01", "day=2026-01-02", "empty");
    assertThat(read("moved/day=2026-01-02/b.txt")).isEqualTo(content);

    assertThat(fs.delete(path("moved"), true)).isTrue();
    assertThatThrownBy(() -> fs.getFileStatus(path("moved")))
        .isInstanceOf(FileNotFoundException.class);
  }

  private static Stream<String> namesOf(String key) throws Exception {
    return Arrays.stream(fs.listStatus(path(key))).map(FileStatus::getPath).map(p -> p.getName());
  }

  private static List<String> names(String key) throws Exception {
    return namesOf(key).toList();
  }

  @Test
  void aLargeFileIsWrittenInPartsAndReadAnywhere() throws Exception {
    byte[] content = new byte[12_345_678];
    new Random(7).nextBytes(content);
    write("large.bin", content);
    assertThat(server.store.bucket("spark").current("large.bin").etag()).endsWith("-3");
    assertThat(fs.getFileStatus(path("large.bin")).getLen()).isEqualTo(content.length);
    try (FSDataInputStream in = fs.open(path("large.bin"))) {
      byte[] some = new byte[1000];
      for (long position : new long[] {11_000_000, 0, 5_242_000, 12_344_678}) {
        in.readFully(position, some);
        assertThat(some)
            .as("at %d", position)
            .isEqualTo(Arrays.copyOfRange(content, (int) position, (int) position + 1000));
      }
    }
    assertThat(read("large.bin")).isEqualTo(content);
  }

  @Test
  void theMagicCommitterShowsNothingBeforeTheJobIsCommitted() throws Exception {
    TaskAttemptID id = new TaskAttemptID("202611200000", 1, TaskType.MAP, 0, 0);
    Configuration job = new Configuration(configuration);
    job.set("mapreduce.task.attempt.id", id.toString());
    job.set("mapreduce.job.application.attempt.id", "0");
    job.set("fs.s3a.committer.name", "magic");
    job.set("fs.s3a.committer.uuid", "0b5c1a52-6d2c-4b5e-9a4e-5a7d3c1f0e11");
    TaskAttemptContextImpl context = new TaskAttemptContextImpl(job, id);
    MagicS3GuardCommitter committer = new MagicS3GuardCommitter(path("out"), context);
    committer.setupJob(context);
    committer.setupTask(context);
    byte[] content = new byte[6_000_000];
    new Random(8).nextBytes(content);
    org.apache.hadoop.fs.Path work = committer.getWorkPath();
    FileSystem target = work.getFileSystem(job);
    try (FSDataOutputStream out =
        target.create(new org.apache.hadoop.fs.Path(work, "part-00000.parquet"), false)) {
      out.write(content);
    }
    assertThat(fs.exists(path("out/part-00000.parquet"))).isFalse();
    assertThat(committer.needsTaskCommit(context)).isTrue();
    committer.commitTask(context);
    assertThat(fs.exists(path("out/part-00000.parquet"))).isFalse();
    committer.commitJob(context);
    assertThat(read("out/part-00000.parquet")).isEqualTo(content);
    assertThat(fs.exists(path("out/_SUCCESS"))).isTrue();
    assertThat(server.store.bucket("spark").uploads()).isEmpty();
  }
}
