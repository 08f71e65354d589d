"""Dates in English, in a form that is not ambiguous between countries.

Written by media_items/moments.py and by static/js/shared/times.js, which knows the letters
D j M N F Y H i s of these forms and no others.
"""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "D j M Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "D j M Y, H:i"
MONTH_DAY_FORMAT = "j M"
YEAR_MONTH_FORMAT = "F Y"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 1
