-- The Kaplan-Meier table from the first usable FVC to an event, by group: ctdild cohort survival --by drug.
-- Death, transplant and the last contact end the observation; of tied times events come before censorings. To
-- ask for treatment_failure, which then ends it too, take failure_days and failure_event.
-- Greenwood's standard error; the interval is that of log(-log S). Group by drug, diagnosis_group or pattern.
WITH asked AS (SELECT ['death'] AS events),
person AS (
    SELECT drug AS grouped, survival_days AS day, list_contains(events, survival_event) AS event
    FROM 'patients.parquet' CROSS JOIN asked
    WHERE survival_event IS NOT NULL
),
step AS (
    SELECT grouped, day, count(*) FILTER (event) AS events,
        sum(count(*)) OVER (PARTITION BY grouped ORDER BY day DESC) AS at_risk
    FROM person GROUP BY grouped, day
),
curve AS (
    SELECT grouped, day, at_risk, events,
        product(1 - events / at_risk) OVER so_far AS survival,
        sum(CASE WHEN at_risk > events THEN events / (at_risk * (at_risk - events)) END) OVER so_far AS summed
    FROM step
    WHERE events > 0
    WINDOW so_far AS (PARTITION BY grouped ORDER BY day)
)
SELECT grouped, day, at_risk, events, survival,
    survival * sqrt(summed) AS se,
    CASE WHEN survival > 0 THEN survival ** exp(-1.959963984540054 * sqrt(summed) / ln(survival)) END AS low,
    CASE WHEN survival > 0 THEN survival ** exp(1.959963984540054 * sqrt(summed) / ln(survival)) END AS high
FROM curve ORDER BY grouped, day;
