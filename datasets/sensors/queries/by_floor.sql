-- title: Sensors by floor
-- description: Sensors, readings and average temperature of each floor, as the building's operators noted it; reads the days from :from to :to only
-- question: How do the floors differ?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
SELECT
  coalesce(element_at(metadata.attributes, 'floor'), 'unknown') AS floor,
  count(DISTINCT sensor_id) AS sensors,
  count(*) AS readings,
  avg(temperature) AS avg_temperature
FROM silver.sensors
WHERE day BETWEEN :from AND :to
GROUP BY 1
ORDER BY 1
