//! A person of a document and the ways a record writes the name.

use super::rng::Rng;
use super::stock::{Origin, Stock};
use super::{Label, Role};

#[derive(Clone)]
pub struct Person {
    pub role: Option<Role>,
    female: bool,
    given: String,
    /// A second given name, a patronymic or the father's name after "bin".
    middle: String,
    family: String,
    maiden: String,
    suffix: &'static str,
    nickname: Option<String>,
    family_first: bool,
    title: &'static str,
    kin: &'static str,
    credential: &'static str,
}

/// A piece of a written name: the name itself, or what stands around it.
pub type Piece = (String, Option<Label>);

const SUFFIXES: [&str; 7] = ["Jr.", "Jr", "III", "Sr.", "II", "IV", "Jr."];
const FEMALE_TITLES: [&str; 6] = ["Ms.", "Mrs.", "Ms", "Mrs", "Miss", "Ms."];
const MALE_TITLES: [&str; 4] = ["Mr.", "Mr", "Mr.", "Mr."];
const FEMALE_KIN: [&str; 13] = [
    "mother",
    "wife",
    "daughter",
    "sister",
    "aunt",
    "grandmother",
    "mom",
    "niece",
    "cousin",
    "partner",
    "mother-in-law",
    "stepmother",
    "granddaughter",
];
const MALE_KIN: [&str; 13] = [
    "father",
    "husband",
    "son",
    "brother",
    "uncle",
    "grandfather",
    "dad",
    "nephew",
    "cousin",
    "partner",
    "son-in-law",
    "stepfather",
    "grandson",
];
const PROVIDER_CREDENTIALS: [&str; 14] =
    ["MD", "MD", "MD", "M.D.", "DO", "D.O.", "MD, PhD", "MD, FACS", "NP", "PA-C", "DNP", "MD, MPH", "MBBS", "FNP-BC"];
const STAFF_CREDENTIALS: [&str; 12] =
    ["RN", "RN", "R.N.", "LPN", "BSN, RN", "CNA", "MA", "RT", "PharmD", "LCSW", "PT, DPT", "RD"];
/// Nicknames written between quotes.
const NICKNAMES: [&str; 24] = [
    "Bob", "Bill", "Jack", "Chip", "Buddy", "Skip", "Red", "Betty", "Peggy", "Kitty", "Dot", "Bubba", "Tito", "Mimi",
    "Lolo", "Ace", "Sunny", "Duke", "Tommy", "Cece", "Junie", "Gigi", "Mack", "Tiny",
];
const GIVEN_NICKNAMES: [(&str, &str); 20] = [
    ("Robert", "Bob"),
    ("William", "Bill"),
    ("Margaret", "Peggy"),
    ("Elizabeth", "Liz"),
    ("Elizabeth", "Betty"),
    ("James", "Jim"),
    ("John", "Jack"),
    ("Michael", "Mike"),
    ("Richard", "Rick"),
    ("Katherine", "Kate"),
    ("Patricia", "Patty"),
    ("Charles", "Chuck"),
    ("Thomas", "Tom"),
    ("Joseph", "Joe"),
    ("Francisco", "Paco"),
    ("José", "Pepe"),
    ("Aleksandr", "Sasha"),
    ("Samuel", "Sam"),
    ("Deborah", "Deb"),
    ("Susan", "Sue"),
];

impl Person {
    pub fn new(stock: &Stock, origin: &Origin, role: Option<Role>, rng: &mut Rng) -> Person {
        let female = rng.percent(52);
        let credentials: &[&str] = if role == Some(Role::Staff) { &STAFF_CREDENTIALS } else { &PROVIDER_CREDENTIALS };
        Person {
            role,
            female,
            given: given_name(stock, origin, female, rng),
            middle: middle_name(stock, origin, female, rng),
            family: family_name(stock, origin, rng),
            maiden: stock.family(origin, rng),
            suffix: if !female && rng.percent(6) { rng.choose(&SUFFIXES) } else { "" },
            nickname: rng.percent(30).then(|| rng.choose(&NICKNAMES).to_owned()),
            family_first: rng.percent(origin.family_first),
            title: if female { rng.choose(&FEMALE_TITLES) } else { rng.choose(&MALE_TITLES) },
            kin: if female { rng.choose(&FEMALE_KIN) } else { rng.choose(&MALE_KIN) },
            credential: rng.choose(credentials),
        }
    }

    /// Takes the family name of a relative.
    pub fn marry(&mut self, other: &Person) {
        self.family.clone_from(&other.family);
    }

    /// Writes the names in plain ASCII, as many systems do.
    pub fn fold(&mut self) {
        for name in [&mut self.given, &mut self.middle, &mut self.family, &mut self.maiden] {
            *name = fold(name);
        }
    }

    /// The pieces of a form: `full`, in capitals `FULL`, in lower case `lower_full`.
    pub fn write(&self, form: &str, rng: &mut Rng) -> Option<Vec<Piece>> {
        if let Some(form) = form.strip_prefix("lower_") {
            return Some(recase(self.write(form, rng)?, |text| text.to_lowercase()));
        }
        if form.chars().any(|c| c.is_ascii_uppercase()) && !form.chars().any(|c| c.is_ascii_lowercase()) {
            return Some(recase(self.write(&form.to_ascii_lowercase(), rng)?, |text| text.to_uppercase()));
        }
        self.name(form, rng).map(|text| vec![(text, Some(Label::Name))]).or_else(|| self.composed(form, rng)).or_else(
            || {
                let word = self.word(form)?;
                Some(vec![(word, None)])
            },
        )
    }

    /// The forms that are nothing but a name.
    fn name(&self, form: &str, rng: &mut Rng) -> Option<String> {
        let text = match form {
            "full" => self.full(rng),
            "plain" => self.plain(),
            "formal" => self.formal(rng),
            "first" => self.given.clone(),
            "last" => self.family.clone(),
            "nick" => self.short_given().to_owned(),
            "initial_last" => self.initial_last(rng),
            "first_initial" => format!("{} {}{}", self.given, initial(&self.family), rng.choose(&[".", ""])),
            "last_comma_first" => self.last_comma_first(rng),
            "first_last" => format!("{} {}", self.given, self.family),
            "nick_last" => format!("{} {}", self.short_given(), self.family),
            "last_comma_given" => format!("{}{}{}", self.family, rng.choose(&[", ", ", ", ","]), self.given),
            "last_caret_first" => format!("{}^{}", self.family, self.given),
            "last_first" => format!("{} {}", self.family, self.given),
            "last_first_middle" => format!("{} {} {}", self.family, self.given, initial(&self.middle)),
            "quoted" => format!("{} \"{}\" {}", self.given, self.short_given(), self.family),
            "hl7" => self.hl7(rng),
            "user" => self.user(rng),
            _ => return None,
        };
        Some(text)
    }

    /// The forms with a title or a credential, which are no part of the name.
    fn composed(&self, form: &str, rng: &mut Rng) -> Option<Vec<Piece>> {
        let around = |before: &str, name: String, after: &str| {
            vec![(before.to_owned(), None), (name, Some(Label::Name)), (after.to_owned(), None)]
        };
        let pieces = match form {
            "mr" => around(&format!("{} ", self.title), self.family.clone(), ""),
            "mr_full" => around(&format!("{} ", self.title), self.plain(), ""),
            "dr" => around(rng.choose(&["Dr. ", "Dr. ", "Dr ", "Doctor "]), self.family.clone(), ""),
            "dr_full" => around(rng.choose(&["Dr. ", "Dr. ", "Dr ", "Prof. "]), self.full(rng), ""),
            "signed" => self.signed(rng),
            "nee" => {
                let mut pieces = around("", self.plain(), rng.choose(&[" (née ", " (nee ", " née ", " (maiden name "]));
                let closing = if pieces[2].0.contains('(') { ")" } else { "" };
                pieces.extend([(self.maiden.clone(), Some(Label::Name)), (closing.to_owned(), None)]);
                pieces
            }
            "email" => vec![(self.email(rng), Some(Label::Email))],
            _ => return None,
        };
        Some(pieces)
    }

    /// The words that go with the person but name nobody.
    fn word(&self, form: &str) -> Option<String> {
        let (female, male) = match form {
            "he" => ("she", "he"),
            "He" => ("She", "He"),
            "his" => ("her", "his"),
            "His" => ("Her", "His"),
            "him" => ("her", "him"),
            "man" => ("woman", "man"),
            "sex" => ("female", "male"),
            "Sex" => ("Female", "Male"),
            "s" => ("F", "M"),
            "kin" => (self.kin, self.kin),
            "title" => (self.title, self.title),
            "cred" => (self.credential, self.credential),
            "uid" => return Some(self.user_id()),
            "initials" => return Some(format!("{}{}", initial(&self.given), initial(&self.family))),
            _ => return None,
        };
        Some(if self.female { female } else { male }.to_owned())
    }

    fn plain(&self) -> String {
        if self.family_first {
            return format!("{} {}", self.family, self.given);
        }
        format!("{} {}", self.given, self.family)
    }

    fn full(&self, rng: &mut Rng) -> String {
        if self.family_first || rng.percent(58) {
            return self.with_suffix(self.plain(), rng);
        }
        match rng.below(12) {
            0 => self.initial_last(rng),
            3 => format!("{} {}", self.given, self.family.to_uppercase()),
            1 if self.nickname.is_some() => format!("{} \"{}\" {}", self.given, self.short_given(), self.family),
            2 if self.nickname.is_some() => format!("{} ({}) {}", self.given, self.short_given(), self.family),
            _ => self.formal(rng),
        }
    }

    fn formal(&self, rng: &mut Rng) -> String {
        let whole = self.middle.contains(' ') || rng.percent(40);
        let middle =
            if whole { self.middle.clone() } else { format!("{}{}", initial(&self.middle), rng.choose(&[".", ""])) };
        self.with_suffix(format!("{} {middle} {}", self.given, self.family), rng)
    }

    fn with_suffix(&self, name: String, rng: &mut Rng) -> String {
        if self.suffix.is_empty() {
            return name;
        }
        format!("{name}{}{}", rng.choose(&[" ", " ", ", "]), self.suffix)
    }

    fn initial_last(&self, rng: &mut Rng) -> String {
        let (first, second) = (initial(&self.given), initial(&self.middle));
        match rng.below(6) {
            0 => format!("{first} {}", self.family),
            1 => format!("{first}. {second}. {}", self.family),
            2 => format!("{first}.{second}. {}", self.family),
            3 => format!("{first}.{}", self.family),
            _ => format!("{first}. {}", self.family),
        }
    }

    fn last_comma_first(&self, rng: &mut Rng) -> String {
        let comma = rng.choose(&[", ", ", ", ", ", ","]);
        let middle = match rng.below(5) {
            0 => format!(" {}", initial(&self.middle)),
            1 => format!(" {}.", initial(&self.middle)),
            2 => format!(" {}", self.middle),
            _ => String::new(),
        };
        let suffix =
            if self.suffix.is_empty() { String::new() } else { format!(" {}", self.suffix.trim_end_matches('.')) };
        format!("{}{suffix}{comma}{}{middle}", self.family, self.given)
    }

    fn signed(&self, rng: &mut Rng) -> Vec<Piece> {
        let name = match rng.below(6) {
            0 => self.initial_last(rng),
            1 => self.last_comma_first(rng),
            2 => self.formal(rng),
            _ => self.plain(),
        };
        let gap = rng.choose(&[", ", ", ", " "]);
        vec![(name, Some(Label::Name)), (format!("{gap}{}", self.credential), None)]
    }

    fn hl7(&self, rng: &mut Rng) -> String {
        let middle = rng.choose(&["", "^", "^^"]);
        let name = match rng.below(3) {
            0 => format!("{}^{}", self.family, self.given),
            1 => format!("{}^{}^{}{middle}", self.family, self.given, initial(&self.middle)),
            _ => format!("{}^{}^{}", self.family, self.given, self.middle),
        };
        match rng.below(4) {
            0 => name,
            1 => name.to_lowercase(),
            _ => name.to_uppercase(),
        }
        .trim_end_matches('^')
        .to_owned()
    }

    fn user(&self, rng: &mut Rng) -> String {
        format!("{}{}{}", letters(&self.given), rng.choose(&[".", ".", ".", "_"]), letters(&self.family))
    }

    fn user_id(&self) -> String {
        let number = self.family.len() * 7 + self.given.len();
        let family = letters(&self.family);
        format!("{}{}{number:02}", letters(&initial(&self.given)), family.chars().take(6).collect::<String>())
    }

    fn email(&self, rng: &mut Rng) -> String {
        let local = match rng.below(3) {
            0 => self.user_id(),
            _ => self.user(rng),
        };
        let hosts = ["example.org", "example.com", "mail.example.net", "hospital.example", "clinic.example.org"];
        format!("{local}@{}", rng.choose(&hosts))
    }

    fn short_given(&self) -> &str {
        let known = GIVEN_NICKNAMES.iter().find(|(given, _)| *given == self.given).map(|(_, nickname)| *nickname);
        known.or(self.nickname.as_deref()).unwrap_or(&self.given)
    }
}

fn given_name(stock: &Stock, origin: &Origin, female: bool, rng: &mut Rng) -> String {
    let given = stock.given(origin, female, rng);
    if origin.family_first > 0 || given.contains(['-', ' ']) || !rng.percent(2) {
        return given;
    }
    format!("{given}{}{}", rng.choose(&["-", " "]), stock.given(origin, female, rng))
}

fn middle_name(stock: &Stock, origin: &Origin, female: bool, rng: &mut Rng) -> String {
    if let Some(patronymic) = stock.patronymic(origin, female, rng) {
        return patronymic;
    }
    if !origin.joiners.is_empty() && rng.percent(40) {
        return format!("{} {}", rng.choose(origin.joiners), stock.given(origin, false, rng));
    }
    stock.given(origin, female, rng)
}

fn family_name(stock: &Stock, origin: &Origin, rng: &mut Rng) -> String {
    let family = stock.family(origin, rng);
    if rng.percent(origin.two_families) {
        return format!("{family}{}{}", rng.choose(&[" ", " ", "-", " y "]), stock.family(origin, rng));
    }
    family
}

fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphabetic()).map(|c| c.to_uppercase().to_string()).unwrap_or_default()
}

/// The letters of a name as user ids have them: plain and in lower case.
fn letters(name: &str) -> String {
    fold(name).to_lowercase().chars().filter(|c| c.is_ascii_alphabetic() || *c == '-').collect()
}

fn recase(pieces: Vec<Piece>, case: impl Fn(&str) -> String) -> Vec<Piece> {
    pieces.into_iter().map(|(text, label)| (case(&text), label)).collect()
}

/// Letters with a mark, and the plain ones that stand for them.
const FOLDED: [(&str, &str); 29] = [
    ("àáâãäåāăą", "a"),
    ("ÀÁÂÃÄÅĀĂĄ", "A"),
    ("çćč", "c"),
    ("ÇĆČ", "C"),
    ("èéêëēęěẹ", "e"),
    ("ÈÉÊËĒĘĚ", "E"),
    ("ìíîïīı", "i"),
    ("ÌÍÎÏĪİ", "I"),
    ("ñńň", "n"),
    ("ÑŃŇ", "N"),
    ("òóôõöøōőọ", "o"),
    ("ÒÓÔÕÖØŌŐỌ", "O"),
    ("ùúûüūůű", "u"),
    ("ÙÚÛÜŪŮŰ", "U"),
    ("ýÿ", "y"),
    ("Ý", "Y"),
    ("śšşșṣ", "s"),
    ("ŚŠŞȘ", "S"),
    ("źżž", "z"),
    ("ŹŻŽ", "Z"),
    ("ł", "l"),
    ("Ł", "L"),
    ("ğ", "g"),
    ("đ", "d"),
    ("Đ", "D"),
    ("ß", "ss"),
    ("æ", "ae"),
    ("ř", "r"),
    ("ţț", "t"),
];

fn fold(name: &str) -> String {
    let plain = |c: char| FOLDED.iter().find(|(marked, _)| marked.contains(c)).map(|(_, plain)| *plain);
    let mut text = String::new();
    for character in name.chars().filter(|c| *c != 'ʻ') {
        match plain(character) {
            Some(letters) => text.push_str(letters),
            None => text.push(character),
        }
    }
    text
}
