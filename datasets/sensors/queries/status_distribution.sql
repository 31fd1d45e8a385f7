-- title: Status by device model
-- description: Readings of each device model by status, and the share of those that are not active; reads the days from :from to :to only
-- question: Which device model fails most?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
SELECT
  metadata.device_model AS device_model,
  count_if(status = 'active') AS active,
  count_if(status = 'warning') AS warning,
  count_if(status = 'error') AS error,
  count_if(status = 'offline') AS offline,
  CAST(count_if(status <> 'active') AS double) / count(*) AS not_active_share
FROM silver.sensors
WHERE day BETWEEN :from AND :to
GROUP BY metadata.device_model
ORDER BY not_active_share DESC, device_model
