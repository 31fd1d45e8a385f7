-- title: Categories
-- description: For each category: products sold, pieces, revenue, and the share of all revenue; reads the days from :from to :to only
-- question: What does the shop live on?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  categories AS (
    SELECT
      product.category AS category,
      count(DISTINCT product.product_id) AS products,
      sum(quantity) AS pieces,
      CAST(sum(quantity * product.price) AS decimal(38, 2)) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'purchase'
    GROUP BY product.category
  )
SELECT
  category,
  products,
  pieces,
  revenue,
  CAST(revenue AS double) / CAST(sum(revenue) OVER () AS double) AS share
FROM categories
ORDER BY revenue DESC, category
