//! English words that names of columns and tables are made of, by what they say
//! of a row. Pure; how they are read is in `names`.

/// A column that names a row of `X` is called `X` and one of these.
pub(super) const SUFFIXES: [&str; 7] = ["id", "uid", "uuid", "guid", "fk", "pk", "oid"];

/// The same for keys that are numbers; a text of this name is a secret or a
/// reference of somebody else's.
pub(super) const SOFT_SUFFIXES: [&str; 2] = ["key", "ref"];

/// Words for a person's part in something, beside words that end in `_by`.
pub(super) const ROLES: [&str; 54] = [
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
    "officer",
    "maker",
    "checker",
];

/// Roles of somebody who deals with a row without it being about them: an
/// erasure of theirs takes the name out, not the row.
pub(super) const HANDLERS: [&str; 32] = [
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
    "officer",
    "checker",
    "lastmodified",
];

/// Words as they are often shortened in names.
pub(super) const SHORT: [(&str, &str); 15] = [
    ("acct", "account"),
    ("addr", "address"),
    ("attr", "attribute"),
    ("cust", "customer"),
    ("def", "definition"),
    ("dept", "department"),
    ("emp", "employee"),
    ("grp", "group"),
    ("mgr", "manager"),
    ("msg", "message"),
    ("org", "organization"),
    ("rel", "relation"),
    ("txn", "transaction"),
    ("trx", "transaction"),
    ("usr", "user"),
];

/// Names that columns of many tables have, and that say nothing.
pub(super) const GENERIC: [&str; 11] = [
    "id", "key", "name", "code", "type", "value", "version", "slug", "status", "title", "kind",
];

/// First words of a column that picks one of several rows, and owns nothing.
pub(super) const PICKS: [&str; 11] = [
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
pub(super) const SELVES: [&str; 17] = [
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
    "reversal",
    "duplicated",
    "replaced",
];

/// Tables whose rows are people, in the singular.
pub(super) const PEOPLE: [&str; 27] = [
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
pub(super) const STAFF: [&str; 7] = [
    "staff",
    "admin",
    "administrator",
    "operator",
    "agent",
    "employee",
    "moderator",
];
