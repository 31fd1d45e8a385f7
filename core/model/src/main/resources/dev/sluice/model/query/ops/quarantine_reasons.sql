-- title: What is in quarantine, and why
-- description: Records in quarantine by dataset, reason, rule and field, with the newest day and one source to look at; reads the days from :from to :to only
-- question: What could not be loaded, and why?
-- parameter: from day 2000-01-01, the first day of upload
-- parameter: to day 2099-12-31, the last day of upload
SELECT
  dataset,
  reason,
  rule,
  field,
  count(*) AS records,
  count(DISTINCT source) AS sources,
  max(day) AS newest_day,
  min(source) AS for_instance
FROM ops.quarantine
WHERE day BETWEEN :from AND :to
GROUP BY dataset, reason, rule, field
ORDER BY records DESC, dataset, reason, rule, field
