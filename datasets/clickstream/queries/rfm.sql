-- title: Recency, frequency, money
-- description: Buyers by how recently they bought (within :recent_days days of the newest order, or longer ago), how often (at least :often orders), and how much (at least :much in all): customers, orders and revenue of each segment; reads the days from :from to :to only
-- question: Who are the best customers, and who is being lost?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: recent_days integer 2, what counts as recent
-- parameter: often integer 2, how many orders are often
-- parameter: much decimal 500, how much is much
WITH
  buyers AS (
    SELECT
      user_id,
      max(event_time) AS last_order,
      count(DISTINCT order_id) AS orders,
      CAST(sum(quantity * product.price) AS decimal(38, 2)) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'purchase'
    GROUP BY user_id
  ),
  newest AS (
    SELECT max(last_order) AS at FROM buyers
  ),
  scored AS (
    SELECT
      CASE WHEN date_diff('minute', last_order, at) <= :recent_days * 1440 THEN 'recent' ELSE 'long ago' END AS recency,
      CASE WHEN orders >= :often THEN 'often' ELSE 'rarely' END AS frequency,
      CASE WHEN revenue >= :much THEN 'much' ELSE 'little' END AS money,
      orders,
      revenue
    FROM buyers
    CROSS JOIN newest
  )
SELECT recency, frequency, money, count(*) AS customers, sum(orders) AS orders, sum(revenue) AS revenue
FROM scored
GROUP BY recency, frequency, money
ORDER BY recency, frequency, money
