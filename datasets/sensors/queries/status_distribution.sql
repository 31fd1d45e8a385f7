-- title: Status by device model
-- description: Readings of each device model by status, and the share of those that are not active
-- question: Which device model fails most?
SELECT
  metadata.device_model AS device_model,
  count_if(status = 'active') AS active,
  count_if(status = 'warning') AS warning,
  count_if(status = 'error') AS error,
  count_if(status = 'offline') AS offline,
  CAST(count_if(status <> 'active') AS double) / count(*) AS not_active_share
FROM silver.sensors
GROUP BY metadata.device_model
ORDER BY not_active_share DESC, device_model
