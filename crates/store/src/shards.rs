//! Shards of people, by the key under which each person's is wrapped. INVARIANT:
//! nobody is added under another key than their shard's present one, even while it
//! changes; so once the rows of a shard are all under the new key, the old one opens
//! nothing that is stored. Refuses to write over a wrap that was not read.

use candor_domain::id::SubjectId;
use candor_domain::subject_request::Tenant;
use candor_domain::work::Shard;

use crate::backend::{Session, Statement};
use crate::error::StoreError;
use crate::rows::{KeyShard, ShardMember, SubjectRow};
use crate::traits::Stored;

/// People of a shard that are read at once.
const MEMBERS_MAX: u32 = 1_000;
/// Where the id of the key lies in a wrap.
const KEY_ID: std::ops::Range<usize> = 1..9;

const FIRST: Statement = Statement::new(
    "note a shard's first key",
    "INSERT INTO key_shards (tenant, shard, key_id) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, shard) DO NOTHING",
);
const MOVE: Statement = Statement::new(
    "note a shard's next key",
    "INSERT INTO key_shards (tenant, shard, key_id) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, shard) DO UPDATE SET key_id = excluded.key_id",
);
const ALL: Statement = Statement::new(
    "list the shards",
    "SELECT tenant, shard, key_id FROM key_shards ORDER BY tenant, shard",
);
/// Ids of a shard begin with its digits.
const MEMBERS: Statement = Statement::new(
    "list the people of a shard",
    "SELECT id, wrapped_key FROM subjects
     WHERE id > $1 AND id < $2 AND COALESCE(tenant, '') = $3 AND wrapped_key IS NOT NULL
     ORDER BY id LIMIT $4",
);
const REWRAP: Statement = Statement::new(
    "wrap a person's key anew",
    "UPDATE subjects SET wrapped_key = $3 WHERE id = $1 AND wrapped_key = $2",
);
const PEOPLED: Statement = Statement::new(
    "list the shards that have people",
    "SELECT DISTINCT COALESCE(tenant, ''), substr(id, 1, 3) FROM subjects
     WHERE wrapped_key IS NOT NULL",
);

const FORMER: StoreError = StoreError::Conflict { what: "shard key" };
const CORRUPT: StoreError = StoreError::Corrupt { what: "shard" };

fn name_of(tenant: Option<&Tenant>) -> &str {
    tenant.map_or("", Tenant::as_str)
}

/// A conflict where a person comes with a key that is wrapped under a former key of
/// their shard; otherwise it stays the present one until this transaction ends.
pub(crate) async fn refuse_former(session: &mut dyn Session, row: &SubjectRow) -> Stored<()> {
    let Some(wrapped) = &row.wrapped_key else {
        return Ok(());
    };
    let own = wrapped.get(KEY_ID).ok_or(CORRUPT)?;
    let (tenant, shard) = (name_of(row.tenant.as_ref()), Shard::of(&row.id).number());
    let first = [tenant.into(), i64::from(shard).into(), own.into()];
    session.execute(FIRST, &first).await?;
    let lock = session.dialect().lock_shard;
    let values = [tenant.into(), i64::from(shard).into()];
    let present = session.fetch_one(lock, &values).await?;
    match present.map(|row| row.bytes(0)).transpose()? {
        Some(present) if present == own => Ok(()),
        _ => Err(FORMER),
    }
}

pub(crate) async fn move_to(session: &mut dyn Session, shard: &KeyShard) -> Stored<()> {
    let values = [
        name_of(shard.tenant.as_ref()).into(),
        i64::from(shard.shard.number()).into(),
        shard.key_id.as_slice().into(),
    ];
    session.execute(MOVE, &values).await?;
    Ok(())
}

pub(crate) async fn all(session: &mut dyn Session) -> Stored<Vec<KeyShard>> {
    let rows = session.fetch(ALL, &[]).await?;
    rows.iter()
        .map(|row| {
            let number = u16::try_from(row.integer(1)?).map_err(|_| CORRUPT)?;
            Ok(KeyShard {
                tenant: tenant(&row.text(0)?)?,
                shard: Shard::numbered(number),
                key_id: row.bytes(2)?.try_into().map_err(|_| CORRUPT)?,
            })
        })
        .collect()
}

pub(crate) async fn members(
    session: &mut dyn Session,
    tenant: Option<&Tenant>,
    shard: Shard,
    after: Option<&SubjectId>,
) -> Stored<Vec<ShardMember>> {
    let digits = shard.to_string();
    let first = after.map_or(digits.as_str(), SubjectId::as_str);
    // Above every hexadecimal digit.
    let last = format!("{digits}g");
    let values = [
        first.into(),
        last.as_str().into(),
        name_of(tenant).into(),
        MEMBERS_MAX.into(),
    ];
    let rows = session.fetch(MEMBERS, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(ShardMember {
                id: row.text(0)?.parse().map_err(|_| CORRUPT)?,
                wrapped_key: row.bytes(1)?,
            })
        })
        .collect()
}

/// Writes new wraps over those that were read; who was shredded since stays so.
pub(crate) async fn rewrap(
    session: &mut dyn Session,
    wraps: &[(ShardMember, Vec<u8>)],
) -> Stored<u64> {
    let mut done = 0;
    for (member, new) in wraps {
        let values = [
            member.id.as_str().into(),
            member.wrapped_key.as_slice().into(),
            new.as_slice().into(),
        ];
        done += session.execute(REWRAP, &values).await?;
    }
    Ok(done)
}

/// Every shard in which somebody is.
pub(crate) async fn peopled(session: &mut dyn Session) -> Stored<Vec<(Option<Tenant>, Shard)>> {
    let rows = session.fetch(PEOPLED, &[]).await?;
    rows.iter()
        .map(|row| {
            let number = u16::from_str_radix(&row.text(1)?, 16).map_err(|_| CORRUPT)?;
            Ok((tenant(&row.text(0)?)?, Shard::numbered(number)))
        })
        .collect()
}

fn tenant(name: &str) -> Stored<Option<Tenant>> {
    match name {
        "" => Ok(None),
        name => name.parse().map(Some).map_err(|_| CORRUPT),
    }
}
