-- title: Outside of comfort
-- description: For each place, readings that measure humidity, and the share of them outside of :coldest to :warmest degrees or :driest to :dampest per cent; reads the days from :from to :to only
-- question: Where do people not feel well?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
-- parameter: coldest decimal 18, degrees Celsius
-- parameter: warmest decimal 24, degrees Celsius
-- parameter: driest decimal 30, per cent
-- parameter: dampest decimal 60, per cent
SELECT
  location,
  count(humidity) AS readings,
  CAST(count_if(humidity IS NOT NULL AND NOT (temperature BETWEEN :coldest AND :warmest)) AS double)
    / nullif(count(humidity), 0) AS too_cold_or_warm,
  CAST(count_if(NOT (humidity BETWEEN :driest AND :dampest)) AS double)
    / nullif(count(humidity), 0) AS too_dry_or_damp
FROM silver.sensors
WHERE day BETWEEN :from AND :to
GROUP BY location
ORDER BY location
