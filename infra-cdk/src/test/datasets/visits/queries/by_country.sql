-- title: Visits by country
-- description: How many visits came from each country
-- question: Where do visitors come from?
SELECT country, count(*) AS visits
FROM silver.visits
GROUP BY country
ORDER BY country
