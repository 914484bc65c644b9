//! The rules of ARCHITECTURE.md and CONTRIBUTING.md that a compiler does not see.

use crate::tree::{TextFile, text_files};

/// The floors of the library's modules. A module knows itself and lower floors. `error` lies below `model`, whose
/// `Sink` speaks of it; `classify` lies above `detect`, whose entities it weighs; `redact` above `scan`, whose
/// allow-list it shares.
const FLOORS: [(&str, u8); 11] = [
    ("error", 0),
    ("model", 1),
    ("detect", 2),
    ("extract", 2),
    ("classify", 3),
    ("walk", 2),
    ("scan", 4),
    ("redact", 5),
    ("show", 5),
    ("inventory", 6),
    ("report", 7),
];

/// What the crate root re-exports, and where it lives.
const ROOT_NAMES: [(&str, &str); 3] = [("Error", "error"), ("ErrorKind", "error"), ("Result", "error")];

const LONGEST_FILE: usize = 600;

#[test]
fn modules_know_only_lower_floors() {
    let files = text_files("core/src", &[".rs"]);
    assert!(files.len() > 10, "the library's sources are read");
    let slips: Vec<String> = files.iter().flat_map(floor_slips).collect();
    assert!(slips.is_empty(), "a module reaches for its own floor or a higher one:\n{}", slips.join("\n"));
}

fn floor_slips(file: &TextFile) -> Vec<String> {
    let module = file.path.trim_start_matches("core/src/").split(['/', '.']).next().unwrap_or_default();
    if module == "lib" {
        return Vec::new();
    }
    let Some(floor) = floor_of(module) else { return vec![format!("{}: no floor is known for it", file.path)] };
    let code = code_only(&file.text);
    let mut names = crate_names(&code, "crate::");
    if file.path == format!("core/src/{module}.rs") || file.path == format!("core/src/{module}/mod.rs") {
        names.extend(crate_names(before_tests(&code), "super::"));
    }
    let reaches_up = |name: &&String| {
        let target = ROOT_NAMES.iter().find(|row| row.0 == **name).map_or(name.as_str(), |row| row.1);
        target != module && floor_of(target).is_none_or(|it| it >= floor)
    };
    names.iter().filter(reaches_up).map(|name| format!("{}: {module} uses crate::{name}", file.path)).collect()
}

fn floor_of(module: &str) -> Option<u8> {
    FLOORS.iter().find(|row| row.0 == module).map(|row| row.1)
}

/// The first names behind every `crate::`, in paths and in groups such as `use crate::{Error, model::{Span, Text}}`.
fn crate_names(code: &str, start: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices(start) {
        let whole = !code[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == ':' || it == '$');
        let behind = code[at + start.len()..].trim_start();
        if !whole {
            continue;
        }
        match behind.strip_prefix('{') {
            Some(group) => out.extend(group_names(group)),
            None => out.push(name_at(behind)),
        }
    }
    out.retain(|name| !name.is_empty());
    out
}

fn group_names(group: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut depth = 0;
    let mut fresh = true;
    for (at, it) in group.char_indices() {
        match it {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && !it.is_whitespace() => {
                out.push(name_at(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    out
}

fn name_at(code: &str) -> String {
    code.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
}

/// The code with comments, strings and character literals blanked; line breaks stay.
fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let skipped = comment_length(rest).or_else(|| string_length(rest)).unwrap_or(0);
        if skipped == 0 {
            let it = rest.chars().next().unwrap_or_default();
            out.push(it);
            at += it.len_utf8();
            continue;
        }
        out.extend(rest[..skipped].chars().map(|it| if it == '\n' { '\n' } else { ' ' }));
        at += skipped;
    }
    out
}

fn comment_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.starts_with("/*").then(|| rest.find("*/").map_or(rest.len(), |it| it + 2))
}

fn string_length(rest: &str) -> Option<usize> {
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
    if let Some(raw) = raw.filter(|it| it.trim_start_matches('#').starts_with('"')) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let close = format!("\"{}", "#".repeat(hashes));
        let open = rest.len() - raw.len() + hashes + 1;
        return Some(rest[open..].find(&close).map_or(rest.len(), |it| open + it + close.len()));
    }
    if let Some(open) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = open.char_indices().find(|&(_, it)| {
            let closes = it == '"' && !escaped;
            escaped = it == '\\' && !escaped;
            closes
        });
        return Some(end.map_or(rest.len(), |(it, _)| it + 2));
    }
    // A character literal, not a lifetime.
    let quoted = rest.strip_prefix('\'')?;
    if let Some(escape) = quoted.strip_prefix('\\') {
        return escape.get(1..).and_then(|it| it.find('\'')).map(|it| it + 4);
    }
    let length = quoted.chars().next()?.len_utf8();
    quoted[length..].starts_with('\'').then_some(length + 2)
}

/// The part above the unit tests, which stand last in a file.
fn before_tests(code: &str) -> &str {
    code.find("#[cfg(test)]").map_or(code, |at| &code[..at])
}

#[test]
fn names_are_read_from_paths_and_groups() {
    let code = code_only(
        "use crate::{Error, model::{Span, Text}, detect as d};\n// crate::scan\nlet a = \"crate::walk\"; crate::report::go(); \
         pub(crate) fn f<'a>(c: char) -> bool { c == '\"' } my_crate::extract();",
    );
    assert_eq!(crate_names(&code, "crate::"), ["Error", "model", "detect", "report"]);
    assert!(code_only("r#\"crate::scan \"# crate::walk").contains("crate::walk"));
    assert!(!code_only("r#\"crate::scan \"# crate::walk").contains("crate::scan"));
}

#[test]
fn nothing_outside_tests_unwraps() {
    let mut slips = Vec::new();
    for file in sources() {
        if !is_test(&file.path) && before_tests(&code_only(&file.text)).contains(".unwrap()") {
            slips.push(file.path);
        }
    }
    assert!(slips.is_empty(), "`unwrap` outside tests, use `?` or an `expect` that says why: {slips:?}");
}

#[test]
fn files_are_short() {
    let files = text_files("", &[".rs", ".py", ".pyi", ".js", ".mjs", ".cjs", ".ts"]);
    let long = files.iter().filter(|file| file.text.lines().count() > LONGEST_FILE);
    let long: Vec<&str> = long.map(|file| file.path.as_str()).collect();
    assert!(long.is_empty(), "over {LONGEST_FILE} lines, split them: {long:?}");
}

#[test]
fn packages_of_several_programs_say_which_one_runs() {
    let manifests = text_files("", &["Cargo.toml"]);
    let programs: Vec<String> = text_files("", &[".rs"]).into_iter().map(|file| file.path).collect();
    let mut several = 0;
    for manifest in manifests.iter().filter(|it| it.text.contains("[package]")) {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let (main, more) = (format!("{folder}src/main.rs"), format!("{folder}src/bin/"));
        if programs.contains(&main) && programs.iter().any(|it| it.starts_with(&more)) {
            several += 1;
            assert!(manifest.text.contains("\ndefault-run = "), "{}: `cargo run` must choose", manifest.path);
        }
    }
    assert!(several > 0, "the trainer's package is one of them");
}

#[test]
fn modules_say_their_job_first() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|it| !is_test(&it.path) && !it.text.starts_with("//!"))
        .map(|file| file.path)
        .collect();
    assert!(silent.is_empty(), "the first line says the module's one job (`//! …`): {silent:?}");
}

#[test]
fn no_words_of_unfinished_work_or_empty_promises() {
    // Spelt in halves, so that this file does not hold them.
    let words =
        [["TO", "DO"], ["FIX", "ME"], ["HIPAA ", "compliant"], ["HIPAA-", "compliant"], ["HIPAA ", "certified"]];
    let places = [["/wo", "rk/"], ["/tmp/", "bash_jobs"], ["<<<<", "<<< "], [">>>>", ">>> "]];
    let files = text_files("", &[".rs", ".toml", ".md", ".py", ".pyi", ".js", ".mjs", ".ts", ".json", ".sh", ".yaml"]);
    let mut slips = Vec::new();
    for file in &files {
        for word in words.iter().map(|it| it.concat()).filter(|word| has_word(&file.text, word)) {
            slips.push(format!("{}: {word}", file.path));
        }
        for place in places.iter().map(|it| it.concat()).filter(|place| file.text.contains(place)) {
            slips.push(format!("{}: {place}", file.path));
        }
    }
    assert!(slips.is_empty(), "words that do not belong here:\n{}", slips.join("\n"));
}

fn has_word(text: &str, word: &str) -> bool {
    let part_of_a_word = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    text.match_indices(word).any(|(at, _)| {
        !part_of_a_word(text[..at].chars().next_back()) && !part_of_a_word(text[at + word.len()..].chars().next())
    })
}

#[test]
fn unsafe_stays_in_the_prefilter() {
    let allowed = |path: &str| path.starts_with("core/src/detect/masks");
    let unsafe_block = |code: &str| has_word(code, "unsafe");
    let slips: Vec<String> = sources()
        .into_iter()
        .filter(|file| !allowed(&file.path) && unsafe_block(&code_only(&file.text)))
        .map(|file| file.path)
        .collect();
    assert!(slips.is_empty(), "`unsafe` outside the SIMD prefilter: {slips:?}");
}

/// Unit tests in a file of their own, the packages that test, and examples.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.contains("/examples/")
}

fn sources() -> Vec<TextFile> {
    text_files("", &[".rs"])
}
