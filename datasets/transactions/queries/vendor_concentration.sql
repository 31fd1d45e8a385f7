-- title: Dependence on vendors
-- description: For each department its vendor with the highest total, and the share of the department's spending on vendors; reads the days from :from to :to only
-- question: On whom do departments depend?
-- parameter: from day 2024-03-01, the first day
-- parameter: to day 2024-04-30, the last day
WITH
  vendors AS (
    SELECT department, vendor, sum(amount) AS total, count(*) AS bookings
    FROM silver.transactions
    WHERE day BETWEEN :from AND :to AND vendor IS NOT NULL
    GROUP BY department, vendor
  ),
  ranked AS (
    SELECT
      department,
      vendor,
      bookings,
      total,
      CAST(total AS double) / CAST(sum(total) OVER (PARTITION BY department) AS double) AS share,
      row_number() OVER (PARTITION BY department ORDER BY total DESC, vendor) AS place
    FROM vendors
  )
SELECT department, vendor, bookings, total, share
FROM ranked
WHERE place = 1
ORDER BY share DESC, department
