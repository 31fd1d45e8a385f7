-- title: Bounces
-- description: Sessions that began on each page section, those with a single event, and their share; reads the days from :from to :to only
-- question: Where do visitors turn round at the door?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-03-31, the last day
WITH
  sessions AS (
    SELECT session_id, min_by(page.section, (event_time, event_id)) AS section, count(*) AS events
    FROM silver.clickstream
    WHERE day BETWEEN :from AND :to
    GROUP BY session_id
  )
SELECT
  section,
  count(*) AS sessions,
  count_if(events = 1) AS bounced,
  CAST(count_if(events = 1) AS double) / count(*) AS share
FROM sessions
GROUP BY section
ORDER BY section
