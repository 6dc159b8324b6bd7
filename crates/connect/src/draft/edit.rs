//! Changes to a map's text that leave every other byte as it is: lines are
//! added beside lines, entries beside entries, and nothing is laid out anew.
//! Pure. Works on both ways to write a map or list, in lines and in brackets.

use std::ops::Range;

use candor_policy::Places;

use super::write;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// It is not there.
    Nothing,
    /// A map, in lines or braces.
    Map,
    /// A list, in lines or brackets.
    List,
    /// A single value.
    Single,
}

/// A text and the changes it will have.
pub(super) struct File<'a> {
    path: &'a str,
    text: &'a str,
    places: &'a Places,
    /// What is put in place of which bytes.
    edits: Vec<(Range<usize>, String)>,
}

impl<'a> File<'a> {
    pub(super) fn new(path: &'a str, text: &'a str, places: &'a Places) -> Self {
        Self {
            path,
            text,
            places,
            edits: Vec::new(),
        }
    }

    /// The text with its changes; those at one place in the order made.
    pub(super) fn finish(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut result = String::new();
        let mut done = 0;
        for (range, new) in self.edits {
            result.push_str(self.text.get(done..range.start).unwrap_or_default());
            result.push_str(&new);
            done = done.max(range.end);
        }
        result.push_str(self.text.get(done..).unwrap_or_default());
        result
    }

    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.places.has(self.path, path)
    }

    pub(super) fn contains(&self, line: &str) -> bool {
        self.text.lines().any(|own| own.trim() == line)
    }

    /// How the value at a path is written.
    pub(super) fn shape(&self, path: &[&str]) -> Shape {
        if !self.has(path) {
            return Shape::Nothing;
        }
        let value = self.value(path);
        match self.bytes(&value).chars().next() {
            Some('{') => Shape::Map,
            Some('[') => Shape::List,
            _ => {
                let mut first = path.to_vec();
                first.push("0");
                let listed =
                    self.has(&first) && self.bytes(&self.lines(&first)).trim().starts_with('-');
                let key = self.key(path);
                let below = self.bytes(&(key.end..value.start)).contains('\n');
                match (listed, below) {
                    (true, _) => Shape::List,
                    (false, true) => Shape::Map,
                    (false, false) => Shape::Single,
                }
            }
        }
    }

    /// Turns an entry into a comment, line by line; in brackets it is taken
    /// out, because nothing can be commented out there, and told above.
    pub(super) fn comment_out(&mut self, path: &[&str], mark: &str) {
        let entry = self.key(path).start..self.value(path).end.max(self.key(path).end);
        let lines = self.whole_lines(&entry);
        let before = self.bytes(&(lines.start..entry.start));
        if before.trim().is_empty() || before.trim() == "-" {
            let mut start = lines.start;
            for line in self.bytes(&lines).split_inclusive('\n') {
                let indent = line.len() - line.trim_start().len();
                if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                    self.edits
                        .push((start + indent..start + indent, mark.to_owned()));
                }
                start += line.len();
            }
            return;
        }
        // The name of an ignored table says nothing that was decided.
        if path.first() != Some(&"ignored") {
            let indent = before.len() - before.trim_start().len();
            let gone = format!("{}{mark}{}\n", " ".repeat(indent), self.bytes(&entry));
            self.edits
                .push((lines.start..lines.start, gone.replace("\n ", " ")));
        }
        let range = self.with_comma(entry);
        self.edits.push((range, String::new()));
    }

    /// Adds `key: value` to a map, after the entry with a key or at the end.
    pub(super) fn add_entry(&mut self, path: &[&str], after: Option<&str>, line: &str) {
        let value = self.value(path);
        if self.bytes(&value).starts_with('{') {
            let bare = line.split("  # ").next().unwrap_or(line);
            self.add_in_brackets(&value, bare);
            return;
        }
        let (at, indent) = self.beside(path, after);
        self.edits
            .push((at..at, format!("{}{line}\n", " ".repeat(indent))));
    }

    /// Adds a question about a column, where its line would stand.
    pub(super) fn ask(&mut self, path: &[&str], after: Option<&str>, line: &str) {
        let value = self.value(path);
        let (at, indent) = if self.bytes(&value).starts_with('{') {
            let lines = self.lines(path);
            let before = self.bytes(&(lines.start..self.key(path).start));
            (lines.start, before.len() - before.trim_start().len())
        } else {
            self.beside(path, after)
        };
        self.edits
            .push((at..at, format!("{}{line}\n", " ".repeat(indent))));
    }

    /// Adds a question about a table, before everything else it says.
    pub(super) fn ask_of_table(&mut self, table: &str, line: &str) {
        let path = ["tables", table];
        let lines = self.lines(&path);
        let value = self.value(&path);
        let (at, indent) = if self.bytes(&value).starts_with('{') {
            (lines.start, self.indent(&path))
        } else {
            (self.line_end(self.key(&path).end), self.indent(&path) + 2)
        };
        self.edits
            .push((at..at, format!("{}{line}\n", " ".repeat(indent))));
    }

    /// Adds an item to a list of a table, which may not be there yet, or be a
    /// single value so far.
    pub(super) fn add_item(&mut self, table: &str, part: &str, item: &str, behind: &str) {
        let path = ["tables", table, part];
        match self.shape(&path) {
            Shape::Nothing => self.add_part(table, part, item, behind),
            Shape::List => {
                let value = self.value(&path);
                if self.bytes(&value).starts_with('[') {
                    self.add_in_brackets(&value, item);
                } else {
                    let at = self.line_end(value.end);
                    let indent = self.indent(&["tables", table, part, "0"]);
                    let line = format!("{}- {item}{behind}\n", " ".repeat(indent));
                    self.edits.push((at..at, line));
                }
            }
            Shape::Single | Shape::Map => {
                let value = self.value(&path);
                self.edits.push((value.start..value.start, "[".to_owned()));
                self.edits
                    .push((value.end..value.end, format!(", {item}]")));
            }
        }
    }

    /// Adds tables after the last one.
    pub(super) fn add_tables(&mut self, blocks: &[String]) {
        let value = self.value(&["tables"]);
        if self.bytes(&value).starts_with('{') {
            // Nothing in braces: there is no table yet.
            let start = self.key(&["tables"]).end;
            let end = self.line_end(value.end);
            let text = format!(":\n{}", blocks.join("\n"));
            self.edits.push((start..end, text));
            return;
        }
        // Questions of the last table may stand behind all it says.
        let at = self.past_comments(self.line_end(value.end));
        self.edits
            .push((at..at, format!("\n{}", blocks.join("\n"))));
    }

    /// Adds a table without personal data.
    pub(super) fn ignore(&mut self, name: &str, why: &str) {
        let path = ["ignored"];
        let value = self.value(&path);
        let name = write::scalar(name);
        match self.shape(&path) {
            Shape::Nothing => {
                let already = self
                    .edits
                    .iter()
                    .any(|(_, text)| text.contains("\nignored:\n"));
                let head = if already { "" } else { "\nignored:\n" };
                let end = self.text.len();
                let line = format!("{head}  - {name}  # {why}\n");
                self.edits.push((end..end, line));
            }
            Shape::List if self.bytes(&value).starts_with('[') => {
                self.add_in_brackets(&value, &name);
            }
            Shape::List => {
                let at = self.line_end(value.end);
                let indent = self.indent(&["ignored", "0"]);
                let line = format!("{}- {name}  # {why}\n", " ".repeat(indent));
                self.edits.push((at..at, line));
            }
            Shape::Map => self.add_entry(&path, None, &format!("{name}: {}", write::scalar(why))),
            Shape::Single => {
                self.edits.push((value.start..value.start, "[".to_owned()));
                self.edits
                    .push((value.end..value.end, format!(", {name}]")));
            }
        }
    }

    /// Whether a column is already asked about.
    pub(super) fn asks(&self, table: &str, column: &str) -> bool {
        let lines = self.questions(table);
        lines.iter().any(|(_, asked)| asked == column)
    }

    /// Takes out questions about columns that are answered.
    pub(super) fn settle_questions(&mut self, table: &str, is_settled: impl Fn(&str) -> bool) {
        for (range, column) in self.questions(table) {
            if is_settled(&column) {
                self.edits.push((range, String::new()));
            }
        }
    }

    /// Lines of a table that ask about a column, with the column.
    fn questions(&self, table: &str) -> Vec<(Range<usize>, String)> {
        let block = self.block(&["tables", table]);
        let mut found = Vec::new();
        let mut start = block.start;
        for line in self.bytes(&block).split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            let asked = line.trim().strip_prefix("# ? ");
            found.extend(asked.and_then(asked_column).map(|column| (range, column)));
        }
        found
    }

    /// A table's lines, with the comments that follow them before the next
    /// table: a question may stand last.
    fn block(&self, path: &[&str]) -> Range<usize> {
        let entry = self.lines(path);
        let indent = self.indent(path);
        let mut end = entry.end;
        let rest = self.text.get(end..).unwrap_or_default();
        for line in rest.split_inclusive('\n') {
            let own = line.len() - line.trim_start().len();
            if own <= indent || !line.trim_start().starts_with('#') {
                break;
            }
            end += line.len();
        }
        // Questions of a table in braces stand above it.
        let mut start = entry.start;
        let before = self.text.get(..start).unwrap_or_default();
        for line in before.split_inclusive('\n').rev() {
            if !line.trim_start().starts_with("# ? ") {
                break;
            }
            start -= line.len();
        }
        start..end
    }

    /// Where a new line of a block map goes, and how far in.
    fn beside(&self, path: &[&str], after: Option<&str>) -> (usize, usize) {
        let child = |key: &str| -> Vec<String> {
            let mut own: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
            own.push(key.to_owned());
            own
        };
        if let Some(after) = after {
            let child = child(after);
            let child: Vec<&str> = child.iter().map(String::as_str).collect();
            if self.has(&child) {
                let at = self.past_comments(self.line_end(self.value(&child).end));
                return (at, self.indent(&child));
            }
        }
        let value = self.value(path);
        let first = self.whole_lines(&(value.start..value.start));
        let own = self.bytes(&(first.start..value.start));
        (first.start, own.len() - own.trim_start().len())
    }

    /// Past questions that follow a line, so that new lines keep the order of
    /// the columns.
    fn past_comments(&self, at: usize) -> usize {
        let mut end = at;
        for line in self
            .text
            .get(at..)
            .unwrap_or_default()
            .split_inclusive('\n')
        {
            if !line.trim_start().starts_with("# ? ") {
                break;
            }
            end += line.len();
        }
        end
    }

    /// Adds a part to a table that has none of it.
    fn add_part(&mut self, table: &str, part: &str, item: &str, behind: &str) {
        let path = ["tables", table];
        let value = self.value(&path);
        if self.bytes(&value).starts_with('{') {
            let at = value.start + 1;
            self.edits.push((at..at, format!(" {part}: [{item}],")));
            return;
        }
        let columns = ["tables", table, "columns"];
        let at = self.lines(&columns).start;
        let outer = " ".repeat(self.indent(&columns));
        // A second item of the same new part joins the first.
        let head = format!("{outer}{part}:\n");
        let known = self
            .edits
            .iter()
            .any(|(range, text)| range.start == at && text.starts_with(&head));
        let head = if known { String::new() } else { head };
        self.edits
            .push((at..at, format!("{head}{outer}  - {item}{behind}\n")));
    }

    fn add_in_brackets(&mut self, value: &Range<usize>, item: &str) {
        let inner = self.bytes(value);
        let inner = inner
            .get(1..inner.len().saturating_sub(1))
            .unwrap_or_default();
        let trimmed = inner.trim_end();
        let at = value.start + 1 + trimmed.len();
        let pending = self
            .edits
            .iter()
            .any(|(range, _)| range.start == at && range.is_empty());
        let text = if trimmed.trim().is_empty() && !pending {
            let is_map = self.bytes(value).starts_with('{');
            let pad = if is_map { " " } else { "" };
            format!("{pad}{item}{pad}")
        } else if trimmed.ends_with(',') && !pending {
            format!(" {item}")
        } else {
            format!(", {item}")
        };
        self.edits.push((at..at, text));
    }

    /// An entry in brackets, with the comma that sets it apart.
    fn with_comma(&self, entry: Range<usize>) -> Range<usize> {
        let after = self.text.get(entry.end..).unwrap_or_default();
        let gap = after.len() - after.trim_start().len();
        if after.trim_start().starts_with(',') {
            let rest = after.get(gap + 1..).unwrap_or_default();
            let gap_after = rest.len() - rest.trim_start().len();
            return entry.start..entry.end + gap + 1 + gap_after;
        }
        let before = self.text.get(..entry.start).unwrap_or_default();
        let trimmed = before.trim_end();
        let start = trimmed.strip_suffix(',').map_or(entry.start, str::len);
        start..entry.end
    }

    fn key(&self, path: &[&str]) -> Range<usize> {
        self.places.key(self.path, path).span
    }

    fn value(&self, path: &[&str]) -> Range<usize> {
        self.places.value(self.path, path).span
    }

    /// The whole lines of an entry.
    fn lines(&self, path: &[&str]) -> Range<usize> {
        self.whole_lines(&(self.key(path).start..self.value(path).end))
    }

    fn whole_lines(&self, range: &Range<usize>) -> Range<usize> {
        let before = self.text.get(..range.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        start..self.line_end(range.end.max(range.start))
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    fn indent(&self, path: &[&str]) -> usize {
        let line = self.lines(path);
        let line = self.bytes(&line);
        line.len() - line.trim_start().len()
    }

    fn bytes(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

/// The column that a question is about: a plain word, or any name in quotes. A
/// question about a table has neither.
fn asked_column(asked: &str) -> Option<String> {
    let Some(inner) = asked.strip_prefix('"') else {
        let (column, _) = asked.split_once(": ")?;
        let is_word = !column.is_empty() && !column.contains([' ', '`']);
        return is_word.then(|| column.to_owned());
    };
    let mut column = String::new();
    let mut characters = inner.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => column.push(characters.next()?),
            own => column.push(own),
        }
    }
    characters.as_str().starts_with(": ").then_some(column)
}
