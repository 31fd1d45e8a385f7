-- title: Largest receipts
-- description: The :limit receipts with the highest totals and their share of the year's total in that currency; reads the partitions of :year only
-- question: Which single purchases matter?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
-- parameter: limit integer 25, how many
SELECT
  receipt_id,
  vendor.name AS vendor,
  date_format(purchase_time, '%Y-%m-%d') AS day,
  total_amount,
  CAST(total_amount AS double) / CAST(sum(total_amount) OVER () AS double) AS share
FROM silver.receipts
WHERE year = :year AND currency = :currency
ORDER BY total_amount DESC, receipt_id
LIMIT :limit
