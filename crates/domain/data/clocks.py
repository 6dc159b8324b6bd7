#!/usr/bin/env python3
"""Prints clocks.csv: deadlines of subject requests, worked out without Candor's code.

    cargo xtask generated --write

runs it with the packages of tests/tools/requirements.txt. The laws are written
down here a second time, from their texts; months are dateutil's, zones are the
tz database's through zoneinfo, holidays are read from the package itself.
"""

import random
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from public_holidays import YEARS, of, zone_of

CASES = 1500
PAUSE_DAYS_MAX = 30

# Country or region, laws beside the country's own, and all laws that apply.
PLACES = [
    ("FR", [], ["gdpr"]),
    ("DE", [], ["gdpr"]),
    ("PT", ["california"], ["gdpr", "california"]),
    ("GR", ["quebec", "brazil"], ["gdpr", "quebec", "brazil"]),
    ("GB", [], ["uk_gdpr"]),
    ("GB-SCT", [], ["uk_gdpr"]),
    ("GB-NIR", ["gdpr"], ["uk_gdpr", "gdpr"]),
    ("CH", [], ["swiss"]),
    ("CH-ZH", ["gdpr"], ["swiss", "gdpr"]),
    ("US", ["california"], ["california"]),
    ("US", [], ["gdpr"]),
    ("BR", [], ["brazil"]),
    ("CA", ["quebec"], ["quebec"]),
]
RIGHTS = ["access", "erasure", "rectification", "portability", "objection", "restriction"]
PROMISES = [
    None,
    ("days", 30, None),
    ("days", 7, ("days", 7)),
    ("weeks", 2, None),
    ("months", 1, ("months", 2)),
    ("working_days", 7, None),
    ("working_days", 5, ("working_days", 5)),
    ("hours", 24, None),
    ("hours", 72, ("days", 10)),
    ("working_days", 4, ("days", 1)),
    ("days", 10, ("working_days", 2)),
    ("weeks", 1, ("months", 1)),
]


class Place:
    def __init__(self, name):
        self.name = name
        self.zone = ZoneInfo(zone_of(name))
        self.off = set(of(name))

    def works(self, day):
        return day.weekday() < 5 and day not in self.off

    def day(self, moment):
        return moment.astimezone(self.zone).date()

    def after_working(self, day, count):
        while count:
            day += timedelta(days=1)
            count -= self.works(day)
        return day


KNOWN = {}


def place_of(name):
    return KNOWN.setdefault(name, Place(name))


def law_of(law, right):
    """Time, extension, starts at verification, moves, stands still for, refusal extends."""
    opt_out = right in ("objection", "restriction")
    still = ("identity", "meaning") if right == "access" else ("identity",)
    return {
        "gdpr": (("months", 1), ("months", 2), False, True, still, False),
        "uk_gdpr": (("months", 1), ("months", 2), True, True, still, True),
        "swiss": (("days", 30), ("days", 30), False, False, (), True),
        "california": (("working_days", 15), None, False, False, (), True)
        if opt_out
        else (("days", 45), ("days", 45), False, False, (), True),
        "brazil": (("days", 15), None, False, False, (), True),
        "quebec": (("days", 30), None, False, False, (), True),
    }[law]


def end(start, time_given, more, place, exact, moves, pause):
    """The last moment of the time given, and of more after it."""
    unit, amount = time_given
    if more and more[0] == unit:
        amount, more = amount + more[1], None
    last = more[0] if more else unit
    moment = start
    if unit == "hours":
        moment += timedelta(hours=amount)
        if not more:
            return moment + (pause[1] - pause[0] if pause else timedelta())
        (unit, amount), more = more, None
    local = moment.astimezone(place.zone)
    day = local.date()
    for unit, amount in [(unit, amount)] + ([more] if more else []):
        if unit == "working_days":
            day = place.after_working(day, amount)
        else:
            day += relativedelta(**{unit: amount})
    if pause:
        asked, ended = place.day(pause[0]), place.day(pause[1])
        days = (ended - asked).days
        if last == "working_days":
            those = [asked + timedelta(days=n) for n in range(1, days + 1)]
            day = place.after_working(day, sum(place.works(one) for one in those))
        elif not exact:
            day += timedelta(days=days)
    if exact:
        at = datetime.combine(day, local.time(), place.zone).astimezone(timezone.utc)
        if pause and last != "working_days":
            at += pause[1] - pause[0]
        return at
    while moves and not place.works(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(23, 59, 59), place.zone).astimezone(timezone.utc)


def due(case, refusal):
    """The earliest end of all rules."""
    right = case["right"]
    laws = [law_of(law, right) for law in case["all"]]
    rules = []
    for law, terms in zip(case["all"], laws):
        given, more, verified, moves, still, extends = terms
        where = "US-CA" if law == "california" else case["place"]
        rules.append((given, more, verified, where, False, moves, still, extends))
    if case["promise"]:
        unit, amount, more = case["promise"]
        still = [one for one in ("identity", "meaning") if all(one in law[4] for law in laws)]
        extends = all(law[5] for law in laws)
        rules.append(
            ((unit, amount), more, case["from"], case["place"], case["exact"], True, still, extends)
        )
    ends = []
    for given, more, verified, where, exact, moves, still, extends in rules:
        where = place_of(where)
        start = (case["verified"] or case["received"]) if verified else case["received"]
        pause = case["pause"] if case["question"] in still else None
        plain = end(start, given, None, where, exact, moves, pause)
        told = case["told"]
        if more and told and told <= plain and (extends or not refusal):
            plain = max(plain, end(start, given, more, where, exact, moves, pause))
        ends.append(plain)
    return min(ends)


def acknowledgement(case):
    """California's ten business days; no other law here asks for one."""
    if "california" not in case["all"] or case["right"] in ("objection", "restriction"):
        return None
    place = place_of("US-CA")
    day = place.after_working(place.day(case["received"]), 10)
    return datetime.combine(day, time(23, 59, 59), place.zone).astimezone(timezone.utc)


def received(dice):
    """A moment, often one at which deadlines go wrong."""
    year = dice.randrange(YEARS[0], YEARS[-1] - 1)
    day = dice.choice(
        [
            datetime(year, dice.randrange(1, 13), 1) - timedelta(days=1),
            datetime(year, 2, 28) + timedelta(days=dice.randrange(2)),
            datetime(year, 3, 25) + timedelta(days=dice.randrange(8)),
            datetime(year, 10, 24) + timedelta(days=dice.randrange(12)),
            datetime(year, 12, 15) + timedelta(days=dice.randrange(20)),
            datetime(year, 1, 1) + timedelta(days=dice.randrange(365)),
        ]
    )
    clock = dice.choice([0, 1, 1800, 9 * 3600, 12 * 3600, 22 * 3600 + 1800, 86_399])
    return (day + timedelta(seconds=clock)).replace(tzinfo=timezone.utc)


def cases():
    dice = random.Random(2016679)

    def later(moment, days):
        return moment + timedelta(seconds=dice.randrange(days * 86_400))

    for number in range(CASES):
        place, laws, every = PLACES[number % len(PLACES)]
        case = {"place": place, "laws": laws, "all": every, "right": dice.choice(RIGHTS)}
        case["promise"] = dice.choice(PROMISES)
        case["from"] = dice.random() < 0.4
        case["exact"] = dice.random() < 0.3
        case["received"] = received(dice)
        case["verified"] = later(case["received"], 3) if dice.random() < 0.8 else None
        since = case["verified"] or case["received"]
        case["told"] = later(since, 60) if dice.random() < 0.5 else None
        case["question"], case["pause"] = "", None
        if dice.random() < 0.5:
            asked = later(since, 20)
            case["question"] = dice.choice(["identity", "meaning"])
            case["pause"] = (asked, later(asked, PAUSE_DAYS_MAX))
        yield case


def written(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""


def main():
    print("# Deadlines of subject requests worked out by clocks.py; not to be edited.")
    print(
        "place,laws,right,period,extension,from,rounding,received,verified,told,"
        "question,asked,ended,answer,refusal,acknowledgement"
    )
    for case in cases():
        period, more = "", ""
        if case["promise"]:
            unit, amount, longer = case["promise"]
            period = f"{amount} {unit}"
            more = f"{longer[1]} {longer[0]}" if longer else ""
        asked, ended = case["pause"] or (None, None)
        print(
            case["place"],
            "+".join(case["laws"]),
            case["right"],
            period,
            more,
            "verification" if case["from"] else "receipt",
            "exact" if case["exact"] else "end_of_day",
            written(case["received"]),
            written(case["verified"]),
            written(case["told"]),
            case["question"],
            written(asked),
            written(ended),
            written(due(case, refusal=False)),
            written(due(case, refusal=True)),
            written(acknowledgement(case)),
            sep=",",
        )


if __name__ == "__main__":
    main()
