-- title: How jobs run
-- description: For each job, its runs by outcome and the seconds that successful ones took: median and most; reads the runs of all datasets, those of slots from :from to :to
-- question: Do the jobs run, and how long do they take?
-- parameter: from date 2000-01-01, the first day of slots
-- parameter: to date 2099-12-31, the last day of slots
SELECT
  job,
  count(*) AS runs,
  count_if(status = 'SUCCEEDED') AS succeeded,
  count_if(status = 'FAILED') AS failed,
  count_if(status IN ('CANCELLED', 'SKIPPED', 'MISSED')) AS not_run,
  count_if(status IN ('CLAIMED', 'QUEUED', 'RUNNING')) AS open,
  approx_percentile(
    CASE WHEN status = 'SUCCEEDED' THEN CAST(duration_ms AS double) / 1000 END, 0.5
  ) AS median_s,
  max(CASE WHEN status = 'SUCCEEDED' THEN CAST(duration_ms AS double) / 1000 END) AS max_s,
  max(CASE WHEN status = 'SUCCEEDED' THEN slot END) AS last_good_slot
FROM ops.job_runs
WHERE CAST(from_iso8601_timestamp(slot) AT TIME ZONE 'UTC' AS date) BETWEEN :from AND :to
GROUP BY job
ORDER BY job
