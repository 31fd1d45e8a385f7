-- title: Unusual amounts
-- description: Bookings of more than :factor times the average of their department and type, the furthest above first, at most :limit; reads the days from :from to :to only
-- question: Which bookings should somebody look at?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
-- parameter: factor decimal 5, how many times the average
-- parameter: limit integer 100, how many at most
WITH
  compared AS (
    SELECT
      transaction_id,
      day,
      department,
      type,
      user_id,
      amount,
      approved_by,
      avg(CAST(amount AS double)) OVER (PARTITION BY department, type) AS usual
    FROM silver.transactions
    WHERE day BETWEEN :from AND :to
  )
SELECT
  transaction_id,
  day,
  department,
  type,
  user_id,
  amount,
  CAST(amount AS double) / usual AS times_usual,
  approved_by IS NOT NULL AS approved
FROM compared
WHERE CAST(amount AS double) > :factor * usual
ORDER BY CAST(amount AS double) / usual DESC, transaction_id
LIMIT :limit
