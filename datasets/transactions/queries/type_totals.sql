-- title: Spending by type
-- description: Bookings and sum of each type, and bookings above 10,000 that nobody approved
-- question: What is the money spent on, and what went past approval?
SELECT
  type,
  count(*) AS bookings,
  sum(amount) AS total,
  count_if(amount > DECIMAL '10000.00' AND approved_by IS NULL) AS unapproved_large
FROM silver.transactions
GROUP BY type
ORDER BY total DESC, type
