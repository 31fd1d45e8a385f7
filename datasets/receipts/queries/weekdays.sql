-- title: Weekdays
-- description: Receipts, total and average of each day of the week, Monday is 1; reads the partitions of :year only
-- question: On which days are people shopping?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
SELECT
  day_of_week(purchase_time) AS weekday,
  count(*) AS receipts,
  sum(total_amount) AS total,
  CAST(sum(total_amount) AS double) / count(*) AS average_total
FROM silver.receipts
WHERE year = :year AND currency = :currency
GROUP BY 1
ORDER BY 1
