-- title: From view to purchase
-- description: For the :limit products viewed most: views, sessions that viewed, put into the cart and bought them, and the share of viewers that bought; reads the days from :from to :to only
-- question: Which products sell once they are seen?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: limit integer 25, how many products
WITH
  pairs AS (
    SELECT
      product.product_id AS product_id,
      session_id,
      count_if(event_type = 'product_view') AS views,
      count_if(event_type = 'add_to_cart') > 0 AS added,
      count_if(event_type = 'purchase') > 0 AS bought
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND product IS NOT NULL
    GROUP BY product.product_id, session_id
  )
SELECT
  product_id,
  sum(views) AS views,
  count_if(views > 0) AS viewers,
  count_if(views > 0 AND added) AS added,
  count_if(views > 0 AND bought) AS buyers,
  CAST(count_if(views > 0 AND bought) AS double) / nullif(count_if(views > 0), 0) AS share
FROM pairs
GROUP BY product_id
ORDER BY views DESC, product_id
LIMIT :limit
