-- title: Climate by the hour
-- description: Readings, average temperature and humidity, and highest temperature of each hour at one place; reads the one partition of :location and :day
-- question: How did temperature and humidity develop over a day?
-- parameter: location string cold_storage, the place
-- parameter: day day 2024-01-16, the day
SELECT
  hour(event_time) AS hour,
  count(*) AS readings,
  avg(temperature) AS avg_temperature,
  avg(humidity) AS avg_humidity,
  max(temperature) AS max_temperature
FROM silver.sensors
WHERE location = :location AND day = :day
GROUP BY hour(event_time)
ORDER BY hour
