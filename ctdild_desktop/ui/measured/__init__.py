"""Bloods, antibodies, heart tests and questionnaires: the sheets in which they are typed."""
