-- title: Totals per month
-- description: Receipts, totals and tax of each month, in one currency; reads the partitions of :year only
-- question: How does spending develop?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
SELECT
  month,
  count(*) AS receipts,
  sum(subtotal) AS net,
  sum(tax) AS tax_paid,
  sum(total_amount) AS total
FROM silver.receipts
WHERE year = :year AND currency = :currency
GROUP BY month
ORDER BY month
