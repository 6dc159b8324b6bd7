//! One English sentence per promise, made from what is declared.

use crate::charter::{
    Aggregate, Basis, BrowserOnly, Changes, Charter, Children, Clock, Consent, Contact, Cookie,
    CookieClass, Data, Decision, Disclosure, Hold, Keep, Mail, Measure, Never, Occasion, OnErasure,
    Person, Place, Purpose, Retention, Right, RightTerms, Staff, Statement, Vendor,
};
use crate::promise::Family;
use crate::words::{first_upper, list, plain};

/// That a family's list is complete, for the families that can say so.
pub(super) fn closed(family: Family) -> Option<String> {
    let sentence = match family {
        Family::Collect => "No other data is collected.",
        Family::Purpose => "Data is used for no other purpose.",
        Family::Share => "Nobody else receives data.",
        Family::Cookies => "No other cookies are set.",
        Family::StaffAccess => "Staff look in no other situation.",
        Family::Disclosure => "Data is disclosed in no other situation.",
        _ => return None,
    };
    Some(sentence.to_owned())
}

pub(super) fn collect(charter: &Charter, name: &str, data: &Data) -> String {
    let only = if data.only { " only" } else { "" };
    let never_for = within_list(", never for ", &data.never_for);
    let shared = if data.never_shared {
        "; nobody else receives it"
    } else {
        ""
    };
    let optional = optional(data.optional.as_deref());
    format!(
        "We use {}{only} for {}{never_for}{}{shared}{optional}.",
        data_words(charter, name),
        purposes(charter, &data.purposes),
        when(data.when.as_deref()),
    )
}

pub(super) fn occasion(charter: &Charter, name: &str, occasion: &Occasion) -> String {
    let what = occasion.about.clone().unwrap_or_else(|| plain(name));
    let only = if occasion.only { "only " } else { "" };
    let adds_to = occasion
        .adds_to
        .as_ref()
        .map(|other| format!(", on top of what is collected for {}", plain(other)))
        .unwrap_or_default();
    format!(
        "{}: we collect {only}{}{adds_to}{}.",
        first_upper(&what),
        data_list(charter, &occasion.collects),
        when(occasion.when.as_deref())
    )
}

pub(super) fn never(name: &str, never: &Never) -> String {
    let of = within_list(" of ", &never.of);
    let except = never
        .except
        .as_ref()
        .map(|except| format!(", except {except}"))
        .unwrap_or_default();
    let what = first_upper(&plain(name));
    let rule = if !never.categories.is_empty() {
        "never collected"
    } else if !never.purposes.is_empty() {
        "never what data is used for"
    } else {
        "never set"
    };
    format!("{what}{of}: {rule}{except}.")
}

pub(super) fn browser_only(charter: &Charter, browser_only: &BrowserOnly) -> String {
    let what = data_list(charter, &browser_only.data);
    format!(
        "{} stay in the browser and are never sent to us.",
        first_upper(&what)
    )
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
        Basis::Instructions => "on the instructions of whom we work for",
    };
    format!("Data is used for {what} {basis}.")
}

pub(super) fn mail(name: &str, purpose: &Purpose, mail: Mail) -> String {
    let what = purpose.about.clone().unwrap_or_else(|| plain(name));
    let rule = match mail {
        Mail::Always => "this mail is part of the service and always sent",
        Mail::Refusable => "this mail can be refused with one click",
    };
    let through = within_list("; ways to refuse: ", &purpose.opt_out);
    let often = purpose
        .often
        .as_ref()
        .map(|often| format!("; how often: {often}"))
        .unwrap_or_default();
    format!("{}: {rule}{through}{often}.", first_upper(&what))
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
    let only = if vendor.only { "only " } else { "" };
    let region = vendor
        .region
        .as_ref()
        .map(|region| format!(", in {region}"))
        .unwrap_or_default();
    let collects = if vendor.collects.is_empty() {
        String::new()
    } else {
        format!(
            "; it collects {} itself",
            data_list(charter, &vendor.collects)
        )
    };
    let enriches = if vendor.enriches {
        "; it adds to profiles what it knows from elsewhere"
    } else {
        ""
    };
    let passes_to = within_list("; it passes data on to ", &vendor.passes_to);
    let opt_out = vendor
        .opt_out
        .as_ref()
        .map(|page| format!("; opting out: {page}"))
        .unwrap_or_default();
    format!(
        "{} receives {only}{what} for {}{region}{}{collects}{enriches}{passes_to}{opt_out}.",
        vendor.name,
        purposes(charter, &vendor.purposes),
        when(vendor.when.as_deref())
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
    let optional = optional(cookie.optional.as_deref());
    format!("`{name}` is {class} cookie{by}, kept {lifetime}{optional}.")
}

pub(super) fn hold(name: &str, hold: &Hold) -> String {
    let covers = match hold.covers.as_slice() {
        [] => "everything of a person".to_owned(),
        covers => list(covers),
    };
    format!(
        "{}: {covers} is kept longer because of {}; {} decides, and looks again by {}.",
        first_upper(&plain(name)),
        hold.because,
        hold.decided_by,
        hold.review
    )
}

pub(super) fn retain(name: &str, retention: &Retention) -> String {
    let keep = match &retention.keep {
        Keep::For(period) => format!("kept for {period}"),
        Keep::Until(event) => format!("kept until: {}", plain(event)),
        Keep::Criterion(criterion) => format!("kept by this criterion: {}", criterion.says),
        Keep::Forever { because, review } => {
            format!("kept without end ({because}), reviewed by {review}")
        }
    };
    let counted = retention
        .from_end_of
        .map_or_else(String::new, |span| format!(" from {} on", span.end()));
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
    let shorter = retention
        .shorter_than
        .as_ref()
        .map(|other| format!(", shorter than {}", plain(other)))
        .unwrap_or_default();
    let unless = retention
        .unless
        .as_ref()
        .map(|unless| format!(", unless {unless}"))
        .unwrap_or_default();
    let on_request = if retention.on_request {
        "; the exact period is given on request"
    } else {
        ""
    };
    let notice = retention.notice.map_or_else(String::new, |notice| {
        format!("; people are told {notice} before")
    });
    let what = first_upper(&plain(name));
    format!("{what}: {keep}{counted}{shorter}{unless}{law}{erasure}{on_request}{notice}.")
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
        Right::OptOut => "opt out of the sale and sharing of their data",
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
    let extension = terms
        .extension
        .map(|extension| format!(", or {extension} later once they were told why"))
        .unwrap_or_default();
    let undo = terms
        .undo
        .map(|undo| format!(", and can be taken back for {undo}"))
        .unwrap_or_default();
    let from = match terms.from {
        Clock::Receipt => "",
        Clock::Verification => ", counted from when their identity is verified",
    };
    let except = within_list(", except ", &terms.except);
    let through = within_list("; ways to do so: ", &terms.through);
    let verify = within_list("; identity is verified by ", &terms.verify);
    format!("People can {what}{answer}{complete}{extension}{undo}{from}{except}{through}{verify}.")
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
    let which = if changes.material {
        "Material changes"
    } else {
        "Changes"
    };
    let to = changes
        .to
        .as_ref()
        .map(|to| format!(" to {to}"))
        .unwrap_or_default();
    let ahead = changes
        .ahead
        .map(|ahead| format!(", {ahead} ahead"))
        .unwrap_or_default();
    let more = [
        (changes.never_weaken, ", and protection is never lowered"),
        (changes.dated, "; each text carries its date at the top"),
        (changes.versions, "; old versions stay readable"),
    ];
    let more: String = more
        .into_iter()
        .filter_map(|(holds, words)| holds.then_some(words))
        .collect();
    format!(
        "{which} of the policy are announced {}{to}{ahead}{more}.",
        list(&channels)
    )
}

pub(super) fn security(name: &str, measure: &Measure) -> String {
    let value = &measure.value;
    match name {
        "passwords" => format!("Passwords are stored as {value} hashes only."),
        "tls" => format!("Connections use TLS {value} or newer."),
        "at_rest" => format!("Stored data is encrypted with {}.", value.to_uppercase()),
        "rotate_keys" if measure.automatic => {
            "Encryption keys are rotated automatically.".to_owned()
        }
        "rotate_keys" => format!("Encryption keys are rotated {value}."),
        "backups" => format!("Backups are made {value}."),
        "isolation" => format!("What keeps customers apart: {value}."),
        _ => format!("{}: {value}.", first_upper(&plain(name))),
    }
}

pub(super) fn staff(staff: &Staff) -> String {
    let who = if staff.who.is_empty() {
        "Staff".to_owned()
    } else {
        first_upper(&list(&staff.who))
    };
    let approval = staff
        .approval
        .as_ref()
        .map(|approval| format!("; approved by {approval}"))
        .unwrap_or_default();
    let expires = staff
        .expires
        .map(|expires| format!("; a permission ends after {expires}"))
        .unwrap_or_default();
    let more = [
        (staff.last_resort, ", as a last resort"),
        (
            !staff.bound_by.is_empty(),
            "; they are bound by confidentiality",
        ),
        (staff.logged, "; each access is written down"),
    ];
    let more: String = more
        .into_iter()
        .filter_map(|(holds, words)| holds.then_some(words))
        .collect();
    format!(
        "{who} may look at personal data when {}{more}{approval}{expires}.",
        staff.when
    )
}

pub(super) fn disclosure(disclosure: &Disclosure) -> String {
    let to = within_list(" to ", &disclosure.to);
    let more = [
        (disclosure.redacted, ", after taking out who it is about"),
        (
            disclosure.register,
            "; each disclosure is entered in a register",
        ),
        (disclosure.told, "; the person is told where the law allows"),
    ];
    let more: String = more
        .into_iter()
        .filter_map(|(holds, words)| holds.then_some(words))
        .collect();
    format!("Data is disclosed{to} when {}{more}.", disclosure.when)
}

pub(super) fn aggregate(aggregate: &Aggregate) -> String {
    let to = within_list(" to ", &aggregate.to);
    let at_least = aggregate
        .at_least
        .map(|count| format!("; each counts at least {count} people"))
        .unwrap_or_default();
    let noise = if aggregate.noise {
        "; noise hides each person"
    } else {
        ""
    };
    format!(
        "Statistics that identify nobody may be shown{to}: {}{at_least}{noise}.",
        list(&aggregate.figures)
    )
}

pub(super) fn children(children: &Children) -> String {
    let erase = children
        .erase
        .map(|erase| format!("; their data is erased within {erase} once it is found"))
        .unwrap_or_default();
    let parent = if children.parent {
        " without a parent's consent"
    } else {
        ""
    };
    format!("Not for children under {}{parent}{erase}.", children.under)
}

pub(super) fn no_decision() -> String {
    "No decision with legal or similar effect is made by a machine alone.".to_owned()
}

pub(super) fn decision(decision: &Decision) -> String {
    let human = if decision.human {
        "; a person can have a human look at it"
    } else {
        ""
    };
    format!("A machine alone decides: {}{human}.", decision.says)
}

pub(super) fn place(name: &str, place: &Place) -> String {
    let what = place.about.clone().unwrap_or_else(|| plain(name));
    let region = place
        .region
        .as_ref()
        .map(|region| format!(" in {region}"))
        .unwrap_or_default();
    let not_in = within_list(" not in ", &place.not_in);
    let told = if place.told {
        "; people elsewhere are told that their data goes there"
    } else {
        ""
    };
    format!("{}:{region}{not_in}{told}.", first_upper(&what))
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

pub(super) fn contact_phone(phone: &str) -> String {
    format!("We can be reached by telephone: {phone}.")
}

pub(super) fn contact_post(post: &str) -> String {
    format!("We can be reached by letter: {post}.")
}

pub(super) fn contact_officer(officer: &str) -> String {
    format!("The data protection officer can be reached at {officer}.")
}

pub(super) fn stated(statement: &Statement) -> String {
    let says = statement.says.trim_end_matches('.');
    format!("{}.", first_upper(says))
}

/// Several data declarations in words.
fn data_list(charter: &Charter, names: &[String]) -> String {
    let words: Vec<String> = names.iter().map(|name| data_words(charter, name)).collect();
    list(&words)
}

/// Words before a list, or nothing where the list is empty.
fn within_list(before: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let words: Vec<String> = items.iter().map(|item| plain(item)).collect();
    format!("{before}{}", list(&words))
}

fn when(when: Option<&str>) -> String {
    when.map(|when| format!(", when {}", plain(when)))
        .unwrap_or_default()
}

fn optional(loss: Option<&str>) -> String {
    match loss {
        None => String::new(),
        Some("") => "; it may be refused".to_owned(),
        Some(loss) => format!("; it may be refused ({loss})"),
    }
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
