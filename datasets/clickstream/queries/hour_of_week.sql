-- title: Hours of the week
-- description: Events, visitors and orders of each weekday (Monday is 1) and hour in UTC, for a heat map; reads the days from :from to :to only
-- question: When is the shop busy?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
SELECT
  day_of_week(event_time) AS weekday,
  hour(event_time) AS hour,
  count(*) AS events,
  count(DISTINCT user_id) AS visitors,
  count(DISTINCT order_id) AS orders
FROM silver.clickstream
WHERE day BETWEEN :from AND :to
GROUP BY 1, 2
ORDER BY 1, 2
