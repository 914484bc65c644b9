//! Whose loop a segment stands in: as much of the implementation guides' structure as tells patients, subscribers,
//! relatives, providers and organisations apart (5010 guides of 270 to 278, 834, 835, 837).

/// Whom a loop is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Unknown,
    Patient,
    Subscriber,
    Relative,
    Provider,
    Organization,
}

impl Role {
    /// The word for it in the field table.
    pub(super) fn word(self) -> &'static [u8] {
        match self {
            Role::Unknown => b"",
            Role::Patient => b"patient",
            Role::Subscriber => b"subscriber",
            Role::Relative => b"relative",
            Role::Provider => b"provider",
            Role::Organization => b"organization",
        }
    }
}

/// Entity identifier codes (element 98) and what they stand for. Others of a person are providers, see [`of_entity`].
const ENTITIES: [(&[&[u8]], Role); 4] = [
    (&[b"IL", b"HK", b"70", b"74", b"GB", b"31"], Role::Subscriber),
    (&[b"QC", b"03", b"PW", b"45"], Role::Patient),
    (
        &[b"QD", b"S1", b"S2", b"S3", b"GD", b"E1", b"EI", b"EXS", b"LR", b"9K", b"J6", b"X4", b"6Y", b"G3"],
        Role::Relative,
    ),
    (
        &[
            b"PR", b"40", b"41", b"2B", b"PE", b"P5", b"IN", b"BO", b"TV", b"GP", b"36", b"M8", b"TT", b"AAE", b"SEP",
            b"TTP", b"GW", b"ACV", b"Y2", b"AY", b"Q4",
        ],
        Role::Organization,
    ),
];

/// The loop in hand.
#[derive(Debug, Default)]
pub(super) struct Loops {
    /// Whom it is about.
    pub(super) role: Role,
    /// Number, from 1, of the person in hand: what joins identifiers.
    pub(super) record: u64,
}

impl Loops {
    /// A transaction set ends.
    pub(super) fn leave(&mut self) {
        self.role = Role::Unknown;
    }

    /// A segment begins whose elements are `elements`, its name the first of them.
    pub(super) fn enter(&mut self, elements: &[&[u8]]) {
        let element = |number: usize| elements.get(number).copied().unwrap_or_default();
        match element(0) {
            b"ST" => self.begin(Role::Unknown),
            b"HL" => match element(3) {
                b"22" => self.begin(Role::Subscriber),
                b"23" | b"PT" => self.begin(Role::Patient),
                b"19" | b"21" => self.role = Role::Provider,
                b"20" => self.role = Role::Unknown,
                _ => self.role = Role::Patient,
            },
            b"INS" if element(1) == b"N" => self.begin(Role::Patient),
            b"INS" => self.begin(Role::Subscriber),
            b"CLP" => self.begin(Role::Patient),
            b"NM1" => self.role = of_entity(element(1)),
            b"N1" => self.role = if element(1) == b"PE" { Role::Provider } else { Role::Organization },
            b"SBR" => self.role = Role::Subscriber,
            b"CLM" | b"LX" | b"SVC" | b"PAT" => self.role = Role::Patient,
            _ => {}
        }
    }

    fn begin(&mut self, role: Role) {
        self.record += 1;
        self.role = role;
    }
}

fn of_entity(code: &[u8]) -> Role {
    ENTITIES.iter().find(|(codes, _)| codes.contains(&code)).map_or(Role::Provider, |(_, role)| *role)
}
