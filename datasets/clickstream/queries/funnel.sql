-- title: Conversion funnel
-- description: Distinct sessions that reached each step, the share of all sessions and of the step before, and the revenue of the last step; reads the days from :from to :to only
-- question: Where do visitors drop out on the way to a purchase?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  sessions AS (
    SELECT
      session_id,
      count_if(event_type = 'product_view') > 0 AS viewed,
      count_if(event_type = 'add_to_cart') > 0 AS added,
      count_if(event_type = 'checkout') > 0 AS checked_out,
      count_if(event_type = 'purchase') > 0 AS purchased,
      sum(CASE WHEN event_type = 'purchase' THEN quantity * product.price END) AS revenue
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY session_id
  ),
  steps (place, step, sessions, revenue) AS (
    SELECT 1, 'session', count(*), CAST(NULL AS decimal(38, 2)) FROM sessions
    UNION ALL
    SELECT 2, 'product_view', count_if(viewed), NULL FROM sessions
    UNION ALL
    SELECT 3, 'add_to_cart', count_if(added), NULL FROM sessions
    UNION ALL
    SELECT 4, 'checkout', count_if(checked_out), NULL FROM sessions
    UNION ALL
    SELECT 5, 'purchase', count_if(purchased), coalesce(CAST(sum(revenue) AS decimal(38, 2)), 0) FROM sessions
  )
SELECT
  step,
  sessions,
  CAST(sessions AS double) / nullif(max(sessions) OVER (), 0) AS of_all,
  CAST(sessions AS double) / nullif(lag(sessions) OVER (ORDER BY place), 0) AS of_previous,
  revenue
FROM steps
ORDER BY place
