"""Figures: functions from data to a plotly Figure. Knows numpy, pandas and plotly; labels come from the caller, already worded."""
