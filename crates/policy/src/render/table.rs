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
