package dev.sluice.slots;

import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.RunId;
import dev.sluice.model.job.Slot;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What is kept of the runs of jobs. */
public final class RunHistory {
  private final RunBooks books;

  public RunHistory(ObjectStore store, LakeLayout layout) {
    books = new RunBooks(store, layout);
  }

  /**
   * The last runs of a job, the latest slot first.
   *
   * @param from no earlier slots
   * @param most how many
   */
  public List<JobRun> last(String job, Instant from, int most) {
    List<JobRun> runs = new ArrayList<>();
    for (RunId id : books.known(new Slot(job, from)).descendingSet()) {
      if (runs.size() == most) {
        break;
      }
      books.read(id).map(RunBooks.Stored::run).ifPresent(runs::add);
    }
    return runs;
  }
}
