//! What makes a promise of each family stronger, field by field. This is the
//! definition: `docs/reference/ratchet.md` is made from it. A field that stands
//! nowhere here is incomparable when it changes, and so is a promise of a family
//! without rules: whatever is new is looked at by a person until somebody has
//! ordered it.
//!
//! To add a family: one entry, named by [`Family::key`] and by the field of the
//! [`crate::charter::Charter`] its facts stand in.

use super::order::{Absent, Order};
use crate::promise::Family;

/// What a promise that appears does to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Appears {
    /// It permits something: weaker. One that goes is stronger.
    Permits,
    /// It protects: stronger. One that goes is weaker.
    Protects,
    /// As `Protects`, unless what it is about appears with it: then there was
    /// nothing to protect.
    Follows,
    /// It says what is; equal.
    Neutral,
    /// A person has to look: incomparable.
    Unclear,
}

/// Where in the charter the facts of a promise stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// Under the promise's name, within these fields.
    Named(&'static [&'static str]),
    /// These fields are the facts.
    Whole(&'static [&'static str]),
}

/// The order of one family.
#[derive(Debug)]
pub(super) struct Rules {
    /// Key of the family.
    pub(super) family: &'static str,
    /// Where in the charter its facts stand.
    pub(super) at: At,
    pub(super) appears: Appears,
    pub(super) fields: &'static [Field],
    /// Fields of the same entry that another family orders, or that promise
    /// nothing.
    pub(super) elsewhere: &'static [&'static str],
}

/// A field's order, and what it is called when it changed.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) order: Order,
}

/// The rules of a family, once it has some; more than one where its promises
/// come from more than one section.
pub(super) fn rules(family: Family) -> impl Iterator<Item = &'static Rules> {
    RULES
        .iter()
        .filter(move |rules| rules.family == family.key())
}

const fn field(name: &'static str, label: &'static str, order: Order) -> Field {
    Field { name, label, order }
}

const SHORTER: Order = Order::Shorter(Absent::Weakest);
const SHORTER_OR_NONE: Order = Order::Shorter(Absent::Strongest);
const BASES: Order = Order::Levels(&[
    "contract legal_obligation vital_interests public_task legitimate_interests instructions",
    "consent",
]);
const MAIL: Order = Order::Levels(&["always", "refusable"]);
const TRANSFERS: Order = Order::Levels(&[
    "privacy_shield safe_harbor",
    "derogation",
    "scc bcr",
    "adequacy dpf",
    "none",
]);
const CLASSES: Order = Order::Levels(&[
    "advertising",
    "analytics survey",
    "preferences",
    "essential",
]);
const ERASURES: Order = Order::Levels(&["keep", "pseudonymise", "delete"]);
const CLOCKS: Order = Order::Levels(&["verification", "receipt"]);
const ROUNDINGS: Order = Order::Levels(&["end_of_day", "exact"]);
const ACCEPTANCE: Order = Order::Levels(&["continued_use", "asked"]);

/// Every family's order.
pub(super) const RULES: &[Rules] = &[
    Rules {
        family: "collect",
        at: At::Named(&["data"]),
        appears: Appears::Permits,
        fields: &[
            field("category", "category", Order::Narrower),
            field("of", "about", Order::Fewer),
            field("purposes", "used for", Order::Fewer),
            field("only", "used for nothing else", Order::Yes),
            field("never_for", "never used for", Order::More),
            field("from", "obtained from", Order::Fewer),
            field("automatic", "collected by itself", Order::No),
            field("optional", "may be refused", Order::Limit),
            field("never_shared", "never shared", Order::Yes),
            field("when", "only when", Order::Limit),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "occasion",
        at: At::Named(&["occasions"]),
        appears: Appears::Permits,
        fields: &[
            field("collects", "collected then", Order::Fewer),
            field("only", "nothing else then", Order::Yes),
            field("of", "about", Order::FewerOrAny),
            field("adds_to", "adds to", Order::Same),
            field("when", "only when", Order::Limit),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "never",
        at: At::Named(&["never"]),
        appears: Appears::Protects,
        fields: &[
            field("categories", "never collected", Order::MoreCategories),
            field("purposes", "never used for", Order::More),
            field("cookies", "cookies never set", Order::More),
            field("of", "about", Order::MoreOrAll),
            field("except", "except", Order::Exception),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "browser_only",
        at: At::Named(&["browser_only"]),
        appears: Appears::Protects,
        fields: &[
            field("data", "stays in the browser", Order::More),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "purpose",
        at: At::Named(&["purposes"]),
        appears: Appears::Permits,
        fields: &[
            field("basis", "legal basis", BASES),
            field("category", "kind of purpose", Order::Same),
            field("interest", "legitimate interest", Order::Same),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &["mail", "opt_out", "often"],
    },
    Rules {
        family: "mail",
        at: At::Named(&["purposes"]),
        appears: Appears::Permits,
        fields: &[
            field("mail", "sent", MAIL),
            field("opt_out", "refused through", Order::More),
            field("often", "how often", Order::Limit),
        ],
        elsewhere: &["basis", "category", "interest", "about"],
    },
    Rules {
        family: "share",
        at: At::Named(&["vendors"]),
        appears: Appears::Permits,
        fields: &[
            field("name", "name", Order::Same),
            field("purposes", "receives data for", Order::Fewer),
            field("receives", "receives", Order::Fewer),
            field("only", "receives nothing else", Order::Yes),
            field("collects", "collects itself", Order::Fewer),
            field("enriches", "adds to profiles", Order::No),
            field("passes_to", "passes data to", Order::Fewer),
            field("region", "processes in", Order::Same),
            field("transfer", "transfer mechanism", TRANSFERS),
            field("erase", "erases through", Order::Offered),
            field("when", "only when", Order::Limit),
            field("opt_out", "opt-out", Order::Offered),
            field("role", "role", Order::Same),
            field("agreement", "processing agreement", Order::Offered),
            field("group", "a group that is not named one by one", Order::No),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "no_sale",
        at: At::Whole(&["no_sale"]),
        appears: Appears::Protects,
        fields: &[],
        elsewhere: &[],
    },
    Rules {
        family: "consent",
        at: At::Named(&["consent"]),
        appears: Appears::Follows,
        fields: &[
            field(
                "equal_choice",
                "accepting and declining equally easy",
                Order::Yes,
            ),
            field("change", "the choice can be changed in", Order::More),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "cookies",
        at: At::Named(&["cookies"]),
        appears: Appears::Permits,
        fields: &[
            field("class", "class", CLASSES),
            field("lifetime", "lifetime", SHORTER_OR_NONE),
            field("vendor", "set by", Order::Exception),
            field("optional", "may be refused", Order::Limit),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "retain",
        at: At::Named(&["retention"]),
        appears: Appears::Follows,
        fields: &[
            field("keep", "kept", Order::Keep),
            field("covers", "governs", Order::Covers),
            field("from", "counted from", Order::Same),
            field("from_end_of", "counted from the end of", Order::Exception),
            field("law", "law", Order::Wording),
            field("at_least", "kept at least", SHORTER_OR_NONE),
            field("on_erasure", "an erasure does", ERASURES),
            field("shorter_than", "shorter than", Order::Limit),
            field("unless", "longer when", Order::Exception),
            field("on_request", "the exact period on request", Order::Yes),
            field("notice", "told before it goes", Order::Longer),
            field(
                "aggregate",
                "counted into a table before it goes",
                Order::Exception,
            ),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "hold",
        at: At::Named(&["holds"]),
        appears: Appears::Permits,
        fields: &[
            field("covers", "keeps", Order::FewerOrAny),
            field("flags", "while", Order::Fewer),
            field("because", "because", Order::Same),
            field("decided_by", "decided by", Order::Wording),
            field("review", "reviewed by", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "right",
        at: At::Named(&["rights"]),
        appears: Appears::Protects,
        fields: &[
            field("answer", "first answer within", SHORTER),
            field("complete", "carried out within", SHORTER),
            field("from", "the clock starts with", CLOCKS),
            field("calendar", "working days of", Order::Same),
            field("rounding", "the last day ends", ROUNDINGS),
            field("extension", "may take longer by", SHORTER_OR_NONE),
            field("undo", "can be taken back for", SHORTER_OR_NONE),
            field("settle", "looked for again after", Order::Same),
            field("except", "except", Order::Fewer),
            field("approve", "decided by", Order::Wording),
            field("through", "through", Order::More),
            field("verify", "identity verified by", Order::Same),
            field("of", "for", Order::MoreOrAll),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "notice",
        at: At::Whole(&["changes"]),
        appears: Appears::Protects,
        fields: &[
            field("notify", "announced by", Order::More),
            field("never_weaken", "protection is never lowered", Order::Yes),
            field("material", "only material changes are announced", Order::No),
            field("to", "announced to", Order::Same),
            field("ahead", "announced ahead by", Order::Longer),
            field("accepted_by", "accepted by", ACCEPTANCE),
            field("dated", "dated at the top", Order::Yes),
            field("versions", "old versions stay readable", Order::Yes),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "security",
        at: At::Named(&["security"]),
        appears: Appears::Protects,
        fields: &[
            field("value", "value", Order::Measure),
            field("every", "every", SHORTER),
            field("encrypted", "encrypted", Order::Yes),
            field("keep", "kept", SHORTER_OR_NONE),
            field("automatic", "done by a machine", Order::Yes),
            field("bits", "bits", Order::Larger),
            field("tested", "tested every", SHORTER),
            field("of", "for", Order::MoreOrAll),
            field("owner", "answered for by", Order::Wording),
            field("review", "reviewed by", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "staff_access",
        at: At::Named(&["staff"]),
        appears: Appears::Permits,
        fields: &[
            field("when", "when", Order::Same),
            field("case", "case", Order::Same),
            field("who", "who may look", Order::FewerOrAny),
            field("data", "what they may look at", Order::FewerOrAny),
            field("approval", "approved by", Order::Limit),
            field("expires", "ends after", SHORTER),
            field("last_resort", "only as a last resort", Order::Yes),
            field("bound_by", "bound by", Order::More),
            field("abroad", "from abroad", Order::No),
            field("logged", "each access is written down", Order::Yes),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "disclosure",
        at: At::Named(&["disclosure"]),
        appears: Appears::Permits,
        fields: &[
            field("when", "when", Order::Same),
            field("case", "case", Order::Same),
            field("to", "to", Order::FewerOrAny),
            field("data", "data", Order::FewerOrAny),
            field("register", "entered in the register", Order::Yes),
            field("redacted", "without what identifies", Order::Yes),
            field("told", "the person is told", Order::Yes),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "aggregate",
        at: At::Named(&["aggregates"]),
        appears: Appears::Permits,
        fields: &[
            field("figures", "figures", Order::FewerOrAny),
            field("to", "shown to", Order::FewerOrAny),
            field("at_least", "people in a figure at least", Order::Larger),
            field("noise", "noise hides each person", Order::Yes),
            field("data", "made from", Order::FewerOrAny),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "location",
        at: At::Named(&["sources"]),
        appears: Appears::Unclear,
        fields: &[field("region", "region", Order::Same)],
        elsewhere: &["kind", "url", "map"],
    },
    Rules {
        family: "location",
        at: At::Named(&["locations"]),
        appears: Appears::Unclear,
        fields: &[
            field("region", "region", Order::Same),
            field("not_in", "not in", Order::More),
            field("vendor", "run by", Order::Same),
            field("holds", "holds", Order::FewerOrAny),
            field("told", "people elsewhere are told", Order::Yes),
            field("about", "described as", Order::Wording),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "role",
        at: At::Named(&["people"]),
        appears: Appears::Neutral,
        fields: &[
            field("role", "role", Order::Same),
            field("of", "on behalf of", Order::Same),
            field("known_by", "known by", Order::Wording),
            field("agreement", "processing agreement", Order::Offered),
            field("tools", "means given to the controller", Order::More),
            field(CONTROLLER, "organisation", Order::Same),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "children",
        at: At::Whole(&["children"]),
        appears: Appears::Protects,
        fields: &[
            field("under", "not for people under", Order::Same),
            field("erase", "erased when found within", SHORTER),
            field("parent", "a parent's consent is asked", Order::Same),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "decision",
        at: At::Named(&["decisions", "made"]),
        appears: Appears::Permits,
        fields: &[
            field("says", "what is decided", Order::Same),
            field("logic", "how", Order::Offered),
            field("data", "rests on", Order::Fewer),
            field("human", "a human looks at it on request", Order::Yes),
        ],
        elsewhere: &[],
    },
    Rules {
        family: "contact",
        at: At::Named(&["organisation", "contact"]),
        appears: Appears::Protects,
        fields: &[field(VALUE, "reached at", Order::Wording)],
        elsewhere: &[],
    },
    Rules {
        family: "stated",
        at: At::Named(&["statements"]),
        appears: Appears::Protects,
        fields: &[
            field("says", "what is stated", Order::Same),
            field("owner", "answered for by", Order::Wording),
            field("review", "reviewed by", Order::Wording),
            field("credit", "credit", Order::Wording),
        ],
        elsewhere: &[],
    },
];

/// The field of a fact that has no fields of its own.
pub(super) const VALUE: &str = "value";
/// Who makes the promises: a part of every promise about its role.
pub(super) const CONTROLLER: &str = "controller";
