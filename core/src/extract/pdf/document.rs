//! A parsed document: follows references, decodes streams under the budget, notes what could not be had.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::io::Read;

use flate2::read::ZlibDecoder;
use lopdf::{Dictionary, Document, Error, LoadOptions, Object, ObjectId, Stream, xref::XrefEntry};

use super::super::budget::Budget;
use crate::model::Reason;

/// What one stream may decode to.
const MAX_STREAM: usize = 64 << 20;
/// References that lead to references.
const MAX_LINKS: usize = 16;
/// Where the last pointer to the cross-reference table stands.
const END: usize = 2048;
/// Nodes of the page tree that are looked at.
const MAX_NODES: usize = 1 << 20;

/// Keys and filters that have short names.
const SHORT_FILTERS: [(&[u8], &str); 6] = [
    (b"Fl", "FlateDecode"),
    (b"LZW", "LZWDecode"),
    (b"A85", "ASCII85Decode"),
    (b"AHx", "ASCIIHexDecode"),
    (b"RL", "RunLengthDecode"),
    (b"Crypt", ""),
];

/// A document and what reading it came to.
pub(super) struct Pdf<'a> {
    pub(super) document: &'a Document,
    budget: &'a Budget,
    /// Its table of objects was lost and made anew.
    is_rebuilt: bool,
    /// The first thing that could not be read.
    failure: Cell<Option<Reason>>,
}

/// A page and what it inherits.
#[derive(Clone, Copy)]
pub(super) struct PageNode<'a> {
    pub(super) page: &'a Dictionary,
    pub(super) resources: Option<&'a Dictionary>,
    pub(super) media_box: Option<&'a Object>,
}

/// Parses a file. A damaged one is parsed by looking for its objects.
///
/// # Errors
/// `Encrypted` where a password is wanted, `LimitBytes` where it is a bomb, `Malformed` where nothing was found.
pub(super) fn parse(bytes: &[u8]) -> Result<Document, Reason> {
    let document = load(bytes);
    match (&document, with_id(bytes)) {
        (Err(Reason::Encrypted), Some(bytes)) => load(&bytes),
        _ => document,
    }
}

/// The file with an empty identifier: an encrypted one without any has an empty one by custom, and the parser wants it
/// written out. Nothing stands behind the trailer that would be moved by it.
fn with_id(bytes: &[u8]) -> Option<Vec<u8>> {
    let at = memchr::memmem::rfind(bytes, b"/Encrypt")?;
    if memchr::memmem::find(bytes, b"/ID").is_some() {
        return None;
    }
    Some([&bytes[..at], b"/ID[<><>]", &bytes[at..]].concat())
}

/// True where the file ends as a file does: one that was cut off has lost objects of which nothing tells.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(END)..];
    memchr::memmem::find(end, b"startxref").is_some()
}

fn load(bytes: &[u8]) -> Result<Document, Reason> {
    let options = LoadOptions::with_max_decompressed_size(MAX_STREAM);
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| match error {
        Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => Reason::LimitBytes,
        Error::Decryption(_) | Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) => Reason::Encrypted,
        _ if memchr::memmem::find(bytes, b"/Encrypt").is_some() => Reason::Encrypted,
        _ => Reason::Malformed,
    })?;
    if document.trailer.has(b"Encrypt") && document.encryption_state.is_none() {
        return Err(Reason::Encrypted);
    }
    Ok(document)
}

impl<'a> Pdf<'a> {
    pub(super) fn new(document: &'a Document, budget: &'a Budget, is_whole: bool) -> Self {
        let is_rebuilt = document.xref_recovery == Some(lopdf::xref::XrefRecovery::Reconstructed);
        let pdf = Pdf { document, budget, is_rebuilt, failure: Cell::new(None) };
        if is_rebuilt && !is_whole {
            pdf.fail(Reason::Malformed);
        }
        pdf
    }

    /// Notes why something was not read; the first cause stays.
    pub(super) fn fail(&self, reason: Reason) {
        self.failure.set(self.failure.get().or(Some(reason)));
    }

    /// The first cause noted since it was last taken.
    pub(super) fn take_failure(&self) -> Option<Reason> {
        self.failure.take()
    }

    /// The object that `object` is or refers to. One that the file lists and that could not be read is damage; one that
    /// it does not list is null by rule.
    pub(super) fn resolve(&self, mut object: &'a Object) -> Option<&'a Object> {
        for _ in 0..MAX_LINKS {
            let Object::Reference(id) = object else {
                return (!object.is_null()).then_some(object);
            };
            let Some(next) = self.document.objects.get(id) else {
                self.note_missing(*id);
                return None;
            };
            object = next;
        }
        None
    }

    fn note_missing(&self, id: ObjectId) {
        let listed = match self.document.reference_table.get(id.0) {
            Some(XrefEntry::Normal { generation, .. }) => *generation == id.1,
            Some(XrefEntry::Compressed { .. }) => id.1 == 0,
            _ => self.is_rebuilt,
        };
        if listed {
            self.fail(Reason::Malformed);
        }
    }

    pub(super) fn get(&self, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        self.resolve(dictionary.get(key).ok()?)
    }

    pub(super) fn dictionary(&self, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        as_dictionary(self.get(dictionary, key)?)
    }

    pub(super) fn stream(&self, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Stream> {
        self.get(dictionary, key)?.as_stream().ok()
    }

    pub(super) fn array(&self, dictionary: &'a Dictionary, key: &[u8]) -> &'a [Object] {
        match self.get(dictionary, key) {
            Some(Object::Array(array)) => array,
            _ => &[],
        }
    }

    pub(super) fn name(&self, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
        self.get(dictionary, key)?.as_name().ok()
    }

    pub(super) fn number(&self, object: &'a Object) -> Option<f64> {
        self.resolve(object)?.as_float().ok().map(f64::from)
    }

    pub(super) fn numbers<const N: usize>(&self, object: Option<&'a Object>) -> Option<[f64; N]> {
        let Some(Object::Array(array)) = object.and_then(|it| self.resolve(it)) else { return None };
        let mut out = [0.0; N];
        for (slot, object) in out.iter_mut().zip(array.get(..N)?) {
            *slot = self.number(object)?;
        }
        Some(out)
    }

    /// A text string's text.
    pub(super) fn text(&self, dictionary: &'a Dictionary, key: &[u8]) -> Option<String> {
        text(self.get(dictionary, key)?)
    }

    /// What a stream decodes to, as far as it does.
    pub(super) fn bytes(&self, stream: &'a Stream) -> Option<Vec<u8>> {
        let bytes = self.decode(stream)?;
        if let Some(reason) = self.budget.spend(bytes.len()) {
            self.fail(reason);
            return None;
        }
        Some(bytes)
    }

    fn decode(&self, stream: &'a Stream) -> Option<Vec<u8>> {
        let (filters, params) = self.filters(stream);
        if filters.is_empty() {
            return Some(stream.content.clone());
        }
        if filters[..] == ["FlateDecode"] && params.is_none() {
            return self.inflate(&stream.content);
        }
        let mut dictionary = Dictionary::new();
        dictionary.set("Filter", filters.iter().map(|it| Object::Name(it.as_bytes().to_vec())).collect::<Vec<_>>());
        if let Some(params) = params {
            dictionary.set("DecodeParms", params);
        }
        let stream = Stream::new(dictionary, stream.content.clone());
        match stream.decompressed_content_with_limit(MAX_STREAM) {
            Ok(bytes) => Some(bytes),
            Err(Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
                self.fail(Reason::LimitBytes);
                None
            }
            Err(_) => {
                self.fail(Reason::Malformed);
                None
            }
        }
    }

    /// The common case, told when it breaks off.
    fn inflate(&self, content: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(content.len().saturating_mul(3).min(MAX_STREAM));
        let whole = ZlibDecoder::new(content).take(MAX_STREAM as u64 + 1).read_to_end(&mut out);
        if whole.is_err() {
            // What is missing is often the checksum alone; nothing tells whether it is.
            if !content.is_empty() {
                self.fail(Reason::Malformed);
            }
            if out.is_empty() && content.len() > 2 {
                let raw = flate2::read::DeflateDecoder::new(&content[2..]);
                let _ = raw.take(MAX_STREAM as u64).read_to_end(&mut out);
            }
        }
        if out.len() > MAX_STREAM {
            self.fail(Reason::LimitBytes);
            out.truncate(MAX_STREAM);
        }
        Some(out)
    }

    /// A stream's filters by their long names, and their parameters without references.
    fn filters(&self, stream: &'a Stream) -> (Vec<Cow<'a, str>>, Option<Object>) {
        let list = |key: &[u8]| match self.get(&stream.dict, key) {
            Some(Object::Array(array)) => array.iter().map(|it| self.resolve(it)).collect(),
            Some(object) => vec![Some(object)],
            None => Vec::new(),
        };
        let long = |name: &'a [u8]| {
            let short = SHORT_FILTERS.iter().find(|it| it.0 == name).map(|it| Cow::Borrowed(it.1));
            short.unwrap_or_else(|| String::from_utf8_lossy(name))
        };
        let filters: Vec<_> =
            list(b"Filter").into_iter().flatten().filter_map(|it| it.as_name().ok()).map(long).collect();
        let params: Vec<_> = list(b"DecodeParms").into_iter().map(|it| self.flat(it)).collect();
        let params = params.iter().any(|it| !it.is_null()).then_some(Object::Array(params));
        let first = filters.iter().take_while(|it| it.is_empty()).count();
        (filters[first..].to_vec(), params)
    }

    /// A parameter dictionary whose values are no references.
    fn flat(&self, object: Option<&'a Object>) -> Object {
        let Some(Object::Dictionary(dictionary)) = object else { return Object::Null };
        let mut out = Dictionary::new();
        for (key, value) in dictionary {
            if let Some(value) = self.resolve(value) {
                out.set(key.clone(), value.clone());
            }
        }
        Object::Dictionary(out)
    }

    /// The document's catalog.
    pub(super) fn catalog(&self) -> Option<&'a Dictionary> {
        self.dictionary(&self.document.trailer, b"Root")
    }

    /// The pages in order. Where the tree leads to none, all objects that say they are pages.
    pub(super) fn pages(&self) -> Vec<PageNode<'a>> {
        let mut pages = Vec::new();
        let mut seen = HashSet::new();
        let root = self.catalog().and_then(|it| it.get(b"Pages").ok());
        let mut stack: Vec<_> = root.map(|it| (it, None, None)).into_iter().collect();
        while let Some((object, resources, media_box)) = stack.pop() {
            let Some(node) = self.resolve(object).and_then(as_dictionary) else { continue };
            let is_new = object.as_reference().map_or(true, |id| seen.insert(id));
            if !is_new || stack.len() + pages.len() > MAX_NODES {
                continue;
            }
            let resources = self.dictionary(node, b"Resources").or(resources);
            let media_box = node.get(b"MediaBox").ok().or(media_box);
            let kids = self.array(node, b"Kids");
            if kids.is_empty() && !node.has_type(b"Pages") {
                pages.push(PageNode { page: node, resources, media_box });
            }
            stack.extend(kids.iter().rev().map(|kid| (kid, resources, media_box)));
        }
        if pages.is_empty() {
            self.fail(Reason::Malformed);
            let stray = self.document.objects.values().filter_map(as_dictionary).filter(|it| it.has_type(b"Page"));
            pages.extend(stray.map(|page| PageNode {
                page,
                resources: self.dictionary(page, b"Resources"),
                media_box: page.get(b"MediaBox").ok(),
            }));
        }
        pages
    }
}

/// A dictionary, or that of a stream.
pub(super) fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// The text of a text string (ISO 32000-2, 7.9.2.2), also where it is not quite one.
pub(super) fn text(object: &Object) -> Option<String> {
    let Object::String(bytes, _) = object else { return None };
    if let Some(bytes) = bytes.strip_prefix(b"\xFF\xFE") {
        return Some(encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned());
    }
    if let Some(bytes) = bytes.strip_prefix(b"\xFE\xFF") {
        return Some(encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned());
    }
    let ascii_or_utf8 = std::str::from_utf8(bytes).ok().filter(|it| !it.contains('\0'));
    ascii_or_utf8.map(str::to_string).or_else(|| lopdf::decode_text_string(object).ok())
}
