-- title: Calibrations due
-- description: Sensors that were never calibrated, or more than :days days before their newest reading, those never calibrated first; reads the days from :from to :to only
-- question: Which sensors have to be calibrated?
-- parameter: from day 2024-01-01, the first day
-- parameter: to day 2024-01-31, the last day
-- parameter: days integer 365, how long a calibration holds
WITH
  newest AS (
    SELECT
      sensor_id,
      max_by(location, event_time) AS location,
      max(event_time) AS seen,
      max(metadata.calibration.calibrated_at) AS calibrated_at
    FROM silver.sensors
    WHERE day BETWEEN :from AND :to
    GROUP BY sensor_id
  )
SELECT
  sensor_id,
  location,
  date_diff('day', calibrated_at, seen) AS days_since
FROM newest
WHERE calibrated_at IS NULL OR date_diff('day', calibrated_at, seen) > :days
ORDER BY days_since DESC NULLS FIRST, sensor_id
