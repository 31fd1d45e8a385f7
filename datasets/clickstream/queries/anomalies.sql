-- title: Odd hours
-- description: Hours whose number of events is further than :sigmas standard deviations from the average of the same hour on all days; reads the days from :from to :to only
-- question: When did something unusual happen?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: sigmas decimal 1.5, how far is odd
WITH
  hours AS (
    SELECT date_trunc('hour', event_time) AS at, count(*) AS events
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY 1
  ),
  compared AS (
    SELECT
      at,
      events,
      avg(events) OVER (PARTITION BY hour(at)) AS usual,
      stddev_samp(events) OVER (PARTITION BY hour(at)) AS spread
    FROM hours
  )
SELECT date_format(at, '%Y-%m-%d %H:00') AS hour, events, usual, (events - usual) / spread AS sigmas
FROM compared
WHERE spread > 0 AND abs(events - usual) > :sigmas * spread
ORDER BY hour
