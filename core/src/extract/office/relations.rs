//! The relationships of a part: which other parts it uses, what it links to.

use std::collections::HashMap;

use super::super::job::Job;
use super::super::zip::{Archive, part_bytes};
use super::xml::{Event, Xml};

/// Memory that the relationships of one part may take.
const MAX_BYTES: usize = 16 << 20;

/// One relationship.
#[derive(Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last step of its type: `comments`, `hyperlink`.
    pub(super) kind: String,
    /// The part it leads to, as a path in the package, or an address outside.
    pub(super) target: String,
    pub(super) external: bool,
}

/// Relationships by their ids.
pub(super) fn by_id(relations: &[Relation]) -> HashMap<&str, &Relation> {
    relations.iter().rev().map(|it| (it.id.as_str(), it)).collect()
}

/// What `part` uses, in the order of its file of relationships.
pub(super) fn of_part(job: &mut Job<'_>, archive: &mut Archive<'_>, part: &str) -> Vec<Relation> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let path = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let Some(index) = archive.position(path.as_bytes()) else { return Vec::new() };
    let Some(bytes) = part_bytes(job, archive, index) else { return Vec::new() };
    read(Xml::new(bytes), folder)
}

/// The relationships in a file of them that belongs to a part in `folder`.
pub(super) fn read(mut xml: Xml<'_>, folder: &str) -> Vec<Relation> {
    let (mut relations, mut bytes) = (Vec::new(), 0);
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        if tag.name() != "Relationship" || bytes > MAX_BYTES {
            continue;
        }
        let text = |name| tag.attribute(name).unwrap_or_default().into_owned();
        let external = text("TargetMode").eq_ignore_ascii_case("external");
        let target = text("Target");
        let target = if external { target } else { resolve(folder, &target) };
        let kind = text("Type").rsplit('/').next().unwrap_or_default().to_owned();
        let relation = Relation { id: text("Id"), kind, target, external };
        bytes += size_of::<Relation>() + relation.id.len() + relation.kind.len() + relation.target.len();
        relations.push(relation);
    }
    relations
}

/// The path that a relative one means, as packages name their parts.
fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}
