-- title: Books that do not balance
-- description: Loaded objects where records read are not records written and quarantined, or rows of files not records written; none, if all is well; reads the ledger of all datasets
-- question: Is every record accounted for?
SELECT
  dataset,
  source_bucket,
  source_key,
  records_read,
  records_written,
  records_quarantined,
  reduce(files, BIGINT '0', (sum, file) -> sum + file.rows, sum -> sum) AS rows_in_files
FROM ops.ledger
WHERE status IN ('LOADED', 'LOADED_WITH_QUARANTINE')
  AND (
    records_read <> records_written + records_quarantined
    OR records_written <> reduce(files, BIGINT '0', (sum, file) -> sum + file.rows, sum -> sum)
  )
ORDER BY dataset, source_key
