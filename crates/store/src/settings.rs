//! Small named values of the installation, such as the ledger's origin. Never
//! personal, never secret.

use crate::backend::{Session, Statement};
use crate::traits::Stored;

const READ: Statement = Statement::new(
    "read a setting",
    "SELECT value FROM settings WHERE name = $1",
);
const WRITE: Statement = Statement::new(
    "write a setting",
    "INSERT INTO settings (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
);

pub(crate) async fn read(session: &mut dyn Session, name: &str) -> Stored<Option<String>> {
    let row = session.fetch_one(READ, &[name.into()]).await?;
    row.map(|row| row.text(0)).transpose()
}

pub(crate) async fn write(session: &mut dyn Session, name: &str, value: &str) -> Stored<()> {
    session.execute(WRITE, &[name.into(), value.into()]).await?;
    Ok(())
}
