-- title: Tax by quarter
-- description: Net, tax and effective rate of each quarter and vendor category, in one currency; reads the partitions of :year only
-- question: How much tax was paid?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
SELECT
  quarter(purchase_time) AS quarter,
  vendor.category AS category,
  sum(subtotal) AS net,
  sum(tax) AS tax_paid,
  CAST(sum(tax) AS double) / nullif(CAST(sum(subtotal) AS double), 0) AS rate
FROM silver.receipts
WHERE year = :year AND currency = :currency
GROUP BY 1, 2
ORDER BY 1, 2
