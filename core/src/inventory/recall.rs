//! What the store knows of sources that have not changed. Reads the store, folder by folder, as the walk comes to them.

use std::collections::{HashMap, HashSet};
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
    /// Sizes of sources in the store: no other size can be a copy.
    sizes: Option<HashSet<i64>>,
}

/// A folder's path and what is known of its sources, by name.
type Folder = (Vec<u8>, HashMap<Vec<u8>, Known>);

/// Folders kept.
const FOLDERS: usize = 4;

/// A source's row.
struct Known {
    id: i64,
    stat: Option<Stat>,
    fresh: bool,
    profile: i64,
    content: Option<[u8; 32]>,
    format: String,
    state: String,
    reason: Option<String>,
    verdict: String,
    reasons: String,
    health: String,
    counts: String,
    bytes: i64,
    bytes_examined: i64,
    decoded: Option<i64>,
    forward_only: bool,
}

const KNOWN: &str = "id, name, device, inode, size, modified, changed, fresh, profile, content, format, state, reason,
    verdict, reasons, health, counts, bytes, bytes_examined, decoded, forward_only";

impl Memory {
    /// The memory of a store, for results of one profile.
    pub(super) fn open(path: &Path, detector: &Arc<Detector>, profile: i64) -> Result<Memory, Error> {
        let connection = store::connect(path, false)?;
        let inner = Mutex::new(Inner { connection, folders: Vec::new(), sizes: None });
        Ok(Memory { detector: detector.clone(), profile, inner })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where the results are of this profile and did not fail for a reason that may have passed.
    fn holds(&self, known: &Known) -> bool {
        const PASSING: [Reason; 6] =
            [Reason::Io, Reason::Permission, Reason::Timeout, Reason::Worker, Reason::Changed, Reason::Interrupted];
        let passing = known.reason.as_deref().is_some_and(|it| PASSING.iter().any(|reason| reason.id() == it));
        known.profile == self.profile && known.content.is_some() && !passing
    }

    fn remembered(
        &self,
        connection: &Connection,
        known: &Known,
        source: &Source,
        reused: Reused,
    ) -> Option<Remembered> {
        let rules = self.detector.ruleset();
        let state = state_of(&known.state)?;
        let parts = match state {
            SourceState::Complete => Vec::new(),
            _ => parts_of(connection, known.id).ok()?,
        };
        let summary = SourceSummary {
            source: source.clone(),
            format: format_id(&known.format)?,
            state,
            reason: known.reason.as_deref().and_then(Reason::from_id),
            verdict: Verdict::ALL.into_iter().find(|it| it.id() == known.verdict)?,
            reasons: known.reasons.split_ascii_whitespace().filter_map(reason_of).collect(),
            health: match known.health.as_str() {
                "{}" => Default::default(),
                text => {
                    let health: HashMap<String, u64> = serde_json::from_str(text).ok()?;
                    health.iter().filter_map(|(kind, count)| Some((health_kind(kind)?, *count))).collect()
                }
            },
            bytes: known.bytes as u64,
            bytes_examined: known.bytes_examined as u64,
            decoded: known.decoded.map(|it| it as u64),
            forward_only: known.forward_only,
            counts: counts_of(&known.counts, rules)?,
            content: known.content,
            reused: Some(reused),
        };
        Some(Remembered { summary, parts, for_bare_path: reused.how != Reuse::Unchanged })
    }
}

impl Recall for Memory {
    fn recall(&self, source: &Source) -> Recalled {
        let Some(now) = &source.stat else { return Recalled::Unknown };
        let mut inner = self.lock();
        let (folder, name) = split(&source.path);
        if inner.enter(folder).is_err() {
            return Recalled::Unknown;
        }
        let Inner { connection, folders, sizes } = &mut *inner;
        let known = folders.iter().find(|it| it.0 == folder).and_then(|it| it.1.get(name));
        if let Some(known) = known {
            if !self.holds(known) || known.stat.is_none_or(|then| then.size != now.size) {
                return Recalled::Unknown;
            }
            let same = known.stat.is_some_and(|then| is_same(&then, now)) && !known.fresh;
            let reused = Reused { how: Reuse::Unchanged, of: known.id, restat: false };
            return match self.remembered(connection, known, source, reused).filter(|_| same) {
                Some(remembered) => Recalled::Known(Box::new(remembered)),
                None => Recalled::Perhaps,
            };
        }
        let sizes = sizes.get_or_insert_with(|| read_sizes(connection, self.profile).unwrap_or_default());
        // An empty file is read sooner than recalled.
        if now.size > 0 && sizes.contains(&(now.size as i64)) { Recalled::Perhaps } else { Recalled::Unknown }
    }

    fn with_content(&self, source: &Source, content: &[u8; 32]) -> Option<Remembered> {
        let mut inner = self.lock();
        let (folder, name) = split(&source.path);
        inner.enter(folder).ok()?;
        let Inner { connection, folders, .. } = &mut *inner;
        let own = folders.iter().find(|it| it.0 == folder).and_then(|it| it.1.get(name));
        if let Some(own) = own {
            let same = own.content.as_ref() == Some(content) && self.holds(own);
            let reused = Reused { how: Reuse::Unchanged, of: own.id, restat: true };
            return if same { self.remembered(connection, own, source, reused) } else { None };
        }
        let size = source.stat.as_ref()?.size as i64;
        let select = format!(
            "SELECT {KNOWN}, (SELECT path FROM folders WHERE folders.id = folder) FROM sources
             WHERE size = ?1 AND content = ?2 AND profile = ?3 ORDER BY gone_run IS NOT NULL, id LIMIT 1"
        );
        let found = connection.prepare_cached(&select).ok()?.query_row((size, content, self.profile), |row| {
            Ok((row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(21)?, known_of(row)?))
        });
        let (other, folder, known) = found.optional().ok()??;
        let path = join(&folder, &other);
        // A file that was away and came back is read again: its own row makes way for the new one.
        if split(&path) == split(&source.path) {
            return None;
        }
        // The extension is a hint to what a file is read as.
        if path.extension() != source.path.extension() || !self.holds(&known) || has_path_findings(connection, known.id)
        {
            return None;
        }
        let how = if path.symlink_metadata().is_ok() { Reuse::Copied } else { Reuse::Moved };
        self.remembered(connection, &known, source, Reused { how, of: known.id, restat: true })
    }
}

impl Inner {
    /// Reads what is known of a folder's sources, unless that was done lately.
    fn enter(&mut self, folder: &[u8]) -> rusqlite::Result<()> {
        if self.folders.iter().any(|it| it.0 == folder) {
            return Ok(());
        }
        let select = format!(
            "SELECT {KNOWN} FROM sources WHERE gone_run IS NULL AND folder = (SELECT id FROM folders WHERE path = ?1)"
        );
        let mut statement = self.connection.prepare_cached(&select)?;
        let mut rows = statement.query([folder])?;
        let mut known = HashMap::new();
        while let Some(row) = rows.next()? {
            known.insert(row.get(1)?, known_of(row)?);
        }
        if self.folders.len() == FOLDERS {
            self.folders.remove(0);
        }
        self.folders.push((folder.to_vec(), known));
        Ok(())
    }
}

fn known_of(row: &Row<'_>) -> rusqlite::Result<Known> {
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
        stat,
        fresh: row.get(7)?,
        profile: row.get(8)?,
        content: row.get(9)?,
        format: row.get(10)?,
        state: row.get(11)?,
        reason: row.get(12)?,
        verdict: row.get(13)?,
        reasons: row.get(14)?,
        health: row.get(15)?,
        counts: row.get(16)?,
        bytes: row.get(17)?,
        bytes_examined: row.get(18)?,
        decoded: row.get(19)?,
        forward_only: row.get(20)?,
    })
}

/// The time of the last change of the inode cannot be set by users, so a change with an old time shows there.
fn is_same(then: &Stat, now: &Stat) -> bool {
    let of = |it: &Stat| (it.device, it.inode, it.size, it.modified, it.changed);
    of(then) == of(now)
}

fn read_sizes(connection: &Connection, profile: i64) -> rusqlite::Result<HashSet<i64>> {
    let mut statement =
        connection.prepare("SELECT size FROM sources WHERE profile = ?1 AND size > 0 AND content IS NOT NULL")?;
    let sizes = statement.query_map([profile], |row| row.get(0))?;
    sizes.collect()
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

fn counts_of(text: &str, rules: &Ruleset) -> Option<std::collections::BTreeMap<EntityId, u64>> {
    if text == "{}" {
        return Some(Default::default());
    }
    let counts: HashMap<String, u64> = serde_json::from_str(text).ok()?;
    counts.iter().map(|(entity, count)| Some((rules.entity_id(entity)?, *count))).collect()
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
