//! The 18 identifier categories of 45 CFR 164.514(b)(2)(i).

/// A Safe Harbor category, (A) to (R).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum SafeHarbor {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
    N,
    O,
    P,
    Q,
    R,
}

impl SafeHarbor {
    /// All categories in order.
    pub const ALL: [SafeHarbor; 18] = {
        use SafeHarbor::*;
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R]
    };

    /// The letter the regulation gives it.
    pub fn letter(self) -> char {
        char::from(b'A' + self as u8)
    }

    /// The category of that letter.
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter.as_bytes() {
            [byte @ b'A'..=b'R'] => Some(Self::ALL[usize::from(byte - b'A')]),
            _ => None,
        }
    }

    /// What it covers, in a few words.
    pub fn title(self) -> &'static str {
        use SafeHarbor::*;
        match self {
            A => "names",
            B => "geographic subdivisions smaller than a state",
            C => "dates (except year) and ages over 89",
            D => "telephone numbers",
            E => "fax numbers",
            F => "e-mail addresses",
            G => "Social Security numbers",
            H => "medical record numbers",
            I => "health plan beneficiary numbers",
            J => "account numbers",
            K => "certificate and license numbers",
            L => "vehicle identifiers and license plates",
            M => "device identifiers and serial numbers",
            N => "web URLs",
            O => "IP addresses",
            P => "biometric identifiers",
            Q => "full-face photographs and comparable images",
            R => "any other unique identifying number, characteristic or code",
        }
    }

    /// True where 45 CFR 164.514(e)(2) lets a limited data set keep the category: dates, ages, and town, city, State
    /// and ZIP code (street addresses, also category B, are not kept: see `Entity::limited_data_set`).
    pub fn may_stay_in_limited_data_set(self) -> bool {
        matches!(self, SafeHarbor::B | SafeHarbor::C | SafeHarbor::R)
    }
}
