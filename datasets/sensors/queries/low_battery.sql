-- title: Batteries to change
-- description: Sensors whose newest reading in the days from :from to :to shows less than :percent per cent, the emptiest first; reads those days only
-- question: Which batteries need changing?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
-- parameter: percent decimal 20, what counts as low
SELECT
  sensor_id,
  max_by(location, event_time) AS location,
  max_by(metadata.device_model, event_time) AS device_model,
  max_by(battery_level, event_time) AS battery_level,
  date_format(max(event_time), '%Y-%m-%d %H:%i:%s') AS last_seen
FROM silver.sensors
WHERE day BETWEEN :from AND :to
GROUP BY sensor_id
HAVING max_by(battery_level, event_time) < :percent
ORDER BY battery_level, sensor_id
