-- title: Top ten vendors
-- description: Receipts, pieces, paid total and average basket of the ten vendors with the highest total, in euros
-- question: Where does the money go?
-- parameters: none
SELECT
  vendor.name AS vendor,
  vendor.category AS category,
  count(*) AS receipts,
  sum(reduce(line_items, 0, (pieces, item) -> pieces + item.quantity, pieces -> pieces)) AS pieces,
  sum(total_amount) AS total,
  CAST(sum(total_amount) AS double) / count(*) AS average_basket
FROM silver.receipts
WHERE currency = 'EUR'
GROUP BY vendor.name, vendor.category
ORDER BY total DESC, vendor
LIMIT 10
