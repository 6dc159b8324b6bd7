//! `candor render`: a policy in another form.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_policy::charter::{Charter, Text};
use candor_policy::render::page::{escape, policy_html};
use candor_policy::render::table::Table;
use candor_policy::render::{cookies, dpv, grid, markdown, processing, vendors};
use rust_xlsxwriter::{Format, Workbook};

use crate::check;
use crate::cli::{Form, RenderArguments};

/// Widths of a sheet's columns, in characters.
const COLUMN_WIDTH: u16 = 36;

/// Writes the policy in the form asked for.
pub(crate) fn render(arguments: &RenderArguments) -> anyhow::Result<ExitCode> {
    let charter = check::charter(&arguments.folder)?;
    let bytes = match arguments.format {
        Form::Page => page(text(&charter, arguments)?, &charter).into_bytes(),
        Form::Markdown => markdown::markdown(text(&charter, arguments)?, &charter).into_bytes(),
        Form::Grid => grid::grid(&charter).markdown().into_bytes(),
        Form::Vendors => vendors::vendors(&charter).markdown().into_bytes(),
        Form::Cookies => cookies::cookies(&charter).markdown().into_bytes(),
        Form::ProcessingCsv => csv(&processing::controller(&charter))?,
        Form::ProcessorCsv => csv(&processing::processor(&charter))?,
        Form::ProcessingXlsx if arguments.out.is_none() => {
            bail!("a workbook is no text: name a file with --out")
        }
        Form::ProcessingXlsx => workbook(&[
            (
                "Controller, Article 30(1)",
                processing::controller(&charter),
            ),
            ("Processor, Article 30(2)", processing::processor(&charter)),
        ])?,
        Form::Dpv => format!("{}\n", dpv::json_ld(&charter)).into_bytes(),
    };
    match &arguments.out {
        Some(path) => fs::write(path, bytes)
            .with_context(|| format!("`{}` cannot be written", path.display()))?,
        None => io::stdout().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn text<'c>(charter: &'c Charter, arguments: &RenderArguments) -> anyhow::Result<&'c Text> {
    let wanted = |text: &&Text| {
        let language = arguments.language.as_ref();
        language.is_none_or(|language| *language == text.language)
    };
    charter
        .texts
        .iter()
        .find(wanted)
        .context("the policy has no text in that language")
}

/// The text's HTML; a promised phrase carries its anchor and nothing else.
fn page(text: &Text, charter: &Charter) -> String {
    policy_html(text, charter, &|phrase| {
        let anchor = escape(&phrase.anchor);
        format!("<span id=\"{anchor}\">{}</span>", escape(&phrase.words))
    })
}

fn csv(table: &Table) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&table.columns)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    Ok(writer.into_inner()?)
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

fn workbook(sheets: &[(&str, Table)]) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let heading = Format::new().set_bold().set_text_wrap();
    let cell = Format::new().set_text_wrap();
    for (name, table) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name)?;
        for (column, title) in (0..).zip(&table.columns) {
            sheet.set_column_width(column, COLUMN_WIDTH)?;
            sheet.write_string_with_format(0, column, *title, &heading)?;
        }
        for (row, cells) in (1..).zip(&table.rows) {
            for (column, text) in (0..).zip(cells) {
                sheet.write_string_with_format(row, column, text, &cell)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    Ok(workbook.save_to_buffer()?)
}
