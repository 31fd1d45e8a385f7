-- title: Top items
-- description: Pieces, revenue, average price of a piece and receipts of the :limit items with the highest revenue; reads the partitions of :year only
-- question: Which items make the turnover?
-- parameter: year string 2024, the year
-- parameter: currency string EUR, the currency
-- parameter: limit integer 20, how many items
SELECT
  item.description AS item,
  sum(item.quantity) AS pieces,
  sum(item.total) AS revenue,
  CAST(sum(item.total) AS double) / sum(item.quantity) AS average_price,
  count(DISTINCT receipt_id) AS receipts
FROM silver.receipts
CROSS JOIN UNNEST(line_items) AS item (description, quantity, unit_price, total)
WHERE year = :year AND currency = :currency
GROUP BY item.description
ORDER BY revenue DESC, item
LIMIT :limit
