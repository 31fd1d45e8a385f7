-- title: Categories by month
-- description: Receipts and total of each vendor category in each month of :year; reads the partitions of :year only
-- question: What is the money spent on, and when?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
SELECT month, vendor.category AS category, count(*) AS receipts, sum(total_amount) AS total
FROM silver.receipts
WHERE year = :year AND currency = :currency
GROUP BY month, vendor.category
ORDER BY month, category
