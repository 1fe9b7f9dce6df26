"""The cohort: a question, who answers to it, and what analyses and studies say of them."""
