package dev.sluice.benchmarks.reliability;

import dev.sluice.benchmarks.Text;
import dev.sluice.books.FaultRuns;
import dev.sluice.books.FaultRuns.Failed;
import dev.sluice.books.FaultRuns.Story;
import dev.sluice.books.Findings;
import dev.sluice.books.MessageRuns;
import dev.sluice.books.MessageRuns.Beside;
import dev.sluice.books.Mutant;
import dev.sluice.books.MutantRuns;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.QueueRuns;
import dev.sluice.books.ScheduleRuns;
import dev.sluice.books.ScheduleRuns.Cast;
import dev.sluice.books.Shelf;
import dev.sluice.books.Storm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** All of it, one part after the other. */
final class ReliabilityRun {
  private static final int THREADS = 4;

  private final Shelf shelf = new Shelf();
  private final Path scratch;
  private final long seed;
  private final Consumer<String> progress;
  private final List<Part> parts = new ArrayList<>();

  /**
   * A part of it.
   *
   * @param what was done, for people
   * @param figures names and numbers
   * @param failures what went wrong, and how it came
   * @param lost records
   * @param doubled records
   * @param orphans files and intents that nobody owns after the sweep
   */
  record Part(
      String what,
      List<Figure> figures,
      double seconds,
      List<String> failures,
      long lost,
      long doubled,
      long orphans) {}

  /** A number and its name. */
  record Figure(String name, long number) {}

  ReliabilityRun(Path scratch, long seed, Consumer<String> progress) {
    this.scratch = scratch;
    this.seed = seed;
    this.progress = progress;
  }

  List<Part> parts() {
    return List.copyOf(parts);
  }

  private void add(
      String what, long started, Findings findings, List<String> failures, Figure... figures) {
    Part part =
        new Part(
            what,
            List.of(figures),
            (System.nanoTime() - started) / 1e9,
            failures,
            findings.lost(),
            findings.doubled(),
            findings.orphans());
    parts.add(part);
    progress.accept(what + ": " + line(part));
    failures.forEach(progress);
  }

  private static String line(Part part) {
    List<String> words = new ArrayList<>();
    part.figures().forEach(f -> words.add(Text.count(f.number()) + " " + f.name()));
    words.add(part.failures().isEmpty() ? "balanced" : "WRONG");
    words.add(Text.seconds(part.seconds()));
    return String.join(", ", words);
  }

  private static Findings sum(List<Failed> failed) {
    return failed.stream().map(Failed::findings).reduce(Findings.NONE, Findings::plus);
  }

  private static List<String> texts(List<Failed> failed) {
    return failed.stream().map(Failed::toString).toList();
  }

  void faults() {
    long started = System.nanoTime();
    List<FaultRuns.Count> counts =
        Arrays.stream(Story.values())
            .flatMap(story -> List.of(false, true).stream().map(v -> new Tale(story, v)))
            .parallel()
            .map(tale -> {
              FaultRuns.Count count =
                  new FaultRuns(shelf, scratch, Mutant.NONE)
                      .runPairs(tale.story(), tale.versions(), 1);
              progress.accept("  " + tale.story() + ": " + Text.count(count.pairs()) + " pairs");
              return count;
            })
            .toList();
    List<Failed> failed =
        counts.stream().flatMap(c -> Optional.ofNullable(c.failed()).stream()).toList();
    add(
        "Every remote call failed in five ways, alone and in pairs",
        started,
        sum(failed),
        texts(failed),
        new Figure("single faults", counts.stream().mapToLong(FaultRuns.Count::single).sum()),
        new Figure("pairs of faults", counts.stream().mapToLong(FaultRuns.Count::pairs).sum()));
  }

  private record Tale(Story story, boolean versions) {}

  void schedules(int interruptions) {
    long started = System.nanoTime();
    List<ScheduleRuns.Count> counts =
        Arrays.stream(Cast.values())
            .parallel()
            .map(cast -> {
              ScheduleRuns.Count count =
                  new ScheduleRuns(shelf, scratch, Mutant.NONE)
                      .runAll(cast, false, interruptions - (cast.number() - 2));
              progress.accept("  " + cast + ": " + Text.count(count.schedules()) + " schedules");
              return count;
            })
            .toList();
    List<Failed> failed =
        counts.stream().flatMap(c -> Optional.ofNullable(c.failed()).stream()).toList();
    add(
        "Two workers on one object in every order with up to "
            + interruptions
            + " interruptions, three with up to "
            + (interruptions - 1),
        started,
        sum(failed),
        texts(failed),
        new Figure("schedules", counts.stream().mapToLong(ScheduleRuns.Count::schedules).sum()));
  }

  void messages() {
    long started = System.nanoTime();
    List<MessageRuns.Count> counts =
        Arrays.stream(Beside.values())
            .flatMap(beside -> MessageRuns.KINDS.stream().map(kind -> new Delivery(beside, kind)))
            .flatMap(d -> Stream.of(d, new Delivery(d.beside(), d.kind(), true)))
            .parallel()
            .map(d -> {
              MessageRuns.Count count =
                  new MessageRuns(shelf, scratch, Mutant.NONE)
                      .runAll(
                          d.beside(),
                          d.redeclared(),
                          d.kind(),
                          d.beside() == Beside.NOTHING ? 2 : 1,
                          1);
              progress.accept(
                  "  " + d.kind() + " beside " + d.beside() + ": " + Text.count(count.kills()));
              return count;
            })
            .toList();
    List<Failed> failed =
        counts.stream().flatMap(c -> Optional.ofNullable(c.failed()).stream()).toList();
    add(
        "One message delivered twice at once, one of the two killed at every call",
        started,
        sum(failed),
        texts(failed),
        new Figure("kills", counts.stream().mapToLong(MessageRuns.Count::kills).sum()));
  }

  private record Delivery(Beside beside, ObjectEvent.Kind kind, boolean redeclared) {
    Delivery(Beside beside, ObjectEvent.Kind kind) {
      this(beside, kind, false);
    }
  }

  void queues(int runs) {
    long started = System.nanoTime();
    List<QueueRuns.Count> queues =
        LongStream.range(seed, seed + runs)
            .parallel()
            .mapToObj(each -> new QueueRuns(shelf, scratch, Mutant.NONE).run(each))
            .toList();
    List<ScheduleRuns.Count> casts =
        Arrays.stream(Cast.values())
            .parallel()
            .flatMap(cast ->
                LongStream.range(seed, seed + runs / 50)
                    .mapToObj(each ->
                        new ScheduleRuns(shelf, scratch, Mutant.NONE).runRandom(cast, each)))
            .toList();
    List<Failed> failed = new ArrayList<>();
    queues.forEach(c -> Optional.ofNullable(c.failed()).ifPresent(failed::add));
    casts.forEach(c -> Optional.ofNullable(c.failed()).ifPresent(failed::add));
    add(
        "Random uploads, deliveries, turns and faults",
        started,
        sum(failed),
        texts(failed),
        new Figure("runs", queues.size() + (long) casts.size()),
        new Figure(
            "faults",
            queues.stream().mapToLong(QueueRuns.Count::faults).sum()
                + casts.stream().mapToLong(ScheduleRuns.Count::faults).sum()),
        new Figure("deliveries", queues.stream().mapToLong(QueueRuns.Count::deliveries).sum()),
        new Figure(
            "dead letters sent again", queues.stream().mapToLong(QueueRuns.Count::dead).sum()));
  }

  void storm(int deliveries) {
    long started = System.nanoTime();
    Storm.Count count =
        new Storm(new Shelf(), scratch, Mutant.NONE, THREADS)
            .run(
                deliveries,
                seed,
                so -> {
                  if (so % 10_000 == 0) {
                    progress.accept("  " + Text.count(so) + " deliveries");
                  }
                });
    add(
        "A storm of duplicates on " + THREADS + " threads, with overwrites",
        started,
        count.findings(),
        count.findings().none() ? List.of() : List.of("seed " + seed + ": " + count.findings()),
        new Figure("deliveries", count.deliveries()),
        new Figure("objects", count.objects()),
        new Figure("uploads", count.uploads()));
  }

  void mutants() {
    long started = System.nanoTime();
    List<String> survivors =
        Mutant.broken().parallelStream()
            .filter(mutant -> new MutantRuns(shelf, scratch).caught(mutant).isEmpty())
            .map(mutant -> "not caught: " + mutant)
            .toList();
    add(
        "Ingest broken on purpose",
        started,
        Findings.NONE,
        survivors,
        new Figure("mutants", Mutant.broken().size()),
        new Figure("caught", Mutant.broken().size() - survivors.size()));
  }

  void kills(Path home, Path work, int kills) throws IOException, InterruptedException {
    long started = System.nanoTime();
    KillRun.Count count =
        new KillRun(home, Files.createDirectories(work))
            .run(
                kills,
                seed,
                so -> {
                  if (so % 25 == 0) {
                    progress.accept("  " + so + " kills");
                  }
                });
    count.moments().forEach((moment, times) -> progress.accept("  " + moment + ": " + times));
    add(
        "Real processes killed (SIGKILL), two at work at a time",
        started,
        count.findings(),
        count.findings().none() ? List.of() : List.of("seed " + seed + ": " + count.findings()),
        new Figure("kills", count.kills()),
        new Figure("kinds of moments", count.moments().size()),
        new Figure("deliveries", count.deliveries()),
        new Figure("objects", count.objects()),
        new Figure("uploads", count.uploads()));
  }
}
