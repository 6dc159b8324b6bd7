//! Promises: one typed commitment each, whose id is its path in the
//! declaration (`retention.usage_events` is `retain.usage_events`).

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A promise's id: its family's key, a dot, the declared name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromiseId(pub String);

impl fmt::Display for PromiseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The families of promises. The declaration's section decides the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// `data`: what is collected.
    Collect,
    /// `occasions`: what is collected when.
    Occasion,
    /// `never`: what never happens.
    Never,
    /// `browser_only`: what stays in the browser.
    BrowserOnly,
    /// `purposes`: what data is used for.
    Purpose,
    /// `purposes` with `mail`: which messages can be refused.
    Mail,
    /// `vendors`: who receives what.
    Share,
    /// `sale: never`.
    NoSale,
    /// `consent`: how it is asked.
    Consent,
    /// `cookies`.
    Cookies,
    /// `retention`.
    Retain,
    /// `holds`: when data outlives its time.
    Hold,
    /// `rights`, with their deadlines.
    Right,
    /// `changes`.
    Notice,
    /// `security`.
    Security,
    /// `staff`.
    StaffAccess,
    /// `disclosure`.
    Disclosure,
    /// `aggregates`: statistics that identify nobody.
    Aggregate,
    /// `sources` with a region, and `locations`.
    Location,
    /// `people`: controller or processor.
    Role,
    /// `children`.
    Children,
    /// `decisions`: solely automated ones, or none.
    Decision,
    /// `organisation.contact`.
    Contact,
    /// `statements`.
    Stated,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 24] = [
        Self::Collect,
        Self::Occasion,
        Self::Never,
        Self::BrowserOnly,
        Self::Purpose,
        Self::Mail,
        Self::Share,
        Self::NoSale,
        Self::Consent,
        Self::Cookies,
        Self::Retain,
        Self::Hold,
        Self::Right,
        Self::Notice,
        Self::Security,
        Self::StaffAccess,
        Self::Disclosure,
        Self::Aggregate,
        Self::Location,
        Self::Role,
        Self::Children,
        Self::Decision,
        Self::Contact,
        Self::Stated,
    ];

    /// The first part of its promises' ids.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Occasion => "occasion",
            Self::Never => "never",
            Self::BrowserOnly => "browser_only",
            Self::Purpose => "purpose",
            Self::Mail => "mail",
            Self::Share => "share",
            Self::NoSale => "no_sale",
            Self::Consent => "consent",
            Self::Cookies => "cookies",
            Self::Retain => "retain",
            Self::Hold => "hold",
            Self::Right => "right",
            Self::Notice => "notice",
            Self::Security => "security",
            Self::StaffAccess => "staff_access",
            Self::Disclosure => "disclosure",
            Self::Aggregate => "aggregate",
            Self::Location => "location",
            Self::Role => "role",
            Self::Children => "children",
            Self::Decision => "decision",
            Self::Contact => "contact",
            Self::Stated => "stated",
        }
    }

    /// The declaration's section its promises come from.
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::Collect => "data",
            Self::Occasion => "occasions",
            Self::Never => "never",
            Self::BrowserOnly => "browser_only",
            Self::Purpose | Self::Mail => "purposes",
            Self::Share => "vendors",
            Self::NoSale => "sale",
            Self::Consent => "consent",
            Self::Cookies => "cookies",
            Self::Retain => "retention",
            Self::Hold => "holds",
            Self::Right => "rights",
            Self::Notice => "changes",
            Self::Security => "security",
            Self::StaffAccess => "staff",
            Self::Disclosure => "disclosure",
            Self::Aggregate => "aggregates",
            Self::Location => "sources",
            Self::Role => "people",
            Self::Children => "children",
            Self::Decision => "decisions",
            Self::Contact => "organisation",
            Self::Stated => "statements",
        }
    }
}

/// One typed commitment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// Its path.
    pub id: PromiseId,
    /// Its family.
    pub family: Family,
    /// The declared name after the family (`usage_events`); empty for a
    /// family of one (`no_sale`).
    pub name: String,
    /// One English sentence made from the declaration.
    pub summary: String,
    /// The phrases of the texts that make it.
    pub phrases: Vec<Phrase>,
}

/// A linked phrase of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// Language of the text it stands in.
    pub language: String,
    /// Anchor on the page, unique within the text: `p1`, `p2`, …
    pub anchor: String,
    /// What the link names: a promise id, or a field of it
    /// (`right.erasure.answer`).
    pub target: String,
    /// The linked words.
    pub words: String,
    /// The sentence around them, as plain text.
    pub sentence: String,
    /// Byte range of the link within the text's Markdown.
    pub span: Range<usize>,
}
