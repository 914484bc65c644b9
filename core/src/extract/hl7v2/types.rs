//! Data types of the fields whose components belong together (HL7 v2.5.1 to v2.8, chapters 2A, 3, 4, 6, 7, 8, 9, 10, 15).

/// How a field's components are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// XPN: family, given and further names of a person; read as one.
    Name,
    /// XCN: a person's identifier and names.
    Person,
    /// CX: an identifier and its type.
    Id,
    /// PLN: a practitioner's identifier and its type.
    License,
    /// XTN: a telephone number or an address for mail, in one piece or in parts.
    Telecom,
    /// Any other.
    Other,
}

/// Fields of a segment by type.
struct Row {
    segment: &'static [u8; 3],
    names: &'static [u8],
    people: &'static [u8],
    ids: &'static [u8],
    telecoms: &'static [u8],
}

const fn row(
    segment: &'static [u8; 3],
    names: &'static [u8],
    people: &'static [u8],
    ids: &'static [u8],
    telecoms: &'static [u8],
) -> Row {
    Row { segment, names, people, ids, telecoms }
}

const ROWS: [Row; 39] = [
    row(b"PID", &[5, 6, 9], &[], &[2, 3, 4, 18, 21], &[13, 14, 40]),
    row(b"OBX", &[], &[16, 25], &[], &[]),
    row(b"OBR", &[], &[10, 16, 28], &[], &[17]),
    row(b"ORC", &[], &[10, 11, 12, 19], &[], &[14, 23]),
    row(b"PV1", &[], &[7, 8, 9, 17, 52], &[5, 19, 50], &[]),
    row(b"PV2", &[], &[13], &[], &[]),
    row(b"PD1", &[], &[4], &[], &[]),
    row(b"NK1", &[2, 26, 30], &[], &[12, 33], &[5, 6, 31, 40, 41]),
    row(b"GT1", &[3, 4, 16, 42, 45], &[], &[2, 19], &[6, 7, 18, 46]),
    row(b"IN1", &[6, 16], &[14], &[2, 3, 49], &[7]),
    row(b"IN2", &[7, 9, 40, 49, 52], &[3], &[1, 26, 61], &[50, 53, 58, 63, 64]),
    row(b"IN3", &[], &[3, 8, 14, 25], &[2], &[13, 16, 19]),
    row(b"MRG", &[7], &[], &[1, 2, 3, 4, 5, 6], &[]),
    row(b"EVN", &[], &[5], &[], &[]),
    row(b"ACC", &[], &[7], &[], &[]),
    row(b"DG1", &[], &[16], &[], &[]),
    row(b"PR1", &[], &[8, 11, 12], &[], &[]),
    row(b"FT1", &[], &[20, 21, 24], &[], &[]),
    row(b"RXA", &[], &[10], &[], &[]),
    row(b"RXD", &[], &[10, 11], &[], &[]),
    row(b"RXE", &[], &[13, 14], &[], &[]),
    row(b"RXO", &[], &[14], &[], &[]),
    row(b"SCH", &[], &[12, 16, 20], &[], &[13, 17, 21]),
    row(b"ARQ", &[], &[15, 19], &[], &[16, 20]),
    row(b"TXA", &[], &[5, 9, 10, 11, 22, 23], &[], &[]),
    row(b"ROL", &[], &[4], &[], &[12]),
    row(b"AIP", &[], &[3], &[], &[]),
    row(b"STF", &[3], &[], &[2], &[10]),
    row(b"PRD", &[2], &[], &[], &[5]),
    row(b"CTD", &[2], &[], &[], &[5]),
    row(b"PDA", &[], &[5], &[], &[]),
    row(b"DB1", &[], &[], &[3], &[]),
    row(b"PRA", &[], &[], &[], &[]),
    row(b"CM0", &[], &[3], &[], &[]),
    row(b"QRD", &[], &[8], &[], &[]),
    row(b"IAM", &[14], &[], &[], &[]),
    row(b"PES", &[], &[2], &[], &[4]),
    row(b"PEO", &[25], &[], &[], &[]),
    row(b"BTX", &[], &[12, 13], &[], &[]),
];

/// The fields of a segment whose types matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Types(Option<&'static Row>);

impl std::fmt::Debug for Row {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&String::from_utf8_lossy(self.segment))
    }
}

impl Types {
    pub(super) fn of(segment: [u8; 3]) -> Types {
        Types(ROWS.iter().find(|row| *row.segment == segment))
    }

    /// The type of a field.
    pub(super) fn field(self, number: usize) -> Type {
        let (Some(row), Ok(number)) = (self.0, u8::try_from(number)) else { return Type::Other };
        let kinds = [
            (row.names, Type::Name),
            (row.people, Type::Person),
            (row.ids, Type::Id),
            (row.telecoms, Type::Telecom),
            (licenses(*row.segment), Type::License),
        ];
        kinds.into_iter().find(|(fields, _)| fields.contains(&number)).map_or(Type::Other, |(_, kind)| kind)
    }
}

/// Fields of type PLN.
fn licenses(segment: [u8; 3]) -> &'static [u8] {
    match &segment {
        b"PRD" | b"CTD" => &[7],
        b"PRA" => &[6],
        _ => &[],
    }
}
