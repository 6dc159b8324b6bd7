//! What the help desk holds: contacts, tickets, chats and article views, of
//! customers and of strangers.

use serde_json::json;

use super::Pen;
use super::people::{Person, Team};
use crate::clock::{DAY, HOUR, MINUTE, Span};
use crate::known::{ALONE, ALONE_PRIVATE_EMAIL, SHARING};
use crate::names::{ARTICLES, FIRST, LAST, MAILBOX, STAFF, capitalised};
use crate::retention::{ARTICLE_VIEWS_DAYS, CHATS_DAYS, TICKETS_DAYS};
use crate::rows::{
    ArticleView, ChatSession, ChatTranscript, Contact, Moment, Ticket, TicketMessage,
};

/// Somebody at the help desk.
struct Writer<'a> {
    contact_id: Option<i64>,
    name: &'a str,
    email: &'a str,
    ip: &'a str,
    span: Span,
}

/// All that one customer left at the help desk.
pub(super) fn person(pen: &mut Pen<'_>, person: &Person) {
    let known = pen.dice.percent(55) || person.rich;
    let linked = pen.dice.percent(80) || person.rich;
    let capitals = pen.dice.percent(5) || person.id == SHARING.customer_id;
    let typed = if capitals {
        as_typed(&person.email)
    } else {
        person.email.clone()
    };
    let link = linked.then_some(person.id);
    let contact_id = known.then(|| contact(pen, &typed, link, &person.name, person.span));
    let writer = Writer {
        contact_id,
        name: &person.name,
        email: &person.email,
        ip: &person.home_ip,
        span: person.span,
    };
    for _ in 0..person.count(&mut pen.dice, 65, 3) {
        ticket(pen, &writer);
    }
    for _ in 0..person.count(&mut pen.dice, 20, 2) {
        chat(pen, &writer);
    }
    for _ in 0..person.count(&mut pen.dice, 40, 6) {
        article_view(pen, Some(&person.email), person.span);
    }
    private_address(pen, person);
}

/// An address with the capitals that people give their names.
fn as_typed(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    let words: Vec<String> = name.split('.').map(capitalised).collect();
    format!("{}@{domain}", words.join("."))
}

/// Some write from a private address as well. An agent has linked it to the
/// same customer, and nothing in the portal knows of it.
fn private_address(pen: &mut Pen<'_>, person: &Person) {
    let mailbox = pen.dice.pick(MAILBOX);
    let writes = pen.dice.percent(4);
    let alone = person.id == ALONE.customer_id;
    if !(writes || alone) {
        return;
    }
    let email = if alone {
        ALONE_PRIVATE_EMAIL.to_owned()
    } else {
        format!("private{}@{mailbox}", person.id)
    };
    let contact_id = contact(pen, &email, Some(person.id), &person.name, person.span);
    let (name, ip) = (&person.name, &person.home_ip);
    let writer = Writer {
        contact_id: Some(contact_id),
        name,
        email: &email,
        ip,
        span: person.span,
    };
    ticket(pen, &writer);
    article_view(pen, Some(&email), person.span);
}

/// People who asked before buying, and visitors without a name.
pub(super) fn strangers(pen: &mut Pen<'_>, team: &Team) {
    let span = Span {
        from: team.created_at,
        until: pen.clock.midnight,
        overdue: team.people.iter().any(|person| person.span.overdue),
    };
    let (asks, visits) = (pen.dice.percent(8), pen.dice.percent(5));
    let ((first, first_ascii), (last, last_ascii)) = (pen.dice.pick(FIRST), pen.dice.pick(LAST));
    let ip = pen.dice.ip();
    if asks {
        let email = format!("{first_ascii}.{last_ascii}@prospect{}.example", team.id);
        let name = format!("{first} {last}");
        let contact_id = contact(pen, &email, None, &name, span);
        let writer = Writer {
            contact_id: Some(contact_id),
            name: &name,
            email: &email,
            ip: &ip,
            span,
        };
        ticket(pen, &writer);
    }
    if visits {
        let row = ChatVisit {
            contact_id: None,
            email: None,
            ip,
        };
        chat_visit(pen, row, span, "A visitor");
        article_view(pen, None, span);
    }
}

fn contact(
    pen: &mut Pen<'_>,
    email: &str,
    customer_id: Option<i64>,
    name: &str,
    span: Span,
) -> i64 {
    let id = pen.id::<Contact>();
    let created_at = Moment(pen.dice.between(span.from.0, span.until.0 - 1));
    pen.write(Contact {
        id,
        email: email.to_owned(),
        customer_id,
        name: name.to_owned(),
        created_at,
    });
    id
}

fn ticket(pen: &mut Pen<'_>, writer: &Writer<'_>) {
    let Some(contact_id) = writer.contact_id else {
        return;
    };
    let Some(ended) = pen.clock.kept(&mut pen.dice, writer.span, TICKETS_DAYS) else {
        return;
    };
    let created_at = ended
        .plus(-pen.dice.between(HOUR, 20 * DAY))
        .max(writer.span.from);
    let open = pen.dice.percent(10) && !writer.span.overdue;
    let hidden = ended.plus(pen.dice.between(HOUR, 10 * DAY));
    let spam = pen.dice.percent(5) && !open && hidden < pen.clock.midnight;
    let id = pen.id::<Ticket>();
    let agent = pen.dice.between(1, STAFF.len() as i64);
    let row = Ticket {
        id,
        contact_id,
        assigned_to: (pen.dice.percent(90)).then_some(agent),
        subject: pen.dice.pick(&[
            "Cannot reach my machine",
            "Question about an invoice",
            "Change of billing address",
            "Restore from yesterday",
            "Two-factor sign-in",
            "Moving to a larger plan",
        ]),
        status: if open { "open" } else { "closed" },
        created_at,
        closed_at: (!open).then_some(ended),
        deleted_at: spam.then_some(hidden),
    };
    pen.write(row);
    let count = pen.dice.between(2, 5);
    for number in 0..count {
        let sent_at = created_at.plus((ended.0 - created_at.0) * number / count);
        let staff = number % 2 == 1;
        let body = if staff {
            answer(pen, writer)
        } else {
            question(pen, writer)
        };
        let id_message = pen.id::<TicketMessage>();
        pen.write(TicketMessage {
            id: id_message,
            ticket_id: id,
            author_kind: if staff { "staff" } else { "contact" },
            author_id: if staff { agent } else { contact_id },
            body,
            sent_at,
        });
    }
}

/// People sign their mails, and quote their own addresses.
fn question(pen: &mut Pen<'_>, writer: &Writer<'_>) -> String {
    let (name, email) = (writer.name, writer.email);
    match pen.dice.below(4) {
        0 => format!("Hello,\nmy machine has not answered since this morning.\n\n{name}\n{email}"),
        1 => format!("Please send the invoice to {email} and not to my colleague."),
        2 => format!("It works again, thank you!\n{name}"),
        _ => format!(
            "I sign in as {email} from {}, and the console stays black.",
            writer.ip
        ),
    }
}

fn answer(pen: &mut Pen<'_>, writer: &Writer<'_>) -> String {
    let first = writer.name.split(' ').next().unwrap_or_default();
    match pen.dice.below(3) {
        0 => format!("Hello {first},\nwe have restarted the host. Can you try again?"),
        1 => format!(
            "Hello {first},\nthe invoice is on its way to {}.",
            writer.email
        ),
        _ => {
            "We are looking into it.\n\n> On your last message you wrote:".to_owned()
                + &format!("\n> {}", writer.email)
        }
    }
}

/// Where a chat comes from: often only an e-mail, sometimes nothing at all.
struct ChatVisit {
    contact_id: Option<i64>,
    email: Option<String>,
    ip: String,
}

fn chat(pen: &mut Pen<'_>, writer: &Writer<'_>) {
    let by_contact = pen.dice.percent(60);
    let contact_id = writer.contact_id.filter(|_| by_contact);
    let email = contact_id.is_none().then(|| writer.email.to_owned());
    let visit = ChatVisit {
        contact_id,
        email,
        ip: writer.ip.to_owned(),
    };
    chat_visit(pen, visit, writer.span, writer.name);
}

fn chat_visit(pen: &mut Pen<'_>, visit: ChatVisit, span: Span, name: &str) {
    let Some(ended_at) = pen.clock.kept(&mut pen.dice, span, CHATS_DAYS) else {
        return;
    };
    let started_at = ended_at
        .plus(-pen.dice.between(2, 25) * MINUTE)
        .max(span.from);
    let agent = pen.dice.between(1, STAFF.len() as i64);
    let told = visit.email.clone().unwrap_or_else(|| name.to_owned());
    let id = pen.id::<ChatSession>();
    let row = ChatSession {
        id,
        contact_id: visit.contact_id,
        email: visit.email,
        staff_id: pen.dice.percent(85).then_some(agent),
        ip: visit.ip,
        page: pen.dice.pick(&["/machines", "/billing", "/pricing"]),
        started_at,
        ended_at,
    };
    pen.write(row);
    let rating = pen.dice.between(1, 5);
    let rated = pen.dice.percent(40);
    pen.write(ChatTranscript {
        chat_session_id: id,
        messages: json!([
            { "from": "visitor", "text": format!("Hi, this is {told}. Is there an outage?") },
            { "from": "staff", "text": "Hello! One moment, I am checking." },
            { "from": "visitor", "text": "Thanks, it is back." },
        ]),
        rating: rated.then_some(rating),
        stored_at: ended_at,
    });
}

fn article_view(pen: &mut Pen<'_>, email: Option<&str>, span: Span) {
    let Some(viewed_at) = pen.clock.kept(&mut pen.dice, span, ARTICLE_VIEWS_DAYS) else {
        return;
    };
    let slug = pen.dice.pick(ARTICLES);
    let id = pen.id::<ArticleView>();
    pen.write(ArticleView {
        id,
        email: email.map(str::to_owned),
        slug,
        viewed_at,
    });
}
