-- title: Revenue by day
-- description: Events, orders, sold pieces, revenue and average order value of each day; reads the days from :from to :to only
-- question: How does the shop develop?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
SELECT
  day,
  count(*) AS events,
  count(DISTINCT order_id) AS orders,
  sum(CASE WHEN event_type = 'purchase' THEN quantity ELSE 0 END) AS pieces,
  CAST(sum(CASE WHEN event_type = 'purchase' THEN quantity * product.price ELSE 0 END) AS decimal(38, 2)) AS revenue,
  CAST(sum(CASE WHEN event_type = 'purchase' THEN quantity * product.price ELSE 0 END) AS double)
    / nullif(count(DISTINCT order_id), 0) AS average_order_value
FROM silver.clickstream
WHERE day BETWEEN :from AND :to
GROUP BY day
ORDER BY day
