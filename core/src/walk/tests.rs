use std::fs;
use std::path::PathBuf;

use super::*;

/// A temporary folder that goes away with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("phisift-walk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"x").unwrap();
    }

    fn walk(&self, options: &WalkOptions) -> Vec<String> {
        Walk::new([self.0.clone()], options)
            .unwrap()
            .map(|walked| match walked {
                Walked::Source(source) => self.name(&source),
                Walked::Unread(source, state, reason) => {
                    format!("{} {} {}", self.name(&source), state.id(), reason.id())
                }
            })
            .collect()
    }

    fn name(&self, source: &Source) -> String {
        source.path.strip_prefix(&self.0).unwrap().to_string_lossy().replace('\\', "/")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn hidden_and_ignored_files_are_walked_in_byte_order() {
    let folder = Folder::new("order");
    for name in ["b.txt", "a/z", "a/B", ".hidden", ".gitignore", "Z"] {
        folder.file(name);
    }
    fs::write(folder.0.join(".gitignore"), "b.txt\n").unwrap();
    let all = [".gitignore", ".hidden", "Z", "a/B", "a/z", "b.txt"];
    assert_eq!(folder.walk(&WalkOptions::default()), all);
    let respecting = folder.walk(&WalkOptions { respect_ignore: true, ..WalkOptions::default() });
    assert_eq!(respecting, &all[..5]);
}

#[test]
fn globs_choose() {
    let folder = Folder::new("globs");
    for name in ["a.log", "b.txt", "deep/c.log", "deep/d.txt", "skip/e.log"] {
        folder.file(name);
    }
    let options = WalkOptions { include: vec!["*.log".into()], exclude: vec!["skip".into()], ..WalkOptions::default() };
    assert_eq!(folder.walk(&options), ["a.log", "deep/c.log"]);
    assert!(Walk::new([folder.0.clone()], &WalkOptions { include: vec!["[".into()], ..options }).is_err());
}

#[test]
fn a_missing_root_is_reported() {
    let folder = Folder::new("missing");
    let walked: Vec<_> = Walk::new([folder.0.join("nowhere")], &WalkOptions::default()).unwrap().collect();
    assert!(matches!(&walked[..], [Walked::Unread(_, SourceState::Failed, Reason::Io)]));
}

#[cfg(unix)]
#[test]
fn links_and_sockets_are_skipped() {
    let folder = Folder::new("special");
    folder.file("file");
    std::os::unix::fs::symlink(folder.0.join("file"), folder.0.join("link")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.0.join("socket")).unwrap();
    let all = ["file", "link skipped link", "socket skipped special_file"];
    assert_eq!(folder.walk(&WalkOptions::default()), all);
    assert_eq!(open(&folder.0.join("file")).unwrap().size, 1);
    assert!(open(&folder.0.join("socket")).is_err());
}
