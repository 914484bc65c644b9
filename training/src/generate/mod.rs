//! Writes synthetic clinical, log and everyday text in which every person and place is known.
//!
//! A document is one template (`data/templates/<family>/<file>.txt`) whose slots are filled with people
//! (`data/names/`), words (`data/words/`) and smaller templates (`data/fragments/`), then laid out anew
//! (wrapped, flattened, upper or lower case). The same seed gives the same bytes on every machine that has the
//! same name lists: where the census lists beside the checkout are absent, the people drawn from them become
//! people of `data/names/anglo.txt`, so documents differ.
//!
//! What is annotated: a NAME holds given names, initials, nicknames, family names and a suffix (`Jr.`), never a
//! title, a credential or a possessive `'s`; a user id is a NAME where it spells the name (`jane.doe`) and nothing
//! where it does not (`jdoe42`). A LOCATION is smaller than a state: the street line with its apartment, the PO box,
//! the city, the county and the ZIP code are separate spans; states and countries are none. Hospitals, clinics and
//! companies are ORG. A date is a DATE, except timestamps of logs, bare years and weekdays.

mod fill;
mod layout;
mod names;
mod person;
mod rng;
mod stock;
mod template;
#[cfg(test)]
mod tests;
mod values;

use rng::Rng;
pub use stock::HELD_OUT_ORIGINS;
use stock::Stock;

/// A generated text and what stands where in it.
pub struct Document {
    pub id: String,
    pub text: String,
    pub spans: Vec<Span>,
    /// `<family>/<name>` of the template it was filled from.
    pub template: String,
    /// Where the names of its people mostly come from.
    pub origin: &'static str,
}

/// A piece of the text, in byte offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub label: Label,
    pub role: Option<Role>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Name,
    Location,
    Org,
    Date,
    Age,
    Phone,
    Email,
    Ssn,
    Mrn,
    Id,
    Url,
    Ip,
}

impl Label {
    pub fn id(self) -> &'static str {
        match self {
            Label::Name => "NAME",
            Label::Location => "LOCATION",
            Label::Org => "ORG",
            Label::Date => "DATE",
            Label::Age => "AGE",
            Label::Phone => "PHONE",
            Label::Email => "EMAIL",
            Label::Ssn => "SSN",
            Label::Mrn => "MRN",
            Label::Id => "ID",
            Label::Url => "URL",
            Label::Ip => "IP",
        }
    }
}

/// Who the named person is to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Patient,
    Relative,
    Provider,
    Staff,
}

impl Role {
    pub fn id(self) -> &'static str {
        match self {
            Role::Patient => "patient",
            Role::Relative => "relative",
            Role::Provider => "provider",
            Role::Staff => "staff",
        }
    }
}

/// `count` documents of a seed; a longer run starts with the documents of a shorter one.
pub fn documents(seed: u64, count: usize) -> impl Iterator<Item = Document> {
    let stock = Stock::read();
    (0..count).map(move |index| document(&stock, seed, index))
}

/// Whether a template is kept from training, so that what is learnt is measured on layouts never seen.
pub fn is_held_out_template(template: &str) -> bool {
    rng::hash(template).is_multiple_of(10)
}

fn document(stock: &Stock, seed: u64, index: usize) -> Document {
    let mut rng = Rng::new(seed.rotate_left(32) ^ index as u64);
    let (family, template) = stock.pick_template(&mut rng);
    let origin = stock.pick_origin(&mut rng);
    let page = fill::fill(stock, template, origin, family.copies(&mut rng), &mut rng);
    let page = layout::lay_out(page, family, &mut rng);
    let template = template.name.clone();
    Document { id: format!("gen-{seed}-{index}"), text: page.text, spans: page.spans, template, origin: origin.name }
}
