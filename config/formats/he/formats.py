"""Dates in Hebrew: שישי 27 בנובמבר 2026, 14:05. The letters that times.js knows, as in English."""

DATE_FORMAT = "j בF Y"
DATETIME_FORMAT = "D j בF Y, H:i"
SHORT_DATE_FORMAT = "j בF Y"
SHORT_DATETIME_FORMAT = "D j בF Y, H:i"
MONTH_DAY_FORMAT = "j בF"
YEAR_MONTH_FORMAT = "F Y"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 0
