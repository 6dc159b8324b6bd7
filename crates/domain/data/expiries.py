#!/usr/bin/env python3
"""Prints expiries.csv: which rows have been kept too long, worked out without Candor's code.

    cargo xtask generated --write

runs it with the packages of tests/tools/requirements.txt. Months and years are
dateutil's, the zones in which moments are written are the tz database's through
zoneinfo. Ages are counted by the calendar of UTC, whatever zone a row is
written in.
"""

import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

GROUPS = 84
ROWS = 70
# A sweep runs ahead of the ceiling by less than this, with the days that the
# last of a short month stands for.
AHEAD = timedelta(days=5)

CEILINGS = [
    ("hours", 36),
    ("hours", 72),
    ("days", 1),
    ("days", 7),
    ("days", 30),
    ("days", 90),
    ("weeks", 2),
    ("months", 1),
    ("months", 2),
    ("months", 6),
    ("months", 13),
    ("years", 1),
    ("years", 3),
    ("years", 10),
]
FLOORS = {
    ("days", 90): ("months", 2),
    ("months", 1): ("months", 1),
    ("months", 6): ("days", 181),
    ("years", 1): ("months", 12),
    ("years", 10): ("years", 10),
}
# At whose end the period starts, for some rules.
SPANS = {"month": 1, "quarter": 3, "year": 12}
ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Chatham",
    "America/St_Johns",
]


def span(period):
    unit, amount = period
    return relativedelta(**{unit: amount})


def starts(anchor, end_of):
    """When the period of a row starts: at its anchor, or at the end of its span."""
    if not end_of:
        return anchor
    months = SPANS[end_of]
    first = anchor.astimezone(timezone.utc).replace(day=1, hour=0, minute=0, second=0)
    while (first.month - 1) % months:
        first -= relativedelta(months=1)
    return first + relativedelta(months=months)


def last_sunday(year, month):
    day = datetime(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def moment(dice):
    """A moment at which months, leap days and clocks go wrong."""
    year = dice.randrange(2023, 2034)
    leap = dice.choice([2024, 2028, 2032])
    day = dice.choice(
        [
            datetime(year, dice.randrange(1, 13), 1) - timedelta(days=1),
            datetime(year, dice.randrange(1, 13), 1),
            datetime(leap, 2, 28) + timedelta(days=dice.randrange(3)),
            datetime(leap + 1, 2, 28) + timedelta(days=dice.randrange(2)),
            last_sunday(year, 3),
            last_sunday(year, 10),
            datetime(year, 12, 31),
            datetime(year, 1, 1) + timedelta(days=dice.randrange(365)),
        ]
    )
    clock = dice.choice([0, 1, 3_599, 3_600, 3_601, 9_000, 43_200, 86_399, dice.randrange(86_400)])
    return (day + timedelta(seconds=clock)).replace(tzinfo=timezone.utc)


def anchors(dice, now, ceiling, floor, end_of):
    """Moments around the ends of both periods, and around the months' ends there."""
    edges = [now - span(ceiling)]
    if floor:
        edges.append(now - span(floor))
    if end_of:
        # The beginning of the first span that is not over.
        edges += [starts(edge, end_of) - relativedelta(months=SPANS[end_of]) for edge in edges]
    for _ in range(ROWS):
        edge = dice.choice(edges)
        kind = dice.randrange(4)
        if kind == 0:
            seconds = dice.choice([0, 1, 2, 3_599, 3_600, 10_799, 10_800, 10_801, 97_200])
            anchor = edge + timedelta(seconds=seconds * dice.choice([-1, 1]))
        elif kind == 1:
            first = edge.replace(day=1) + relativedelta(months=dice.randrange(-1, 3))
            anchor = first + timedelta(days=dice.randrange(-4, 3), seconds=dice.choice([-1, 0, 1]))
        elif kind == 2:
            anchor = edge + timedelta(days=dice.randrange(-6, 7), hours=dice.randrange(-2, 3))
        else:
            anchor = edge + timedelta(seconds=dice.randrange(-40 * 86_400, 40 * 86_400))
        yield anchor.astimezone(ZoneInfo(dice.choice(ZONES)))


def fate(now, ceiling, floor, start):
    """What a sweep has to do with a row, or that it may do either."""
    if floor and start + span(floor) > now:
        return "stays"
    if start + span(ceiling) > now + AHEAD:
        return "stays"
    if start + span(ceiling) <= now and not (floor and start >= now - span(floor)):
        return "goes"
    return "may"


def written(period):
    return f"{period[1]} {period[0]}" if period else ""


def main():
    dice = random.Random(1182_71)
    print("# Rows past their time, worked out by expiries.py; not to be edited.")
    print("now,period,floor,from_end_of,anchor,overdue,fate")
    for number in range(GROUPS):
        ceiling = CEILINGS[number % len(CEILINGS)]
        floor = FLOORS.get(ceiling) if dice.random() < 0.6 else None
        end_of = dice.choice([None, *SPANS]) if number >= 56 else None
        now = moment(dice)
        for anchor in anchors(dice, now, ceiling, floor, end_of):
            start = starts(anchor.astimezone(timezone.utc), end_of)
            due = now - span(ceiling)
            # To the second, as an anchor itself is.
            overdue = int(start <= due if end_of else start < due)
            print(
                f"{now:%Y-%m-%dT%H:%M:%SZ},{written(ceiling)},{written(floor)},{end_of or ''},"
                f"{anchor.isoformat()},{overdue},{fate(now, ceiling, floor, start)}"
            )


if __name__ == "__main__":
    main()
