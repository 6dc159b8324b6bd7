//! A table of texts, as every overview of a charter is one: drawn as Markdown
//! here, as HTML, CSV or a sheet by others.

/// Columns and rows; every row has as many cells as there are columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Headings, left to right.
    pub columns: Vec<&'static str>,
    /// Cells, row by row; empty where there is nothing to say.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// The same without columns in which no row says anything.
    #[must_use]
    pub fn without_empty_columns(self) -> Self {
        let says = |column: usize| {
            let mut rows = self.rows.iter();
            rows.any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()))
        };
        let kept: Vec<bool> = (0..self.columns.len()).map(says).collect();
        let keep = |cells: Vec<String>| {
            let cells = cells.into_iter().zip(&kept);
            cells
                .filter(|(_, kept)| **kept)
                .map(|(cell, _)| cell)
                .collect()
        };
        let columns = self.columns.iter().zip(&kept);
        Self {
            columns: columns
                .filter(|(_, kept)| **kept)
                .map(|(column, _)| *column)
                .collect(),
            rows: self.rows.iter().cloned().map(keep).collect(),
        }
    }

    /// The same without a column that says one thing in every row, and what it
    /// says; unchanged where rows differ in it, or there is none of that name.
    #[must_use]
    pub fn without_uniform(mut self, column: &str) -> (Option<String>, Self) {
        let Some(place) = self.columns.iter().position(|name| *name == column) else {
            return (None, self);
        };
        let mut said: Vec<&String> = self.rows.iter().filter_map(|row| row.get(place)).collect();
        said.dedup();
        let [only] = said.as_slice() else {
            return (None, self);
        };
        let only = (*only).clone();
        self.columns.remove(place);
        for row in &mut self.rows {
            row.remove(place);
        }
        (Some(only), self)
    }

    /// As a Markdown table.
    ///
    /// ```
    /// use candor_policy::render::table::Table;
    ///
    /// let mut table = Table::new(&["What", "Why"]);
    /// table.rows.push(vec!["a | b".to_owned(), "c".to_owned()]);
    /// assert_eq!(table.markdown(), "| What | Why |\n|---|---|\n| a \\| b | c |\n");
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = String>| {
            let cells: Vec<String> = cells.collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut page = line(&mut self.columns.iter().map(|column| (*column).to_owned()));
        page.push_str(&format!("|{}\n", "---|".repeat(self.columns.len())));
        for row in &self.rows {
            page.push_str(&line(&mut row.iter().map(|cell| escaped(cell))));
        }
        page
    }
}

/// A cell that stays one, and says what it says.
fn escaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for character in cell.chars() {
        match character {
            '|' | '\\' | '<' | '`' | '[' | ']' | '*' | '_' => {
                text.push('\\');
                text.push(character);
            }
            '\n' | '\r' => text.push(' '),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_goes_only_where_every_row_says_the_same() {
        let mut table = Table::new(&["What", "About"]);
        assert_eq!(table.clone().without_uniform("About").0, None);
        for what in ["e-mail", "name"] {
            let row = [what, "customer"].map(str::to_owned);
            table.rows.push(row.into());
        }
        assert_eq!(
            table.clone().without_uniform("Other"),
            (None, table.clone())
        );
        let (about, shorter) = table.clone().without_uniform("About");
        assert_eq!(about.as_deref(), Some("customer"));
        assert_eq!(shorter.columns, ["What"]);
        assert_eq!(shorter.rows, [["e-mail"], ["name"]]);
        table.rows[1][1] = "visitor".to_owned();
        assert_eq!(table.clone().without_uniform("About"), (None, table));
    }
}
