//! How good the model is by itself.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use phisift::detect::names::Page;
use phisift::detect::names::mention::{self, Buffers, Kind, Mention};
use phisift::detect::names::model::Model;
use phisift_tests::score::{self, Hit, Tally};

use crate::read;
use crate::train::MODEL;

/// Measures the model file on the sets, without the detector around it; prints the errors of the sets named.
pub fn quick(root: &Path, shown: &[String]) -> Result<()> {
    let bytes = std::fs::read(root.join(MODEL)).context("reading the model")?;
    let model = Model::read(&bytes).context("the model file is none")?;
    let folder = read::shared(root).join("dev");
    for set in read::sets(&folder)? {
        let documents = read::documents(&folder.join(format!("{set}.jsonl")))?;
        let mut total: BTreeMap<String, Tally> =
            ["NAME", "LOCATION"].map(|it| (it.to_owned(), Tally::default())).into();
        let mut size = 0;
        for document in &documents {
            size += document.text.len();
            let page = Page::new(document.text.as_bytes());
            let mut found = Vec::new();
            let tokens = page.tokens(model.lexicon);
            mention::search(&model, tokens, 0, &mut Buffers::default(), &mut |it| found.push(it));
            let hits: Vec<Hit<'_>> = found.iter().filter(|it| it.permille >= 500).map(|it| hit(&page, it)).collect();
            score::add(&mut total, document, &hits);
            if shown.contains(&set) {
                show(document, &hits);
            }
        }
        for (label, it) in total.iter().rev() {
            println!(
                "{set:22} {label:9} gold {:5} recall {:.3} precision {:.3} wrong {} = {:.2} per 100 kB",
                it.gold,
                it.recall(),
                it.precision(),
                it.wrong,
                it.wrong as f64 * 1e5 / size as f64
            );
        }
    }
    Ok(())
}

fn hit<'a>(page: &Page<'_>, it: &Mention) -> Hit<'a> {
    let (start, end) = page.original(it.start, it.end);
    (start..end, if it.kind == Kind::Name { "NAME" } else { "LOCATION" })
}

fn show(document: &score::Document, hits: &[Hit<'_>]) {
    let text = &document.text;
    let around = |start: usize, end: usize| {
        let (lo, hi) = (text.floor_char_boundary(start.saturating_sub(30)), text.ceil_char_boundary(end + 20));
        text[lo..hi.min(text.len())].replace('\n', "|")
    };
    for span in document.spans.iter().filter(|it| it.label == "NAME" && !it.opt) {
        if !hits.iter().any(|it| it.1 == "NAME" && it.0.start < span.end && span.start < it.0.end) {
            println!("  missed {:?} in {}", &text[span.start..span.end], around(span.start, span.end));
        }
    }
    for (range, _) in hits.iter().filter(|it| it.1 == "NAME") {
        if !document.spans.iter().any(|it| it.label == "NAME" && it.start < range.end && range.start < it.end) {
            println!("  wrong {:?} in {}", &text[range.clone()], around(range.start, range.end));
        }
    }
}

/// Prints how the model sees a text.
pub fn trace(root: &Path, args: &[String]) -> Result<()> {
    let bytes = std::fs::read(root.join(MODEL)).context("reading the model")?;
    let model = Model::read(&bytes).context("the model file is none")?;
    let text = args.join(" ").replace("\\n", "\n");
    let page = Page::new(text.as_bytes());
    let tokens = page.tokens(model.lexicon);
    let mut at = 0;
    while let Some(token) = tokens.next(at) {
        at = token.end as usize;
        let it = token.entry;
        println!(
            "{:20} {:?} {:?} given {} surname {} common {} place {} {:?} never {}",
            &text[token.start as usize..at],
            token.shape,
            token.gap,
            it.given(),
            it.surname(),
            it.common(),
            it.place(),
            it.cue(),
            it.is_never()
        );
    }
    let mut decoded = phisift::detect::names::model::Decoded::default();
    phisift::detect::names::runs::each_run(tokens, 0, Default::default(), &mut Default::default(), |run| {
        model.decode(tokens.text, run, &mut decoded);
        for (at, token) in run.own().iter().enumerate() {
            let word = &text[token.start as usize..token.end as usize];
            println!(
                "run {word} label {} name {} place {}",
                decoded.labels[at],
                decoded.margin(at, 1),
                decoded.margin(at, 3)
            );
        }
    });
    Ok(())
}

/// Counts what the model finds in files without names.
pub fn alarms(root: &Path, files: &[String]) -> Result<()> {
    let bytes = std::fs::read(root.join(MODEL)).context("reading the model")?;
    let model = Model::read(&bytes).context("the model file is none")?;
    for path in files {
        let text = std::fs::read(path).with_context(|| format!("reading {path}"))?;
        let page = Page::new(&text);
        let mut found = 0;
        mention::search(&model, page.tokens(model.lexicon), 0, &mut Buffers::default(), &mut |it: Mention| {
            found += u32::from(it.permille >= 500);
        });
        println!("{path}: {found} = {:.2} per 100 kB", f64::from(found) * 1e5 / text.len() as f64);
    }
    Ok(())
}
