-- title: Spending by day
-- description: Bookings and total of each day, and the average total of it and up to six days before; reads the days from :from to :to only
-- question: How does spending develop?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
WITH
  days AS (
    SELECT day, count(*) AS bookings, sum(amount) AS total
    FROM silver.transactions
    WHERE day BETWEEN :from AND :to
    GROUP BY day
  )
SELECT
  day,
  bookings,
  total,
  avg(CAST(total AS double)) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS average_of_week
FROM days
ORDER BY day
