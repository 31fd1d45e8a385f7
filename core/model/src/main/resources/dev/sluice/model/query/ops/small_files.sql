-- title: Small files
-- description: For each dataset, its files and their sizes, the share below :megabytes MB, and the partition with the most files; reads the ledger of all datasets
-- question: Which tables would be cheaper to read if their files were put together?
-- parameter: megabytes integer 16, what counts as small
WITH
  files AS (
    SELECT l.dataset, f.partition, f.bytes
    FROM ops.ledger l
    CROSS JOIN UNNEST(l.files) AS f (key, partition, rows, bytes)
    WHERE l.status IN ('LOADED', 'LOADED_WITH_QUARANTINE')
  ),
  partitions AS (
    SELECT dataset, partition, count(*) AS files FROM files GROUP BY dataset, partition
  )
SELECT
  f.dataset,
  count(*) AS files,
  count_if(f.bytes < :megabytes * 1000000) AS small,
  CAST(avg(f.bytes) AS bigint) AS average_bytes,
  sum(f.bytes) AS bytes,
  (
    SELECT max_by(p.partition, (p.files, p.partition)) FROM partitions p WHERE p.dataset = f.dataset
  ) AS fullest_partition
FROM files f
GROUP BY f.dataset
ORDER BY small DESC, f.dataset
