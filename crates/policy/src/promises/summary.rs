//! One English sentence per promise, made from what is declared.

use crate::charter::{
    Basis, Changes, Charter, Consent, Contact, Cookie, CookieClass, Data, Disclosure, Keep, Mail,
    Measure, Never, OnErasure, Person, Purpose, Retention, Right, RightTerms, Staff, Statement,
    Vendor,
};
use crate::words::{first_upper, list, plain};

pub(super) fn collect(charter: &Charter, name: &str, data: &Data) -> String {
    let only = if data.only { " only" } else { "" };
    format!(
        "We use {}{only} for {}.",
        data_words(charter, name),
        purposes(charter, &data.purposes)
    )
}

pub(super) fn never(name: &str, never: &Never) -> String {
    let except = never
        .except
        .as_ref()
        .map(|except| format!(", except {except}"))
        .unwrap_or_default();
    format!("{} are never collected{except}.", first_upper(&plain(name)))
}

pub(super) fn purpose(name: &str, purpose: &Purpose) -> String {
    let what = purpose.about.clone().unwrap_or_else(|| plain(name));
    let basis = match purpose.basis {
        Basis::Consent => "only with consent",
        Basis::Contract => "to perform the contract",
        Basis::LegalObligation => "because the law requires it",
        Basis::VitalInterests => "to protect vital interests",
        Basis::PublicTask => "for a task in the public interest",
        Basis::LegitimateInterests => "on the basis of legitimate interests",
    };
    format!("Data is used for {what} {basis}.")
}

pub(super) fn mail(name: &str, purpose: &Purpose, mail: Mail) -> String {
    let what = purpose.about.clone().unwrap_or_else(|| plain(name));
    let rule = match mail {
        Mail::Always => "this mail is part of the service and always sent",
        Mail::Refusable => "this mail can be refused with one click",
    };
    format!("{}: {rule}.", first_upper(&what))
}

pub(super) fn share(charter: &Charter, vendor: &Vendor) -> String {
    let what = if vendor.receives.is_empty() {
        "no declared data".to_owned()
    } else {
        let received: Vec<String> = vendor
            .receives
            .iter()
            .map(|name| data_words(charter, name))
            .collect();
        list(&received)
    };
    let region = vendor
        .region
        .as_ref()
        .map(|region| format!(", in {region}"))
        .unwrap_or_default();
    let when = vendor
        .when
        .as_ref()
        .map(|when| format!(", when {}", plain(when)))
        .unwrap_or_default();
    format!(
        "{} receives {what} for {}{region}{when}.",
        vendor.name,
        purposes(charter, &vendor.purposes)
    )
}

pub(super) fn no_sale() -> String {
    "Personal data is never sold or rented.".to_owned()
}

pub(super) fn consent(charter: &Charter, name: &str, consent: &Consent) -> String {
    let equal = if consent.equal_choice {
        "; accepting and declining are equally easy"
    } else {
        ""
    };
    let change = if consent.change.is_empty() {
        String::new()
    } else {
        format!(
            "; the choice can be changed here: {}",
            list(&consent.change)
        )
    };
    let what = purposes(charter, &[name.to_owned()]);
    format!("{}: only after consent{equal}{change}.", first_upper(&what))
}

pub(super) fn cookie(charter: &Charter, name: &str, cookie: &Cookie) -> String {
    let class = match cookie.class {
        CookieClass::Essential => "an essential",
        CookieClass::Preferences => "a preference",
        CookieClass::Analytics => "an analytics",
        CookieClass::Survey => "a survey",
        CookieClass::Advertising => "an advertising",
    };
    let by = cookie
        .vendor
        .as_ref()
        .map(|vendor| {
            let declared = charter.vendors.get(vendor);
            format!(" of {}", declared.map_or(vendor, |vendor| &vendor.name))
        })
        .unwrap_or_default();
    let lifetime = cookie.lifetime.map_or_else(
        || "for the browser session".to_owned(),
        |lifetime| format!("for {lifetime}"),
    );
    format!("`{name}` is {class} cookie{by}, kept {lifetime}.")
}

pub(super) fn retain(name: &str, retention: &Retention) -> String {
    let keep = match &retention.keep {
        Keep::For(period) => format!("kept for {period}"),
        Keep::Until(event) => format!("kept until: {}", plain(event)),
        Keep::Criterion(criterion) => format!("kept by this criterion: {criterion}"),
        Keep::Forever { because, review } => {
            format!("kept without end ({because}), reviewed by {review}")
        }
    };
    let law = retention
        .law
        .as_ref()
        .map(|law| format!(" ({law})"))
        .unwrap_or_default();
    let erasure = match retention.on_erasure {
        OnErasure::Delete => "",
        OnErasure::Pseudonymise => "; an erasure takes the person out of it",
        OnErasure::Keep => "; an erasure leaves it in place",
    };
    format!("{}: {keep}{law}{erasure}.", first_upper(&plain(name)))
}

pub(super) fn right(right: Right, terms: &RightTerms) -> String {
    let what = match right {
        Right::Access => "get a copy of their data",
        Right::Rectification => "have their data corrected",
        Right::Erasure => "have their data erased",
        Right::Restriction => "have the use of their data restricted",
        Right::Portability => "take their data elsewhere",
        Right::Objection => "object to the use of their data",
        Right::Withdrawal => "withdraw consent",
        Right::Complaint => "complain to the supervisory authority",
    };
    let answer = terms
        .answer
        .map(|answer| format!(", answered within {answer}"))
        .unwrap_or_default();
    let complete = terms
        .complete
        .map(|complete| format!(", done within {complete}"))
        .unwrap_or_default();
    let except = if terms.except.is_empty() {
        String::new()
    } else {
        let kept: Vec<String> = terms.except.iter().map(|name| plain(name)).collect();
        format!(", except {}", list(&kept))
    };
    let through = if terms.through.is_empty() {
        String::new()
    } else {
        format!("; ways to do so: {}", list(&terms.through))
    };
    format!("People can {what}{answer}{complete}{except}{through}.")
}

pub(super) fn notice(changes: &Changes) -> String {
    let channels: Vec<&str> = changes
        .notify
        .iter()
        .map(|channel| match channel.as_str() {
            "email" => "by e-mail",
            _ => "on the page",
        })
        .collect();
    let ratchet = if changes.never_weaken {
        ", and protection is never lowered"
    } else {
        ""
    };
    format!(
        "Changes of the policy are announced {}{ratchet}.",
        list(&channels)
    )
}

pub(super) fn security(name: &str, measure: &Measure) -> String {
    let value = &measure.value;
    match name {
        "passwords" => format!("Passwords are stored as {value} hashes only."),
        "tls" => format!("Connections use TLS {value} or newer."),
        "at_rest" => format!("Stored data is encrypted with {}.", value.to_uppercase()),
        "rotate_keys" => format!("Encryption keys are rotated {value}."),
        "backups" => format!("Backups are made {value}."),
        _ => format!("{}: {value}.", first_upper(&plain(name))),
    }
}

pub(super) fn staff(staff: &Staff) -> String {
    let logged = if staff.logged {
        "; each access is written down"
    } else {
        ""
    };
    format!(
        "Staff may look at personal data when {}{logged}.",
        staff.when
    )
}

pub(super) fn disclosure(disclosure: &Disclosure) -> String {
    format!("Data is disclosed when {}.", disclosure.when)
}

pub(super) fn location(name: &str, region: &str) -> String {
    format!("The `{name}` database is hosted in {region}.")
}

pub(super) fn controller(charter: &Charter, name: &str) -> String {
    format!(
        "{} decides why and how data about every {} is used.",
        charter.organisation.name,
        plain(name)
    )
}

pub(super) fn processor(name: &str, person: &Person) -> String {
    let of = person.of.as_deref().map_or("somebody else", |of| of);
    format!(
        "Data about every {} is handled on behalf of the {}.",
        plain(name),
        plain(of)
    )
}

pub(super) fn contact_email(contact: &Contact) -> String {
    format!(
        "Questions about personal data are answered at {}.",
        contact.email
    )
}

pub(super) fn contact_form() -> String {
    "Requests can be made with a form.".to_owned()
}

pub(super) fn contact_officer(officer: &str) -> String {
    format!("The data protection officer can be reached at {officer}.")
}

pub(super) fn stated(statement: &Statement) -> String {
    let says = statement.says.trim_end_matches('.');
    format!("{}.", first_upper(says))
}

/// A data declaration in words.
fn data_words(charter: &Charter, name: &str) -> String {
    charter
        .data
        .get(name)
        .and_then(|data| data.about.clone())
        .unwrap_or_else(|| plain(name))
}

/// Purposes in words.
fn purposes(charter: &Charter, names: &[String]) -> String {
    let words: Vec<String> = names
        .iter()
        .map(|name| {
            let about = charter
                .purposes
                .get(name)
                .and_then(|purpose| purpose.about.clone());
            about.unwrap_or_else(|| plain(name))
        })
        .collect();
    list(&words)
}
