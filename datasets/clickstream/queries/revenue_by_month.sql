-- title: Revenue by month
-- description: Visitors, sessions, orders and revenue of each month, months named by their first day, and the change of revenue to the month before; reads the days from :from to :to only
-- question: How does the shop develop from month to month?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  periods AS (
    SELECT
      CAST(date_trunc('month', event_time) AS date) AS month,
      count(DISTINCT user_id) AS visitors,
      count(DISTINCT session_id) AS sessions,
      count(DISTINCT order_id) AS orders,
      CAST(coalesce(sum(quantity * product.price) FILTER (WHERE event_type = 'purchase'), 0) AS decimal(38, 2)) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY 1
  )
SELECT
  month,
  visitors,
  sessions,
  orders,
  revenue,
  CAST(revenue AS double) / nullif(CAST(lag(revenue) OVER (ORDER BY month) AS double), 0) - 1 AS change
FROM periods
ORDER BY month
