"""Recording bronchoscopies, lavages and biopsies."""
