-- title: Retention of customers
-- description: Buyers by the day of their first order, and the share of them that visited, and that bought, on a later day; reads the days from :from to :to only
-- question: Do customers stay?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  days AS (
    SELECT user_id, day, count_if(event_type = 'purchase') > 0 AS bought
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY user_id, day
  ),
  buyers AS (
    SELECT user_id, min(day) AS first_order FROM days WHERE bought GROUP BY user_id
  ),
  later AS (
    SELECT
      b.user_id,
      b.first_order,
      count_if(d.day > b.first_order) > 0 AS visited,
      count_if(d.day > b.first_order AND d.bought) > 0 AS bought
    FROM buyers b
    JOIN days d ON d.user_id = b.user_id
    GROUP BY b.user_id, b.first_order
  )
SELECT
  first_order,
  count(*) AS customers,
  CAST(count_if(visited) AS double) / count(*) AS visited_again,
  CAST(count_if(bought) AS double) / count(*) AS bought_again
FROM later
GROUP BY first_order
ORDER BY first_order
