-- Readings of each day; a semicolon within a line ends nothing
SELECT day, count(*) AS readings, 'a;b' AS text
FROM readings
GROUP BY day;

SELECT count(*) AS readings, max(value) AS highest, :slot AS slot
FROM readings;
