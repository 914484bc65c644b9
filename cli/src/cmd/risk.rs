//! `phisift risk`: how well the records of a table hide among each other.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use phisift::scan::{Classes, Quasi, ScanOptions, classes_of};
use serde_json::{Value, json};

use crate::cmd::worker;
use crate::exit::{FOUND, OK};
use crate::output;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// k-anonymity and l-diversity of a table over columns that together may tell who somebody is
    Table(Table),
}

/// Classes of records are counted; no value is ever printed.
#[derive(Debug, clap::Args)]
struct Table {
    /// CSV, Parquet or another table with named columns
    file: PathBuf,
    /// Quasi-identifiers: `zip,birth_date,sex`; `zip:3` looks at three characters only, `birth_date:year` at the year
    #[arg(long, required = true, value_name = "COLUMN", value_delimiter = ',')]
    quasi: Vec<String>,
    /// Columns whose values must not become known by finding somebody's class
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    sensitive: Vec<String>,
    /// Exit with 1 where a class is smaller
    #[arg(long, value_name = "K", default_value = "0", hide_default_value = true)]
    min_k: u64,
    /// Form of the result
    #[arg(long, default_value = "table", value_parser = ["table", "json"])]
    format: String,
}

/// Runs the action.
pub fn run(args: Args) -> Result<u8> {
    let Action::Table(table) = args.action;
    let quasi = table.quasi.iter().map(|it| Quasi::parse(it)).collect::<Result<Vec<_>, _>>()?;
    let classes = table.classes(&table.file, &quasi)?;
    match table.format.as_str() {
        "json" => output::print(format!("{}\n", as_json(&classes)).as_bytes())?,
        _ => output::print(as_table(&classes).as_bytes())?,
    }
    Ok(if classes.k < table.min_k { FOUND } else { OK })
}

impl Table {
    fn classes(&self, path: &Path, quasi: &[Quasi]) -> Result<Classes> {
        let options = ScanOptions {
            #[cfg(unix)]
            workers: worker::workers()?,
            ..ScanOptions::default()
        };
        classes_of(path, quasi, &self.sensitive, &options).with_context(|| path.display().to_string())
    }
}

fn as_json(it: &Classes) -> Value {
    let sizes = Classes::SIZES.iter().zip(&it.sizes).map(|(&(from, to), &(classes, records))| {
        let to = (to != u64::MAX).then_some(to);
        json!({"from": from, "to": to, "classes": classes, "records": records})
    });
    let diversity = it.diversity.iter().map(|it| {
        json!({
            "column": it.column,
            "l_distinct": it.distinct,
            "l_entropy": (it.entropy * 1000.0).round() / 1000.0,
            "uniform_classes": it.uniform,
            "uniform_records": it.uniform_records,
        })
    });
    json!({
        "records": it.records,
        "classes": it.classes,
        "k": it.k,
        "highest_risk": it.highest_risk(),
        "average_risk": it.average_risk(),
        "sizes": sizes.collect::<Vec<_>>(),
        "diversity": diversity.collect::<Vec<_>>(),
    })
}

fn as_table(it: &Classes) -> String {
    let share = |records: u64| if it.records == 0 { 0.0 } else { 100.0 * records as f64 / it.records as f64 };
    let mut out = format!("{} records in {} classes, k = {}\n\n", it.records, it.classes, it.k);
    out += "class size    classes    records   share\n";
    for (&(from, to), &(classes, records)) in Classes::SIZES.iter().zip(&it.sizes) {
        let size = match to {
            u64::MAX => format!("{from} or more"),
            to if to == from => from.to_string(),
            to => format!("{from} to {to}"),
        };
        out += &format!("{size:<10} {classes:>10} {records:>10} {:>6.1}%\n", share(records));
    }
    let below = it.records_below(11);
    out += &format!("\nfewer than 11 alike: {below} records ({:.1}%)\n", share(below));
    let (average, worst) = (it.average_risk(), it.highest_risk());
    out += &format!("chance to pick the right record: {average:.4} on average, {worst:.4} at worst\n");
    for it in &it.diversity {
        out += &format!(
            "{}: l = {} (by entropy {:.2}); one value for all in {} classes of {} records\n",
            it.column, it.distinct, it.entropy, it.uniform, it.uniform_records
        );
    }
    out
}
