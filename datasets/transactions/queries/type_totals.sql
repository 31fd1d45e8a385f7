-- title: Spending by type
-- description: Bookings and sum of each type, and bookings above 10,000 that nobody approved; reads the days from :from to :to only
-- question: What is the money spent on, and what went past approval?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
SELECT
  type,
  count(*) AS bookings,
  sum(amount) AS total,
  count_if(amount > DECIMAL '10000.00' AND approved_by IS NULL) AS unapproved_large
FROM silver.transactions
WHERE day BETWEEN :from AND :to
GROUP BY type
ORDER BY total DESC, type
