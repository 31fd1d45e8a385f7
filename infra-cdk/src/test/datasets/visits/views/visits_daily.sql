-- description: How many visits came from each country on each day
-- column: day string, Day of the visits, UTC
-- column: country string, Where from
-- column: visits bigint
SELECT day, country, count(*) AS visits
FROM visits
GROUP BY day, country
