-- title: Average basket by payment
-- description: For each way of payment: receipts, average lines and pieces of a receipt, average total and the largest one; reads the partitions of :year only
-- question: How large are purchases, and does it depend on how people pay?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
SELECT
  payment_method,
  count(*) AS receipts,
  CAST(sum(cardinality(line_items)) AS double) / count(*) AS lines,
  CAST(sum(reduce(line_items, 0, (sum, item) -> sum + item.quantity, sum -> sum)) AS double) / count(*) AS pieces,
  CAST(sum(total_amount) AS double) / count(*) AS average_total,
  max(total_amount) AS largest
FROM silver.receipts
WHERE year = :year AND currency = :currency
GROUP BY payment_method
ORDER BY payment_method
