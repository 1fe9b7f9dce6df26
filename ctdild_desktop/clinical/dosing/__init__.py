"""Dosing calculators: each shows formula, inputs, unrounded result, rounded suggestion, cap and source."""
