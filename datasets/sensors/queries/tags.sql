-- title: Readings by tag
-- description: Sensors, readings and those that are not active for each label that operators gave; a sensor with two labels counts for both; reads the days from :from to :to only
-- question: Do leased or outdoor devices fail more often?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
SELECT
  tag,
  count(DISTINCT sensor_id) AS sensors,
  count(*) AS readings,
  count_if(status <> 'active') AS not_active
FROM silver.sensors
CROSS JOIN UNNEST(metadata.tags) AS t (tag)
WHERE day BETWEEN :from AND :to
GROUP BY tag
ORDER BY tag
