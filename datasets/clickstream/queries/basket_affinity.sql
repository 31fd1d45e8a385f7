-- title: Bought together
-- description: Pairs of categories in one order: orders with both, the share of the orders with the first that have the second too, and how many times more often that is than by chance (lift); at least :orders orders; reads the days from :from to :to only
-- question: What is bought together?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: orders integer 2, in how many orders at least
WITH
  baskets AS (
    SELECT DISTINCT order_id, product.category AS category
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'purchase'
  ),
  totals AS (
    SELECT category, count(*) AS orders FROM baskets GROUP BY category
  ),
  everything AS (
    SELECT count(DISTINCT order_id) AS orders FROM baskets
  ),
  pairs AS (
    SELECT a.category AS first, b.category AS second, count(*) AS orders
    FROM baskets a
    JOIN baskets b ON b.order_id = a.order_id AND b.category > a.category
    GROUP BY a.category, b.category
  )
SELECT
  p.first,
  p.second,
  p.orders,
  CAST(p.orders AS double) / f.orders AS confidence,
  CAST(p.orders AS double) * e.orders / (CAST(f.orders AS double) * s.orders) AS lift
FROM pairs p
JOIN totals f ON f.category = p.first
JOIN totals s ON s.category = p.second
CROSS JOIN everything e
WHERE p.orders >= :orders
ORDER BY p.orders DESC, p.first, p.second
