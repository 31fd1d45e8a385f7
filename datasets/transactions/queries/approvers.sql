-- title: Who approves whom
-- description: Pairs of employee and approver: bookings and total, the :limit with the highest total; reads the days from :from to :to only
-- question: Do the same two people approve each other again and again?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
-- parameter: limit integer 20, how many pairs
SELECT user_id, approved_by, count(*) AS bookings, sum(amount) AS total
FROM silver.transactions
WHERE day BETWEEN :from AND :to AND approved_by IS NOT NULL
GROUP BY user_id, approved_by
ORDER BY total DESC, user_id, approved_by
LIMIT :limit
