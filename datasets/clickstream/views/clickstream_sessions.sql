-- description: What happened in each session on each day, one row for each; a session over midnight has a row for both days. A condition on day reads those partitions only
-- column: day string, Day of the events, UTC
-- column: session_id string, The visit as the browser counts it
-- column: user_id string, The visitor, a pseudonym
-- column: started_at timestamp, The first event of the day
-- column: ended_at timestamp, The last event of the day
-- column: events bigint, How many events
-- column: products bigint, How many products were looked at
-- column: landing_page string, Address of the first event
-- column: exit_page string, Address of the last event
-- column: device string, The kind of device
-- column: country string, ISO 3166 code of the visitor's country
-- column: campaign string, The marketing campaign that led to the visit; null when none
-- column: orders bigint, How many orders were placed
-- column: revenue decimal(38,2), What was bought, in euros
SELECT
  day,
  session_id,
  min_by(user_id, (event_time, event_id)) AS user_id,
  min(event_time) AS started_at,
  max(event_time) AS ended_at,
  count(*) AS events,
  count(DISTINCT product.product_id) FILTER (WHERE event_type = 'product_view') AS products,
  min_by(page.url, (event_time, event_id)) AS landing_page,
  max_by(page.url, (event_time, event_id)) AS exit_page,
  min_by(device.type, (event_time, event_id)) AS device,
  min_by(country, (event_time, event_id)) AS country,
  min_by(campaign, (event_time, event_id)) FILTER (WHERE campaign IS NOT NULL) AS campaign,
  count(DISTINCT order_id) AS orders,
  coalesce(sum(product.price * quantity) FILTER (WHERE event_type = 'purchase'), DECIMAL '0') AS revenue
FROM silver.clickstream
GROUP BY day, session_id
