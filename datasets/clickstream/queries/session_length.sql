-- title: Length of sessions
-- description: Sessions of more than one event by kind of device: average seconds, and the (approximate) median, 90th and 99th percentile; reads the days from :from to :to only
-- question: How long do visitors stay?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  sessions AS (
    SELECT
      session_id,
      min(device.type) AS device,
      CAST(date_diff('millisecond', min(event_time), max(event_time)) AS double) / 1000 AS seconds
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY session_id
    HAVING count(*) > 1
  )
SELECT
  device,
  count(*) AS sessions,
  avg(seconds) AS average,
  approx_percentile(seconds, 0.5) AS median,
  approx_percentile(seconds, 0.9) AS p90,
  approx_percentile(seconds, 0.99) AS p99
FROM sessions
GROUP BY device
ORDER BY device
