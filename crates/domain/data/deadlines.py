#!/usr/bin/env python3
"""Prints deadlines.csv: when periods end, worked out without Candor's code.

    cargo xtask generated --write

runs it with the packages of tests/tools/requirements.txt. Months are
dateutil's, zones are the tz database's through zoneinfo, holidays are read from
the package itself. Cases lean towards where deadlines go wrong: month ends,
leap days, clock changes, the days before holidays, midnight.
"""

import random
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from public_holidays import COUNTRIES, REGIONS, YEARS, of, zone_of

CASES_PER_PLACE = 48
PERIODS = [
    ("hours", 24),
    ("hours", 72),
    ("days", 1),
    ("days", 7),
    ("days", 30),
    ("days", 45),
    ("working_days", 1),
    ("working_days", 3),
    ("working_days", 7),
    ("working_days", 10),
    ("weeks", 1),
    ("weeks", 2),
    ("months", 1),
    ("months", 1),
    ("months", 3),
    ("years", 1),
]


def is_working(day, off):
    return day.weekday() < 5 and day not in off


def due(received, unit, amount, zone, off):
    """The last second of the period, as a moment."""
    if unit == "hours":
        return received + timedelta(hours=amount)
    day = received.astimezone(zone).date()
    if unit == "working_days":
        while amount:
            day += timedelta(days=1)
            amount -= is_working(day, off)
    else:
        day += relativedelta(**{unit: amount})
        while not is_working(day, off):
            day += timedelta(days=1)
    end = datetime.combine(day, time(23, 59, 59), zone)
    return end.astimezone(timezone.utc)


def moments(days, dice):
    """Days on which deadlines go wrong, each with a time of day."""
    years = YEARS[:-2]
    month_ends = [
        datetime(year, month, 1) - timedelta(days=1)
        for year in years
        for month in (2, 4, 6, 9, 11)
    ]
    leap_days = [datetime(year, 2, 29) for year in years if year % 4 == 0]
    clock_changes = [
        datetime(year, month, day) for year in years for month, day in ((3, 28), (10, 24))
    ]
    before = [
        datetime.combine(day, time()) - timedelta(days=back)
        for day in days
        if day.year in years[1:]
        for back in (1, 7, 30)
    ]
    anything = [
        datetime(years[0], 1, 1) + timedelta(days=dice.randrange(365 * len(years)))
        for _ in range(200)
    ]
    kinds = [month_ends, leap_days, clock_changes, before, anything]
    for case in range(CASES_PER_PLACE):
        day = dice.choice(kinds[case % len(kinds)])
        clock = dice.choice([0, 1, 30 * 60, 12 * 3600, 22 * 3600 + 1800, 86_399])
        yield (day + timedelta(seconds=clock)).replace(tzinfo=timezone.utc)


def main():
    dice = random.Random(1182)
    print("# Deadlines worked out by deadlines.py; not to be edited.")
    print("place,received,amount,unit,due")
    for place in [*COUNTRIES, *REGIONS]:
        zone = ZoneInfo(zone_of(place))
        days = of(place)
        off = set(days)
        for case, received in enumerate(moments(days, dice)):
            unit, amount = PERIODS[case % len(PERIODS)]
            end = due(received, unit, amount, zone, off)
            print(
                f"{place},{received:%Y-%m-%dT%H:%M:%SZ},{amount},{unit},"
                f"{end:%Y-%m-%dT%H:%M:%SZ}"
            )


if __name__ == "__main__":
    main()
