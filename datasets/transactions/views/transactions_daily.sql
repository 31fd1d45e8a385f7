-- description: What each department spent on each day, by currency; a condition on day and department reads those partitions only
-- column: day string, Day of the bookings, UTC
-- column: department string, The department that is charged
-- column: currency string, ISO 4217 code of the amounts
-- column: bookings bigint, How many bookings
-- column: total decimal(38,2), Sum of their amounts
-- column: largest decimal(12,2), The largest amount
-- column: users bigint, How many employees booked
-- column: unapproved bigint, Bookings that nobody approved
SELECT
  day,
  department,
  currency,
  count(*) AS bookings,
  sum(amount) AS total,
  max(amount) AS largest,
  count(DISTINCT user_id) AS users,
  count_if(approved_by IS NULL) AS unapproved
FROM silver.transactions
GROUP BY day, department, currency
