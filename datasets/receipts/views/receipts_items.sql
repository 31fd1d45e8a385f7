-- description: The lines of all receipts, one row for each line; a condition on year and month reads those partitions only
-- column: receipt_id string, The receipt's number
-- column: line bigint, Place of the line on the receipt, from 1
-- column: purchase_time timestamp, When the purchase was made
-- column: vendor string, The vendor's name
-- column: category string, The vendor's trade
-- column: item string, What was bought
-- column: quantity int, How many pieces
-- column: unit_price decimal(10,2), Price of one piece, without tax
-- column: total decimal(12,2), Quantity times unit price
-- column: currency string, ISO 4217 code of the amounts
-- column: payment_method string, How it was paid
-- column: year string, Year of the purchase, UTC
-- column: month string, Month of the purchase, UTC
SELECT
  receipt_id,
  item.line AS line,
  purchase_time,
  vendor.name AS vendor,
  vendor.category AS category,
  item.description AS item,
  item.quantity AS quantity,
  item.unit_price AS unit_price,
  item.total AS total,
  currency,
  payment_method,
  year,
  month
FROM silver.receipts
CROSS JOIN UNNEST(line_items) WITH ORDINALITY AS item (description, quantity, unit_price, total, line)
