"""The course of FVC: slopes with intervals, epochs of therapy, best and worst, changes, repeat tests."""

from __future__ import annotations

from ctdild_desktop.clinical.trajectory.comparable import (
    Left,
    Series,
    dlco_percent_series,
    litre_series,
    percent_series,
)
from ctdild_desktop.clinical.trajectory.course import Change, Course, Trajectory, trajectory
from ctdild_desktop.clinical.trajectory.epochs import Epoch, epochs
from ctdild_desktop.clinical.trajectory.repeats import Repeat, RepeatStatus, noise_sentences, repeat_test
from ctdild_desktop.clinical.trajectory.slopes import LEAST_TESTS, LineSlopes, Slope, line_slopes, slope

__all__ = [
    "LEAST_TESTS",
    "Change",
    "Course",
    "Epoch",
    "Left",
    "LineSlopes",
    "Repeat",
    "RepeatStatus",
    "Series",
    "Slope",
    "Trajectory",
    "dlco_percent_series",
    "epochs",
    "line_slopes",
    "litre_series",
    "noise_sentences",
    "percent_series",
    "repeat_test",
    "slope",
    "trajectory",
]
