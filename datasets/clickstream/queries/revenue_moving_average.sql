-- title: Revenue, smoothed
-- description: Revenue of each day and its average over the day and the two before; reads the days from :from to :to only
-- question: What is the trend behind the ups and downs of days?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  days AS (
    SELECT
      day,
      CAST(coalesce(sum(quantity * product.price) FILTER (WHERE event_type = 'purchase'), 0) AS decimal(38, 2)) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY day
  )
SELECT
  day,
  revenue,
  avg(CAST(revenue AS double)) OVER (ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS average_of_three
FROM days
ORDER BY day
