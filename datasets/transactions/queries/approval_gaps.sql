-- title: Past approval
-- description: For each department: bookings above :limit, those of them that nobody approved, and their total; reads the days from :from to :to only
-- question: Where is the rule of four eyes not kept?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
-- parameter: limit decimal 10000, above which approval is needed
SELECT
  department,
  count(*) AS large,
  count_if(approved_by IS NULL) AS unapproved,
  coalesce(sum(amount) FILTER (WHERE approved_by IS NULL), DECIMAL '0.00') AS unapproved_total
FROM silver.transactions
WHERE day BETWEEN :from AND :to AND amount > :limit
GROUP BY department
ORDER BY unapproved_total DESC, department
