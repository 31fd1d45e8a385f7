-- title: Paths through the shop
-- description: The :limit most frequent beginnings of sessions, three kinds of event long (shorter sessions end in an exit), and their share of all; reads the days from :from to :to only
-- question: Which ways do visitors take?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: limit integer 20, how many paths
WITH
  numbered AS (
    SELECT
      session_id,
      event_type,
      row_number() OVER (PARTITION BY session_id ORDER BY event_time, event_id) AS place
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
  ),
  sessions AS (
    SELECT
      min(event_type) FILTER (WHERE place = 1) AS first,
      coalesce(min(event_type) FILTER (WHERE place = 2), 'exit') AS second,
      coalesce(
        min(event_type) FILTER (WHERE place = 3),
        if(count_if(place = 2) > 0, 'exit', '')
      ) AS third
    FROM numbered
    WHERE place <= 3
    GROUP BY session_id
  )
SELECT
  first,
  second,
  third,
  count(*) AS sessions,
  CAST(count(*) AS double) / sum(count(*)) OVER () AS share
FROM sessions
GROUP BY first, second, third
ORDER BY sessions DESC, first, second, third
LIMIT :limit
