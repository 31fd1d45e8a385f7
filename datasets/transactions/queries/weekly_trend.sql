-- title: Spending by week
-- description: Bookings, employees and total of each department and week, weeks named by their Monday, and the change to the week before; reads the days from :from to :to only
-- question: Which departments spend more than last week?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
WITH
  weeks AS (
    SELECT
      department,
      CAST(date_trunc('week', event_time) AS date) AS week,
      count(*) AS bookings,
      count(DISTINCT user_id) AS users,
      sum(amount) AS total
    FROM silver.transactions
    WHERE day BETWEEN :from AND :to
    GROUP BY 1, 2
  )
SELECT
  department,
  week,
  bookings,
  users,
  total,
  CAST(total AS double) / CAST(lag(total) OVER (PARTITION BY department ORDER BY week) AS double) - 1 AS change
FROM weeks
ORDER BY department, week
