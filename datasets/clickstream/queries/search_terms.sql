-- title: Searches
-- description: The :limit terms searched for most: searches, sessions, and the share of sessions that viewed a product afterwards; reads the days from :from to :to only
-- question: What do visitors look for, and do they find it?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: limit integer 20, how many terms
WITH
  searches AS (
    SELECT session_id, search_query AS term, count(*) AS searches, min(event_time) AS at
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'search'
    GROUP BY session_id, search_query
  ),
  views AS (
    SELECT session_id, max(event_time) AS last_view
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to AND event_type = 'product_view'
    GROUP BY session_id
  )
SELECT
  s.term,
  sum(s.searches) AS searches,
  count(*) AS sessions,
  CAST(count_if(v.last_view > s.at) AS double) / count(*) AS viewed_afterwards
FROM searches s
LEFT JOIN views v ON v.session_id = s.session_id
GROUP BY s.term
ORDER BY searches DESC, s.term
LIMIT :limit
