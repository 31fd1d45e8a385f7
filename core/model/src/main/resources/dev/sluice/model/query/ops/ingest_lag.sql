-- title: How late data is
-- description: For each dataset and day of upload, loaded objects and the seconds from the upload to the ledger entry: median, 95th percentile, most; reads the ledger of all datasets
-- question: How long does it take from an upload until it can be queried?
-- parameter: from date 2000-01-01, the first day of upload
-- parameter: to date 2099-12-31, the last day of upload
WITH
  loaded AS (
    SELECT
      dataset,
      from_iso8601_timestamp(event_time) AS uploaded,
      date_add('millisecond', duration_ms, from_iso8601_timestamp(started_at)) AS entered
    FROM ops.ledger
    WHERE status IN ('LOADED', 'LOADED_WITH_QUARANTINE') AND event_time IS NOT NULL
  ),
  lags AS (
    SELECT
      dataset,
      CAST(uploaded AT TIME ZONE 'UTC' AS date) AS day,
      CAST(date_diff('millisecond', uploaded, entered) AS double) / 1000 AS seconds
    FROM loaded
  )
SELECT
  dataset,
  day,
  count(*) AS objects,
  approx_percentile(seconds, 0.5) AS median_s,
  approx_percentile(seconds, 0.95) AS p95_s,
  max(seconds) AS max_s
FROM lags
WHERE day BETWEEN :from AND :to
GROUP BY dataset, day
ORDER BY day DESC, dataset
