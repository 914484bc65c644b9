//! Claims as a table whose header names the columns.

use super::dice::Dice;
use super::person::Person;
use super::sheet::Lines;
use super::values;
use super::words::CODES;

/// The header of `claims.csv`.
pub const HEADER: &str =
    "claim_id,first_name,last_name,dob,ssn,mrn,street,city,state,zip,phone,email,icd10,npi,service_date,amount\n";

/// One row.
pub fn claim(dice: &mut Dice, number: u64, out: &mut Lines) {
    let who = Person::new(dice);
    let born = format!("{}-{:02}-{:02}", dice.within(1930, 2014), dice.within(1, 12), dice.within(1, 28));
    let served = format!("{:02}/{:02}/2024", dice.within(1, 12), dice.within(1, 28));
    out.text(&format!("C{number:09},")).plant("NAME", who.given).text(",").plant("NAME", who.family);
    out.text(",").plant("DATE", &born).text(",").plant("SSN", &who.ssn).text(",").plant("MRN", &who.mrn);
    out.text(",").plant("ADDRESS", &who.street).text(",").plant("CITY", who.city).text(",").text(who.state);
    out.text(",").plant("ZIP", who.zip).text(",").plant("PHONE", &who.phone).text(",").plant("EMAIL", &who.email);
    out.text(",").text(dice.pick(CODES)).text(",").plant("NPI", &values::npi(dice)).text(",").plant("DATE", &served);
    out.text(&format!(",{}.{:02}\n", dice.below(9000), dice.below(100)));
}
