-- Points and growth of every household, from the orders alone: one point a yuan, two on the 18th; one order in twenty is
-- refunded, wholly or a third of it; growth of the last 365 dates. Whole numbers throughout: `/` rounds down.
WITH
  dated AS (
    SELECT user, paid_fen, date(at_ms / 1000 + 8 * 3600, 'unixepoch') AS day,
           CASE WHEN order_id % 20 <> 7 THEN 0 WHEN order_id / 20 % 2 = 0 THEN paid_fen ELSE paid_fen / 3 END AS back_fen
    FROM orders
  ),
  earned AS (
    SELECT user, day, paid_fen, paid_fen - back_fen AS left_fen, paid_fen / 100 AS growth,
           paid_fen / 100 * (CASE substr(day, 9) WHEN '18' THEN 2 ELSE 1 END) AS points
    FROM dated
  )
SELECT earned.user,
       SUM(points) AS granted,
       SUM(points - CASE paid_fen WHEN 0 THEN points ELSE points * left_fen / paid_fen END) AS taken_back,
       SUM(CASE WHEN earned.day <= date(seen.day, '-365 days') THEN 0
                WHEN paid_fen = 0 THEN growth
                ELSE growth * left_fen / paid_fen END) AS growth
FROM earned JOIN seen ON seen.user = earned.user
GROUP BY earned.user
