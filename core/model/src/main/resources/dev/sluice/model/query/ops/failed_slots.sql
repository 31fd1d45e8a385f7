-- title: Slots without a good run
-- description: Slots of jobs of which no run ended well and none is under way, with what became of the last one, why, and where its logs lie; reads the runs of all datasets, those of slots from :from to :to
-- question: Which runs have to be looked at?
-- parameter: from date 2000-01-01, the first day of slots
-- parameter: to date 2099-12-31, the last day of slots
SELECT
  job,
  slot,
  max(attempt) AS attempts,
  max_by(status, attempt) AS status,
  max_by(reason, attempt) AS reason,
  max_by(logs, attempt) AS logs
FROM ops.job_runs
WHERE CAST(from_iso8601_timestamp(slot) AT TIME ZONE 'UTC' AS date) BETWEEN :from AND :to
GROUP BY job, slot
HAVING count_if(status IN ('SUCCEEDED', 'CLAIMED', 'QUEUED', 'RUNNING')) = 0
ORDER BY slot DESC, job
