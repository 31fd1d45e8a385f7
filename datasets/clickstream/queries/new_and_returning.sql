-- title: New and returning visitors
-- description: For each day: visitors for the first time within the days, and those who were there before, and the revenue of both; reads the days from :from to :to only
-- question: Does the shop live on new or on returning visitors?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  days AS (
    SELECT
      user_id,
      day,
      coalesce(sum(quantity * product.price) FILTER (WHERE event_type = 'purchase'), 0) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY user_id, day
  ),
  told AS (
    SELECT day, revenue, day = min(day) OVER (PARTITION BY user_id) AS new FROM days
  )
SELECT
  day,
  count_if(new) AS new_visitors,
  count_if(NOT new) AS returning_visitors,
  CAST(coalesce(sum(revenue) FILTER (WHERE new), 0) AS decimal(38, 2)) AS new_revenue,
  CAST(coalesce(sum(revenue) FILTER (WHERE NOT new), 0) AS decimal(38, 2)) AS returning_revenue
FROM told
GROUP BY day
ORDER BY day
