-- title: Top vendors
-- description: Receipts, pieces, paid total and average basket of the :limit vendors with the highest total, in one currency; reads every partition
-- question: Where does the money go?
-- parameter: currency string EUR, the currency
-- parameter: limit integer 10, how many vendors
SELECT
  vendor.name AS vendor,
  vendor.category AS category,
  count(*) AS receipts,
  sum(reduce(line_items, 0, (pieces, item) -> pieces + item.quantity, pieces -> pieces)) AS pieces,
  sum(total_amount) AS total,
  CAST(sum(total_amount) AS double) / count(*) AS average_basket
FROM silver.receipts
WHERE currency = :currency
GROUP BY vendor.name, vendor.category
ORDER BY total DESC, vendor
LIMIT :limit
