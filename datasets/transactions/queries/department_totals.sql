-- title: Spending by department
-- description: Bookings, sum, largest and average amount, and bookings outside office hours, for each department; reads the days from :from to :to only
-- question: Which departments spend how much?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
SELECT
  department,
  count(*) AS bookings,
  count(DISTINCT user_id) AS users,
  sum(amount) AS total,
  max(amount) AS max_amount,
  CAST(sum(amount) AS double) / count(*) AS average_amount,
  count_if(hour(event_time) < 6 OR hour(event_time) >= 20) AS off_hours
FROM silver.transactions
WHERE day BETWEEN :from AND :to
GROUP BY department
ORDER BY department
