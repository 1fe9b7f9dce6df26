"""Statistics on many patients: pure functions of records, without screen and database."""
