-- FVC before and after the first start of a drug: ctdild cohort pre-post --drug mycophenolate.
-- Baseline: the latest usable visit in the 6 months up to the start. Before: from the visit nearest to 9 months
-- before the start, 6 to 12 months before. After: to the visit nearest to 9 months after it, 6 to 12 months
-- after. Relative changes in per cent, of the first measure of which both visits are known.
-- For DLCO ask for ['dlco_percent_predicted'].
WITH asked AS (SELECT 'mycophenolate' AS drug, ['fvc_percent_predicted', 'fvc_l'] AS measures),
begun AS (
    SELECT patient, start, unnest(measures) AS measure, generate_subscripts(measures, 1) AS place
    FROM 'therapy.parquet' JOIN asked USING (drug)
    WHERE is_first
),
visit AS (
    SELECT begun.*, date, CAST(value AS DOUBLE) AS value
    FROM begun JOIN 'visits.parquet' USING (patient, measure)
),
baseline AS (
    SELECT patient, measure, max(date) AS date, arg_max(value, date) AS value
    FROM visit WHERE date BETWEEN CAST(start - to_months(6) AS DATE) AND start
    GROUP BY patient, measure
),
before AS (
    SELECT visit.patient, visit.measure, place, 100 * (baseline.value - visit.value) / visit.value AS change
    FROM visit JOIN baseline USING (patient, measure)
    WHERE visit.date < baseline.date
        AND visit.date BETWEEN CAST(start - to_months(12) AS DATE) AND CAST(start - to_months(6) AS DATE)
    QUALIFY row_number() OVER (
        PARTITION BY visit.patient, visit.measure
        ORDER BY abs(visit.date - CAST(start - to_months(9) AS DATE)), visit.date
    ) = 1
),
after AS (
    SELECT visit.patient, visit.measure, place, 100 * (visit.value - baseline.value) / baseline.value AS change
    FROM visit JOIN baseline USING (patient, measure)
    WHERE visit.date BETWEEN CAST(start + to_months(6) AS DATE) AND CAST(start + to_months(12) AS DATE)
    QUALIFY row_number() OVER (
        PARTITION BY visit.patient, visit.measure
        ORDER BY abs(visit.date - CAST(start + to_months(9) AS DATE)), visit.date
    ) = 1
),
pre AS (SELECT patient, arg_min(change, place) AS change FROM before GROUP BY patient),
post AS (SELECT patient, arg_min(change, place) AS change FROM after GROUP BY patient)
SELECT count(pre.change) AS pre_n, median(pre.change) AS pre_median,
    quantile_cont(pre.change, 0.25) AS pre_q1, quantile_cont(pre.change, 0.75) AS pre_q3,
    count(post.change) AS post_n, median(post.change) AS post_median,
    quantile_cont(post.change, 0.25) AS post_q1, quantile_cont(post.change, 0.75) AS post_q3,
    count(pre.change + post.change) AS both
FROM pre FULL JOIN post USING (patient);
