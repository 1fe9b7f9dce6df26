-- Change of a measure per year of 365.25 days, of each patient with three usable visits by ordinary least
-- squares: ctdild cohort slopes. The mixed model of all needs R: lme(value ~ years, random = ~ years | patient).
WITH asked AS (SELECT 'fvc_l' AS measure),
line AS (
    SELECT patient, 365.25 * regr_slope(CAST(value AS DOUBLE), day) AS slope
    FROM 'visits.parquet' JOIN asked USING (measure)
    GROUP BY patient HAVING count(*) >= 3
)
SELECT count(*) AS n, avg(slope) AS mean, stddev_samp(slope) AS sd,
    quantile_cont(slope, 0.25) AS q1, median(slope) AS median, quantile_cont(slope, 0.75) AS q3,
    min(slope) AS min, max(slope) AS max, count(*) FILTER (slope < 0) AS n_negative
FROM line;
