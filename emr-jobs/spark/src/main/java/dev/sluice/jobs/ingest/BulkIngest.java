package dev.sluice.jobs.ingest;

import dev.sluice.books.Backlog;
import dev.sluice.jobs.Job;
import dev.sluice.jobs.JobContext;
import dev.sluice.jobs.Run;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.job.JobCommand;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Loads uploads of the dataset that the job is declared for: those that the ledger knows nothing
 * of, or that were too large for the ingest function; all of them when everything is wanted.
 * Executors do what the function does, with the same books and the same keys, so that it does not
 * matter when the function works on the same uploads.
 *
 * <p>The limits of the lake, which the function goes by, come as {@link JobCommand#LIMITS}.
 */
public final class BulkIngest implements Job {
  private static final int LEDGER_THREADS = 32;

  /** A task of so many bytes takes some seconds; one of so many uploads as well. */
  private static final long TASK_BYTES = 64L << 20;

  private static final int TASK_UPLOADS = 100;
  private static final int MOST_SHOWN = 5;

  /** Runs this job alone. */
  public static void main(String[] args) {
    Run.only(BulkIngest.class, args);
  }

  @Override
  public List<String> run(JobContext context) {
    // Executors look, too; the driver does before anything is listed.
    Loader.checkCompressor();
    String dataset = context.declaration().dataset();
    LakeLayout layout = context.lake().layout();
    ObjectStore store = context.lake().connection().objects();
    List<ListedObject> uploads =
        context.full()
            ? Backlog.everything(store, layout, dataset)
            : Backlog.unknown(store, layout, dataset, LEDGER_THREADS);
    if (uploads.isEmpty()) {
      return List.of("silver." + dataset + ": no upload waits to be loaded");
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    List<ArrayList<String>> tasks = tasks(uploads, spark.defaultParallelism());
    Loader loader =
        new Loader(
            context.lake().connection(),
            layout.rawBucket(),
            layout.lakeBucket(),
            dataset,
            files(context.declarations().resolve(dataset)),
            context.spark().conf().get(JobCommand.LIMITS, ""),
            context.run());
    Tally all = new Tally();
    spark.parallelize(tasks, tasks.size()).map(loader::load).collect().forEach(all::add);
    context.lake().forget(dataset);
    if (all.failed() > 0) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot load all uploads of "
              + dataset
              + ": "
              + all.failed()
              + " of "
              + uploads.size()
              + " failed: "
              + String.join("; ", all.failures().stream().limit(MOST_SHOWN).toList())
              + ". Run the job again: what is loaded is not loaded twice.");
    }
    return List.of("silver." + dataset + ": " + all.text());
  }

  /** Lists of about equal size. */
  static List<ArrayList<String>> tasks(List<ListedObject> uploads, int parallelism) {
    long bytes = uploads.stream().mapToLong(ListedObject::size).sum();
    long wanted =
        Math.max(Math.max(bytes / TASK_BYTES, uploads.size() / TASK_UPLOADS), 2L * parallelism);
    int count = (int) Math.min(uploads.size(), wanted);
    record Task(long[] bytes, ArrayList<String> keys) {}
    PriorityQueue<Task> tasks =
        new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.bytes()[0])
                .thenComparingInt(task -> task.keys().size()));
    for (int i = 0; i < count; i++) {
      tasks.add(new Task(new long[1], new ArrayList<>()));
    }
    uploads.stream()
        .sorted(Comparator.comparingLong(ListedObject::size).reversed())
        .forEach(upload -> {
          Task least = tasks.remove();
          least.keys().add(upload.name().key());
          least.bytes()[0] += upload.size();
          tasks.add(least);
        });
    return tasks.stream()
        .sorted(Comparator.comparingLong((Task task) -> -task.bytes()[0]))
        .map(Task::keys)
        .toList();
  }

  /** The declaration's files by their path below the folder, for executors. */
  private static TreeMap<String, byte[]> files(Path folder) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".ndjson")) {
          files.put(
              folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        }
      }
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot read the declaration: " + e + ": " + folder, e);
    }
    return files;
  }
}
