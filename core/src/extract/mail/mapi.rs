//! What messages, contacts and appointments of Outlook say (MS-OXPROPS): their properties under the names of mail's own
//! header fields. Knows neither MSG nor PST.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::headers::{Entity, emit_correspondent};
use super::html_text::Words;
use super::{charset, lzfu};
use crate::extract::compose::{Composer, Value};
use crate::extract::head::Bytes;
use crate::extract::job::Job;
use crate::model::{FieldKind, NO_LABEL, Reason, Step};

/// Bytes behind which a property is prose.
const SHORT: usize = 200;

/// One property.
#[derive(Clone)]
pub(super) struct Property {
    pub(super) id: u16,
    pub(super) content: Content,
}

/// Its value, as far as it is of use.
#[derive(Clone)]
pub(super) enum Content {
    Text(String),
    /// In the code page of its message.
    Narrow(Vec<u8>),
    Bytes(Vec<u8>),
    /// Tenths of microseconds since 1601.
    Time(i64),
    Number(i32),
}

/// A message, contact or appointment.
#[derive(Default)]
pub(super) struct Item {
    pub(super) properties: Vec<Property>,
    pub(super) recipients: Vec<Vec<Property>>,
}

/// What a property is to us.
#[derive(Clone, Copy)]
enum Use {
    /// A value under that name.
    Named(&'static str),
    /// The display name in that header field.
    Name(&'static str),
    /// The address in that header field.
    Address(&'static str),
    /// Display names in that header field, parted by semicolons.
    Several(&'static str),
    /// Says nothing of anyone, or is read elsewhere.
    Nothing,
}
use Use::{Address, Name, Named, Nothing, Several};

/// By property id; named properties by the id in their set.
const USES: &[(u16, Use)] = &[
    (0x001A, Nothing),
    (0x0037, Named("Subject")),
    (0x0039, Named("Date")),
    (0x003D, Nothing),
    (0x0040, Name("To")),
    (0x0042, Name("From")),
    (0x0044, Name("To")),
    (0x0060, Named("start date")),
    (0x0061, Named("end date")),
    (0x0064, Nothing),
    (0x0065, Address("From")),
    (0x0075, Nothing),
    (0x0076, Address("To")),
    (0x0077, Nothing),
    (0x0078, Address("To")),
    (0x007D, Nothing),
    (0x0C1A, Name("Sender")),
    (0x0C1E, Nothing),
    (0x0C1F, Address("Sender")),
    (0x0E02, Several("Bcc")),
    (0x0E03, Several("Cc")),
    (0x0E04, Several("To")),
    (0x0E06, Named("delivery date")),
    (0x1000, Nothing),
    (0x1013, Nothing),
    (0x1035, Named("Message-ID")),
    (0x1039, Named("References")),
    (0x1042, Named("In-Reply-To")),
    (0x3001, Name("Contact")),
    (0x3002, Nothing),
    (0x3003, Address("Contact")),
    (0x3007, Named("creation date")),
    (0x3008, Named("modification date")),
    (0x39FE, Address("Contact")),
    (0x3A02, Named("phone")),
    (0x3A06, Named("given name")),
    (0x3A08, Named("business phone")),
    (0x3A09, Named("home phone")),
    (0x3A11, Named("last name")),
    (0x3A13, Name("Contact")),
    (0x3A15, Named("address")),
    (0x3A16, Named("company")),
    (0x3A17, Named("title")),
    (0x3A18, Named("department")),
    (0x3A1A, Named("phone")),
    (0x3A1B, Named("business phone")),
    (0x3A1C, Named("mobile phone")),
    (0x3A1D, Named("phone")),
    (0x3A1E, Named("phone")),
    (0x3A1F, Named("phone")),
    (0x3A20, Name("Contact")),
    (0x3A21, Named("pager")),
    (0x3A23, Named("fax")),
    (0x3A24, Named("fax")),
    (0x3A25, Named("fax")),
    (0x3A26, Named("country")),
    (0x3A27, Named("city")),
    (0x3A28, Named("state")),
    (0x3A29, Named("street address")),
    (0x3A2A, Named("zip code")),
    (0x3A2B, Named("po box")),
    (0x3A2E, Named("phone")),
    (0x3A2F, Named("home phone")),
    (0x3A30, Name("Contact")),
    (0x3A41, Named("wedding anniversary")),
    (0x3A42, Named("birth date")),
    (0x3A44, Named("middle name")),
    (0x3A48, Named("spouse name")),
    (0x3A4B, Named("phone")),
    (0x3A4E, Name("Contact")),
    (0x3A4F, Named("nickname")),
    (0x3A57, Named("phone")),
    (0x3A58, Named("child name")),
    (0x3A59, Named("city")),
    (0x3A5B, Named("zip code")),
    (0x3A5C, Named("state")),
    (0x3A5D, Named("street address")),
    (0x3A5F, Named("city")),
    (0x3A61, Named("zip code")),
    (0x3A62, Named("state")),
    (0x3A63, Named("street address")),
    (0x3FF8, Name("Contact")),
    (0x3FFA, Name("Contact")),
    (0x5D01, Address("Sender")),
    (0x5D02, Address("From")),
    (0x5D07, Address("To")),
    (0x5D08, Address("To")),
    (0x5FF6, Name("Contact")),
    (0x8005, Name("Contact")),
    (0x8045, Named("street address")),
    (0x8046, Named("city")),
    (0x8047, Named("state")),
    (0x8048, Named("zip code")),
    (0x8080, Name("Contact")),
    (0x8083, Address("Contact")),
    (0x8084, Address("Contact")),
    (0x8090, Name("Contact")),
    (0x8093, Address("Contact")),
    (0x80A0, Name("Contact")),
    (0x80A3, Address("Contact")),
    (0x8238, Several("To")),
    (0x823B, Several("To")),
    (0x823C, Several("Cc")),
];

impl Item {
    /// The first value of a property.
    fn content(&self, id: u16) -> Option<&Content> {
        self.properties.iter().find(|it| it.id == id).map(|it| &it.content)
    }

    /// The first value of a property, as text.
    pub(super) fn text(&self, id: u16) -> Option<Cow<'_, str>> {
        self.content(id).and_then(|it| text_of(it, self.charset(0x3FFD).as_deref()))
    }

    /// The value of a property, as a number.
    pub(super) fn number(&self, id: u16) -> Option<i32> {
        match self.content(id) {
            Some(Content::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn charset(&self, id: u16) -> Option<String> {
        charset_name(self.number(id)?)
    }

    /// Emits what it says; `named` tells the names of the file's own properties. False where the receiver wants no more.
    pub(super) fn emit(
        &self,
        job: &mut Job<'_>,
        composer: &mut Composer,
        named: &dyn Fn(u16) -> Option<PropertyName>,
    ) -> bool {
        let mut writer = Writer { composer, charset: self.charset(0x3FFD), seen: HashSet::new() };
        self.properties.iter().all(|it| writer.put(job, it, named(it.id)))
            && self.recipients.iter().all(|it| writer.put_recipient(job, it))
            && self.emit_headers(job, writer.composer)
            && self.emit_body(job, writer.composer)
    }

    /// The header fields with which a message came.
    fn emit_headers(&self, job: &mut Job<'_>, composer: &mut Composer) -> bool {
        let Some(text) = self.text(0x007D) else { return true };
        let entity = Entity::parse(text.trim_start().as_bytes());
        entity.emit(job, composer, false) && put_text(job, composer, NO_LABEL, &String::from_utf8_lossy(entity.body))
    }

    /// The body: as text; as HTML where that says more; as RTF where there is nothing else.
    fn emit_body(&self, job: &mut Job<'_>, composer: &mut Composer) -> bool {
        let text = self.text(0x1000).unwrap_or_default();
        if !put_text(job, composer, NO_LABEL, &text) {
            return false;
        }
        let html = match self.content(0x1013) {
            Some(Content::Bytes(bytes)) => charset::decode(bytes, self.charset(0x3FDE).as_deref()),
            Some(other) => Cow::Owned(text_of(other, None).unwrap_or_default().into_owned().into_bytes()),
            None => Cow::Borrowed(&[][..]),
        };
        let mut words = Words::default();
        words.add(text.as_bytes());
        if !html.is_empty() && !words.hold(&html) {
            job.read_inside_as(Step::part("html"), b"", Some("html"), Bytes::Stream(Box::new(&*html)));
        }
        if text.trim().is_empty() && html.is_empty() {
            self.read_rtf(job);
        }
        !job.is_over()
    }

    fn read_rtf(&self, job: &mut Job<'_>) {
        let Some(Content::Bytes(bytes)) = self.content(0x1009) else { return };
        let step = Step::part("rtf");
        match lzfu::decompress(bytes) {
            Some(rtf) if rtf.is_empty() => {}
            Some(rtf) => job.read_inside(step, b"", Bytes::Stream(Box::new(&*rtf))),
            None => job.unread_inside(step, Reason::Malformed, None),
        }
    }
}

/// How a file calls one of its own properties.
pub(super) enum PropertyName {
    Number(u16),
    Text(String),
}

/// How a file calls its own properties, whose ids begin at 0x8000.
#[derive(Default)]
pub(super) struct Names {
    /// By id: whether it is a text, and which one or which number.
    known: HashMap<u16, (bool, u32)>,
    texts: Vec<u8>,
}

impl Names {
    /// From the streams of entries and of texts (MS-OXMSG 2.2.3, MS-PST 2.4.7).
    pub(super) fn of(entries: &[u8], texts: Vec<u8>) -> Names {
        let known = entries.chunks_exact(8).map(|it| {
            let index = u16::from_le_bytes([it[6], it[7]]);
            let is_text = it[4] & 1 != 0;
            (index.saturating_add(0x8000), (is_text, u32::from_le_bytes([it[0], it[1], it[2], it[3]])))
        });
        Names { known: known.collect(), texts }
    }

    pub(super) fn get(&self, id: u16) -> Option<PropertyName> {
        if id < 0x8000 {
            return None;
        }
        let (is_text, value) = *self.known.get(&id)?;
        if !is_text {
            return Some(PropertyName::Number(value as u16));
        }
        let rest = self.texts.get(value as usize..)?;
        let len = u32::from_le_bytes(*rest.first_chunk::<4>()?) as usize;
        Some(PropertyName::Text(utf16(rest.get(4..)?.get(..len)?)))
    }
}

/// UTF-16 as text.
pub(super) fn utf16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

struct Writer<'c> {
    composer: &'c mut Composer,
    charset: Option<String>,
    /// Texts put out that may come again under other ids.
    seen: HashSet<String>,
}

impl Writer<'_> {
    fn put(&mut self, job: &mut Job<'_>, property: &Property, name: Option<PropertyName>) -> bool {
        let id = match &name {
            Some(PropertyName::Number(id)) => *id,
            Some(PropertyName::Text(_)) => 0,
            None => property.id,
        };
        let charset = self.charset.clone();
        let Some(text) = text_of(&property.content, charset.as_deref()) else { return true };
        let text = text.trim_matches(|it: char| it.is_whitespace() || it == '\0');
        if text.is_empty() {
            return true;
        }
        let usage = USES.iter().find(|it| it.0 == id).map(|it| it.1);
        let known = !self.seen.insert(text.to_owned());
        match (usage, name) {
            (Some(Nothing), _) => true,
            (Some(Named(label)), _) => self.put_named(job, label, text),
            (Some(Name(field)), _) => emit_correspondent(job, self.composer, field, text, ""),
            (Some(Address(field)), _) => emit_correspondent(job, self.composer, field, "", text),
            (Some(Several(field)), _) => {
                text.split(';').all(|it| emit_correspondent(job, self.composer, field, it, ""))
            }
            (None, Some(PropertyName::Text(label))) => self.put_named(job, &label, text),
            (None, _) => known || put_text(job, self.composer, NO_LABEL, text),
        }
    }

    fn put_named(&mut self, job: &mut Job<'_>, label: &str, text: &str) -> bool {
        let id = self.composer.named(label.as_bytes());
        if label == "Subject" {
            return self.composer.push(job, Value { label: id, ..Value::prose(text.as_bytes()) });
        }
        put_text(job, self.composer, id, text)
    }

    fn put_recipient(&mut self, job: &mut Job<'_>, properties: &[Property]) -> bool {
        let kind = properties.iter().find(|it| it.id == 0x0C15).map(|it| &it.content);
        let field = match kind {
            Some(Content::Number(2)) => "Cc",
            Some(Content::Number(3)) => "Bcc",
            _ => "To",
        };
        let charset = self.charset.clone();
        let text = |id: u16| {
            let found = properties.iter().find(|it| it.id == id);
            found.and_then(|it| text_of(&it.content, charset.as_deref())).unwrap_or_default()
        };
        let (name, address, smtp) = (text(0x3001), text(0x3003), text(0x39FE));
        emit_correspondent(job, self.composer, field, &name, &address)
            && (smtp == address || emit_correspondent(job, self.composer, field, "", &smtp))
    }
}

fn put_text(job: &mut Job<'_>, composer: &mut Composer, label: u32, text: &str) -> bool {
    let text = text.trim_matches(|it: char| it.is_whitespace() || it == '\0').as_bytes();
    let kind = if label != NO_LABEL && text.len() <= SHORT { FieldKind::Structured } else { FieldKind::Narrative };
    text.is_empty() || composer.push(job, Value { text, label, record: 1, kind, at: None })
}

fn text_of<'a>(content: &'a Content, charset: Option<&str>) -> Option<Cow<'a, str>> {
    match content {
        Content::Text(text) => Some(Cow::Borrowed(text)),
        Content::Narrow(bytes) => Some(match charset::decode(bytes, charset) {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }),
        Content::Time(ticks) => date(*ticks).map(Cow::Owned),
        Content::Bytes(_) | Content::Number(_) => None,
    }
}

/// A time as `2014-02-26T09:30:00Z`; `None` for those that stand for none.
fn date(ticks: i64) -> Option<String> {
    let seconds = ticks.checked_div(10_000_000).filter(|it| *it > 0)?;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil date from days, counted from 1 March 1600 (146,097 days are 400 years).
    let days = days + 306;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = 1600 + era * 400 + year + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    (year < 4000).then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// The character set of a Windows code page.
fn charset_name(page: i32) -> Option<String> {
    Some(match page {
        874 | 1250..=1258 => format!("windows-{page}"),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        20_866 => "koi8-r".to_owned(),
        21_866 => "koi8-u".to_owned(),
        28_591..=28_606 => format!("iso-8859-{}", page - 28_590),
        50_220..=50_222 => "iso-2022-jp".to_owned(),
        51_932 => "euc-jp".to_owned(),
        54_936 => "gb18030".to_owned(),
        65_001 => "utf-8".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates() {
        assert_eq!(date(116_444_736_000_000_000).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(date(130_378_806_000_000_000).as_deref(), Some("2014-02-26T09:30:00Z"));
        assert_eq!(date(125_962_560_005_000_000).as_deref(), Some("2000-02-29T00:00:00Z"));
        assert_eq!((date(0), date(0x0CB3_4557_A3DD_4000)), (None, None));
    }
}
