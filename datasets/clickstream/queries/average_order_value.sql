-- title: Average order value
-- description: Orders, average and largest value, and average pieces and products of an order, by kind of device; reads the days from :from to :to only
-- question: How large are orders?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  orders AS (
    SELECT
      order_id,
      min(device.type) AS device,
      CAST(sum(quantity * product.price) AS decimal(38, 2)) AS value,
      sum(quantity) AS pieces,
      count(DISTINCT product.product_id) AS products
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'purchase'
    GROUP BY order_id
  )
SELECT
  device,
  count(*) AS orders,
  CAST(sum(value) AS double) / count(*) AS average_value,
  max(value) AS largest,
  CAST(sum(pieces) AS double) / count(*) AS pieces,
  CAST(sum(products) AS double) / count(*) AS products
FROM orders
GROUP BY device
ORDER BY device
