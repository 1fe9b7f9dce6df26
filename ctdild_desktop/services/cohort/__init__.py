"""The patients of the registry together: who is asked for, analyses and their answers, published studies."""
