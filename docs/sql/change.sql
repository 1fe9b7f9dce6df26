-- Change of a measure from the first usable visit to k calendar months later: ctdild cohort change.
-- The follow-up is the usable visit nearest to that day, within 56 days, of two the earlier.
-- Of % predicted that was computed the values have nine decimals; the command decides limits on all of them.
WITH asked AS (SELECT 'fvc_l' AS measure, 12 AS months),
visit AS (
    SELECT patient, date, CAST(value AS DECIMAL(18, 9)) AS value
    FROM 'visits.parquet' JOIN asked USING (measure)
),
baseline AS (
    SELECT patient, min(date) AS date, arg_min(value, date) AS value FROM visit GROUP BY patient
),
pair AS (
    SELECT baseline.patient, baseline.value AS before, visit.value AS after
    FROM baseline
    CROSS JOIN asked
    JOIN visit ON visit.patient = baseline.patient AND visit.date > baseline.date
    CROSS JOIN LATERAL (SELECT CAST(baseline.date + to_months(months) AS DATE) AS wanted) AS aim
    WHERE abs(visit.date - wanted) <= 56
    QUALIFY row_number() OVER (
        PARTITION BY baseline.patient ORDER BY abs(visit.date - wanted), visit.date
    ) = 1
),
change AS (
    SELECT CAST(after - before AS DOUBLE) AS absolute,
        100 * CAST(after - before AS DOUBLE) / CAST(before AS DOUBLE) AS relative,
        -- the classes are decided on exact decimals
        CASE
            WHEN (after - before) * 10 >= before THEN 'improved'
            WHEN (after - before) * 20 >= before THEN 'marginal_improvement'
            WHEN (after - before) * 20 > -before THEN 'stable'
            WHEN (after - before) * 10 > -before THEN 'marginal_decline'
            ELSE 'decline'
        END AS class
    FROM pair
)
SELECT count(*) AS n, avg(absolute) AS mean, stddev_samp(absolute) AS sd,
    quantile_cont(absolute, 0.25) AS q1, median(absolute) AS median, quantile_cont(absolute, 0.75) AS q3,
    min(absolute) AS min, max(absolute) AS max, avg(relative) AS relative_mean, median(relative) AS relative_median,
    count(*) FILTER (class = 'improved') AS improved,
    count(*) FILTER (class = 'marginal_improvement') AS marginal_improvement,
    count(*) FILTER (class = 'stable') AS stable,
    count(*) FILTER (class = 'marginal_decline') AS marginal_decline,
    count(*) FILTER (class = 'decline') AS decline
FROM change;
