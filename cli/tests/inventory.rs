//! Inventories as users meet them: filled, killed, asked, refused.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the command on files of their own")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A temporary folder with a configuration of its own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("phisift-cli-inventory-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("share")).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, content: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phisift"));
        command.args(args).current_dir(&self.0).env("XDG_CONFIG_HOME", self.0.join("config"));
        command.env("APPDATA", self.0.join("config")).env_remove("PHISIFT_KEY_FILE").stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs to an exit code and gives standard output.
    fn ok(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn grow(&self, files: usize) {
        for number in 0..files {
            let mrn = 10_000_000 + number;
            let table = format!("mrn,ssn,name,dob\n{mrn},536-22-8710,Jane Doe,1980-03-14\n");
            self.file(&format!("share/d{}/t{number}.csv", number % 9), &table);
            self.file(&format!("share/d{}/n{number}.txt", number % 9), &format!("MRN: {mrn}, asthma\n"));
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SCAN: [&str; 7] = ["scan", "share", "--inventory", "share.db", "--exit-zero", "--format", "jsonl"];

#[test]
fn a_scan_fills_an_inventory_and_the_next_one_reuses_it() {
    let folder = Folder::new("fill");
    folder.grow(4);
    let first = folder.ok(0, &SCAN);
    assert!(!first.contains("\"reused\""));
    std::thread::sleep(Duration::from_secs(3));
    // What was read within two seconds of its making is hashed, and then taken over.
    let second = folder.ok(0, &SCAN);
    assert_eq!(second.matches("\"reused\":true").count(), 8, "{second}");
    assert!(!second.contains("\"type\":\"finding\""));
    let summary = |text: &str| text.lines().last().unwrap().to_owned();
    assert_eq!(summary(&first), summary(&second));
    let full = folder.ok(0, &[&SCAN[..], &["--full"]].concat());
    assert!(!full.contains("\"reused\"") && full.contains("\"type\":\"finding\""));
    assert!(folder.ok(0, &["inventory", "diff", "--inventory", "share.db"]).starts_with("run 2 to 3: 0 new"));
    assert_eq!(folder.ok(0, &["inventory", "runs", "--inventory", "share.db"]).lines().count(), 4);
}

#[test]
fn what_an_inventory_knows_can_be_asked() {
    let folder = Folder::new("ask");
    folder.file("share/exports/a.csv", "mrn,ssn,name,dob\n00482913,536-22-8710,Jane Doe,1980-03-14\n");
    folder.file("share/logs/app.log", "INFO lookup mrn=00482913 ok\n");
    folder.ok(0, &SCAN);
    let inventory = |args: &[&str]| folder.ok(0, &[&["inventory"], args, &["--inventory", "share.db"]].concat());
    let flow = inventory(&["flow"]);
    assert!(flow.contains("1  share/exports/a.csv → share/logs/app.log"), "{flow}");
    assert!(inventory(&["flow", "--format", "dot"]).starts_with("digraph"));
    let json: serde_json::Value = serde_json::from_str(&inventory(&["flow", "--format", "json"])).unwrap();
    assert_eq!(json[0]["individuals"], 1);
    folder.file("ids.txt", "us_ssn:536 22 8710\n");
    let who = inventory(&["who", "--value-file", "ids.txt"]);
    assert!(who.contains("share/exports/a.csv: us_ssn ×1") && who.contains("share/logs/app.log: linked"), "{who}");
    let treat = ["treat", "share/exports/a.csv", "--status", "accepted", "--owner", "CISO", "--due", "2026-12-31"];
    inventory(&treat);
    let explain = inventory(&["explain", "share/exports/a.csv"]);
    assert!(explain.contains("sensitive") && explain.contains("register: accepted, owner CISO"), "{explain}");
    let log = folder.ok(0, &["audit", "export", "--inventory", "share.db"]);
    assert!(log.contains("\"kind\":\"key_use\"") && !log.contains("22 8710"));
    folder.file("log.jsonl", &log);
    let verified = folder.ok(0, &["audit", "verify", "--log", "log.jsonl"]);
    let head = verified.trim().rsplit(' ').next().unwrap().to_owned();
    folder.ok(0, &["audit", "verify", "--inventory", "share.db", "--anchor", &head]);
    folder.file("log.jsonl", &log.replacen("accepted", "accepteb", 1));
    assert!(folder.ok(1, &["audit", "verify", "--log", "log.jsonl"]).starts_with("NOT intact"));
}

#[test]
fn keys_are_made_kept_apart_and_compared() {
    let folder = Folder::new("keys");
    folder.grow(1);
    folder.ok(0, &["key", "new", "--key-file", "my.key"]);
    assert_eq!(folder.run(&["key", "new", "--key-file", "my.key"]).status.code(), Some(2));
    folder.ok(0, &[&SCAN[..], &["--key-file", "my.key"]].concat());
    let check = ["key", "check", "--inventory", "share.db", "--key-file", "my.key"];
    assert!(folder.ok(0, &check).contains("were made with it"));
    let other = folder.run(&SCAN);
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&other.stderr).contains("another key"));
    assert!(folder.ok(0, &["key", "rotate-info"]).contains("new inventory"));
    let key = fs::read_to_string(folder.0.join("my.key")).unwrap();
    let store = fs::read(folder.0.join("share.db")).unwrap();
    assert!(!store.windows(64).any(|it| it == key.trim().as_bytes()));
}

/// Kills at different moments, goes on, and compares with a scan that nobody disturbed.
#[cfg(unix)]
#[test]
fn a_killed_scan_loses_and_doubles_nothing() {
    let folder = Folder::new("kill");
    folder.grow(150);
    std::thread::sleep(Duration::from_secs(3));
    folder.ok(0, &SCAN);
    let figures = |store: &str| {
        let runs = folder.ok(0, &["inventory", "runs", "--inventory", store]);
        // State, sources, findings and individuals of the one run.
        let row: Vec<String> = runs.lines().nth(1).unwrap().split_whitespace().take(5).map(str::to_owned).collect();
        (runs.lines().count(), row)
    };
    let undisturbed = figures("share.db");
    let mut killed = 0;
    for round in 0..10u64 {
        let store = format!("k{round}.db");
        let scan = ["scan", "share", "--inventory", &store, "--exit-zero", "--quiet"];
        let mut child = folder.command(&scan).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 + 150 * round));
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        folder.ok(0, &scan);
        let resumed = figures(&store);
        // A scan that had come to its end before the blow is followed by a run of its own.
        if resumed.0 == undisturbed.0 {
            assert_eq!(resumed, undisturbed, "round {round}");
        } else {
            assert_eq!(resumed.1, undisturbed.1, "round {round}");
        }
        assert!(folder.ok(0, &["audit", "verify", "--inventory", &store]).starts_with("intact"));
    }
    assert!(killed > 0, "every scan was done before it could be killed");
}

#[test]
fn two_scans_at_once_do_not_mix() {
    let folder = Folder::new("twice");
    folder.grow(150);
    let scan = ["scan", "share", "--inventory", "share.db", "--exit-zero", "--quiet"];
    // The key is made before, so that both have the same.
    folder.ok(0, &["key", "new"]);
    let mut first = folder.command(&scan).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let second = folder.run(&scan);
    let first = first.wait().unwrap().code();
    let codes = [first, second.status.code()];
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))) && codes.contains(&Some(0)), "{codes:?}");
    if second.status.code() == Some(2) {
        assert!(String::from_utf8_lossy(&second.stderr).contains("another phisift"));
    }
    folder.ok(0, &scan);
    let runs = folder.ok(0, &["inventory", "runs", "--inventory", "share.db"]);
    assert!(runs.lines().skip(1).all(|row| row.contains("complete      ") && row.contains(" 300 ")), "{runs}");
    folder.ok(0, &["audit", "verify", "--inventory", "share.db"]);
}

#[test]
fn an_inventory_within_what_it_is_about_is_no_source() {
    let folder = Folder::new("within");
    folder.grow(1);
    let scan = ["scan", ".", "--inventory", "share/own.db", "--exit-zero", "--format", "jsonl"];
    for _ in 0..2 {
        let out = folder.ok(0, &scan);
        assert!(!out.contains("own.db"), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_told_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("loose");
    folder.grow(1);
    folder.file("key", &"ab".repeat(32));
    folder.file("allow.toml", "");
    fs::set_permissions(folder.0.join("key"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = folder.run(&[&SCAN[..], &["--key-file", "key", "--allow", "allow.toml"]].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.matches("others may read the key file").count(), 1, "{told}");
}
