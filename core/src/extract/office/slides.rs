//! Presentations: slides in their order, hidden ones too, each with its notes and comments.

use super::super::compose::Composer;
use super::super::job::Job;
use super::package::{Package, read_flow};
use super::relations;
use super::xml::Event;
use crate::model::Step;

/// Slides at most: each is found by its name among all parts.
const MAX_SLIDES: usize = 1 << 14;

/// Reads the presentation whose main part is `main`; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, package: &mut Package<'_, '_>, main: &str) -> bool {
    let relations = relations::of_part(job, package.archive, main);
    let mut order = Vec::new();
    if let Some(mut xml) = package.open(job, main) {
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            if tag.name() == "sldId" && order.len() < MAX_SLIDES {
                // Both `id` and `r:id` are called that; the relationship's is no number.
                let ids = tag.attributes().filter(|it| it.0 == "id").map(|it| it.1.into_owned());
                order.extend(ids.filter(|it| it.parse::<u64>().is_err()));
            }
        }
        xml.report(job);
    }
    let relations = relations::by_id(&relations);
    for (index, id) in order.iter().enumerate() {
        let Some(slide) = relations.get(id.as_str()) else { continue };
        if job.is_over() || !read_slide(job, package, &slide.target, index as u64 + 1) {
            return false;
        }
    }
    true
}

fn read_slide(job: &mut Job<'_>, package: &mut Package<'_, '_>, slide: &str, number: u64) -> bool {
    let out = Composer::inside(job, Step::Page(number));
    if !read_flow(job, package, slide, out) {
        return false;
    }
    let relations = relations::of_part(job, package.archive, slide);
    for relation in relations.iter().filter(|it| !it.external) {
        let step = match relation.kind.as_str() {
            "notesSlide" => "notes",
            "comments" => "comments",
            "chart" => "chart",
            "diagramData" => "diagram",
            _ => continue,
        };
        let out = Composer::inside(job, Step::Page(number)).and(Step::part(step));
        if !read_flow(job, package, &relation.target, out) {
            return false;
        }
    }
    true
}
