-- title: Climate and batteries by location
-- description: Readings, distinct sensors, average, lowest and highest temperature, and readings with a low battery, for each location
-- question: Where is it too warm or too cold, and where do batteries need changing?
SELECT
  location,
  count(*) AS readings,
  count(DISTINCT sensor_id) AS sensors,
  avg(temperature) AS avg_temperature,
  min(temperature) AS min_temperature,
  max(temperature) AS max_temperature,
  count_if(battery_level < 20) AS low_battery_readings
FROM silver.sensors
GROUP BY location
ORDER BY location
