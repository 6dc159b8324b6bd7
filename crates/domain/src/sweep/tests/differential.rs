//! Ages and cut-offs against another implementation: `data/expiries.py`. What
//! the databases make of the same rows is tested in `candor-connect`.

use super::*;

const EXPIRIES: &str = include_str!("../../../data/expiries.csv");
const EXPIRIES_MIN: usize = 4_000;

/// `7 days`; nothing where nothing is written.
fn written_period(text: &str) -> Option<Period> {
    let (amount, unit) = text.split_once(' ')?;
    let unit: Unit = serde_json::from_value(unit.into()).unwrap();
    Some(period(amount.parse().unwrap(), unit))
}

#[test]
fn ages_and_cutoffs_agree_with_another_implementation() {
    let lines = EXPIRIES.lines().filter(|line| !line.starts_with('#'));
    let mut compared = 0;
    for line in lines.skip(1) {
        let fields: [&str; 7] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let [now, ceiling, floor, from_end_of, anchor, overdue, fate] = fields;
        let (now, anchor): (Timestamp, Timestamp) = (now.parse().unwrap(), anchor.parse().unwrap());
        let term = Term {
            ceiling: written_period(ceiling).unwrap(),
            floor: written_period(floor),
            from_end_of: serde_json::from_value(from_end_of.into()).ok(),
        };
        let over = calendar::before(now, term.ceiling);
        let is_overdue = anchor < whole(over, term.from_end_of);
        assert_eq!(is_overdue, overdue == "1", "{line}");
        let goes = anchor < term.cutoff(now);
        match fate {
            "goes" => assert!(goes, "{line}"),
            "stays" => assert!(!goes, "{line}"),
            _ => assert_eq!(fate, "may", "{line}"),
        }
        compared += 1;
    }
    assert!(compared >= EXPIRIES_MIN, "{compared} compared");
}
