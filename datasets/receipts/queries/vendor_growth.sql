-- title: Vendors month by month
-- description: Total of each vendor and month, the month before, and the change; months without receipts are left out; reads the partitions of :year only
-- question: Which vendors grow, which shrink?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
WITH
  months AS (
    SELECT vendor.name AS vendor, month, sum(total_amount) AS total
    FROM silver.receipts
    WHERE year = :year AND currency = :currency
    GROUP BY vendor.name, month
  )
SELECT
  vendor,
  month,
  total,
  lag(total) OVER (PARTITION BY vendor ORDER BY month) AS month_before,
  CAST(total AS double) / CAST(lag(total) OVER (PARTITION BY vendor ORDER BY month) AS double) - 1 AS change
FROM months
ORDER BY vendor, month
