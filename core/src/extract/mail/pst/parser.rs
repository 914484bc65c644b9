//! Walks a PST's folders with its library, and hands over messages. Emits nothing itself.

use std::collections::{HashMap, HashSet};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender};

use outlook_pst::ltp::prop_context::PropertyValue;
use outlook_pst::ltp::table_context::TableContext;
use outlook_pst::messaging::attachment::{AnsiAttachment, Attachment as _, AttachmentData, UnicodeAttachment};
use outlook_pst::messaging::folder::Folder;
use outlook_pst::messaging::message::{AnsiMessage, Message, UnicodeMessage};
use outlook_pst::messaging::store::{AnsiStore, EntryId, Store, UnicodeStore};
use outlook_pst::ndb::node_id::{NID_ROOT_FOLDER, NodeId};
use outlook_pst::{AnsiPstFile, UnicodePstFile};

use super::super::mapi::{Content, Item, Names, Property};
use crate::model::Reason;

/// Bytes asked for at a time, and how many of such blocks are kept.
const BLOCK: u64 = 64 << 10;
const MOST_BLOCKS: usize = 128;
/// Folders within folders that are looked into.
const DEEPEST: usize = 64;
/// What is asked for by itself where a message cannot be read whole: subject, bodies, people, dates.
const SALVAGED: [u16; 12] =
    [0x0037, 0x1000, 0x1013, 0x1009, 0x0C1A, 0x0C1F, 0x0042, 0x0065, 0x0E04, 0x0E03, 0x007D, 0x0039];

/// An attachment's bytes, or why there are none.
type Gotten = std::result::Result<Vec<u8>, Reason>;
/// Reads a message, or only those of its properties.
type ReadMessage<'a, M> = dyn Fn(&EntryId, Option<&[u16]>) -> Result<Rc<M>> + 'a;
/// Reads one of its attachments.
type ReadAttachment<'a, M> = dyn Fn(&Rc<M>, NodeId) -> Result<Option<Gotten>> + 'a;

/// The bytes asked for.
pub(super) type Answer = Result<Vec<u8>>;

/// What the parser says.
pub(super) enum Event {
    /// It needs these bytes, which lie within the file.
    Ask { at: u64, len: usize },
    /// How the file calls its own properties.
    Names(Names),
    /// A message.
    Mail(Box<Mail>),
    /// Something in that folder could not be read.
    Unread(String, Reason),
    /// That was all.
    Done,
}

/// A message and where it lies.
pub(super) struct Mail {
    pub(super) folder: String,
    pub(super) item: Item,
    pub(super) attachments: Vec<Attached>,
    /// Why some of it is missing.
    pub(super) damage: Option<Reason>,
}

/// An attachment.
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) bytes: Gotten,
}

/// Reads the whole file; ends early where nobody listens.
pub(super) fn run(wide: bool, size: u64, events: &SyncSender<Event>, answers: Receiver<Answer>) {
    let file = Remote { at: 0, size, events: events.clone(), answers, blocks: HashMap::new() };
    let walked = if wide { walk_wide(file, events) } else { walk_narrow(file, events) };
    if walked.is_err() {
        let _ = events.send(Event::Unread(String::new(), Reason::Malformed));
    }
    // Where nobody listens there is nobody to tell.
    let _ = events.send(Event::Done);
}

fn walk_wide(file: Remote, events: &SyncSender<Event>) -> Result<()> {
    let store = UnicodeStore::read(Rc::new(UnicodePstFile::read_from(Box::new(file))?))?;
    let read = |entry: &EntryId, only: Option<&[u16]>| UnicodeMessage::read(Rc::clone(&store), entry, only);
    let open = |entry: &EntryId| {
        open_message(entry, &read, &|message: &Rc<UnicodeMessage>, node| {
            let found = UnicodeAttachment::read(Rc::clone(message), node, None)?;
            Ok(found.data().map(bytes_of))
        })
    };
    Walk { store: &*store, open: &open, events, seen: HashSet::new() }.all()
}

fn walk_narrow(file: Remote, events: &SyncSender<Event>) -> Result<()> {
    let store = AnsiStore::read(Rc::new(AnsiPstFile::read_from(Box::new(file))?))?;
    let read = |entry: &EntryId, only: Option<&[u16]>| AnsiMessage::read(Rc::clone(&store), entry, only);
    let open = |entry: &EntryId| {
        open_message(entry, &read, &|message: &Rc<AnsiMessage>, node| {
            let found = AnsiAttachment::read(Rc::clone(message), node, None)?;
            Ok(found.data().map(bytes_of))
        })
    };
    Walk { store: &*store, open: &open, events, seen: HashSet::new() }.all()
}

fn bytes_of(data: &AttachmentData) -> Gotten {
    match data {
        AttachmentData::Binary(bytes) => Ok(bytes.buffer().to_vec()),
        AttachmentData::Message(_) => Err(Reason::Unsupported),
    }
}

/// A message as far as it was read.
struct Opened {
    item: Item,
    attachments: Vec<Attached>,
    damage: Option<Reason>,
}

struct Walk<'a> {
    store: &'a dyn Store,
    open: &'a dyn Fn(&EntryId) -> Result<Opened>,
    events: &'a SyncSender<Event>,
    /// Folders entered: a damaged file's may hold each other.
    seen: HashSet<u32>,
}

impl Walk<'_> {
    fn all(&mut self) -> Result<()> {
        if let Ok(map) = self.store.named_property_map() {
            let stream = |id| match map.properties().get(id) {
                Some(PropertyValue::Binary(bytes)) => bytes.buffer().to_vec(),
                _ => Vec::new(),
            };
            self.send(Event::Names(Names::of(&stream(3), stream(4))))?;
        }
        self.folder(NID_ROOT_FOLDER, &[])
    }

    fn send(&self, event: Event) -> Result<()> {
        self.events.send(event).map_err(|_| Error::from(ErrorKind::BrokenPipe))
    }

    /// Reads a folder and those in it; fails only where nobody listens or the root is unreadable.
    fn folder(&mut self, node: NodeId, path: &[String]) -> Result<()> {
        if !self.seen.insert(u32::from(node)) {
            return Ok(());
        }
        let folder = self.store.open_folder(&self.store.properties().make_entry_id(node)?)?;
        let mut path = path.to_vec();
        path.extend(folder.properties().display_name().ok().filter(|it| !it.is_empty()));
        let shown = path.join("/");
        for table in [folder.contents_table(), folder.associated_table()].into_iter().flatten() {
            self.messages(&**table, &shown)?;
        }
        for row in sub_folders(&*folder) {
            if path.len() > DEEPEST {
                self.send(Event::Unread(shown.clone(), Reason::LimitDepth))?;
                continue;
            }
            match self.folder(row, &path) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Err(error),
                Err(_) => self.send(Event::Unread(shown.clone(), Reason::Malformed))?,
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn messages(&self, table: &dyn TableContext, folder: &str) -> Result<()> {
        for row in table.rows_matrix() {
            let node = NodeId::from(u32::from(row.id()));
            let opened = self.store.properties().make_entry_id(node).and_then(|entry| (self.open)(&entry));
            match opened {
                Ok(it) => {
                    let folder = folder.to_owned();
                    let mail = Mail { folder, item: it.item, attachments: it.attachments, damage: it.damage };
                    self.send(Event::Mail(Box::new(mail)))?;
                }
                Err(_) => self.send(Event::Unread(folder.to_owned(), Reason::Malformed))?,
            }
        }
        Ok(())
    }
}

fn sub_folders(folder: &dyn Folder) -> Vec<NodeId> {
    let rows =
        folder.hierarchy_table().map(|it| it.rows_matrix().map(|row| NodeId::from(u32::from(row.id()))).collect());
    rows.unwrap_or_default()
}

/// Reads a message with its recipients and attachments; where that fails, what can be had of its properties.
fn open_message<M: Message>(
    entry: &EntryId,
    read: &ReadMessage<'_, M>,
    attachment: &ReadAttachment<'_, M>,
) -> Result<Opened> {
    let Ok(message) = read(entry, None) else {
        let parts = SALVAGED.iter().filter_map(|id| read(entry, Some(&[*id])).ok());
        let properties: Vec<Property> = parts.flat_map(|it| properties(it.properties().iter())).collect();
        let item = Item { properties, recipients: Vec::new() };
        let damage = Some(Reason::Malformed);
        return if item.properties.is_empty() {
            Err(ErrorKind::InvalidData.into())
        } else {
            Ok(Opened { item, attachments: Vec::new(), damage })
        };
    };
    let recipients = message.recipient_table().map(|it| rows(&**it)).unwrap_or_default();
    let recipients = recipients.into_iter().map(|it| it.1).collect();
    let item = Item { properties: properties(message.properties().iter()), recipients };
    let table = message.attachment_table().map(|it| rows(&**it)).unwrap_or_default();
    let attachments = table.into_iter().map(|(node, row)| {
        let row = Item { properties: row, recipients: Vec::new() };
        let name = [0x3707, 0x3704, 0x3001].iter().find_map(|id| row.text(*id)).unwrap_or_default().into_owned();
        Attached { name, bytes: attached(&row, || attachment(&message, node)) }
    });
    let attachments = attachments.collect();
    Ok(Opened { item, attachments, damage: None })
}

/// An attachment's bytes. The library waits for itself where it opens a message within a message, so only those are
/// opened that are said to be something else (MS-OXCMSG 2.2.2.9: 1 by value, 5 a message, 6 an OLE object).
fn attached(row: &Item, open: impl FnOnce() -> Result<Option<Gotten>>) -> Gotten {
    if !matches!(row.number(0x3705), Some(1 | 6)) {
        return Err(Reason::Unsupported);
    }
    match open() {
        Ok(Some(bytes)) => bytes,
        Ok(None) => Err(Reason::Unsupported),
        Err(_) => Err(Reason::Malformed),
    }
}

/// A table's rows: what they stand for, and their properties.
fn rows(table: &dyn TableContext) -> Vec<(NodeId, Vec<Property>)> {
    let context = table.context();
    let row = table.rows_matrix().map(|row| {
        let cells = row.columns(context).unwrap_or_default();
        let cells = context.columns().iter().zip(cells).filter_map(|(column, cell)| {
            let value = table.read_column(&cell?, column.prop_type()).ok()?;
            Some(Property { id: column.prop_id(), content: content(&value)? })
        });
        (NodeId::from(u32::from(row.id())), cells.collect())
    });
    row.collect()
}

fn properties<'a>(all: impl Iterator<Item = (&'a u16, &'a PropertyValue)>) -> Vec<Property> {
    all.flat_map(|(id, value)| contents(value).into_iter().map(|content| Property { id: *id, content })).collect()
}

fn contents(value: &PropertyValue) -> Vec<Content> {
    match value {
        PropertyValue::MultipleUnicode(all) => all.iter().map(|it| Content::Text(it.to_string())).collect(),
        PropertyValue::MultipleString8(all) => all.iter().map(|it| Content::Narrow(it.buffer().to_vec())).collect(),
        PropertyValue::MultipleTime(all) => all.iter().map(|it| Content::Time(*it)).collect(),
        other => content(other).into_iter().collect(),
    }
}

fn content(value: &PropertyValue) -> Option<Content> {
    Some(match value {
        PropertyValue::Unicode(text) => Content::Text(text.to_string()),
        PropertyValue::String8(text) => Content::Narrow(text.buffer().to_vec()),
        PropertyValue::Time(ticks) => Content::Time(*ticks),
        PropertyValue::Integer32(number) => Content::Number(*number),
        PropertyValue::Binary(bytes) => Content::Bytes(bytes.buffer().to_vec()),
        _ => return None,
    })
}

/// A file that lies with whoever listens.
struct Remote {
    at: u64,
    size: u64,
    events: SyncSender<Event>,
    answers: Receiver<Answer>,
    blocks: HashMap<u64, Vec<u8>>,
}

impl Remote {
    fn block(&mut self, number: u64) -> Result<&[u8]> {
        if !self.blocks.contains_key(&number) {
            let at = number * BLOCK;
            let len = BLOCK.min(self.size - at) as usize;
            let closed = || Error::from(ErrorKind::BrokenPipe);
            self.events.send(Event::Ask { at, len }).map_err(|_| closed())?;
            let bytes = self.answers.recv().map_err(|_| closed())??;
            if self.blocks.len() >= MOST_BLOCKS {
                self.blocks.clear();
            }
            self.blocks.insert(number, bytes);
        }
        Ok(&self.blocks[&number])
    }
}

impl Read for Remote {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        let (number, within) = (self.at / BLOCK, (self.at % BLOCK) as usize);
        let count = (&self.block(number)?[within..]).read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Remote {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
