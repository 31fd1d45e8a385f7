-- title: What came in
-- description: For each day of upload and dataset: objects, records read, in the table and in quarantine, the share in quarantine, bytes uploaded and bytes of Parquet; reads the ledger of all datasets
-- question: How much data comes in, and what becomes of it?
-- parameter: from date 2000-01-01, the first day of upload
-- parameter: to date 2099-12-31, the last day of upload
SELECT
  CAST(from_iso8601_timestamp(event_time) AT TIME ZONE 'UTC' AS date) AS day,
  dataset,
  count(*) AS objects,
  sum(records_read) AS records,
  sum(records_written) AS in_table,
  sum(records_quarantined) AS in_quarantine,
  CAST(sum(records_quarantined) AS double) / nullif(sum(records_read), 0) AS quarantined_share,
  sum(bytes_in) AS bytes_uploaded,
  sum(bytes_out) AS bytes_parquet
FROM ops.ledger
WHERE status IN ('LOADED', 'LOADED_WITH_QUARANTINE')
  AND CAST(from_iso8601_timestamp(event_time) AT TIME ZONE 'UTC' AS date) BETWEEN :from AND :to
GROUP BY 1, 2
ORDER BY 1 DESC, 2
