//! Messages and images: HL7 v2, X12, DICOM; mail; a copy of patients among test data.

use super::File;
use super::people::Person;

/// The files.
pub fn files(people: &[Person]) -> Vec<File> {
    let mut files = vec![
        (
            "messages/adt-2024-11.hl7".into(),
            people[4..20].iter().enumerate().flat_map(|it| admission(it.0, it.1)).collect(),
        ),
        ("messages/claims-837p.x12".into(), claims(&people[8..14])),
        ("mail/referrals.mbox".into(), mailbox(&people[0..6])),
        ("test-data/patients_copy.csv".into(), copy(&people[0..15])),
        ("test-data/invented.csv".into(), b"id,name,amount\n1,widget,12.50\n2,gadget,7.25\n".to_vec()),
    ];
    for (number, person) in people[20..23].iter().enumerate() {
        files.push((format!("imaging/CT{:06}.dcm", number + 1), image(number, person)));
    }
    files
}

fn admission(number: usize, it: &Person) -> Vec<u8> {
    let (id, day) = (810_000 + number, 1 + number % 28);
    format!(
        "MSH|^~\\&|REG|HARBORVIEW|LAB|HARBORVIEW|202411{day:02}0830||ADT^A01^ADT_A01|{id}|P|2.5.1\r\
         EVN|A01|202411{day:02}0830\r\
         PID|1||{mrn}^^^HARBORVIEW^MR||{last}^{first}||{born}|{sex}|||{address}^^{city}^{state}^{zip}||{phone}|||||||{ssn}\r\
         PV1|1|I|3W^312^A^HARBORVIEW|||||||MED\r\
         DG1|1||{dx}^^I10|||A\r",
        mrn = it.mrn,
        last = it.last.to_uppercase(),
        first = it.first.to_uppercase(),
        born = it.born_compact(),
        sex = it.sex,
        address = it.address,
        city = it.city,
        state = it.state,
        zip = it.zip,
        phone = it.phone,
        ssn = it.ssn,
        dx = it.diagnosis,
    )
    .into_bytes()
}

fn claims(people: &[Person]) -> Vec<u8> {
    let mut segments = vec![
        "ISA*00*          *00*          *ZZ*HARBORVIEW     *ZZ*PAYER          *241104*0830*^*00501*000000101*0*P*:"
            .into(),
        "GS*HC*HARBORVIEW*PAYER*20241104*0830*101*X*005010X222A1".into(),
        "ST*837*0001*005010X222A1".into(),
        "BHT*0019*00*101*20241104*0830*CH".to_owned(),
        "NM1*85*2*HARBORVIEW GENERAL*****XX*1245319599".into(),
    ];
    for (number, it) in people.iter().enumerate() {
        segments.push(format!("HL*{}**22*0", number + 1));
        segments.push(format!("NM1*IL*1*{}*{}****MI*W{}", it.last.to_uppercase(), it.first.to_uppercase(), it.mrn));
        segments.push(format!("N3*{}", it.address.to_uppercase()));
        segments.push(format!("N4*{}*{}*{}", it.city.to_uppercase(), it.state, it.zip));
        segments.push(format!("DMG*D8*{}*{}", it.born_compact(), it.sex));
        segments.push(format!("REF*EA*{}", it.mrn));
        segments.push(format!("CLM*A{}*{}***11:B:1*Y*A*Y*Y", 5000 + number, 120 + number * 15));
        segments.push(format!("HI*ABK:{}", it.diagnosis.replace('.', "")));
        segments.push(format!("DTP*472*D8*202410{:02}", 2 + number));
    }
    segments.push(format!("SE*{}*0001", segments.len() - 1));
    segments.extend(["GE*1*101".to_owned(), "IEA*1*000000101".into()]);
    segments.iter().map(|it| format!("{it}~\n")).collect::<String>().into_bytes()
}

fn mailbox(people: &[Person]) -> Vec<u8> {
    let mut out = String::new();
    for (number, it) in people.iter().enumerate() {
        let day = 4 + number;
        out += &format!(
            "From front.desk@example.org Mon Nov {day:02} 09:12:00 2024\n\
             From: Front Desk <front.desk@example.org>\n\
             To: Scheduling <scheduling@example.net>\n\
             Date: Mon, {day:02} Nov 2024 09:12:00 -0500\n\
             Subject: Referral for {first} {last}\n\
             Content-Type: text/plain; charset=utf-8\n\n\
             Please schedule {first} {last} (DOB {born}, MRN {mrn}) with cardiology.\n\
             Diagnosis {dx}. Patient can be reached at {phone} or {email}.\n\n",
            first = it.first,
            last = it.last,
            born = it.born_us(),
            mrn = it.mrn,
            dx = it.diagnosis,
            phone = it.phone,
            email = it.email,
        );
    }
    out.into_bytes()
}

fn copy(people: &[Person]) -> Vec<u8> {
    let mut out = String::from("mrn,name,dob,ssn,diagnosis\n");
    for it in people {
        out += &format!("{},{} {},{},{},{}\n", it.mrn, it.first, it.last, it.born, it.ssn, it.diagnosis);
    }
    out.into_bytes()
}

/// A DICOM file of explicit little-endian elements without pixels (PS3.10).
fn image(number: usize, it: &Person) -> Vec<u8> {
    let uid = format!("1.2.826.0.1.3680043.10.1.{}", number + 1);
    let mut meta = Vec::new();
    element(&mut meta, (0x0002, 0x0002), "UI", "1.2.840.10008.5.1.4.1.1.2");
    element(&mut meta, (0x0002, 0x0003), "UI", &uid);
    element(&mut meta, (0x0002, 0x0010), "UI", "1.2.840.10008.1.2.1");
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    out.extend_from_slice(&[0x02, 0x00, 0x00, 0x00, b'U', b'L', 4, 0]);
    out.extend_from_slice(&(meta.len() as u32).to_le_bytes());
    out.extend_from_slice(&meta);
    let name = format!("{}^{}", it.last.to_uppercase(), it.first.to_uppercase());
    for (tag, kind, value) in [
        ((0x0008, 0x0016), "UI", "1.2.840.10008.5.1.4.1.1.2"),
        ((0x0008, 0x0018), "UI", uid.as_str()),
        ((0x0008, 0x0020), "DA", "20241104"),
        ((0x0008, 0x0050), "SH", "ACC0093817"),
        ((0x0008, 0x0060), "CS", "CT"),
        ((0x0008, 0x0080), "LO", "Harborview General"),
        ((0x0008, 0x1030), "LO", "CT chest with contrast"),
        ((0x0010, 0x0010), "PN", name.as_str()),
        ((0x0010, 0x0020), "LO", it.mrn.as_str()),
        ((0x0010, 0x0030), "DA", it.born_compact().as_str()),
        ((0x0010, 0x0040), "CS", it.sex.as_str()),
        ((0x0010, 0x1040), "LO", it.address.as_str()),
    ] {
        element(&mut out, tag, kind, value);
    }
    out
}

fn element(out: &mut Vec<u8>, (group, number): (u16, u16), kind: &str, value: &str) {
    let mut value = value.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(if kind == "UI" { 0 } else { b' ' });
    }
    out.extend_from_slice(&group.to_le_bytes());
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(&(value.len() as u16).to_le_bytes());
    out.extend_from_slice(&value);
}
