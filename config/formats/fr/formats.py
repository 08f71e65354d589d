"""Dates in French: ven. 27 nov. 2026, 14:05. The letters that times.js knows, as in English."""

DATE_FORMAT = "j N Y"
DATETIME_FORMAT = "D. j N Y, H:i"
SHORT_DATE_FORMAT = "j N Y"
SHORT_DATETIME_FORMAT = "D. j N Y, H:i"
MONTH_DAY_FORMAT = "j N"
YEAR_MONTH_FORMAT = "F Y"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 1
