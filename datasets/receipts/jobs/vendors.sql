-- receipt_vendors
SELECT
  vendor.name AS vendor,
  vendor.category AS category,
  currency,
  count(*) AS receipts,
  sum(aggregate(line_items, 0L, (pieces, item) -> pieces + coalesce(item.quantity, 0))) AS pieces,
  sum(total_amount) AS total,
  CAST(sum(total_amount) AS double) / count(*) AS average_basket,
  min(purchase_time) AS first_purchase,
  max(purchase_time) AS last_purchase
FROM receipts
GROUP BY vendor.name, vendor.category, currency;

-- receipt_top_vendors
WITH
  totals AS (
    SELECT
      currency,
      vendor.name AS vendor,
      vendor.category AS category,
      count(*) AS receipts,
      sum(total_amount) AS total
    FROM receipts
    GROUP BY currency, vendor.name, vendor.category
  ),
  ranked AS (
    SELECT
      currency,
      row_number() OVER (PARTITION BY currency ORDER BY total DESC, vendor) AS place,
      vendor,
      category,
      receipts,
      total,
      CAST(total AS double) / nullif(CAST(sum(total) OVER (PARTITION BY currency) AS double), 0) AS share
    FROM totals
  )
SELECT currency, place, vendor, category, receipts, total, share
FROM ranked
WHERE place <= 10;
