//! What names say: which table a column means (`author_id`, `created_by`,
//! `target_project_id`), and how sure a name alone makes that. English words
//! only; a name in another language says nothing here, and its values decide.

use candor_policy::catalogue::words;

use super::words::{
    GENERIC, HANDLERS, PEOPLE, PERSONS, PICKS, ROLES, SELVES, SHORT, SOFT_SUFFIXES, STAFF, SUFFIXES,
};

/// A word in the singular: `categories`, `boxes`, `statuses`, `people`.
pub(super) fn singular(word: &str) -> String {
    match word {
        "people" => return "person".to_owned(),
        "children" => return "child".to_owned(),
        "indices" => return "index".to_owned(),
        "news" | "series" | "species" | "sms" => return word.to_owned(),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes", "uses"] {
        if let Some(stem) = word.strip_suffix("es").filter(|_| word.ends_with(ending)) {
            return stem.to_owned();
        }
    }
    let keeps = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    match word
        .strip_suffix('s')
        .filter(|stem| !keeps && stem.len() > 1)
    {
        Some(stem) => stem.to_owned(),
        None => word.to_owned(),
    }
}

/// A name as words in the singular, those that are often shortened in full.
pub(super) fn stems(name: &str) -> Vec<String> {
    let whole = |word: &String| {
        let word = singular(word);
        let mut short = SHORT.iter().filter(|(short, _)| *short == word);
        short
            .next()
            .map_or(word.clone(), |(_, whole)| (*whole).to_owned())
    };
    words(name).iter().map(whole).collect()
}

/// What a column's name says about the row it may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The words before the suffix, in the singular; never empty.
    pub(super) about: Vec<String>,
    /// Whether it ends like a reference (`_id`); else it may be one only by its
    /// type or as a role.
    pub(super) is_marked: bool,
    /// Whether a text can be such a reference, too.
    pub(super) is_firm: bool,
}

/// Words that are written together: `userid`, `createdby`.
fn apart(stems: Vec<String>) -> Vec<String> {
    let mut words = Vec::new();
    for stem in stems {
        let by = stem.strip_suffix("by").filter(|own| own.ends_with("ed"));
        let on = stem.strip_suffix("on").filter(|own| own.ends_with("ed"));
        let id = stem.strip_suffix("id").filter(|own| own.len() > 3);
        match (by, on, id) {
            (Some(done), ..) => words.extend([done.to_owned(), "by".to_owned()]),
            (_, Some(done), _) => words.extend([done.to_owned(), "on".to_owned()]),
            (.., Some(about)) => words.extend([singular(about), "id".to_owned()]),
            _ => words.push(stem),
        }
    }
    words
}

/// Whether a name alone says nothing about what it names.
pub(super) fn is_generic(name: &str) -> bool {
    GENERIC.contains(&name)
}

/// Reads a column's name as a reference; `None` for a bare `id`.
pub(super) fn reference(column: &str) -> Option<Reference> {
    let mut about = apart(stems(column));
    let (mut is_marked, mut is_firm) = (false, false);
    while let Some(last) = about.last() {
        let (firm, soft) = (
            SUFFIXES.contains(&last.as_str()),
            SOFT_SUFFIXES.contains(&last.as_str()),
        );
        if !firm && !soft {
            break;
        }
        about.pop();
        is_marked = true;
        is_firm |= firm;
    }
    (!about.is_empty()).then_some(Reference {
        about,
        is_marked,
        is_firm,
    })
}

/// Whether a word alone marks a reference to whatever key a table has.
pub(super) fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(&word)
}

/// Whether a word means nobody but a person.
pub(super) fn is_persons_word(word: &str) -> bool {
    PERSONS.contains(&word)
}

/// Whether a table's last word is one for people of the company's own.
pub(super) fn is_staff(table: &str) -> bool {
    let stems = stems(table);
    stems
        .last()
        .is_some_and(|last| STAFF.contains(&last.as_str()))
}

impl Reference {
    /// Whether it may name a person by what somebody does: `redeemer_id`,
    /// `from_id`. Many things are called so, too (`printer_id`).
    pub(super) fn is_agent(&self) -> bool {
        let last = self.about.last().map_or("", String::as_str);
        let does = last.len() > 4 && ["er", "or", "ee"].iter().any(|end| last.ends_with(end));
        self.is_marked && (does || (self.about.len() == 1 && matches!(last, "from" | "to")))
    }

    /// Whether it names a person by a role: `author_id`, `created_by`.
    pub(super) fn is_role(&self) -> bool {
        let last = self.about.last().map_or("", String::as_str);
        let is_by = last == "by" && self.about.len() > 1;
        let is_person = PERSONS.contains(&last) && !self.is_self();
        is_by || is_person || ROLES.contains(&last) || (self.is_to() && !self.is_self())
    }

    /// Whether it names somebody by the office they hold with the company.
    pub(super) fn is_office(&self) -> bool {
        let last = self.about.last().map_or("", String::as_str);
        matches!(last, "officer" | "clerk" | "agent")
    }

    /// `create_uid`: whoever was signed in.
    pub(super) fn is_technical(&self) -> bool {
        let last = self.about.last().map_or("", String::as_str);
        matches!(last, "create" | "write")
    }

    /// Whether it names somebody above a person: one of the same table, in a
    /// table of people.
    pub(super) fn is_superior(&self) -> bool {
        let superior = ["manager", "supervisor", "mentor", "coach", "boss", "report"];
        let mut words = self.about.iter();
        words.any(|word| superior.contains(&word.as_str()))
    }

    /// Whether it names a kind of person rather than a part somebody has:
    /// `customer_id`, which another row of the same table seldom is.
    pub(super) fn is_kind(&self) -> bool {
        let last = self.about.last().map_or("", String::as_str);
        matches!(last, "user" | "customer")
    }

    /// Whether the person named only deals with the row.
    pub(super) fn is_handler(&self) -> bool {
        self.about
            .iter()
            .any(|word| HANDLERS.contains(&word.as_str()))
    }

    /// Whether it picks one of several rows: `default_address_id`.
    pub(super) fn is_pick(&self) -> bool {
        self.about.len() > 1
            && self
                .about
                .first()
                .is_some_and(|first| PICKS.contains(&first.as_str()))
    }

    /// `assigned_to`, `reports_to`; not `score_to`.
    fn is_to(&self) -> bool {
        match self.about.as_slice() {
            [done, to] => to == "to" && (done.ends_with("ed") || done == "report"),
            _ => false,
        }
    }

    /// `is_loan_officer`: whether, not who.
    pub(super) fn is_switch(&self) -> bool {
        let first = self.about.first().map_or("", String::as_str);
        self.about.len() > 1 && matches!(first, "is" | "has" | "can" | "may" | "allow" | "need")
    }

    /// Whether it may name another row of its own table.
    pub(super) fn is_self(&self) -> bool {
        self.about
            .iter()
            .any(|word| SELVES.contains(&word.as_str()))
    }
}

/// How well a reference's words fit a table's, from 0 to 100; `own` is the
/// table that has the column, whose prefix a neighbour shares.
pub(super) fn fit(about: &[String], own: &[String], target: &[String]) -> u8 {
    if about == target {
        return 100;
    }
    // `pipeline_id` in `ci_builds` means `ci_pipelines`.
    if target.ends_with(about) {
        let prefix = target.len() - about.len();
        let is_neighbour = own.len() >= prefix && own.get(..prefix) == target.get(..prefix);
        let distance = u8::try_from(prefix).unwrap_or(u8::MAX).saturating_sub(1);
        // `template_id` in `x_hook` means `x_hook_templates` before `x_templates`.
        if is_neighbour && prefix == own.len() {
            return 99;
        }
        let nearest: u8 = if is_neighbour { 98 } else { 90 };
        return nearest.saturating_sub(distance.saturating_mul(3)).max(60);
    }
    // `target_project_id` means `projects`: the words before say which.
    if about.ends_with(target) {
        let before = u8::try_from(about.len() - target.len()).unwrap_or(u8::MAX);
        return 88_u8.saturating_sub(before.saturating_mul(4)).max(60);
    }
    // `target_project_id` in `app_merges` means `app_projects`.
    let shared = (1..target.len()).find(|start| {
        own.get(..*start) == target.get(..*start)
            && target
                .get(*start..)
                .is_some_and(|rest| about.ends_with(rest))
    });
    if shared.is_some() {
        return 80;
    }
    loosely(about, own, target)
}

/// How well words fit of which a few are left out, moved, or shortened.
fn loosely(about: &[String], own: &[String], target: &[String]) -> u8 {
    // The application's prefix, which a column leaves out.
    let is_prefixed = target.len() > 1 && own.first() == target.first();
    let bare = target.get(usize::from(is_prefixed)..).unwrap_or_default();
    // `loan_product_id` means `x_product_loan`.
    let (mut left, mut right) = (about.to_vec(), bare.to_vec());
    left.sort();
    right.sort();
    if about.len() > 1 && left == right {
        return 82;
    }
    // `from_savings_transaction_id` means `x_savings_account_transactions`: the
    // first words say which of several.
    let start = about.iter().position(|word| bare.first() == Some(word));
    let about = about.get(start.unwrap_or_default()..).unwrap_or(about);
    if about.len() > 1 && bare.last() == about.last() && is_within(about, bare) {
        return 78;
    }
    // `gender_cv_id` means `x_code_values`.
    let short = initials(target);
    let is_short = about.last().is_some_and(|last| short.contains(last));
    if is_short { 76 } else { 0 }
}

/// Whether words stand in another list in the same order.
fn is_within(words: &[String], list: &[String]) -> bool {
    let mut rest = list.iter();
    words.iter().all(|word| rest.any(|own| own == word))
}

/// What a name of several words is shortened to, with its prefix and without.
pub(super) fn initials(stems: &[String]) -> Vec<String> {
    let short = |words: &[String]| -> Option<String> {
        let first = words.iter().filter_map(|word| word.chars().next());
        (words.len() > 1).then(|| first.collect())
    };
    let whole = short(stems);
    let bare = stems.get(1..).and_then(short);
    whole.into_iter().chain(bare).collect()
}

/// Whether rows of a table with this name may be people, and whether rather
/// the company's own.
pub(super) fn people(table: &str) -> Option<bool> {
    let stems = stems(table);
    let last = stems.last()?;
    let is = |word: &str, list: &[&str]| list.contains(&word);
    if stems.iter().any(|word| is(word, &STAFF)) && stems.len() <= 2 {
        return Some(true);
    }
    // At most a prefix before it: `auth_user`, `wp_users`, `res_partner`.
    (stems.len() <= 2 && is(last, &PEOPLE)).then_some(false)
}

/// Whether a table is called after people themselves, not after what they are
/// to a row of another table.
pub(super) fn is_person(table: &str) -> bool {
    let parts = [
        "member",
        "profile",
        "contact",
        "account",
        "lead",
        "subscriber",
    ];
    let stems = stems(table);
    let last = stems.last().map_or("", String::as_str);
    PEOPLE.contains(&last) && !parts.contains(&last)
}

/// The words of a value that may be a type's name: `App\Models\BlogPost`,
/// `blog.post`, `BlogPost` and `blog_posts` alike, the module left out.
pub(super) fn type_stems(value: &str) -> Vec<String> {
    let last = value
        .rsplit(['\\', ':', '.', '/'])
        .next()
        .unwrap_or_default();
    stems(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(column: &str, own: &str, target: &str) -> u8 {
        fit(
            &reference(column).unwrap().about,
            &stems(own),
            &stems(target),
        )
    }

    #[test]
    fn words_lose_their_plural() {
        for (plural, one) in [
            ("categories", "category"),
            ("addresses", "address"),
            ("statuses", "status"),
            ("boxes", "box"),
            ("users", "user"),
            ("people", "person"),
            ("status", "status"),
            ("analysis", "analysis"),
            ("purchases", "purchase"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn a_nearer_table_fits_better() {
        assert_eq!(fits("user_id", "posts", "users"), 100);
        assert_eq!(fits("userId", "Posts", "Users"), 100);
        assert!(fits("pipeline_id", "ci_builds", "ci_pipelines") > 90);
        assert!(
            fits("pipeline_id", "ci_builds", "ci_pipelines")
                > fits("pipeline_id", "ci_builds", "data_pipelines")
        );
        assert!(fits("target_project_id", "merges", "projects") >= 80);
        assert!(fits("target_project_id", "app_merges", "app_projects") >= 80);
        assert_eq!(fits("user_id", "posts", "orders"), 0);
        assert_eq!(reference("id"), None);
    }

    #[test]
    fn words_may_be_written_together_moved_shortened_or_left_out() {
        let about = |column: &str| reference(column).unwrap().about.join(" ");
        assert_eq!(about("closedon_userid"), "closed on user");
        assert_eq!(about("createdby_id"), "created by");
        assert_eq!(about("customerid"), "customer");
        for (column, own, target) in [
            ("loan_product_id", "x_rates", "x_product_loan"),
            (
                "from_savings_transaction_id",
                "x_moves",
                "x_savings_account_transactions",
            ),
            ("gender_cv_id", "x_clients", "x_code_values"),
            ("phase_def_id", "plans", "phase_definitions"),
        ] {
            assert!(fits(column, own, target) >= 75, "{column}");
        }
        let hooks = fits("template_id", "hooks", "hook_templates");
        assert!(hooks < fits("template_id", "hooks", "templates"));
        let hooks = fits("template_id", "x_hook", "x_hook_templates");
        assert!(hooks > fits("template_id", "x_hook", "x_template"));
        assert_eq!(fits("loan_product_id", "x_rates", "x_loan_officer"), 0);
    }

    #[test]
    fn who_acts_may_be_somebody_and_whether_is_nobody() {
        for (column, is_agent) in [
            ("redeemer_id", true),
            ("from_id", true),
            ("page_id", false),
            ("redeemer", false),
        ] {
            assert_eq!(reference(column).unwrap().is_agent(), is_agent, "{column}");
        }
        assert!(reference("is_loan_officer").unwrap().is_switch());
        assert!(!reference("score_to").unwrap().is_role());
        assert!(reference("reports_to").unwrap().is_role());
    }

    #[test]
    fn roles_are_told_from_things() {
        for (column, is_role) in [
            ("created_by", true),
            ("created_by_id", true),
            ("author_id", true),
            ("assigned_to", true),
            ("order_id", false),
            ("by", false),
        ] {
            assert_eq!(reference(column).unwrap().is_role(), is_role, "{column}");
        }
    }

    #[test]
    fn names_of_types_are_read_in_every_style() {
        for value in ["App\\Models\\BlogPost", "Blog::BlogPost", "x.blog_posts"] {
            assert_eq!(type_stems(value), ["blog", "post"], "{value}");
        }
    }
}
