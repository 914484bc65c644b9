//! Reads a template: text, slots `{patient.full}` and alternatives `[[one|other|]]`, which may hold both again.

pub struct Template {
    /// `<family>/<file>-<number in the file>`.
    pub name: String,
    pub nodes: Vec<Node>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Slot(String),
    Choice(Vec<Vec<Node>>),
}

/// All templates of a file; a line `---` stands between two.
pub fn read_file(family: &str, file: &str, source: &str) -> Vec<Template> {
    let bodies = source.split("\n---\n").map(str::trim_end).enumerate();
    bodies.map(|(index, body)| Template { name: format!("{family}/{file}-{}", index + 1), nodes: read(body) }).collect()
}

pub fn read(source: &str) -> Vec<Node> {
    read_until(&mut &*source, false)
}

/// Reads to the end of the source or, inside alternatives, to the next `|` or `]]`, which stays unread.
fn read_until(rest: &mut &str, in_choice: bool) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut text = String::new();
    while let Some(character) = rest.chars().next() {
        if in_choice && (character == '|' || rest.starts_with("]]")) {
            break;
        }
        let Some(node) = read_node(rest) else {
            text.push(character);
            *rest = &rest[character.len_utf8()..];
            continue;
        };
        if !text.is_empty() {
            nodes.push(Node::Text(std::mem::take(&mut text)));
        }
        nodes.push(node);
    }
    if !text.is_empty() {
        nodes.push(Node::Text(text));
    }
    nodes
}

/// The slot or the alternatives that start here.
fn read_node(rest: &mut &str) -> Option<Node> {
    if let Some(after) = rest.strip_prefix("[[") {
        *rest = after;
        return Some(Node::Choice(read_choice(rest)));
    }
    let (name, after) = rest.strip_prefix('{')?.split_once('}')?;
    let is_slot = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@');
    if name.is_empty() || !name.chars().all(is_slot) {
        return None;
    }
    *rest = after;
    Some(Node::Slot(name.to_owned()))
}

fn read_choice(rest: &mut &str) -> Vec<Vec<Node>> {
    let mut options = vec![read_until(rest, true)];
    while let Some(after) = rest.strip_prefix('|') {
        *rest = after;
        options.push(read_until(rest, true));
    }
    *rest = rest.strip_prefix("]]").expect("alternatives of a template end with ]]");
    options
}
