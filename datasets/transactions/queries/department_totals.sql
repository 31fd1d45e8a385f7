-- title: Spending by department
-- description: Bookings, sum, largest and average amount, and bookings outside office hours, for each department
-- question: Which departments spend how much?
SELECT
  department,
  count(*) AS bookings,
  count(DISTINCT user_id) AS users,
  sum(amount) AS total,
  max(amount) AS max_amount,
  CAST(sum(amount) AS double) / count(*) AS average_amount,
  count_if(hour(event_time) < 6 OR hour(event_time) >= 20) AS off_hours
FROM silver.transactions
GROUP BY department
ORDER BY department
