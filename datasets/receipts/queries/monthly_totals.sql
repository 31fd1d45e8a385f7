-- title: Totals per month of 2024
-- description: Receipts, totals and tax of each month, in euros; reads the partitions of 2024 only
-- question: How does spending develop?
-- parameters: none
SELECT
  month,
  count(*) AS receipts,
  sum(subtotal) AS net,
  sum(tax) AS tax_paid,
  sum(total_amount) AS total
FROM silver.receipts
WHERE year = '2024' AND currency = 'EUR'
GROUP BY month
ORDER BY month
