-- title: What each dataset costs
-- description: For each dataset, its uploads and their bytes, the dollars of loading them (the function's time, requests to S3, messages and calls, all together), and the dollars a month of keeping uploads and Parquet; at prices that are parameters, by default the list prices of us-east-1; what queries, jobs, audits and logs cost is not in it; reads the ledger of all datasets
-- question: Which dataset costs how much to load and to keep?
-- parameter: from date 2000-01-01, the first day of upload
-- parameter: to date 2099-12-31, the last day of upload
-- parameter: mebibytes integer 1769, memory of the function
-- parameter: gigabyte_second decimal 0.0000133334, dollars for a second of the function with 1 GiB
-- parameter: put decimal 0.000005, dollars for a PUT or LIST; an upload takes five, and one for each file
-- parameter: get decimal 0.0000004, dollars for a GET or HEAD; an upload takes five
-- parameter: call decimal 0.0000014, dollars for the three requests to the queue and the call of an upload
-- parameter: gigabyte_month decimal 0.023, dollars for keeping a gigabyte for a month
WITH
  work AS (
    SELECT
      dataset,
      count(*) AS uploads,
      sum(bytes_in) AS bytes_uploaded,
      sum(bytes_out) AS bytes_parquet,
      CAST(sum(duration_ms) AS double) / 1000 AS seconds,
      sum(cardinality(files) + if(quarantine_key = '', 0, 1)) AS files
    FROM ops.ledger
    WHERE status IN ('LOADED', 'LOADED_WITH_QUARANTINE')
      AND CAST(from_iso8601_timestamp(event_time) AT TIME ZONE 'UTC' AS date) BETWEEN :from AND :to
    GROUP BY dataset
  ),
  costs AS (
    SELECT
      dataset,
      uploads,
      bytes_uploaded,
      bytes_parquet,
      seconds * CAST(:mebibytes AS double) / 1024 * CAST(:gigabyte_second AS double) AS function_dollars,
      (5 * uploads + files) * CAST(:put AS double) + 5 * uploads * CAST(:get AS double) AS request_dollars,
      uploads * CAST(:call AS double) AS call_dollars,
      (bytes_uploaded + bytes_parquet) / 1e9 * CAST(:gigabyte_month AS double) AS keeping_dollars_a_month
    FROM work
  )
SELECT
  dataset,
  uploads,
  bytes_uploaded,
  bytes_parquet,
  function_dollars,
  request_dollars,
  call_dollars,
  function_dollars + request_dollars + call_dollars AS loading_dollars,
  keeping_dollars_a_month
FROM costs
ORDER BY loading_dollars DESC, dataset
