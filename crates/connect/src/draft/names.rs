//! What names say: which table a column means (`author_id`, `created_by`,
//! `target_project_id`), and how sure a name alone makes that. English words
//! only; a name in another language says nothing here, and its values decide.

use candor_policy::catalogue::words;

/// A column that names a row of `X` is called `X` and one of these.
const SUFFIXES: [&str; 7] = ["id", "uid", "uuid", "guid", "fk", "pk", "oid"];

/// The same for keys that are numbers; a text of this name is a secret or a
/// reference of somebody else's.
const SOFT_SUFFIXES: [&str; 2] = ["key", "ref"];

/// Words for a person's part in something, beside words that end in `_by`.
const ROLES: [&str; 51] = [
    "author",
    "creator",
    "owner",
    "assignee",
    "reporter",
    "reviewer",
    "approver",
    "uploader",
    "updater",
    "editor",
    "sender",
    "recipient",
    "receiver",
    "inviter",
    "invitee",
    "member",
    "follower",
    "followee",
    "followed",
    "blocker",
    "moderator",
    "manager",
    "submitter",
    "requester",
    "requestor",
    "resolver",
    "deleter",
    "flagger",
    "voter",
    "buyer",
    "seller",
    "participant",
    "principal",
    "mentor",
    "impersonator",
    "respondent",
    "actor",
    "contributor",
    "publisher",
    "initiator",
    "purchaser",
    "holder",
    "speaker",
    "organizer",
    "organiser",
    "host",
    "supervisor",
    "create",
    "write",
    "user",
    "customer",
];

/// Roles of somebody who deals with a row without it being about them: an
/// erasure of theirs takes the name out, not the row.
const HANDLERS: [&str; 29] = [
    "assignee",
    "reviewer",
    "approver",
    "updater",
    "editor",
    "moderator",
    "manager",
    "resolver",
    "deleter",
    "assigned",
    "approved",
    "updated",
    "modified",
    "reviewed",
    "resolved",
    "closed",
    "deleted",
    "merged",
    "locked",
    "edited",
    "changed",
    "verified",
    "cancelled",
    "archived",
    "banned",
    "processed",
    "handled",
    "write",
    "supervisor",
];

/// First words of a column that picks one of several rows, and owns nothing.
const PICKS: [&str; 11] = [
    "default",
    "current",
    "primary",
    "latest",
    "last",
    "first",
    "selected",
    "active",
    "preferred",
    "previous",
    "next",
];

/// Words for another row of the same table.
const SELVES: [&str; 16] = [
    "parent",
    "root",
    "previous",
    "next",
    "original",
    "child",
    "ancestor",
    "antecedent",
    "consequent",
    "duplicate",
    "predecessor",
    "successor",
    "reply",
    "superseded",
    "duplicated",
    "replaced",
];

/// Tables whose rows are people, in the singular.
const PEOPLE: [&str; 27] = [
    "user",
    "account",
    "customer",
    "member",
    "person",
    "contact",
    "subscriber",
    "patient",
    "client",
    "profile",
    "student",
    "pupil",
    "teacher",
    "employee",
    "guest",
    "visitor",
    "buyer",
    "partner",
    "attendee",
    "applicant",
    "candidate",
    "donor",
    "passenger",
    "driver",
    "player",
    "citizen",
    "lead",
];

/// People of the company's own, who are seldom whom a policy is about.
const STAFF: [&str; 7] = [
    "staff",
    "admin",
    "administrator",
    "operator",
    "agent",
    "employee",
    "moderator",
];

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

/// A name as words in the singular.
pub(super) fn stems(name: &str) -> Vec<String> {
    words(name).iter().map(|word| singular(word)).collect()
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

/// Reads a column's name as a reference; `None` for a bare `id`.
pub(super) fn reference(column: &str) -> Option<Reference> {
    let mut about = stems(column);
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

impl Reference {
    /// Whether it names a person by a role: `author_id`, `created_by`.
    pub(super) fn is_role(&self) -> bool {
        let last = self.about.last().map_or("", String::as_str);
        let is_by = last == "by" && self.about.len() > 1;
        is_by || ROLES.contains(&last) || (self.is_to() && !self.is_self())
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

    /// `assigned_to`, `reports_to`.
    fn is_to(&self) -> bool {
        self.about.len() == 2 && self.about.last().is_some_and(|last| last == "to")
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
    0
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
