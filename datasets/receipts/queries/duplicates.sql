-- title: Receipts that look alike
-- description: Receipts of one vendor with the same total in the same minute: how many, and their first and last numbers; reads the partitions of :year only
-- question: Was something recorded twice?
-- parameter: year string 2024, the year
SELECT
  vendor.name AS vendor,
  total_amount,
  date_format(date_trunc('minute', purchase_time), '%Y-%m-%d %H:%i') AS minute,
  count(*) AS receipts,
  min(receipt_id) AS first_receipt,
  max(receipt_id) AS last_receipt
FROM silver.receipts
WHERE year = :year
GROUP BY vendor.name, total_amount, date_trunc('minute', purchase_time)
HAVING count(*) > 1
ORDER BY receipts DESC, vendor, minute, total_amount
