-- title: Abandoned carts
-- description: For each day: sessions that put something into the cart, those that bought nothing, their share, and the value that was left (put in less taken out, at the prices of the moment); a session belongs to the day on which it began; reads the days from :from to :to only
-- question: How much is left in carts?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  sessions AS (
    SELECT
      session_id,
      min(day) AS day,
      count_if(event_type = 'add_to_cart') > 0 AS added,
      count_if(event_type = 'purchase') > 0 AS bought,
      coalesce(sum(quantity * product.price) FILTER (WHERE event_type = 'add_to_cart'), 0)
        - coalesce(sum(quantity * product.price) FILTER (WHERE event_type = 'remove_from_cart'), 0) AS value
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY session_id
  )
SELECT
  day,
  count(*) AS carts,
  count_if(NOT bought) AS abandoned,
  CAST(count_if(NOT bought) AS double) / count(*) AS share,
  CAST(coalesce(sum(value) FILTER (WHERE NOT bought), 0) AS decimal(38, 2)) AS value_left
FROM sessions
WHERE added
GROUP BY day
ORDER BY day
