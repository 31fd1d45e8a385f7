-- description: The latest reading of each sensor, one row for each; reads every partition, so for sensors of one time ask the table with its days
-- column: sensor_id string, The sensor
-- column: event_time timestamp, When its latest reading was taken
-- column: location string, Where it hung then
-- column: status string, What it said about itself
-- column: temperature double, Air temperature in degrees Celsius
-- column: humidity double, Relative humidity in percent; null when it does not measure it
-- column: pressure double, Air pressure in hectopascals; null when it does not measure it
-- column: battery_level double, Charge of the battery in percent
-- column: device_model string, The device's model
-- column: firmware string, The version of its firmware
SELECT
  sensor_id,
  event_time,
  location,
  status,
  temperature,
  humidity,
  pressure,
  battery_level,
  device_model,
  firmware
FROM (
  SELECT
    *,
    metadata.device_model AS device_model,
    metadata.firmware AS firmware,
    row_number() OVER (PARTITION BY sensor_id ORDER BY event_time DESC) AS age
  FROM silver.sensors
)
WHERE age = 1
