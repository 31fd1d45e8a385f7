-- title: Objects that were refused
-- description: Uploads that were rejected, the newest first, with the reason; at most :limit; reads the ledger of all datasets
-- question: Which uploads are not in the lake, and what is to be done about them?
-- parameter: limit integer 100, how many at most
SELECT dataset, source_bucket, source_key, size, event_time, reason_code, message
FROM ops.ledger
WHERE status = 'REJECTED'
ORDER BY event_time DESC, source_bucket, source_key
LIMIT :limit
