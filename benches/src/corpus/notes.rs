//! Clinical notes, dense with identifiers.

use super::dice::Dice;
use super::person::Person;
use super::sheet::Lines;
use super::values;
use super::words::{CODES, PLACES, SENTENCES};

/// One admission note.
pub fn note(dice: &mut Dice, words: &[String], out: &mut Lines) {
    let (who, doctor, spouse) = (Person::new(dice), Person::new(dice), Person::new(dice));
    header(dice, &who, &doctor, out);
    story(dice, words, &who, &spouse, out);
    extras(dice, &who, out);
    out.text("Electronically signed by ").plant("NAME", &doctor.name()).text(", MD on ");
    out.plant("DATE", &values::date(dice, 2018, 2024)).text("\n\n");
}

fn header(dice: &mut Dice, who: &Person, doctor: &Person, out: &mut Lines) {
    out.text("ADMISSION NOTE\nPatient: ").plant("NAME", &who.name()).text("   MRN: ").plant("MRN", &who.mrn);
    out.text("   DOB: ").plant("DATE", &who.born).text("   SSN: ").plant("SSN", &who.ssn);
    out.text("\nAddress: ").plant("ADDRESS", &who.street).text(", ").plant("CITY", who.city);
    out.text(", ").text(who.state).text(" ").plant("ZIP", who.zip).text("   Phone: ").plant("PHONE", &who.phone);
    out.text("   Email: ").plant("EMAIL", &who.email).text("\nAccount #: ");
    out.plant("ACCOUNT", &format!("{:010}", dice.below(10_000_000_000))).text("   Medicare ID: ");
    out.plant("MBI", &values::mbi(dice)).text("   Attending: Dr. ").plant("NAME", &doctor.name());
    out.text(" NPI ").plant("NPI", &values::npi(dice)).text(" DEA ").plant("DEA", &values::dea(dice, doctor.family));
    out.text("\n\n");
}

fn story(dice: &mut Dice, words: &[String], who: &Person, spouse: &Person, out: &mut Lines) {
    out.plant("NAME", who.given).text(&format!(" is a {} year old admitted on ", dice.within(20, 88)));
    out.plant("DATE", &values::date(dice, 2018, 2024)).text(" with ").text(dice.pick(CODES)).text(". ");
    sentences(dice, 2, out);
    out.text("Mr. ").plant("NAME", who.family).text(" was transferred from ").text(dice.pick(PLACES)).text(" on ");
    out.plant("DATE", &values::date(dice, 2018, 2024)).text(". ");
    sentences(dice, 1, out);
    let filler: Vec<&str> = (0..25).map(|_| words[dice.below(words.len() as u64) as usize].as_str()).collect();
    out.text("Also ").text(&filler.join(" ")).text(". Spoke with spouse ").plant("NAME", &spouse.name());
    out.text(" at ").plant("PHONE", &spouse.phone).text(". ");
    let more = dice.within(1, 5);
    sentences(dice, more, out);
    out.text("\n");
}

fn sentences(dice: &mut Dice, count: u64, out: &mut Lines) {
    for _ in 0..count {
        out.text(dice.pick(SENTENCES)).text(" ");
    }
}

/// What only some notes say.
fn extras(dice: &mut Dice, who: &Person, out: &mut Lines) {
    if dice.once_in(10) {
        out.text("Vehicle VIN ").plant("VIN", &values::vin(dice)).text(" involved in collision; plate noted by EMS.\n");
    }
    if dice.once_in(10) {
        out.text("Card on file ").plant("CARD", &values::card(dice)).text(" for copay.\n");
    }
    if dice.once_in(10) {
        out.text("Device serial SN-").plant("DEVICE", &format!("{:010X}", dice.next() >> 24));
        out.text(" implanted; remote monitor at ").plant("IP", &values::ip(dice)).text(".\n");
    }
    if dice.once_in(5) {
        out.text("Portal: ").plant("URL", &format!("https://portal.example.org/patient/{}", who.mrn)).text("\n");
    }
}
