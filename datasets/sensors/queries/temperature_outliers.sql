-- title: Odd temperatures
-- description: Readings further than :sigmas standard deviations from the average of their place and day, the furthest first, at most :limit; reads the days from :from to :to only
-- question: Which readings are out of the ordinary?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
-- parameter: sigmas decimal 3, how far is odd
-- parameter: limit integer 50, how many at most
WITH
  compared AS (
    SELECT
      sensor_id,
      location,
      day,
      event_time,
      temperature,
      avg(temperature) OVER (PARTITION BY location, day) AS usual,
      stddev_samp(temperature) OVER (PARTITION BY location, day) AS spread
    FROM silver.sensors
    WHERE day BETWEEN :from AND :to
  )
SELECT
  location,
  sensor_id,
  date_format(event_time, '%Y-%m-%d %H:%i:%s') AS time,
  temperature,
  usual,
  (temperature - usual) / spread AS sigmas
FROM compared
WHERE spread > 0 AND abs(temperature - usual) > :sigmas * spread
ORDER BY abs((temperature - usual) / spread) DESC, sensor_id, time
LIMIT :limit
