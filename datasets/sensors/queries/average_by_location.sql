-- title: Climate and batteries by location
-- description: Readings, distinct sensors, average, lowest and highest temperature, and readings with a low battery, for each location; reads the days from :from to :to only
-- question: Where is it too warm or too cold, and where do batteries need changing?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
SELECT
  location,
  count(*) AS readings,
  count(DISTINCT sensor_id) AS sensors,
  avg(temperature) AS avg_temperature,
  min(temperature) AS min_temperature,
  max(temperature) AS max_temperature,
  count_if(battery_level < 20) AS low_battery_readings
FROM silver.sensors
WHERE day BETWEEN :from AND :to
GROUP BY location
ORDER BY location
