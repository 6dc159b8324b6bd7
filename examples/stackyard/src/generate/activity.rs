//! What people and machines leave behind in the portal: sessions, events,
//! tokens, invitations, the audit log, and usage data where they consented.

use serde_json::json;

use super::Pen;
use super::people::{OwnedMachine, Person, Team};
use crate::clock::{DAY, MINUTE, Span};
use crate::known::{ALONE, SHARING};
use crate::names::{FIRST, USER_AGENTS};
use crate::retention::{
    AUDIT_LOG_DAYS, CONSOLE_SESSIONS_DAYS, INVITATIONS_DAYS, MACHINE_EVENTS_DAYS, SESSIONS_DAYS,
    USAGE_EVENTS_DAYS,
};
use crate::rows::{
    ApiToken, AuditEntry, ConsoleSession, MachineEvent, Moment, Session, TeamInvitation, UsageEvent,
};

/// Events and console sessions of the tenant's machines, by anyone in it.
pub(super) fn machines(pen: &mut Pen<'_>, team: &Team) {
    for machine in &team.machines {
        for _ in 0..pen.dice.between(2, 6) {
            event(pen, team, machine);
        }
        for _ in 0..pen.dice.between(0, 3) {
            let index = pen.dice.below(team.people.len() as u64) as usize;
            if let Some(person) = team.people.get(index) {
                console(pen, person, machine);
            }
        }
        if let Some(person) = team.people.iter().find(|person| person.rich) {
            console(pen, person, machine);
        }
    }
}

fn event(pen: &mut Pen<'_>, team: &Team, machine: &OwnedMachine) {
    let span = Span {
        overdue: team.people.iter().any(|person| person.span.overdue),
        ..machine.span
    };
    let Some(occurred_at) = pen.clock.kept(&mut pen.dice, span, MACHINE_EVENTS_DAYS) else {
        return;
    };
    let index = pen.dice.below(team.people.len() as u64) as usize;
    // The rest is done by the platform itself.
    let requested_by = team
        .people
        .get(index)
        .filter(|person| person.span.from <= occurred_at && occurred_at < person.span.until);
    let by_person = pen.dice.percent(70);
    let kind = pen
        .dice
        .pick(&["started", "stopped", "rebooted", "resized", "backed_up"]);
    let detail = pen
        .dice
        .percent(40)
        .then(|| json!({ "reason": "maintenance", "seconds": 12 }));
    let id = pen.id::<MachineEvent>();
    pen.write(MachineEvent {
        id,
        machine_id: machine.id,
        requested_by: requested_by.filter(|_| by_person).map(|person| person.id),
        kind,
        detail,
        occurred_at,
    });
}

fn console(pen: &mut Pen<'_>, person: &Person, machine: &OwnedMachine) {
    let span = Span {
        from: machine.span.from.max(person.span.from),
        until: machine.span.until.min(person.span.until),
        overdue: person.span.overdue,
    };
    let Some(opened_at) = pen.clock.kept(&mut pen.dice, span, CONSOLE_SESSIONS_DAYS) else {
        return;
    };
    let closed = opened_at.plus(pen.dice.between(1, 90) * MINUTE);
    let id = pen.id::<ConsoleSession>();
    pen.write(ConsoleSession {
        id,
        machine_id: machine.id,
        account_id: person.id,
        client_ip: person.home_ip.clone(),
        opened_at,
        closed_at: Some(closed).filter(|closed| *closed < pen.clock.midnight),
    });
}

/// Everything that one account leaves behind by itself.
pub(super) fn person(pen: &mut Pen<'_>, team: &Team, person: &Person) {
    for _ in 0..person.count(&mut pen.dice, 75, 5) {
        session(pen, person);
    }
    for _ in 0..person.count(&mut pen.dice, 25, 2) {
        token(pen, person);
    }
    let invites = if person.role == "owner" { 15 } else { 0 };
    for _ in 0..person.count(&mut pen.dice, invites, 2) {
        invitation(pen, team, person);
    }
    for _ in 0..person.count(&mut pen.dice, 95, 7) {
        audit(pen, person);
    }
    for _ in 0..person.count(&mut pen.dice, 60, 2) {
        system_audit(pen, person);
    }
    if person.consents_to_analytics {
        for _ in 0..person.count(&mut pen.dice, 100, 20) {
            usage(pen, person);
        }
    }
}

fn session(pen: &mut Pen<'_>, person: &Person) {
    let Some(last_seen_at) = pen.clock.kept(&mut pen.dice, person.span, SESSIONS_DAYS) else {
        return;
    };
    let lasted = pen.dice.between(0, 10 * DAY);
    let row = Session {
        id: pen.id::<Session>(),
        account_id: person.id,
        token_hash: pen.dice.base64(43),
        ip: if pen.dice.percent(70) {
            person.home_ip.clone()
        } else {
            pen.dice.ip()
        },
        user_agent: pen.dice.pick(USER_AGENTS),
        created_at: last_seen_at.plus(-lasted).max(person.span.from),
        last_seen_at,
    };
    pen.write(row);
}

fn token(pen: &mut Pen<'_>, person: &Person) {
    let created_at = Moment(
        pen.dice
            .between(person.span.from.0, person.span.until.0 - 1),
    );
    let used_at = Moment(pen.dice.between(created_at.0, person.span.until.0 - 1));
    let used = pen.dice.percent(80);
    let row = ApiToken {
        id: pen.id::<ApiToken>(),
        account_id: person.id,
        label: pen
            .dice
            .pick(&["ci", "terraform", "backup script", "laptop"]),
        token_hash: pen.dice.base64(43),
        scopes: json!(["machines:read", "machines:write"]),
        last_used_ip: used.then(|| person.home_ip.clone()),
        last_used_at: used.then_some(used_at),
        created_at,
    };
    pen.write(row);
}

/// Invitations hold the address of somebody who may be no customer at all.
fn invitation(pen: &mut Pen<'_>, team: &Team, person: &Person) {
    let Some(created_at) = pen.clock.kept(&mut pen.dice, person.span, INVITATIONS_DAYS) else {
        return;
    };
    let (_, first) = pen.dice.pick(FIRST);
    let domain = person
        .email
        .split('@')
        .nth(1)
        .unwrap_or("stackyard.example");
    let id = pen.id::<TeamInvitation>();
    // One known customer invites the other: a row about two people.
    let invitee_email = if person.id == SHARING.customer_id {
        ALONE.email.to_owned()
    } else {
        format!("{first}.guest{id}@{domain}")
    };
    pen.write(TeamInvitation {
        id,
        tenant_id: team.id,
        invited_by: person.id,
        invitee_email,
        role: "member",
        created_at,
        accepted_at: None,
    });
}

fn audit(pen: &mut Pen<'_>, person: &Person) {
    let Some(occurred_at) = pen.clock.kept(&mut pen.dice, person.span, AUDIT_LOG_DAYS) else {
        return;
    };
    let action = pen.dice.pick(&[
        "login",
        "login",
        "password.changed",
        "machine.rebooted",
        "invoice.viewed",
    ]);
    let id = pen.id::<AuditEntry>();
    pen.write(AuditEntry {
        id,
        actor_type: "account",
        actor_id: person.id,
        action,
        detail: json!({ "account_id": person.id, "ip": person.home_ip }),
        occurred_at,
    });
}

/// The system acted on an account. `actor_id` is then the number of a job,
/// which looks like the id of some account and must never be taken for one.
fn system_audit(pen: &mut Pen<'_>, person: &Person) {
    let Some(occurred_at) = pen.clock.kept(&mut pen.dice, person.span, AUDIT_LOG_DAYS) else {
        return;
    };
    let job = pen.dice.between(1, 40);
    let action = pen
        .dice
        .pick(&["invoice.issued", "machine.backed_up", "mail.sent"]);
    let id = pen.id::<AuditEntry>();
    pen.write(AuditEntry {
        id,
        actor_type: "system",
        actor_id: job,
        action,
        detail: json!({ "account_id": person.id, "ip": null, "job": job }),
        occurred_at,
    });
}

fn usage(pen: &mut Pen<'_>, person: &Person) {
    let Some(occurred_at) = pen
        .clock
        .kept(&mut pen.dice, person.span, USAGE_EVENTS_DAYS)
    else {
        return;
    };
    let name = pen.dice.pick(&[
        "page.viewed",
        "console.opened",
        "machine.compared",
        "search.used",
    ]);
    let page = pen
        .dice
        .pick(&["/machines", "/orders/new", "/billing", "/settings"]);
    let seconds = pen.dice.between(1, 300);
    let id = pen.id::<UsageEvent>();
    pen.write(UsageEvent {
        id,
        name,
        payload: json!({ "account_id": person.id, "page": page, "seconds": seconds }),
        occurred_at,
    });
}
