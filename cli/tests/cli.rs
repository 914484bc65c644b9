//! The command line as users meet it: exit codes, streams, and bytes that do not depend on threads.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the command on files of their own")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A temporary folder that goes away with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("phisift-cli-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().unwrap()
    }

    fn feed(&self, args: &[&str], input: &[u8]) -> Output {
        let mut child = self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        output
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phisift"));
        command.args(args).current_dir(&self.0).stderr(Stdio::piped());
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn rows(output: &Output) -> Vec<serde_json::Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const NOTE: &str = "first line\nSSN: 123-45-6788\n";

#[test]
fn exit_codes_tell_what_was_found_and_what_was_not_read() {
    let folder = Folder::new("codes");
    folder.file("clean/a.txt", "nothing to see\n").file("found/b.txt", NOTE).file("big/c.txt", "x".repeat(2000));
    assert_eq!(code(&folder.run(&["scan", "clean"])), 0);
    assert_eq!(code(&folder.run(&["scan", "found"])), 1);
    assert_eq!(code(&folder.run(&["scan", "nowhere"])), 2);
    assert_eq!(code(&folder.run(&["scan"])), 2);
    assert_eq!(code(&folder.run(&["scan", "--only", "no_such_thing", "clean"])), 2);
    assert_eq!(code(&folder.run(&["scan", "--max-file-size", "1k", "clean", "big"])), 3);
    assert_eq!(code(&folder.run(&["scan", "--max-file-size", "1k", "found", "big"])), 4);
    for args in [["scan", "--exit-zero", "found"], ["scan", "--max-file-size=1k", "--exit-zero"]] {
        let mut args = args.to_vec();
        args.extend(["found", "big"]);
        assert_eq!(code(&folder.run(&args)), 0);
    }
}

#[test]
fn errors_take_one_line() {
    let folder = Folder::new("errors");
    folder.file("list", "123-45-6788\n").file("a.txt", NOTE);
    for args in [&["scan", "nowhere"][..], &["scan", "--allow", "list", "a.txt"], &["detect", "nowhere"]] {
        let output = folder.run(args);
        let shown = text(&output.stderr);
        assert_eq!((code(&output), shown.lines().count()), (2, 1), "{shown}");
        assert!(!shown.contains("6788"), "{shown}");
    }
}

#[test]
fn json_lines_have_the_documented_members() {
    let folder = Folder::new("jsonl");
    folder.file("a.txt", NOTE).file("t.csv", "id,ssn,note\n7,123-45-6788,x\n8,234-56-7891,y\n");
    let rows = rows(&folder.run(&["scan", "--format", "jsonl", "a.txt", "t.csv"]));
    let types: Vec<_> = rows.iter().map(|row| row["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["header", "finding", "source", "finding", "finding", "source", "summary"]);
    assert_eq!((&rows[0]["version"], &rows[0]["min_score"]), (&1.into(), &0.5.into()));
    assert!(rows[0]["ruleset"].as_str().unwrap().len() >= 16);
    let found = &rows[1];
    assert_eq!((&found["source"], &found["line"]), (&"a.txt".into(), &2.into()));
    assert_eq!((&found["entity"], &found["category"], &found["band"]), (&"us_ssn".into(), &"G".into(), &"high".into()));
    assert_eq!((&found["start"], &found["end"]), (&16.into(), &27.into()));
    assert!(found["score"].as_f64().unwrap() >= 0.85 && found["evidence"].is_array() && found.get("value").is_none());
    assert_eq!(rows[3]["where"], serde_json::json!([{"row": 1, "column": "ssn"}]));
    let source = &rows[2];
    assert_eq!((&source["format"], &source["state"]), (&"text".into(), &"complete".into()));
    assert_eq!(
        (&source["verdict"], &source["counts"]),
        (&"identifiers_only".into(), &serde_json::json!({"us_ssn": 1}))
    );
    assert_eq!((&source["bytes"], &source["bytes_examined"]), (&28.into(), &28.into()));
    assert!(source["reasons"].is_array() && source["health"].is_object());
    assert_eq!((&rows[6]["sources"], &rows[6]["counts"]["us_ssn"]), (&2.into(), &3.into()));
}

#[test]
fn values_are_shown_only_where_asked() {
    let folder = Folder::new("values");
    folder.file("a.txt", NOTE);
    for format in ["table", "jsonl", "csv", "sarif"] {
        let output = folder.run(&["scan", "--format", format, "a.txt"]);
        assert!(!text(&output.stdout).contains("6788"), "{format}");
    }
    let shown = folder.run(&["scan", "--format", "jsonl", "--show-values", "a.txt"]);
    assert!(text(&shown.stdout).contains("\"value\":\"123-45-6788\""));
}

#[test]
fn values_in_labels_are_masked() {
    let folder = Folder::new("labels");
    folder.file("t.csv", "ssn 123-45-6788,ssn\n123-45-6788,234-56-7891\n234-56-7891,123-45-6788\n");
    for format in ["jsonl", "csv", "sarif"] {
        let output = folder.run(&["scan", "--format", format, "t.csv"]);
        assert!(!text(&output.stdout).contains("6788"), "{}", text(&output.stdout));
    }
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let folder = Folder::new("threads");
    for number in 0..40 {
        folder.file(&format!("d{}/f{number}.log", number % 3), NOTE.repeat(1 + number * 7));
    }
    let log = |number: u32| format!("{number} ssn: {:03}-45-6788 and words\n", 100 + number % 500);
    folder.file("big.log", (0..60_000).map(log).collect::<String>());
    for format in ["table", "jsonl", "csv", "sarif"] {
        let run = |threads| folder.run(&["scan", ".", "--format", format, "-j", threads]).stdout;
        let one = run("1");
        assert!(one.len() > 400);
        assert!(one == run("2") && one == run("8"), "{format} differs");
    }
}

#[test]
fn sarif_is_valid_json_of_its_version() {
    let folder = Folder::new("sarif");
    folder.file("a b.txt", NOTE);
    let output = folder.run(&["scan", "--format", "sarif", "a b.txt"]);
    let sarif: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    let rule = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.txt");
    assert_eq!((&place["region"]["byteOffset"], &place["region"]["byteLength"]), (&16.into(), &11.into()));
    assert!(place["region"].get("snippet").is_none());
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn standard_input_lists_and_globs_name_sources() {
    let folder = Folder::new("sources");
    folder.file("a.txt", NOTE).file("b.log", NOTE).file(".hidden", NOTE);
    let named = |output: &Output| -> Vec<String> {
        let rows = rows(output);
        let sources = rows.iter().filter(|row| row["type"] == "source");
        sources.map(|row| row["source"].as_str().unwrap().to_owned()).collect()
    };
    let stdin = folder.feed(&["scan", "--format", "jsonl", "-"], NOTE.as_bytes());
    assert_eq!((code(&stdin), named(&stdin)), (1, vec!["-".to_owned()]));
    let listed = folder.feed(&["scan", "--format", "jsonl", "--files-from0", "-"], b"b.log\0a.txt");
    assert_eq!(named(&listed), ["b.log", "a.txt"]);
    let vanished = folder.feed(&["scan", "--format", "jsonl", "--files-from0", "-"], b"gone\0");
    assert_eq!((code(&vanished), named(&vanished)), (3, vec!["gone".to_owned()]));
    let all = folder.run(&["scan", "--format", "jsonl", "."]);
    assert_eq!(named(&all), ["./.hidden", "./a.txt", "./b.log"]);
    let chosen = folder.run(&["scan", "--format", "jsonl", ".", "--include", "*.txt"]);
    assert_eq!(named(&chosen), ["./a.txt"]);
    let written = folder.run(&["scan", "--format", "jsonl", ".", "--output", "report.jsonl"]);
    assert_eq!((code(&written), written.stdout.len()), (1, 0));
    assert!(!fs::read_to_string(folder.0.join("report.jsonl")).unwrap().contains("\"./report.jsonl\""));
}

#[cfg(unix)]
#[test]
fn pipes_are_not_opened_and_odd_names_are_told_whole() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("special");
    let fifo = folder.0.join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    fs::write(folder.0.join(std::ffi::OsStr::from_bytes(b"odd\xff.txt")), NOTE).unwrap();
    let output = folder.run(&["scan", "--format", "jsonl", "."]);
    assert_eq!(code(&output), 1);
    let rows = rows(&output);
    let source = |name: &str| rows.iter().find(|row| row["type"] == "source" && row["source"] == name).unwrap();
    assert_eq!(source("./fifo")["state"], "skipped");
    assert_eq!(source("./fifo")["reason"], "special_file");
    assert_eq!(source("./odd\\xFF.txt")["source_bytes"], "Li9vZGT/LnR4dA==");
    assert_eq!(code(&folder.run(&["scan", "fifo"])), 0);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::new("closed");
    folder.file("a.log", NOTE.repeat(20_000));
    for args in [&["scan", "--format", "jsonl", "a.log"][..], &["detect", "a.log"], &["scrub", "a.log"]] {
        let mut child = folder.command(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(141), String::new()), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_ends_with_a_summary() {
    let folder = Folder::new("interrupted");
    folder.file("a.log", NOTE);
    let mut child = folder
        .command(&["scan", "--format", "jsonl", "a.log", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(NOTE.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(stdin);
    let mut shown = String::new();
    child.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let last: serde_json::Value = serde_json::from_str(shown.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["interrupted"]), (&"summary".into(), &true.into()));
}

#[test]
fn detect_answers_each_text_in_order() {
    let folder = Folder::new("detect");
    let mut input = String::new();
    for number in 0..5000 {
        input.push_str(&format!("{{\"id\":{number},\"text\":\"é \\u00e9 SSN: 123-45-6788\"}}\n"));
    }
    let output = folder.feed(&["detect", "--ndjson"], input.as_bytes());
    assert_eq!(code(&output), 0);
    let rows = rows(&output);
    assert_eq!(rows.len(), 5000);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row["id"], number);
        let found = &row["detections"][0];
        assert_eq!((&found["start"], &found["end"], &found["entity"]), (&11.into(), &22.into(), &"us_ssn".into()));
        assert_eq!(found["validated"], true);
    }
    let named =
        folder.feed(&["detect", "--ndjson", "--field", "t", "--id-field", "k"], b"{\"k\":\"a\",\"t\":\"\"}\n\n");
    assert_eq!(text(&named.stdout), "{\"id\":\"a\",\"detections\":[]}\n");
    let wrong = folder.feed(&["detect", "--ndjson"], b"{\"text\":\"x\"}\n{\"text\":\"ssn 123-45-6788\n");
    assert_eq!((code(&wrong), text(&wrong.stderr).contains("line 2")), (2, true));
    assert!(!text(&wrong.stderr).contains("6788"));
    let one = folder.feed(&["detect", "--as", "text"], NOTE.as_bytes());
    assert!(text(&one.stdout).starts_with("{\"start\":16,\"end\":27,\"entity\":\"us_ssn\""), "{}", text(&one.stdout));
}

#[test]
fn scrub_lets_lines_through_as_they_come() {
    let folder = Folder::new("scrub");
    let mut child = folder.command(&["scrub"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        stdin.write_all(b"ssn 123-45-6788 ok\n").unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert_eq!(line, "ssn [us_ssn] ok\n");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let masked = folder.feed(&["scrub", "--strategy", "mask", "--keep-last", "4"], b"ssn 123-45-6788");
    assert_eq!(text(&masked.stdout), "ssn ***-**-6788");
}

#[test]
fn allow_lists_hold_no_values() {
    let folder = Folder::new("allow");
    folder.file("key", "ab".repeat(32)).file("a.txt", NOTE);
    let line = folder.feed(&["allow", "--allow-key", "key"], b"123 45 6788\n");
    assert!(text(&line.stdout).starts_with("hash:") && !text(&line.stdout).contains("6788"));
    folder.file("list", &line.stdout);
    assert_eq!(code(&folder.run(&["scan", "--allow", "list", "--allow-key", "key", "a.txt"])), 0);
    assert_eq!(code(&folder.run(&["scan", "--allow", "list", "a.txt"])), 2);
}

#[test]
fn patterns_completions_and_man_pages_are_printed() {
    let folder = Folder::new("print");
    let list = text(&folder.run(&["patterns", "list"]).stdout);
    assert!(list.lines().any(|line| line.starts_with("us_ssn ") && line.contains(" G ")), "{list}");
    assert!(text(&folder.run(&["patterns", "show", "us_ssn"]).stdout).contains("validator = \"ssn\""));
    assert_eq!(code(&folder.run(&["patterns", "show", "nothing"])), 2);
    assert!(text(&folder.run(&["completions", "bash"]).stdout).contains("phisift"));
    assert!(text(&folder.run(&["man"]).stdout).contains(".TH"));
    assert!(text(&folder.run(&["man", "scan"]).stdout).contains("exit"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_core_behind() {
    let folder = Folder::new("core");
    let mut child = folder.command(&["scrub"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"ready\n").unwrap();
    // Once a line has come back, the command is past its start.
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    drop(stdin);
    child.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
}
