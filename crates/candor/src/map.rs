//! `candor map`: reads a database and drafts its map, or the parts a map does
//! not have yet. Writes only with `--write`, and only the map's file or the picture asked for.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use candor_connect::atlas::{Atlas, standalone};
use candor_connect::draft::{Difference, Merged, Terms, merge};
use candor_connect::{Limits, Source};
use candor_policy::charter::{Source as Declared, SourceKind};
use candor_policy::map::SourceMap;
use candor_policy::{Bundle, Places, outline, read_map};
use candor_server::sources;

use crate::cli::MapArguments;
use crate::{check, folder, serve};

/// The longest that one sample may take: a draft asks many.
const SAMPLE_SECONDS: u64 = 5;

/// Where a database is, and what is known of it.
struct Place {
    name: String,
    declared: Declared,
    folder: PathBuf,
    terms: Terms,
    /// Whether it stands in a declaration, and so has a file for its map.
    is_declared: bool,
}

impl Place {
    /// The source, under a map.
    fn open(&self, map: SourceMap) -> anyhow::Result<Source> {
        let limits = Limits {
            statement: Duration::from_secs(SAMPLE_SECONDS),
            scan: Duration::from_secs(SAMPLE_SECONDS),
            ..Limits::default()
        };
        let declared = Declared {
            map,
            ..self.declared.clone()
        };
        let variables = serve::environment();
        Ok(sources::open_one(
            &self.name,
            &declared,
            serve::surroundings(&self.folder, &variables),
            limits,
        )?)
    }

    /// The map's path within the folder.
    fn path(&self) -> &str {
        &self.declared.map.path
    }

    /// The map's text, if there is one.
    fn before(&self) -> anyhow::Result<Option<String>> {
        let file = self.folder.join(self.path());
        if !self.is_declared || !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file);
        text.map(Some)
            .with_context(|| format!("`{}` cannot be read", file.display()))
    }
}

/// Drafts, compares, explains or draws.
pub(crate) async fn map(arguments: MapArguments) -> anyhow::Result<ExitCode> {
    let place = place(&arguments)?;
    let before = place.before()?;
    if arguments.explain.is_some() || arguments.svg.is_some() {
        let text = match before {
            Some(text) => text,
            None => drafted(&place, None).await?.text,
        };
        let source = place.open(parsed(place.path(), &text)?.0)?;
        return look(&source, &arguments).await;
    }
    let merged = drafted(&place, before.as_deref()).await?;
    if arguments.write {
        return write(&place, before.as_deref(), &merged);
    }
    match before {
        Some(_) => compare(place.path(), &merged),
        None => print!("{}", merged.text),
    }
    Ok(ExitCode::SUCCESS)
}

/// A draft, in the map that is there.
async fn drafted(place: &Place, before: Option<&str>) -> anyhow::Result<Merged> {
    let map = match before {
        Some(text) => parsed(place.path(), text)?.0,
        None => SourceMap::default(),
    };
    let source = place.open(map)?;
    let catalogue = source.catalogue().await?;
    let draft = source.draft(&place.terms).await?;
    merge(place.path(), before, &catalogue, &draft).map_err(|_| unreadable(place.path()))
}

/// A map's text, read; what is wrong with it is printed.
fn parsed(path: &str, text: &str) -> anyhow::Result<(SourceMap, Places)> {
    read_map(path, text).map_err(|found| {
        let bundle = Bundle::new([(path.to_owned(), text.to_owned())]);
        check::print_diagnostics(&found, &bundle);
        unreadable(path)
    })
}

fn unreadable(path: &str) -> anyhow::Error {
    anyhow::anyhow!("the map `{path}` cannot be read; mend it first")
}

/// Explains a table, draws what lies around it, or draws the whole.
async fn look(source: &Source, arguments: &MapArguments) -> anyhow::Result<ExitCode> {
    if let Some(table) = &arguments.explain {
        print!("{}", source.explain(table).await?);
    }
    if let Some(file) = &arguments.svg {
        let catalogue = source.catalogue().await?;
        let whole = Atlas::new(&catalogue, source.map());
        let table = arguments.explain.as_deref();
        let atlas = table.and_then(|table| whole.around(table)).unwrap_or(whole);
        fs::write(file, standalone(&atlas, source.name()))
            .with_context(|| format!("`{}` cannot be written", file.display()))?;
        println!(
            "wrote `{}`: {} tables, {} edges",
            file.display(),
            atlas.tables.len(),
            atlas.edges.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn place(arguments: &MapArguments) -> anyhow::Result<Place> {
    let name = arguments.source.as_str();
    if let Some(kind) = address(name) {
        if arguments.write {
            bail!(
                "an address has no map to write; declare it under `sources`, or send the draft to a file"
            );
        }
        let people = arguments.people.iter();
        let people = people.map(|kind| (kind.clone(), vec!["email".to_owned()]));
        return Ok(Place {
            name: "database".to_owned(),
            declared: Declared {
                kind: kind.into(),
                url: name.to_owned(),
                replicas: Vec::new(),
                region: None,
                tenant: None,
                map: SourceMap {
                    path: "map.yaml".to_owned(),
                    ..SourceMap::default()
                },
            },
            folder: PathBuf::from("."),
            terms: Terms {
                people: people.collect(),
                ..Terms::default()
            },
            is_declared: false,
        });
    }
    let bundle = folder::read(&arguments.folder)?;
    let Some(outline) = outline(&bundle) else {
        bail!(
            "the declaration in `{}` cannot be read; `candor check` says why",
            arguments.folder.display()
        );
    };
    let Some(declared) = outline.sources.get(name) else {
        let known: Vec<&str> = outline.sources.keys().map(String::as_str).collect();
        bail!(
            "`{name}` is neither a declared source ({}) nor an address such as `postgres://…` or `sqlite:app.db`",
            known.join(", ")
        );
    };
    Ok(Place {
        name: name.to_owned(),
        declared: declared.clone(),
        folder: arguments.folder.clone(),
        terms: Terms {
            people: outline.people,
            declared: Some(outline.collected),
            forbidden: outline.never,
        },
        is_declared: true,
    })
}

/// The kind of database at an address; `None` for a name.
fn address(text: &str) -> Option<SourceKind> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Some(SourceKind::Postgres)
    } else if text.starts_with("mysql://") || text.starts_with("mariadb://") {
        Some(SourceKind::Mysql)
    } else if text.starts_with("sqlite:") {
        Some(SourceKind::Sqlite)
    } else {
        None
    }
}

fn write(place: &Place, before: Option<&str>, merged: &Merged) -> anyhow::Result<ExitCode> {
    let path = place.path();
    // What is written must be a map, whatever was merged.
    if read_map(path, &merged.text).is_err() {
        bail!("the draft of `{path}` would not be a map, so nothing was written");
    }
    if before == Some(merged.text.as_str()) {
        println!("`{path}` says everything the database asks for");
        return Ok(ExitCode::SUCCESS);
    }
    let file = place.folder.join(path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("`{}` cannot be made", folder.display()))?;
    }
    let beside = file.with_extension("candor-new");
    fs::write(&beside, &merged.text)
        .and_then(|()| fs::rename(&beside, &file))
        .with_context(|| format!("`{}` cannot be written", file.display()))?;
    if before.is_some() {
        list(merged);
    }
    println!("wrote `{path}`: {}", summary(merged));
    Ok(ExitCode::SUCCESS)
}

/// Shows what a redraft would change.
fn compare(path: &str, merged: &Merged) {
    if merged.differences.is_empty() {
        println!("`{path}` says everything the database asks for");
        return;
    }
    list(merged);
    println!("{}; `--write` puts it into `{path}`", summary(merged));
}

fn list(merged: &Merged) {
    for difference in &merged.differences {
        println!("{difference}");
    }
}

fn summary(merged: &Merged) -> String {
    let mut counts = [0_usize; 4];
    for difference in &merged.differences {
        let place = match difference {
            Difference::Added(_) => 0,
            Difference::Removed(_) => 1,
            Difference::Changed(_) => 2,
            Difference::Question(_) => 3,
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    let [added, removed, changed, questions] = counts;
    format!("{added} added, {removed} removed, {changed} changed, {questions} questions")
}
