//! What the store knows of sources that have not changed. Reads the store, folder by folder, as the walk comes to them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row};

use super::record::split;
use super::rows::join;
use super::store;
use crate::detect::{Detector, Ruleset, health_kind};
use crate::extract::format_id;
use crate::model::{
    Provenance, Reason, Reuse, Reused, SafeHarbor, Source, SourceState, SourceSummary, Stat, Step, Text, Unread,
    Verdict, VerdictReason,
};
use crate::scan::{Recall, Recalled, Remembered};
use crate::{Error, model::EntityId};

/// Results of earlier runs, for a scan with the same profile.
pub struct Memory {
    detector: Arc<Detector>,
    profile: i64,
    inner: Mutex<Inner>,
}

struct Inner {
    connection: Connection,
    /// The last folders met: workers may be in different ones.
    folders: Vec<Folder>,
    copies: Option<Copies>,
}

/// What tells copies of sources in the store.
#[derive(Default)]
struct Copies {
    /// No other size can be a copy.
    sizes: HashSet<u64>,
    /// Numbers of sources by what their content's hash begins with.
    by_content: HashMap<u64, i64>,
}

/// A folder's path and what is known of its sources, sorted by name.
type Folder = (Vec<u8>, Arc<[Known]>);

/// Folders kept.
const FOLDERS: usize = 4;

/// A source's row.
struct Known {
    id: i64,
    name: Vec<u8>,
    stat: Option<Stat>,
    fresh: bool,
    profile: i64,
    content: Option<[u8; 32]>,
    /// `None` where this program knows a word of it no more.
    said: Option<Said>,
}

/// What was said of it.
struct Said {
    format: &'static str,
    state: SourceState,
    reason: Option<Reason>,
    verdict: Verdict,
    reasons: Vec<VerdictReason>,
    health: BTreeMap<&'static str, u64>,
    counts: BTreeMap<EntityId, u64>,
    bytes: u64,
    bytes_examined: u64,
    decoded: Option<u64>,
    forward_only: bool,
}

const KNOWN: &str = "id, name, device, inode, size, modified, changed, fresh, profile, content, format, state, reason,
    verdict, reasons, health, counts, bytes, bytes_examined, decoded, forward_only";

impl Memory {
    /// The memory of a store, for results of one profile.
    pub(super) fn open(path: &Path, detector: &Arc<Detector>, profile: i64) -> Result<Memory, Error> {
        let connection = store::connect(path, false)?;
        let inner = Mutex::new(Inner { connection, folders: Vec::new(), copies: None });
        Ok(Memory { detector: detector.clone(), profile, inner })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where the results are of this profile and did not fail for a reason that may have passed.
    fn holds(&self, known: &Known) -> bool {
        const PASSING: [Reason; 6] =
            [Reason::Io, Reason::Permission, Reason::Timeout, Reason::Worker, Reason::Changed, Reason::Interrupted];
        let passing = |said: &Said| said.reason.is_some_and(|it| PASSING.contains(&it));
        known.profile == self.profile && known.content.is_some() && known.said.as_ref().is_some_and(|it| !passing(it))
    }

    /// What is known of the sources in a folder.
    fn folder(&self, path: &[u8]) -> rusqlite::Result<Arc<[Known]>> {
        let mut inner = self.lock();
        if let Some((_, known)) = inner.folders.iter().find(|it| it.0 == path) {
            return Ok(known.clone());
        }
        let known = read_folder(&inner.connection, self.detector.ruleset(), path)?;
        if inner.folders.len() == FOLDERS {
            inner.folders.remove(0);
        }
        inner.folders.push((path.to_vec(), known.clone()));
        Ok(known)
    }

    fn remembered(&self, known: &Known, source: &Source, reused: Reused) -> Option<Remembered> {
        let said = known.said.as_ref()?;
        let parts = match said.state {
            SourceState::Complete => Vec::new(),
            _ => parts_of(&self.lock().connection, known.id).ok()?,
        };
        let summary = SourceSummary {
            source: source.clone(),
            format: said.format,
            state: said.state,
            reason: said.reason,
            verdict: said.verdict,
            reasons: said.reasons.clone(),
            health: said.health.clone(),
            bytes: said.bytes,
            bytes_examined: said.bytes_examined,
            decoded: said.decoded,
            forward_only: said.forward_only,
            counts: said.counts.clone(),
            content: known.content,
            reused: Some(reused),
        };
        Some(Remembered { summary, parts, for_bare_path: reused.how != Reuse::Unchanged })
    }
}

impl Inner {
    fn copies(&mut self, profile: i64) -> &Copies {
        let Inner { connection, copies, .. } = self;
        copies.get_or_insert_with(|| read_copies(connection, profile).unwrap_or_default())
    }
}

impl Recall for Memory {
    fn recall(&self, source: &Source) -> Recalled {
        let Some(now) = &source.stat else { return Recalled::Unknown };
        let (folder, name) = split(&source.path);
        let Ok(folder) = self.folder(folder) else { return Recalled::Unknown };
        let Some(known) = named(&folder, name) else {
            // An empty file is read sooner than recalled.
            let perhaps = now.size > 0 && self.lock().copies(self.profile).sizes.contains(&now.size);
            return if perhaps { Recalled::Perhaps } else { Recalled::Unknown };
        };
        if !self.holds(known) || known.stat.is_none_or(|then| then.size != now.size) {
            return Recalled::Unknown;
        }
        let same = known.stat.is_some_and(|then| is_same(&then, now)) && !known.fresh;
        let reused = Reused { how: Reuse::Unchanged, of: known.id, restat: false };
        match same.then(|| self.remembered(known, source, reused)).flatten() {
            Some(remembered) => Recalled::Known(Box::new(remembered)),
            None => Recalled::Perhaps,
        }
    }

    fn with_content(&self, source: &Source, content: &[u8; 32]) -> Option<Remembered> {
        let (folder, name) = split(&source.path);
        if let Some(own) = named(&self.folder(folder).ok()?, name) {
            let same = own.content.as_ref() == Some(content) && self.holds(own);
            let reused = Reused { how: Reuse::Unchanged, of: own.id, restat: true };
            return if same { self.remembered(own, source, reused) } else { None };
        }
        let select =
            format!("SELECT {KNOWN}, (SELECT path FROM folders WHERE folders.id = folder) FROM sources WHERE id = ?1");
        let mut inner = self.lock();
        let id = *inner.copies(self.profile).by_content.get(&begin_of(content))?;
        let (connection, rules) = (&inner.connection, self.detector.ruleset());
        let found = connection
            .prepare_cached(&select)
            .ok()?
            .query_row([id], |row| Ok((row.get::<_, Vec<u8>>(21)?, known_of(row, rules)?)));
        let (folder, known) = found.optional().ok()??;
        let path = join(&folder, &known.name);
        // A file that was away and came back is read again: its own row makes way for the new one.
        if known.content.as_ref() != Some(content) || split(&path) == split(&source.path) {
            return None;
        }
        // The extension is a hint to what a file is read as.
        if path.extension() != source.path.extension() || !self.holds(&known) || has_path_findings(connection, known.id)
        {
            return None;
        }
        drop(inner);
        let how = if path.symlink_metadata().is_ok() { Reuse::Copied } else { Reuse::Moved };
        self.remembered(&known, source, Reused { how, of: known.id, restat: true })
    }
}

/// The source of that name.
fn named<'a>(folder: &'a [Known], name: &[u8]) -> Option<&'a Known> {
    folder.binary_search_by(|it| it.name.as_slice().cmp(name)).ok().map(|at| &folder[at])
}

fn read_folder(connection: &Connection, rules: &Ruleset, path: &[u8]) -> rusqlite::Result<Arc<[Known]>> {
    // Blobs are compared as bytes.
    let select = format!(
        "SELECT {KNOWN} FROM sources WHERE gone_run IS NULL AND folder = (SELECT id FROM folders WHERE path = ?1)
         ORDER BY name"
    );
    let mut statement = connection.prepare_cached(&select)?;
    let known = statement.query_map([path], |row| known_of(row, rules))?;
    known.collect()
}

fn known_of(row: &Row<'_>, rules: &Ruleset) -> rusqlite::Result<Known> {
    let stat = match row.get::<_, Option<i64>>(2)? {
        None => None,
        Some(device) => Some(Stat {
            device: device as u64,
            inode: row.get::<_, i64>(3)? as u64,
            size: row.get::<_, i64>(4)? as u64,
            modified: row.get(5)?,
            changed: row.get(6)?,
            ..Stat::default()
        }),
    };
    Ok(Known {
        id: row.get(0)?,
        name: row.get(1)?,
        stat,
        fresh: row.get(7)?,
        profile: row.get(8)?,
        content: row.get(9)?,
        said: said_of(row, rules)?,
    })
}

fn said_of(row: &Row<'_>, rules: &Ruleset) -> rusqlite::Result<Option<Said>> {
    let text = |at| row.get_ref(at).and_then(|it| Ok(it.as_str()?));
    let reason = row.get_ref(12)?.as_str_or_null()?;
    let (bytes, bytes_examined) = (row.get::<_, i64>(17)? as u64, row.get::<_, i64>(18)? as u64);
    let (decoded, forward_only) = (row.get::<_, Option<i64>>(19)?.map(|it| it as u64), row.get(20)?);
    let (format, state, verdict) = (format_id(text(10)?), state_of(text(11)?), verdict_of(text(13)?));
    let (reasons, health, counts) = (text(14)?, health_of(text(15)?), counts_of(text(16)?, rules));
    let said = || {
        Some(Said {
            format: format?,
            state: state?,
            reason: reason.and_then(Reason::from_id),
            verdict: verdict?,
            reasons: reasons.split_ascii_whitespace().filter_map(reason_of).collect(),
            health: health?,
            counts: counts?,
            bytes,
            bytes_examined,
            decoded,
            forward_only,
        })
    };
    Ok(said())
}

/// The time of the last change of the inode cannot be set by users, so a change with an old time shows there.
fn is_same(then: &Stat, now: &Stat) -> bool {
    let of = |it: &Stat| (it.device, it.inode, it.size, it.modified, it.changed);
    of(then) == of(now)
}

/// Of equal sources, one that is present counts, then the first.
fn read_copies(connection: &Connection, profile: i64) -> rusqlite::Result<Copies> {
    let mut copies = Copies::default();
    for is_gone in ["IS NULL", "IS NOT NULL"] {
        let select = format!(
            "SELECT id, size, content FROM sources
             WHERE profile = ?1 AND size > 0 AND content IS NOT NULL AND gone_run {is_gone} ORDER BY id"
        );
        let mut statement = connection.prepare(&select)?;
        let mut rows = statement.query([profile])?;
        while let Some(row) = rows.next()? {
            copies.sizes.insert(row.get::<_, i64>(1)? as u64);
            copies.by_content.entry(begin_of(&row.get(2)?)).or_insert(row.get(0)?);
        }
    }
    Ok(copies)
}

fn begin_of(content: &[u8; 32]) -> u64 {
    let mut begin = [0; 8];
    begin.copy_from_slice(&content[..8]);
    u64::from_le_bytes(begin)
}

fn has_path_findings(connection: &Connection, source: i64) -> bool {
    let select = "SELECT 1 FROM blocks JOIN sources ON blocks.id >= first_block AND blocks.id < first_block + blocks
                  WHERE sources.id = ?1 AND place LIKE '[{\"part\":\"path\"}%' LIMIT 1";
    connection.query_row(select, [source], |_| Ok(())).optional().is_ok_and(|it| it.is_some())
}

fn state_of(id: &str) -> Option<SourceState> {
    use SourceState::*;
    [Complete, Partial, Failed, Skipped].into_iter().find(|it| it.id() == id)
}

fn verdict_of(id: &str) -> Option<Verdict> {
    Verdict::ALL.into_iter().find(|it| it.id() == id)
}

fn health_of(text: &str) -> Option<BTreeMap<&'static str, u64>> {
    let health = numbers(text)?;
    Some(health.iter().filter_map(|(kind, count)| Some((health_kind(kind)?, *count))).collect())
}

fn counts_of(text: &str, rules: &Ruleset) -> Option<BTreeMap<EntityId, u64>> {
    numbers(text)?.iter().map(|(entity, count)| Some((rules.entity_id(entity)?, *count))).collect()
}

/// Numbers by ids, which no JSON escapes.
fn numbers(text: &str) -> Option<BTreeMap<&str, u64>> {
    if text == "{}" { Some(BTreeMap::new()) } else { serde_json::from_str(text).ok() }
}

/// A verdict's reason by its id.
fn reason_of(id: &str) -> Option<VerdictReason> {
    if let Some(category) = id.strip_prefix("category:") {
        let (letter, count) = category.split_once('=')?;
        return Some(VerdictReason::Category(SafeHarbor::from_letter(letter)?, count.parse().ok()?));
    }
    match id.split_once('=') {
        Some(("health", count)) => Some(VerdictReason::Health(count.parse().ok()?)),
        Some(("coverage", share)) => {
            Some(VerdictReason::Coverage((share.parse::<f64>().ok()? * 1000.0).round() as u16))
        }
        _ if id == "provider_only" => Some(VerdictReason::ProviderOnly),
        _ => None,
    }
}

fn parts_of(connection: &Connection, source: i64) -> rusqlite::Result<Vec<Unread>> {
    let select = "SELECT place, reason, bytes FROM unread WHERE source = ?1 ORDER BY seq";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([source], |row| {
        let (place, reason): (String, String) = (row.get(0)?, row.get(1)?);
        let reason = Reason::from_id(&reason).unwrap_or(Reason::Unsupported);
        let bytes = row.get::<_, Option<i64>>(2)?.map(|it| it as u64);
        Ok(Unread { place: provenance_of(&place), reason, bytes })
    })?;
    rows.collect()
}

/// Steps from their JSON, in which names are masked.
fn provenance_of(place: &str) -> Provenance {
    let steps: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(place).unwrap_or_default();
    let step = |(name, value): (&String, &serde_json::Value)| match (name.as_str(), value.as_str(), value.as_u64()) {
        ("member", Some(text), _) => Some(Step::Member(Text::from(text))),
        ("message", _, Some(number)) => Some(Step::Message(number)),
        ("page", _, Some(number)) => Some(Step::Page(number)),
        ("part", Some(text), _) => Some(Step::Part(text.to_owned().into())),
        _ => None,
    };
    steps.iter().flatten().filter_map(step).collect::<Vec<_>>().into()
}
