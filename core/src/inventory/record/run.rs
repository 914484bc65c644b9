//! Runs: how one begins, goes on after it was killed, and ends.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::{Current, Recorder, RunTally};
use crate::detect::Detector;
use crate::inventory::audit::{self, Head};
use crate::inventory::intern::Interned;
use crate::inventory::people::{Gather, Individuals};
use crate::inventory::{Inventory, rows};
use crate::scan::Totals;
use crate::show::{Labels, shown_path};
use crate::{Error, model::Verdict};

/// What a run is about.
pub struct RunOptions {
    /// The paths that were named, in order.
    pub roots: Vec<std::path::PathBuf>,
    /// What results depend on besides rules and content: thresholds, what is looked for, limits.
    pub settings: Value,
    /// Version of the program.
    pub tool: String,
    /// Masks labels that are values themselves.
    pub masking: Arc<Detector>,
    /// Seconds since 1970.
    pub clock: fn() -> i64,
}

impl Recorder {
    /// Begins a run, or goes on with the same one where it was killed.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be written.
    pub fn start(store: Inventory, detector: Arc<Detector>, options: &RunOptions) -> Result<Recorder, Error> {
        let begun = begin(&store, &detector, options);
        let begun = begun.map_err(|error| store.failed("writing", error))?;
        let gather = Gather::new(detector.ruleset());
        let at = Current {
            entered: false,
            id: 0,
            provenance: None,
            place: String::new(),
            first_block: 0,
            blocks: 0,
            packer: Default::default(),
            packed: Default::default(),
            gather,
            group: Default::default(),
            chunks: 0,
            unread: Vec::new(),
        };
        Ok(Recorder {
            store,
            detector,
            labels: Labels::new(&options.masking),
            clock: options.clock,
            run: begun.run,
            profile: begun.profile,
            started_at: begun.started_at,
            interned: begun.interned,
            places: Default::default(),
            head: begun.head,
            read: Vec::new(),
            begun: None,
            folder: None,
            had_sources: begun.next_source > 1,
            next_source: begun.next_source,
            next_block: begun.next_block,
            seen: Vec::new(),
            roots: options.roots.clone(),
            reach: Default::default(),
            tally: RunTally::default(),
            resumed: begun.resumed,
            at,
            links: Default::default(),
        })
    }

    /// Ends the run and gives the store back. An interrupted one goes on with the next scan of the same paths.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be written.
    pub fn finish(mut self, totals: &Totals) -> Result<(Inventory, Head), Error> {
        self.commit()?;
        self.execute("PRAGMA synchronous = FULL")?;
        self.open_transaction()?;
        let state = if totals.interrupted { "interrupted" } else { "complete" };
        if !totals.interrupted {
            self.note_gone().map_err(|error| self.store.failed("writing", error))?;
        }
        let individuals = self.individuals_now()?;
        self.count()?;
        let summed = self.sum_up(state, individuals);
        let body = summed.map_err(|error| self.store.failed("writing", error))?;
        self.audit("run_end", &body)?;
        self.commit()?;
        // The file by itself is whole then.
        self.execute("PRAGMA synchronous = NORMAL; PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok((self.store, self.head))
    }

    /// True where the store is as that run left it. A run that was killed may have changed it before.
    fn is_unchanged_since(&self, run: i64) -> bool {
        self.tally.changed == 0 && !self.resumed && run == self.run - 1
    }

    /// Counted anew where anything changed since the last run ended.
    fn individuals_now(&self) -> Result<Individuals, Error> {
        match self.store.last_run()? {
            Some(last) if self.is_unchanged_since(last.id) => Ok(last.individuals),
            _ => self.store.individuals(),
        }
    }

    /// Counts what the store holds, anew where anything changed since the last run ended.
    fn count(&self) -> Result<(), Error> {
        match self.store.last_run()?.filter(|last| self.is_unchanged_since(last.id)) {
            Some(last) => {
                let copied = rows::copy_counts(&self.store.connection, last.id, self.run);
                copied.map_err(|error| self.store.failed("writing", error))
            }
            None => self.store.count_run(self.run, (self.clock)()),
        }
    }

    fn sum_up(&self, state: &str, people: Individuals) -> rusqlite::Result<Value> {
        let connection = &self.store.connection;
        let sums = "SELECT count(*), total(findings), total(bytes), total(bytes_examined) FROM sources
                    WHERE gone_run IS NULL";
        let sum = |row: &rusqlite::Row<'_>, at| row.get::<_, f64>(at).map(|it| it as i64);
        let (sources, findings, bytes, examined): (i64, i64, i64, i64) =
            connection.query_row(sums, [], |row| Ok((row.get(0)?, sum(row, 1)?, sum(row, 2)?, sum(row, 3)?)))?;
        let update = "UPDATE runs SET state = ?2, ended_at = ?3, sources = ?4, examined = coalesce(examined, 0) + ?5,
                      reused = ?6, gone = ?7, findings = ?8, bytes = ?9, bytes_examined = ?10, people = ?11,
                      people_low = ?12, people_high = ?13, people_method = ?14 WHERE id = ?1";
        let RunTally { examined: read, reused, gone, .. } = self.tally;
        let now = (self.clock)();
        connection.execute(
            update,
            params![
                self.run,
                state,
                now,
                sources,
                read as i64,
                reused as i64,
                gone as i64,
                findings,
                bytes,
                examined,
                people.count as i64,
                people.low as i64,
                people.high as i64,
                people.method.id(),
            ],
        )?;
        let ephi = Verdict::Ephi.id();
        let ephi = "SELECT n FROM run_counts WHERE run = ?1 AND what = 'verdict' AND id = '".to_owned() + ephi + "'";
        let ephi: Option<i64> = connection.query_row(&ephi, [self.run], |row| row.get(0)).optional()?;
        Ok(json!({
            "run": self.run, "state": state, "sources": sources, "examined": read, "reused": reused, "gone": gone,
            "findings": findings, "ephi": ephi.unwrap_or(0), "people": people.count,
        }))
    }
}

/// What a run begins with.
struct Begun {
    run: i64,
    resumed: bool,
    profile: i64,
    started_at: i64,
    interned: Interned,
    head: Head,
    next_source: i64,
    next_block: i64,
}

fn begin(store: &Inventory, detector: &Detector, options: &RunOptions) -> rusqlite::Result<Begun> {
    let connection = &store.connection;
    let now = (options.clock)();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let ruleset = detector.ruleset().hash();
    let settings = options.settings.to_string();
    let profile = (ruleset, options.tool.as_str(), settings.as_str());
    let insert = "INSERT INTO profiles (ruleset, tool, settings) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    connection.execute(insert, profile)?;
    let select = "SELECT id FROM profiles WHERE ruleset = ?1 AND tool = ?2 AND settings = ?3";
    let profile: i64 = connection.query_row(select, profile, |row| row.get(0))?;
    let roots: Vec<String> = options.roots.iter().map(|it| shown_path(it).0).collect();
    let roots = json!(roots).to_string();
    let open = "SELECT id FROM runs WHERE id = (SELECT max(id) FROM runs) AND state <> 'complete'
                AND profile = ?1 AND roots = ?2";
    let open: Option<i64> = connection.query_row(open, (profile, &roots), |row| row.get(0)).optional()?;
    connection.execute("UPDATE runs SET state = 'interrupted' WHERE state = 'running'", [])?;
    let mut head = audit::head(connection)?;
    let (run, kind) = match open {
        Some(run) => {
            connection.execute("UPDATE runs SET state = 'running', starts = starts + 1 WHERE id = ?1", [run])?;
            (run, "run_resume")
        }
        None => {
            let insert =
                "INSERT INTO runs (profile, roots, state, started_at, starts) VALUES (?1, ?2, 'running', ?3, 1)";
            connection.execute(insert, (profile, &roots, now))?;
            (connection.last_insert_rowid(), "run_start")
        }
    };
    let body = json!({"run": run, "ruleset": ruleset, "tool": options.tool, "settings": options.settings});
    audit::append(connection, &mut head, now, kind, &body)?;
    connection.execute_batch("COMMIT")?;
    let next = |table: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"), [], |row| row.get(0))
    };
    Ok(Begun {
        run,
        resumed: open.is_some(),
        profile,
        started_at: now,
        interned: Interned::load(connection)?,
        head,
        next_source: next("sources")?,
        next_block: next("blocks")?,
    })
}
