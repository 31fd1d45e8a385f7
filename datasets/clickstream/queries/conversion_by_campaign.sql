-- title: Conversion by campaign
-- description: Sessions, sessions with a purchase and their share, orders, revenue, and revenue per session; reads the days from :from to :to only
-- question: Which campaigns lead to purchases?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  sessions AS (
    SELECT
      session_id,
      coalesce(min(campaign), 'none') AS campaign,
      count(DISTINCT order_id) AS orders,
      coalesce(sum(quantity * product.price) FILTER (WHERE event_type = 'purchase'), 0) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY session_id
  )
SELECT
  campaign,
  count(*) AS sessions,
  count_if(orders > 0) AS buying,
  CAST(count_if(orders > 0) AS double) / count(*) AS conversion,
  sum(orders) AS orders,
  CAST(sum(revenue) AS decimal(38, 2)) AS revenue,
  CAST(sum(revenue) AS double) / count(*) AS revenue_per_session
FROM sessions
GROUP BY campaign
ORDER BY campaign
