-- title: Landing pages
-- description: The :limit pages on which most sessions begin, how many, their share, and the share of them with a purchase; reads the days from :from to :to only
-- question: Where do visits begin?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
-- parameter: limit integer 15, how many pages
WITH
  sessions AS (
    SELECT
      session_id,
      min_by(page.url, (event_time, event_id)) AS page,
      count_if(event_type = 'purchase') > 0 AS bought
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY session_id
  )
SELECT
  page,
  count(*) AS sessions,
  CAST(count(*) AS double) / sum(count(*)) OVER () AS share,
  CAST(count_if(bought) AS double) / count(*) AS buying
FROM sessions
GROUP BY page
ORDER BY sessions DESC, page
LIMIT :limit
