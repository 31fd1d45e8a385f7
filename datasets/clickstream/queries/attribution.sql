-- title: Attribution
-- description: Orders and revenue of each campaign, once credited to the visitor's first campaign within the days, once to the last one up to the order; none when there was no campaign; reads the days from :from to :to only
-- question: Which campaigns deserve the credit for sales?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  events AS (
    SELECT user_id, order_id, event_time, event_id, event_type, campaign, quantity * product.price AS value
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
  ),
  orders AS (
    SELECT order_id, min(user_id) AS user_id, max(event_time) AS at, sum(value) AS value
    FROM events
    WHERE event_type = 'purchase'
    GROUP BY order_id
  ),
  touched AS (
    SELECT
      o.order_id,
      o.value,
      coalesce(min_by(e.campaign, (e.event_time, e.event_id)), 'none') AS first_touch,
      coalesce(max_by(e.campaign, (e.event_time, e.event_id)), 'none') AS last_touch
    FROM orders o
    LEFT JOIN events e ON e.user_id = o.user_id AND e.campaign IS NOT NULL AND e.event_time <= o.at
    GROUP BY o.order_id, o.value
  ),
  credits AS (
    SELECT first_touch AS campaign, 1 AS first_orders, value AS first_value, 0 AS last_orders, 0 AS last_value
    FROM touched
    UNION ALL
    SELECT last_touch, 0, 0, 1, value FROM touched
  )
SELECT
  campaign,
  sum(first_orders) AS first_touch_orders,
  CAST(sum(first_value) AS decimal(38, 2)) AS first_touch_revenue,
  sum(last_orders) AS last_touch_orders,
  CAST(sum(last_value) AS decimal(38, 2)) AS last_touch_revenue
FROM credits
GROUP BY campaign
ORDER BY campaign
