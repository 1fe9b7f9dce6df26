"""The answers of the analyses of the cohort, each with its steps, tables, pictures and caveats."""
