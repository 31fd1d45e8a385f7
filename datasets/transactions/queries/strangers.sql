-- title: Booking for others
-- description: Employees with bookings for at least :departments departments: how many, and the share of bookings outside of the department they book for most; reads the days from :from to :to only
-- question: Who books for departments that are not their own?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
-- parameter: departments integer 3, from how many departments on
WITH
  pairs AS (
    SELECT user_id, department, count(*) AS bookings, sum(amount) AS total
    FROM silver.transactions
    WHERE day BETWEEN :from AND :to
    GROUP BY user_id, department
  )
SELECT
  user_id,
  count(*) AS departments,
  sum(bookings) AS bookings,
  CAST(sum(bookings) - max(bookings) AS double) / sum(bookings) AS elsewhere_share,
  sum(total) AS total
FROM pairs
GROUP BY user_id
HAVING count(*) >= :departments
ORDER BY elsewhere_share DESC, user_id
