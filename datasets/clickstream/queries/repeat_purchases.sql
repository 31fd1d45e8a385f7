-- title: Time between orders
-- description: For customers with several orders: how many have their second, third … order, and the average and least hours since the one before; reads the days from :from to :to only
-- question: After how long do customers buy again?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  orders AS (
    SELECT order_id, min(user_id) AS user_id, max(event_time) AS at
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'purchase'
    GROUP BY order_id
  ),
  numbered AS (
    SELECT
      row_number() OVER (PARTITION BY user_id ORDER BY at, order_id) AS number,
      CAST(date_diff('millisecond', lag(at) OVER (PARTITION BY user_id ORDER BY at, order_id), at) AS double)
        / 3600000 AS hours
    FROM orders
  )
SELECT number, count(*) AS orders, avg(hours) AS average_hours, min(hours) AS least_hours
FROM numbered
WHERE number > 1
GROUP BY number
ORDER BY number
