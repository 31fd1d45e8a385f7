-- title: Silent sensors
-- description: Sensors with readings in the days from :from to :to whose newest one is more than :hours hours older than the newest of all, the longest silent first; reads those days only
-- question: Which sensors have stopped to report?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
-- parameter: hours integer 24, how long is too long
WITH
  last_seen AS (
    SELECT sensor_id, max_by(location, event_time) AS location, max(event_time) AS seen
    FROM silver.sensors
    WHERE day BETWEEN :from AND :to
    GROUP BY sensor_id
  ),
  now AS (
    SELECT max(seen) AS newest FROM last_seen
  )
SELECT
  sensor_id,
  location,
  date_format(seen, '%Y-%m-%d %H:%i:%s') AS last_seen,
  date_diff('minute', seen, newest) AS silent_minutes
FROM last_seen
CROSS JOIN now
WHERE date_diff('minute', seen, newest) > :hours * 60
ORDER BY silent_minutes DESC, sensor_id
