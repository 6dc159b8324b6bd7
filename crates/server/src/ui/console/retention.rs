//! `/console/retention`: every rule that a column measures, its last sweep and
//! what is due when; and, for one rule, what a sweep would do now.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use candor_domain::check::SweepFinding;
use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{FORECAST_DAYS, Forecast, Term};
use candor_domain::verdict::Verdict;
use candor_policy::charter::Charter;
use candor_policy::period::Unit;
use candor_store::rows::StaffRow;
use jiff::tz::TimeZone;

use crate::service::{RetentionView, RulePreview, RuleView, Service};
use crate::ui::failure::Failure;
use crate::ui::filters;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html;
use crate::ui::parts::{Mark, When, promise_path};
use crate::ui::words;

/// Width of the longest bar.
const BAR_WIDTH: u64 = 200;
/// Width of a column of the year ahead, with what is between it and the next.
const COLUMN_STEP: usize = 14;
/// Height of the highest column, and of what stands above it.
const COLUMN_HEIGHT: u64 = 60;
const COLUMN_TOP: u64 = 14;
/// Height of one bar, with what is between it and the next.
const BAR_STEP: usize = 14;

/// `GET /console/retention`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    let view = service.retention().await?;
    Ok(html(&RetentionPage::new(
        &service.charter(),
        &staff.login,
        &view,
        None,
    )))
}

/// `POST /console/retention/{rule}`: what a sweep of it would do now.
pub(crate) async fn preview(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(rule): Path<String>,
) -> Result<Response, Failure> {
    let preview = service.retention_preview(&rule).await;
    let preview = preview.ok_or(Failure::NotFound)?;
    let view = service.retention().await?;
    Ok(html(&RetentionPage::new(
        &service.charter(),
        &staff.login,
        &view,
        Some((&rule, &preview)),
    )))
}

/// The page.
#[derive(Template)]
#[template(path = "console/retention.html")]
pub(crate) struct RetentionPage {
    frame: Frame,
    carried_out: bool,
    rules: Vec<Rule>,
}

struct Rule {
    name: String,
    title: String,
    href: String,
    mark: Mark,
    summary: String,
    anchors: String,
    law: Option<String>,
    oldest: Option<When>,
    last: Option<Last>,
    bars: Vec<Bar>,
    /// The picture in words.
    picture: String,
    height: usize,
    ahead: Option<Ahead>,
    preview: Option<Preview>,
}

/// What comes due in the year ahead, as a picture.
struct Ahead {
    columns: Vec<Column>,
    /// Where each kind of span begins, and how many of it there are.
    labels: Vec<(usize, String)>,
    most: String,
    /// The picture in words, span by span.
    lines: Vec<String>,
}

/// One span of the picture.
struct Column {
    x: usize,
    y: u64,
    height: u64,
}

/// The last sweep.
struct Last {
    at: When,
    words: String,
    /// How its notices stand.
    noticed: Option<String>,
    refused: Option<String>,
}

struct Bar {
    label: String,
    rows: String,
    width: u64,
    y: usize,
}

/// What a sweep would do now.
struct Preview {
    lines: Vec<String>,
    refused: Option<String>,
}

impl RetentionPage {
    /// The page for whoever is signed in; `preview` is of the named rule.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        view: &RetentionView,
        preview: Option<(&str, &RulePreview)>,
    ) -> Self {
        let rule = |rule: &RuleView| {
            let preview = preview.filter(|(name, _)| *name == rule.promise.name);
            Rule::of(rule, preview.map(|(_, preview)| preview))
        };
        Self {
            frame: Frame::console(charter, Here::Retention, "Retention", Some(login)),
            carried_out: view.carried_out,
            rules: view.rules.iter().map(rule).collect(),
        }
    }
}

impl Rule {
    fn of(rule: &RuleView, preview: Option<&RulePreview>) -> Self {
        let verdict = rule.judgement.as_ref().map(|judged| judged.verdict);
        let term = Term::of(&rule.retention);
        let period = term.map_or_else(String::new, |term| term.ceiling.to_string());
        let end_of = words::end_of(rule.retention.from_end_of);
        let found = rule.last.as_ref();
        // A run that was refused has foretold nothing.
        let forecast = found.filter(|(_, found)| found.refused.is_none());
        let forecast = forecast.map(|(_, found)| &found.forecast);
        let bars = forecast.map(bars).unwrap_or_default();
        Self {
            name: rule.promise.name.clone(),
            title: words::plain_name(&rule.promise.name),
            href: promise_path(&rule.promise.id.0),
            mark: verdict.unwrap_or(Verdict::Unproven).into(),
            summary: rule.promise.summary.clone(),
            anchors: format!("{period} after {end_of}{}", rule.retention.from.join(", ")),
            law: rule
                .retention
                .at_least
                .map(|floor| match &rule.retention.law {
                    Some(law) => format!("not before {floor}: {law}"),
                    None => format!("not before {floor}"),
                }),
            oldest: forecast
                .and_then(|forecast| forecast.oldest)
                .map(When::from),
            last: found.map(|(at, found)| Last {
                at: (*at).into(),
                words: last_words(found),
                noticed: found.noticed.as_ref().map(words::noticed_words),
                refused: found.refused.clone(),
            }),
            picture: picture(&bars),
            height: bars.len() * BAR_STEP,
            ahead: forecast.and_then(Ahead::of),
            bars,
            preview: preview.map(Preview::of),
        }
    }
}

impl Preview {
    fn of(preview: &RulePreview) -> Self {
        match preview {
            Ok(effects) => Self {
                lines: effect_words(effects),
                refused: None,
            },
            Err(why) => Self {
                lines: Vec::new(),
                refused: Some(why.clone()),
            },
        }
    }
}

fn last_words(found: &SweepFinding) -> String {
    let lines = effect_words(&found.effects);
    let what = if lines.is_empty() {
        "nothing was due".to_owned()
    } else {
        lines.join("; ")
    };
    match (found.carried_out, found.complete || lines.is_empty()) {
        (true, true) => what,
        (true, false) => format!("{what}; some rows were held by others"),
        (false, true) => what,
        (false, false) => format!("only looked: {what}"),
    }
}

/// One line for each table and action.
pub(crate) fn effect_words(effects: &BTreeMap<String, Vec<TableEffect>>) -> Vec<String> {
    let lines = effects.iter().flat_map(|(source, effects)| {
        effects.iter().map(move |effect| {
            let done = match effect.action {
                Action::Delete => "deleted",
                Action::Pseudonymise => "pseudonymised",
                Action::Unlink => "unlinked",
                Action::Keep => "kept as they are",
                Action::Rewrite => "rewritten",
                Action::Aggregate => "counted",
            };
            let rows = words::count_of(effect.rows, "row", "rows");
            format!("{source}.{}: {rows} {done}", effect.table)
        })
    });
    lines.collect()
}

fn bars(forecast: &Forecast) -> Vec<Bar> {
    let most = forecast.within.iter().copied().max().unwrap_or_default();
    FORECAST_DAYS
        .iter()
        .zip(forecast.within)
        .enumerate()
        .map(|(place, (days, rows))| Bar {
            label: words::count_of(u64::from(*days), "day", "days"),
            rows: words::grouped(rows),
            width: (rows.saturating_mul(BAR_WIDTH))
                .checked_div(most)
                .unwrap_or_default(),
            y: place * BAR_STEP,
        })
        .collect()
}

impl Ahead {
    fn of(forecast: &Forecast) -> Option<Self> {
        let most = forecast.ahead.iter().map(|span| span.rows).max()?;
        let mut labels: Vec<(usize, Unit, u64)> = Vec::new();
        let mut columns = Vec::new();
        for (place, span) in forecast.ahead.iter().enumerate() {
            let x = place * COLUMN_STEP;
            let height = (span.rows.saturating_mul(COLUMN_HEIGHT)).checked_div(most);
            // Few are shown as few, not as none.
            let height = height.unwrap_or_default().max(u64::from(span.rows > 0));
            columns.push(Column {
                x,
                y: COLUMN_TOP + COLUMN_HEIGHT - height,
                height,
            });
            match labels.last_mut() {
                Some((_, unit, count)) if *unit == span.unit => *count += 1,
                _ => labels.push((x, span.unit, 1)),
            }
        }
        let label = |(x, unit, count): (usize, Unit, u64)| (x, span_words(unit, count));
        let mut lines: Vec<String> = Vec::new();
        for span in forecast.ahead.iter().filter(|span| span.rows > 0) {
            let rows = words::count_of(span.rows, "row", "rows");
            lines.push(format!(
                "{rows} by {}",
                words::date_words(span.until.to_zoned(TimeZone::UTC).date())
            ));
        }
        Some(Self {
            columns,
            labels: labels.into_iter().map(label).collect(),
            most: words::grouped(most),
            lines,
        })
    }
}

fn span_words(unit: Unit, count: u64) -> String {
    match unit {
        Unit::Weeks => words::count_of(count, "week", "weeks"),
        Unit::Months => words::count_of(count, "month", "months"),
        _ => words::count_of(count, "day", "days"),
    }
}

fn picture(bars: &[Bar]) -> String {
    let parts: Vec<String> = bars
        .iter()
        .map(|bar| format!("{} within {}", bar.rows, bar.label))
        .collect();
    format!("Rows due: {}", parts.join(", "))
}
