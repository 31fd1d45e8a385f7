-- title: Employees
-- description: For each employee: bookings, total, largest booking, departments charged, bookings outside of office hours and their share; the :limit with the highest total; reads the days from :from to :to only
-- question: Who spends how much?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
-- parameter: limit integer 50, how many employees
SELECT
  user_id,
  count(*) AS bookings,
  sum(amount) AS total,
  max(amount) AS max_amount,
  count(DISTINCT department) AS departments,
  count_if(hour(event_time) < 6 OR hour(event_time) >= 20) AS off_hours,
  CAST(count_if(hour(event_time) < 6 OR hour(event_time) >= 20) AS double) / count(*) AS off_hours_share
FROM silver.transactions
WHERE day BETWEEN :from AND :to
GROUP BY user_id
ORDER BY total DESC, user_id
LIMIT :limit
