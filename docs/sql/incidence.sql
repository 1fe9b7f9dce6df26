-- Cumulative incidence with competing events (Aalen-Johansen), by group and event, a failure of treatment among
-- them: ctdild cohort survival --event treatment_failure. Without it, take survival_days and survival_event.
WITH person AS (
    SELECT drug AS grouped, failure_days AS day, failure_event AS event
    FROM 'patients.parquet' WHERE failure_event IS NOT NULL
),
step AS (
    SELECT grouped, day, count(*) FILTER (event <> 'censored') AS events,
        count(*) FILTER (event = 'death') AS death,
        count(*) FILTER (event = 'transplant') AS transplant,
        count(*) FILTER (event = 'treatment_failure') AS treatment_failure,
        sum(count(*)) OVER (PARTITION BY grouped ORDER BY day DESC) AS at_risk
    FROM person GROUP BY grouped, day
),
free AS (
    SELECT *, coalesce(product(1 - events / at_risk) OVER (
        PARTITION BY grouped ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 1) AS before
    FROM step WHERE events > 0
)
SELECT grouped, day,
    sum(before * death / at_risk) OVER so_far AS death,
    sum(before * transplant / at_risk) OVER so_far AS transplant,
    sum(before * treatment_failure / at_risk) OVER so_far AS treatment_failure
FROM free
WINDOW so_far AS (PARTITION BY grouped ORDER BY day)
ORDER BY grouped, day;
