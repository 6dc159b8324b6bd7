//! A policy of a given size that compiles: as many promises as are wanted, each
//! linked from a sentence of twenty words, under headings. Always the same.

/// A promise of every kind in a round, and what the text says of it.
const KINDS: usize = 4;
/// Entries between two headings.
const SECTION: usize = 10;

/// The files of a folder: path and text.
pub(super) fn files(promises: usize) -> [(&'static str, String); 2] {
    let entries = promises.div_ceil(KINDS);
    [
        ("candor.yaml", declaration(entries)),
        ("policy.md", text(entries)),
    ]
}

fn declaration(entries: usize) -> String {
    let mut yaml = "\
candor: 1
organisation: { name: Example SAS, country: FR, contact: { email: privacy@example.test } }
text: { en: policy.md }
people: { customer: { role: controller, known_by: [email] } }
"
    .to_owned();
    section(&mut yaml, "purposes", entries, |at| {
        format!("task_{at}: {{ basis: contract }}")
    });
    section(&mut yaml, "data", entries, |at| {
        format!("record_{at}: {{ category: telemetry, of: customer, for: task_{at} }}")
    });
    section(&mut yaml, "vendors", entries, |at| {
        format!("helper_{at}: {{ for: task_{at}, receives: record_{at}, region: FR }}")
    });
    section(&mut yaml, "retention", entries, |at| {
        format!("record_{at}: {{ for: {} days }}", days(at))
    });
    yaml
}

fn section(yaml: &mut String, name: &str, entries: usize, entry: impl Fn(usize) -> String) {
    yaml.push_str(name);
    yaml.push_str(":\n");
    for at in 0..entries {
        yaml.push_str("  ");
        yaml.push_str(&entry(at));
        yaml.push('\n');
    }
}

fn text(entries: usize) -> String {
    let mut text = "\
# Privacy policy

*In force from 1 November 2026.*

Example SAS answers [privacy@example.test](promise:contact.email).
"
    .to_owned();
    for at in 0..entries {
        if at % SECTION == 0 {
            text.push_str(&format!("\n## Part {} of the service\n", at / SECTION + 1));
        }
        text.push_str(&paragraph(at));
    }
    text
}

/// Four sentences of about twenty words, one for each kind.
fn paragraph(at: usize) -> String {
    let days = days(at);
    format!(
        "
In this part of the service there is one thing that we do, and its name is [task {at}](promise:purpose.task_{at}).
It needs [record {at}](promise:collect.record_{at}), which comes from you or from the device on which you open the portal.
When the work is more than our own people can do in time, [Helper {at}](promise:share.helper_{at}) receives it as well, and keeps it in France.
What is left of it when the work is done [goes after {days} days](promise:retain.record_{at}), here and with whoever helped us.
"
    )
}

const fn days(at: usize) -> usize {
    30 + at % 300
}
