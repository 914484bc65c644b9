use phisift::detect::*;
use phisift::extract::*;
use phisift::model::*;
use std::io::{BufRead, Write};
struct Collect(Vec<Segment>);
impl Emit for Collect {
    fn segment(&mut self, s: Segment) -> bool {
        self.0.push(s);
        true
    }
    fn unread(&mut self, _: Unread) {}
}
fn main() {
    let min: u16 = std::env::args().nth(1).map_or(500, |it| it.parse().unwrap());
    let d = Detector::new(Ruleset::builtin().unwrap(), DetectorOptions { min_permille: min, ..Default::default() })
        .unwrap();
    let out = std::io::stdout();
    let mut out = out.lock();
    for line in std::io::stdin().lock().lines() {
        let v: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = v["text"].as_str().unwrap();
        let mut c = Collect(vec![]);
        extract(&mut text.as_bytes(), Hint::default(), &Limits::default(), &mut c);
        let mut m = SourceMemory::default();
        let cs: Vec<_> = c.0.iter().map(|s| d.find(s)).collect();
        for x in &cs {
            d.learn(&mut m, x);
        }
        let mut ds = vec![];
        for (s, x) in c.0.iter().zip(&cs) {
            d.settle(&m, x, |_, it| {
            let e = d.ruleset().entity(it.entity);
            ds.push(serde_json::json!({"start": s.map.start(it.start), "end": s.map.end(it.end), "entity": e.id, "category": e.category.map(|c| c.letter().to_string()), "score": it.score(), "role": it.role.map(|r| r.id()), "subject": it.subject.id(), "evidence": it.evidence.ids(&e.id)}));
        });
        }
        writeln!(out, "{}", serde_json::json!({"id": v["id"], "detections": ds})).unwrap();
    }
}
