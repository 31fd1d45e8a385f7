-- title: Cohorts
-- description: Visitors by the day of their first visit within the days, and how many of them were there again after each number of days; reads the days from :from to :to only
-- question: Do visitors come back?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  visits AS (
    SELECT DISTINCT user_id, CAST(day AS date) AS day
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
  ),
  cohorts AS (
    SELECT user_id, day, min(day) OVER (PARTITION BY user_id) AS first_day FROM visits
  )
SELECT
  first_day AS cohort,
  date_diff('day', first_day, day) AS days_later,
  count(*) AS visitors,
  CAST(count(*) AS double)
    / first_value(count(*)) OVER (PARTITION BY first_day ORDER BY date_diff('day', first_day, day)) AS share
FROM cohorts
GROUP BY first_day, date_diff('day', first_day, day)
ORDER BY cohort, days_later
