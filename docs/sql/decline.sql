-- Relative losses since the first usable visit, and their incidence: ctdild cohort decline.
-- Of patients with a later usable visit. Limits are compared as exact decimals; of % predicted that was computed
-- they have nine places, and the command decides on all of them. The interval of a share is
-- Wilson's; that of the rate follows from its events (Garwood: half of chi-square quantiles).
WITH asked AS (SELECT 'fvc_l' AS measure, 10 AS percent, 365 AS within_days),
visit AS (
    SELECT patient, day, CAST(value AS DECIMAL(18, 9)) AS value
    FROM 'visits.parquet' JOIN asked USING (measure)
),
loss AS (
    SELECT patient, day,
        (first_value(value) OVER of_patient - value) * 100 >= first_value(value) OVER of_patient * percent AS reached,
        lead(day) OVER of_patient IS NULL AS last
    FROM visit CROSS JOIN asked
    WINDOW of_patient AS (PARTITION BY patient ORDER BY day)
),
confirmed AS (
    SELECT *, reached AND coalesce(lead(reached) OVER (PARTITION BY patient ORDER BY day), false) AS confirmed
    FROM loss
),
person AS (
    SELECT patient, min(day) FILTER (reached) AS first_day, max(day) AS last_day,
        bool_or(confirmed) AS confirmed, bool_or(reached AND last) AS at_last
    FROM confirmed WHERE day > 0 GROUP BY patient
),
total AS (
    SELECT count(*) AS n, count(first_day) AS any_time,
        count(*) FILTER (first_day <= within_days) AS within_window,
        count(*) FILTER (confirmed) AS confirmed, count(*) FILTER (at_last) AS at_last_visit,
        sum(coalesce(first_day, last_day)) / 365.25 AS person_years
    FROM person CROSS JOIN asked
)
SELECT total.*, 100 * share AS percent,
    100 * greatest(0, middle - half) / (1 + squared / n) AS wilson_low,
    100 * least(1 + squared / n, middle + half) / (1 + squared / n) AS wilson_high,
    100 * any_time / nullif(person_years, 0) AS rate_per_100_py
FROM total
CROSS JOIN LATERAL (SELECT 1.959963984540054 ** 2 AS squared, any_time / nullif(n, 0) AS share)
CROSS JOIN LATERAL (
    SELECT share + squared / (2 * n) AS middle,
        sqrt(squared * (share * (1 - share) / n + squared / (4 * n * n))) AS half
);
