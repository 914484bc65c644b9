//! `phisift inventory`: what an inventory knows, asked from the command line.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use phisift::detect::Ruleset;
use phisift::inventory::{
    Between, ChangeKind, Inventory, RiskRules, RunState, SourceRow, Surroundings, Treatment, Trend,
};
use phisift::model::{Role, Seal, civil};
use phisift::report::shown_path;
use phisift::scan::Sealer;
use serde_json::json;

use crate::exit::OK;
use crate::output;
use crate::store::{KeyArgs, now};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the scans that an inventory was filled by
    Runs {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Say what changed between two runs: the last two, or those that are named
    Diff {
        #[command(flatten)]
        store: StoreArgs,
        /// The earlier run
        #[arg(value_name = "RUN")]
        earlier: Option<i64>,
        /// The later run
        #[arg(value_name = "RUN")]
        later: Option<i64>,
    },
    /// Say which files or folders share individuals
    Flow {
        #[command(flatten)]
        store: StoreArgs,
        /// Between folders instead of files
        #[arg(long)]
        folders: bool,
        /// Form of the output
        #[arg(long, default_value = "table", value_parser = ["table", "json", "dot"])]
        format: String,
        /// Edges shown, those of most individuals
        #[arg(long, value_name = "N", default_value = "200")]
        most: usize,
        #[command(flatten)]
        rules: RulesArgs,
    },
    /// Say where a person occurs whose identifiers you know
    Who {
        #[command(flatten)]
        store: StoreArgs,
        /// File of identifiers, one a line, `mrn:00482913` or bare; `-` is standard input
        #[arg(long, value_name = "FILE")]
        value_file: PathBuf,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// List what makes the risk of a file
    Explain {
        #[command(flatten)]
        store: StoreArgs,
        /// The file, as it was scanned
        source: PathBuf,
        #[command(flatten)]
        rules: RulesArgs,
    },
    /// Set what is done about a file
    Treat {
        #[command(flatten)]
        store: StoreArgs,
        /// The file, as it was scanned
        source: PathBuf,
        /// open, mitigating, accepted or closed
        #[arg(long)]
        status: String,
        /// Who is to do it
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// By when
        #[arg(long, value_name = "YYYY-MM-DD")]
        due: Option<String>,
        /// A note; no identifiers of patients
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        key: KeyArgs,
    },
}

#[derive(Debug, clap::Args)]
struct StoreArgs {
    /// The inventory
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    /// Rules of exposure and risk (TOML) instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    risk_rules: Option<PathBuf>,
}

impl RulesArgs {
    /// The rules.
    pub fn rules(&self) -> Result<RiskRules> {
        let Some(path) = &self.risk_rules else { return Ok(RiskRules::builtin()?) };
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        RiskRules::parse(&text).with_context(|| path.display().to_string())
    }
}

impl StoreArgs {
    fn open(&self) -> Result<Inventory> {
        Ok(Inventory::open_read(&self.inventory)?)
    }
}

/// Runs a command about an inventory.
pub fn run(args: Args) -> Result<u8> {
    let text = match args.command {
        Command::Runs { store } => runs(&store.open()?)?,
        Command::Diff { store, earlier, later } => diff(&store.open()?, earlier, later)?,
        Command::Flow { store, folders, format, most, rules } => {
            let between = if folders { Between::Folders } else { Between::Sources };
            let edges = store.open()?.flow(&rules.rules()?, between, most)?;
            flow::written(&edges, &format)
        }
        Command::Who { store, value_file, key } => who(&store, &value_file, &key)?,
        Command::Explain { store, source, rules } => explain(&store.open()?, &source, &rules.rules()?)?,
        Command::Treat { store, source, status, owner, due, note, key } => {
            let mut store = key.open_write(&store.inventory)?;
            let row = found(&store, &source)?;
            let head = store.treat(&row, &Treatment { status, owner, due, note, set_at: now() })?;
            format!("audit head {head}\n")
        }
    };
    output::print(text.as_bytes())?;
    Ok(OK)
}

fn found(store: &Inventory, path: &Path) -> Result<SourceRow> {
    let row = store.source_at(path)?;
    row.with_context(|| format!("the inventory knows no file {}", shown_path(path).0))
}

fn runs(store: &Inventory) -> Result<String> {
    let mut out = String::from("run  state        sources  findings  individuals  started (UTC)        roots\n");
    for run in store.runs()? {
        let people = run.individuals.count;
        let (state, started) = (run.state.id(), time(run.started_at));
        let roots: Vec<String> = run.roots.iter().map(|root| one_line(root)).collect();
        out += &format!(
            "{:<4} {state:<12} {:>7}  {:>8}  {people:>11}  {started}  {}\n",
            run.id,
            run.sources,
            run.findings,
            roots.join(" ")
        );
    }
    Ok(out)
}

fn diff(store: &Inventory, earlier: Option<i64>, later: Option<i64>) -> Result<String> {
    let complete: Vec<i64> =
        store.runs()?.iter().filter(|run| run.state == RunState::Complete).map(|run| run.id).collect();
    let later = later.or(complete.last().copied()).context("the inventory has no complete run")?;
    let before = complete.iter().rev().find(|run| **run < later).copied();
    let earlier = earlier.or(before).context("there is no run before it to compare with")?;
    let changes = store.diff(earlier, later)?;
    let mut out = String::new();
    for change in &changes {
        let side = |it: &Option<phisift::inventory::Version>| {
            it.as_ref().map_or("-".into(), |it| {
                format!("{} ({} findings, {} individuals)", it.verdict.id(), it.findings, it.people)
            })
        };
        let what = match change.trend {
            Trend::Same => change.kind.id().to_owned(),
            trend => format!("{}, {}", change.kind.id(), trend.id()),
        };
        let path = one_line(&shown_path(&change.path).0);
        let moved = change.moved_from.as_ref().map(|it| format!(" (from {})", one_line(&shown_path(it).0)));
        out += &format!(
            "{what:<16} {path}{}: {} → {}\n",
            moved.unwrap_or_default(),
            side(&change.before),
            side(&change.after)
        );
    }
    let count = |kind: ChangeKind| changes.iter().filter(|it| it.kind == kind).count();
    let trend = |trend: Trend| changes.iter().filter(|it| it.trend == trend).count();
    out += &format!(
        "run {earlier} to {later}: {} new, {} moved, {} gone, {} changed; {} worse, {} better\n",
        count(ChangeKind::New),
        count(ChangeKind::Moved),
        count(ChangeKind::Gone),
        count(ChangeKind::Changed),
        trend(Trend::Worse),
        trend(Trend::Better)
    );
    Ok(out)
}

/// The use of the key is noted before anything is looked up, without the values.
fn who(args: &StoreArgs, path: &Path, key: &KeyArgs) -> Result<String> {
    let rules = Ruleset::builtin()?;
    let sealer = Sealer::new(key.key()?, &rules);
    let input: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut seals = Vec::new();
    for (number, line) in input.split(b'\n').enumerate() {
        let line = line.context("reading the values")?;
        if !line.trim_ascii().is_empty() {
            seals.extend(seals_of(&rules, &sealer, line.trim_ascii(), number + 1)?);
        }
    }
    let mut store = key.open_write(&args.inventory)?;
    store.note(now(), "key_use", &json!({"what": "who", "values": seals.len()}))?;
    let sightings = store.sightings(&seals)?;
    let mut out = String::new();
    for it in &sightings {
        let mut why: Vec<String> = it.matches.iter().map(|(entity, count)| format!("{entity} ×{count}")).collect();
        if it.linked && why.is_empty() {
            why.push("linked".into());
        }
        out += &format!("{}: {}\n", one_line(&shown_path(&it.path).0), why.join(", "));
    }
    out += &format!("{} files\n", sightings.len());
    Ok(out)
}

/// What a line may be: the kind that it names, or any. Errors tell the line's number, never the line.
fn seals_of(rules: &Ruleset, sealer: &Sealer, line: &[u8], number: usize) -> Result<Vec<Seal>> {
    let colon = line.iter().position(|byte| *byte == b':');
    let named = colon.and_then(|at| Some((std::str::from_utf8(&line[..at]).ok()?.trim(), &line[at + 1..])));
    if let Some((kind, value)) = named {
        let date = rules.entity_id("date");
        if let (true, Some(date)) = (kind == "birth_date", date) {
            return Ok(vec![sealer.of(date, Some(Role::Birth), value)]);
        }
        if let Some(entity) = rules.entity_id(kind) {
            let seal = sealer.of(entity, None, value);
            if seal.print == 0 {
                bail!("line {number}: the inventory keeps no fingerprints of {kind}");
            }
            return Ok(vec![seal]);
        }
    }
    let entities = (0..rules.entities().len() as u16).map(phisift::model::EntityId);
    Ok(entities.map(|entity| sealer.of(entity, None, line)).filter(|seal| seal.print != 0).collect())
}

fn explain(store: &Inventory, path: &Path, rules: &RiskRules) -> Result<String> {
    let row = found(store, path)?;
    let now = store.last_run()?.and_then(|run| run.ended_at).unwrap_or_else(now);
    let duplicates = store.duplicates(&row)?;
    let risk = rules.assess(&row, Surroundings { duplicates, now });
    let mut out = format!(
        "{}\nverdict     {} ({})\nrisk        {} = likelihood {} × impact {} ({})\n",
        one_line(&shown_path(&row.path).0),
        row.verdict.id(),
        row.reasons.join(" "),
        risk.score(),
        risk.likelihood,
        risk.impact,
        risk.level()
    );
    out += &format!("location    {}\n", risk.location.as_deref().unwrap_or("-"));
    for side in ["likelihood", "impact"] {
        out += &format!("\n{side}: 1\n");
        for input in risk.inputs.iter().filter(|it| it.side == side) {
            out += &format!("  +{} {:<20} {}\n", input.points, input.id, one_line(&input.fact));
        }
    }
    if !risk.treatments.is_empty() {
        out += "\nrecommended:\n";
    }
    for advice in &risk.treatments {
        out += &format!("  {:<9} {}\n", advice.action, advice.text);
    }
    if let Some(it) = store.treatment(row.id)? {
        let or = |text: &Option<String>| text.as_deref().map_or("-".into(), one_line);
        out += &format!("\nregister: {}, owner {}, due {}, {}\n", it.status, or(&it.owner), or(&it.due), or(&it.note));
    }
    Ok(out)
}

/// Text from outside on one line, without control characters.
fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { '\u{FFFD}' } else { it }).collect()
}

/// `2026-02-28 13:37:00` of seconds since 1970, in UTC.
fn time(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let rest = seconds.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

mod flow {
    //! Edges as a table, as JSON, as a graph for Graphviz.

    use phisift::inventory::Edge;
    use phisift::report::shown_path;
    use serde_json::{Value, json};

    use super::one_line;

    pub fn written(edges: &[Edge], format: &str) -> String {
        match format {
            "json" => json(edges),
            "dot" => dot(edges),
            _ => table(edges),
        }
    }

    fn table(edges: &[Edge]) -> String {
        let mut out = String::from("individuals  from → to\n");
        for edge in edges {
            let [from, to] = [&edge.from, &edge.to].map(|path| one_line(&shown_path(path).0));
            out += &format!("{:>11}  {from} → {to}\n", edge.individuals);
        }
        out
    }

    fn json(edges: &[Edge]) -> String {
        let row = |edge: &Edge| {
            json!({
                "from": shown_path(&edge.from).0, "from_location": edge.from_location,
                "to": shown_path(&edge.to).0, "to_location": edge.to_location, "individuals": edge.individuals,
            })
        };
        format!("{}\n", Value::Array(edges.iter().map(row).collect()))
    }

    fn dot(edges: &[Edge]) -> String {
        // A quoted string of DOT knows one escape.
        let quoted = |path| format!("\"{}\"", one_line(&shown_path(path).0).replace('\\', "\\\\").replace('"', "\\\""));
        let mut out = String::from("digraph flow {\n  rankdir=LR; node [shape=box];\n");
        for edge in edges {
            out += &format!("  {} -> {} [label=\"{}\"];\n", quoted(&edge.from), quoted(&edge.to), edge.individuals);
        }
        out + "}\n"
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times() {
        assert_eq!(time(0), "1970-01-01 00:00:00");
        assert_eq!(time(1_772_285_820), "2026-02-28 13:37:00");
        assert_eq!(time(-1), "1969-12-31 23:59:59");
    }
}
