//! What somebody is told beside their data (GDPR Article 15(1) and (2)), as a part of
//! the package's page. Lists and short tables; everything in it is escaped.

use std::fmt::Write as _;

use candor_policy::render::information::{DataLine, Information, PurposeLine, Recipient};

use super::page::escaped;

/// The heading under which all of it stands.
pub(super) const TITLE: &str = "What for, who received it, how long, and your rights";
/// Its anchor.
pub(super) const ANCHOR: &str = "told";

/// The section.
pub(super) fn section(told: &Information) -> String {
    let mut html = format!("<section id=\"{ANCHOR}\">\n<h2>{TITLE}</h2>\n");
    if let Some(customer) = &told.on_behalf_of {
        let customer = escaped(customer);
        let _ = writeln!(
            html,
            "<p>We hold your data on behalf of <strong>{customer}</strong>, who decides about it.</p>"
        );
    }
    purposes(&mut html, &told.purposes);
    data(&mut html, &told.data);
    recipients(&mut html, told);
    list(
        &mut html,
        "When we would disclose it",
        &told.disclosures,
        "No such case is foreseen.",
    );
    list(
        &mut html,
        "Decisions made by machine alone",
        &told.decisions,
        "Our policy names none about you.",
    );
    list(&mut html, "Your rights", &told.rights, "");
    let complaint = escaped(&told.complaint);
    let _ = write!(
        html,
        "<h3>Where you can complain</h3>\n<p>You can complain to {complaint}.</p>\n</section>\n"
    );
    html
}

fn purposes(html: &mut String, purposes: &[PurposeLine]) {
    let rows = purposes
        .iter()
        .map(|one| [one.purpose.clone(), one.data.join(", "), one.basis.clone()]);
    table(
        html,
        "What we use it for",
        ["What for", "Which data", "On what basis"],
        rows,
    );
}

fn data(html: &mut String, data: &[DataLine]) {
    let rows = data.iter().map(|one| {
        [
            one.data.clone(),
            one.category.clone(),
            match one.found_in.is_empty() {
                true => "in no database that we searched".to_owned(),
                false => one.found_in.join(", "),
            },
            one.kept.clone(),
            one.from.clone(),
        ]
    });
    let heads = [
        "Data",
        "Category",
        "Where it was found",
        "Kept",
        "It came from",
    ];
    table(
        html,
        "Which data, how long, and where it came from",
        heads,
        rows,
    );
}

fn recipients(html: &mut String, told: &Information) {
    let title = "Who received it";
    if told.recipients.is_empty() {
        let _ = write!(
            html,
            "<h3>{title}</h3>\n<p>Nobody else received it, as far as we know.</p>\n"
        );
    } else {
        let heads = ["Who", "What of yours", "What for", "Where", "How we know"];
        table(html, title, heads, told.recipients.iter().map(recipient));
    }
    if !told.not_received.is_empty() {
        let names = escaped(&told.not_received.join(", "));
        let _ = writeln!(
            html,
            "<p>Our policy also names {names}. As far as we know, nothing of yours went there.</p>"
        );
    }
}

fn recipient(one: &Recipient) -> [String; 5] {
    let place = one
        .place
        .clone()
        .unwrap_or_else(|| "not declared".to_owned());
    [
        format!("{} ({})", one.name, one.role),
        match one.receives.is_empty() {
            true => "that you asked".to_owned(),
            false => one.receives.join(", "),
        },
        one.purposes.join(", "),
        match &one.safeguard {
            Some(safeguard) => format!("{place}: {safeguard}"),
            None => place,
        },
        one.because.clone(),
    ]
}

fn table<const COLUMNS: usize>(
    html: &mut String,
    title: &str,
    heads: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) {
    let _ = write!(
        html,
        "<h3>{title}</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n\
         <table>\n<thead><tr>"
    );
    for head in heads {
        let _ = write!(html, "<th scope=\"col\">{head}</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            let _ = write!(html, "<td>{}</td>", escaped(&cell));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
}

fn list(html: &mut String, title: &str, lines: &[String], nothing: &str) {
    let _ = writeln!(html, "<h3>{title}</h3>");
    if lines.is_empty() {
        if !nothing.is_empty() {
            let _ = writeln!(html, "<p>{nothing}</p>");
        }
        return;
    }
    html.push_str("<ul>\n");
    for line in lines {
        let _ = writeln!(html, "<li>{}</li>", escaped(line));
    }
    html.push_str("</ul>\n");
}
