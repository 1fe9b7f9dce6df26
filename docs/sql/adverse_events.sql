-- Adverse events per 100 patient-years of exposure, by drug: ctdild cohort adverse-events.
-- The first-event rate counts the time up to the first event. Intervals follow from the events (Garwood).
WITH exposed AS (
    SELECT drug, patient, sum(days) AS days FROM 'exposure.parquet' GROUP BY drug, patient
),
happened AS (
    SELECT drug, patient, count(*) FILTER (counted) AS events,
        min(days_before) FILTER (counted) AS days_before,
        count(*) FILTER (counted AND infection) AS infections,
        count(*) FILTER (counted AND serious) AS serious,
        count(*) FILTER (counted AND grade >= 3) AS severe,
        count(*) FILTER (NOT counted) AS undated
    FROM 'adverse_events.parquet' GROUP BY drug, patient
)
SELECT drug, count(*) AS patients, sum(days) / 365.25 AS person_years,
    coalesce(sum(events), 0) AS events,
    100 * coalesce(sum(events), 0) / person_years AS rate_per_100_py,
    count(*) FILTER (events > 0) AS first_events,
    100 * first_events / nullif(sum(coalesce(days_before, days)) / 365.25, 0) AS first_event_rate,
    coalesce(sum(infections), 0) AS infections, coalesce(sum(serious), 0) AS serious,
    coalesce(sum(severe), 0) AS grade_3_to_5, coalesce(sum(undated), 0) AS undated_events
FROM exposed LEFT JOIN happened USING (drug, patient)
GROUP BY drug ORDER BY drug;
