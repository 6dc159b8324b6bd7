//! The rights in words: what a person wants, what the law calls it, and what
//! staff do by hand to carry it out. Refuses to say of a task that it is done:
//! that stands in the subject request.

use candor_domain::subject_request::{Channel, Ground, SubjectRequest, System};
use candor_policy::charter::{Charter, Right};

use super::plain_name;

/// A right as a heading: what a person wants.
pub(crate) const fn right_title(right: Right) -> &'static str {
    match right {
        Right::Access => "Get a copy of my data",
        Right::Rectification => "Correct my data",
        Right::Erasure => "Erase my data",
        Right::Restriction => "Restrict the use of my data",
        Right::Portability => "Take my data elsewhere",
        Right::Objection => "Object to the use of my data",
        Right::Withdrawal => "Withdraw my consent",
        Right::OptOut => "Opt out of the sale and sharing of my data",
        Right::Complaint => "Complain",
    }
}

/// A right as the law names it.
pub(crate) const fn right_law(right: Right) -> &'static str {
    match right {
        Right::Access => "right of access, GDPR Article 15",
        Right::Rectification => "right to rectification, GDPR Article 16",
        Right::Erasure => "right to erasure, GDPR Article 17",
        Right::Restriction => "right to restriction, GDPR Article 18",
        Right::Portability => "right to data portability, GDPR Article 20",
        Right::Objection => "right to object, GDPR Article 21",
        Right::Withdrawal => "right to withdraw consent, GDPR Article 7(3)",
        Right::OptOut => "right to opt out, California Civil Code §1798.120",
        Right::Complaint => "right to complain, GDPR Article 77",
    }
}

/// A subject request as a noun: "your erasure request".
pub(crate) const fn right_noun(right: Right) -> &'static str {
    match right {
        Right::Access => "access",
        Right::Rectification => "rectification",
        Right::Erasure => "erasure",
        Right::Restriction => "restriction",
        Right::Portability => "portability",
        Right::Objection => "objection",
        Right::Withdrawal => "withdrawal",
        Right::OptOut => "opt-out",
        Right::Complaint => "complaint",
    }
}

/// How a subject request came in.
pub(crate) const fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::Form => "through the privacy centre",
        Channel::Console => "in the console",
        Channel::CommandLine => "by the command line",
        Channel::Api => "through the API",
        Channel::Bulk => "in a file of many people",
        Channel::Login => "through our own login",
        Channel::Protocol => "through an agent or a controller",
        Channel::Tenant => "on their controller's page",
        Channel::Letter => "by letter",
        Channel::Telephone => "by telephone",
        Channel::InPerson => "in person",
        Channel::Message => "by e-mail or another message",
    }
}

/// A subject request as a heading.
pub(crate) const fn request_title(right: Right) -> &'static str {
    match right {
        Right::Access => "Access request",
        Right::Rectification => "Rectification request",
        Right::Erasure => "Erasure request",
        Right::Restriction => "Restriction request",
        Right::Portability => "Portability request",
        Right::Objection => "Objection",
        Right::Withdrawal => "Withdrawal of consent",
        Right::OptOut => "Opt-out of sale and sharing",
        Right::Complaint => "Complaint",
    }
}

/// What was asked, after "you asked us for".
pub(crate) const fn right_wish(right: Right) -> &'static str {
    match right {
        Right::Access => "a copy of the data we hold about you",
        Right::Rectification => "the data we hold about you to be corrected",
        Right::Erasure => "the data we hold about you to be erased",
        Right::Restriction => "the use of your data to be restricted",
        Right::Portability => "your data in a form to take elsewhere",
        Right::Objection => "your data not to be used any more for what you object to",
        Right::Withdrawal => "your data not to be used any more for what you had agreed to",
        Right::OptOut => "your data not to be sold or shared",
        Right::Complaint => "an answer to your complaint",
    }
}

/// Why a use is to be restricted, as the person says it.
pub(crate) const fn ground_words(ground: Ground) -> &'static str {
    match ground {
        Ground::Contested => "The data is wrong, and you should check it first.",
        Ground::Unlawful => "You use it unlawfully, and I don’t want it erased.",
        Ground::Claims => "You no longer need it, and I do, for a legal claim.",
        Ground::Objected => "I objected, and you are still deciding.",
    }
}

/// A declared purpose as people read it.
pub(crate) fn purpose_words(charter: &Charter, name: &str) -> String {
    let purpose = charter.purposes.get(name);
    let about = purpose.and_then(|purpose| purpose.about.clone());
    about.unwrap_or_else(|| plain_name(name))
}

/// What a wish is about, apart from the person's own words.
pub(crate) fn wish_words(charter: &Charter, request: &SubjectRequest) -> Vec<String> {
    let Some(wish) = &request.wish else {
        return Vec::new();
    };
    let purposes = wish.marketing.iter().chain(&wish.purposes);
    let purposes = purposes.map(|name| purpose_words(charter, name));
    let ground = wish.ground.map(|ground| ground_words(ground).to_owned());
    purposes.chain(ground).collect()
}

/// Where a task is to be done.
pub(crate) fn task_place(charter: &Charter, system: &System) -> String {
    match system {
        System::Source(name) => format!("database “{name}”"),
        System::Vendor(name) => charter
            .vendors
            .get(name)
            .map_or_else(|| plain_name(name), |vendor| vendor.name.clone()),
    }
}

/// What staff have to do there.
pub(crate) const fn task_words(right: Right, system: &System) -> &'static str {
    match (right, system) {
        (Right::Rectification, System::Source(_)) => {
            "Correct the person’s data as they ask, wherever it stands here."
        }
        (Right::Rectification, System::Vendor(_)) => {
            "Tell them what was corrected (GDPR Article 19)."
        }
        (Right::Restriction, System::Source(_)) => {
            "Mark the person’s data so that it is only stored, and used for nothing."
        }
        (Right::Restriction, System::Vendor(_)) => {
            "Tell them that the data may only be stored (GDPR Article 19)."
        }
        (Right::Erasure, System::Vendor(_)) => {
            "Have them erase what they received from us about the person, or say why it stays (GDPR Article 19)."
        }
        (Right::OptOut, System::Source(_)) => {
            "Mark that the person’s data is neither sold nor shared."
        }
        (Right::OptOut, System::Vendor(_)) => {
            "Pass on nothing more, and tell them that the person opted out."
        }
        (_, System::Source(_)) => "Stop using the person’s data for what is named above.",
        (_, System::Vendor(_)) => "Have them stop using the data for what is named above.",
    }
}

/// What was done there, to the person.
pub(crate) const fn task_done_words(right: Right, system: &System) -> &'static str {
    match (right, system) {
        (Right::Rectification, System::Source(_)) => "corrected",
        (Right::Restriction, System::Source(_)) => "restricted",
        (Right::Rectification | Right::Restriction, System::Vendor(_)) => "told",
        (Right::Erasure, System::Vendor(_)) => "told to erase it",
        (Right::OptOut, System::Source(_)) => "neither sold nor shared",
        (Right::OptOut, System::Vendor(_)) => "gets nothing more, and was told",
        (_, System::Source(_)) => "no longer used for it",
        (_, System::Vendor(_)) => "told to stop",
    }
}
