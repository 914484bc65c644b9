//! Application logs: `app.log` with a planted identifier in one line of two hundred, and logs without any.

use super::dice::Dice;
use super::person::Person;
use super::sheet::Lines;
use super::values;
use super::words::{HOSTS, LOGGERS, MESSAGES, MONTHS, STEMS};

/// A clock that ticks a little with each line.
#[derive(Debug)]
pub struct Clock {
    milliseconds: u64,
}

impl Clock {
    /// Midnight of an ordinary day.
    pub fn new() -> Self {
        Clock { milliseconds: 0 }
    }

    /// Lets time pass and says what the time is. The day stays below 29, so that no calendar is needed.
    fn tick(&mut self, dice: &mut Dice) -> Stamp {
        self.milliseconds += dice.below(20);
        let seconds = self.milliseconds / 1000;
        Stamp {
            month: seconds / 86_400 / 28 % 12 + 1,
            day: seconds / 86_400 % 28 + 1,
            time: format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60),
            milliseconds: self.milliseconds % 1000,
        }
    }
}

struct Stamp {
    month: u64,
    day: u64,
    time: String,
    milliseconds: u64,
}

impl Stamp {
    fn date(&self) -> String {
        format!("2025-{:02}-{:02}", self.month, self.day)
    }

    fn log4j(&self) -> String {
        format!("{} {},{:03} ", self.date(), self.time, self.milliseconds)
    }
}

/// One line of `app.log`.
pub fn app_line(dice: &mut Dice, clock: &mut Clock, out: &mut Lines) {
    let now = clock.tick(dice);
    match dice.below(200) {
        0 => planted(dice, &now, out),
        1..60 => access(dice, &now, out),
        60..120 => plain(dice, &now, out),
        120..160 => json(dice, &now, out, true),
        160..185 => interface(dice, &now, out),
        185..197 => system(dice, &now, out),
        _ => stack(dice, &now, out),
    }
}

/// One line of a log that names nobody: no address, no URL, no identifier.
pub fn clean_line(dice: &mut Dice, clock: &mut Clock, out: &mut Lines) {
    let now = clock.tick(dice);
    match dice.below(10) {
        0..4 => plain(dice, &now, out),
        4..6 => json(dice, &now, out, false),
        6..8 => interface(dice, &now, out),
        8 => system(dice, &now, out),
        _ => stack(dice, &now, out),
    }
}

fn message(dice: &mut Dice) -> String {
    let number = dice.below(5000).to_string();
    dice.pick(MESSAGES).replace("{}", &number)
}

fn path(dice: &mut Dice) -> String {
    (0..dice.within(1, 3)).map(|_| dice.pick(STEMS)).collect::<Vec<_>>().join("/")
}

fn access(dice: &mut Dice, now: &Stamp, out: &mut Lines) {
    let month = &MONTHS[now.month as usize - 1][..3];
    let (ip, path, id, host) = (values::ip(dice), path(dice), values::uuid(dice), dice.pick(&HOSTS[..5]));
    let (status, size) = (dice.pick(&[200, 200, 200, 201, 204, 301, 304, 404, 500]), dice.below(90_000));
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let line = format!(
        "{ip} - - [{:02}/{month}/2025:{} +0000] \"GET /api/v2/{path}/{id}?page={} HTTP/1.1\" {status} {size} \
         \"https://{host}/{path}\" \"{agent}\"\n",
        now.day,
        now.time,
        dice.below(90)
    );
    out.text(&line);
}

fn plain(dice: &mut Dice, now: &Stamp, out: &mut Lines) {
    let level = dice.pick(&["INFO ", "INFO ", "DEBUG", "WARN ", "ERROR"]);
    let (thread, logger) = (dice.below(64), dice.pick(LOGGERS));
    let line = format!(
        "{}{level} [http-8080-exec-{thread}] {logger} - {} requestId={}\n",
        now.log4j(),
        message(dice),
        values::uuid(dice)
    );
    out.text(&line);
}

fn json(dice: &mut Dice, now: &Stamp, out: &mut Lines, with_address: bool) {
    let address = if with_address { format!("\"client_ip\":\"{}\",", values::ip(dice)) } else { String::new() };
    let line = format!(
        "{{\"ts\":\"{}T{}.{:03}Z\",\"level\":\"info\",\"logger\":\"{}\",\"trace_id\":\"{:016x}{:016x}\",\
         \"span_id\":\"{:016x}\",{address}\"path\":\"/api/v2/{}\",\"duration_ms\":{}.{:03},\"msg\":\"{}\"}}\n",
        now.date(),
        now.time,
        now.milliseconds,
        dice.pick(LOGGERS),
        dice.next(),
        dice.next(),
        dice.next(),
        path(dice),
        dice.below(900),
        dice.below(1000),
        message(dice)
    );
    out.text(&line);
}

fn interface(dice: &mut Dice, now: &Stamp, out: &mut Lines) {
    let line = format!(
        "{} {}.{:03} [MLLP-{}] DEBUG channel=ADT_IN msgCtl={:09} ack=AA bytes={} OBX|1|NM|{}-{}^GLUCOSE^LN||{}|mg/dL|70-110|N|||F\n",
        now.date(),
        now.time,
        now.milliseconds,
        6660 + dice.below(9),
        dice.below(1_000_000_000),
        dice.below(9000),
        dice.below(90_000),
        dice.below(9),
        dice.below(300)
    );
    out.text(&line);
}

fn system(dice: &mut Dice, now: &Stamp, out: &mut Lines) {
    let month = &MONTHS[now.month as usize - 1][..3];
    let line = format!(
        "{month} {:2} {} {} kubelet[{}]: pod_workers.go:{}] \"Synced pod\" pod=\"{}-{:010x}-{:05x}\" uid={} elapsed=0.{:06}s\n",
        now.day,
        now.time,
        dice.pick(&HOSTS[5..]),
        dice.below(40_000),
        dice.below(900),
        dice.pick(STEMS),
        dice.next() >> 24,
        dice.next() >> 44,
        values::uuid(dice),
        dice.below(1_000_000)
    );
    out.text(&line);
}

fn stack(dice: &mut Dice, now: &Stamp, out: &mut Lines) {
    let logger = dice.pick(LOGGERS);
    out.text(&format!("{}ERROR [http-8080-exec-{}] {logger} - unhandled\n", now.log4j(), dice.below(64)));
    out.text("java.net.SocketTimeoutException: Read timed out\n");
    for _ in 0..dice.within(6, 25) {
        let (package, class) = (dice.pick(STEMS), dice.pick(STEMS));
        out.text(&format!("\tat o.e.h.{package}.{class}Service.handle({class}Service.java:{})\n", dice.below(900)));
    }
}

/// A line that should never have been logged.
fn planted(dice: &mut Dice, now: &Stamp, out: &mut Lines) {
    let who = Person::new(dice);
    match dice.below(6) {
        0 => duplicate(&who, now, out),
        1 => reminder(&who, now, out),
        2 => pid_segment(&who, now, dice, out),
        3 => rejected_claim(&who, now, dice, out),
        4 => login(&who, now, dice, out),
        _ => eligibility(&who, now, dice, out),
    }
}

fn duplicate(who: &Person, now: &Stamp, out: &mut Lines) {
    out.text(&now.log4j()).text("WARN  [registration-2] o.e.h.reg.Duplicates - possible duplicate: patient ");
    out.plant("NAME", &who.name()).text(" MRN: ").plant("MRN", &who.mrn);
    out.text(" DOB ").plant("DATE", &who.born).text(" SSN ").plant("SSN", &who.ssn).text("\n");
}

fn reminder(who: &Person, now: &Stamp, out: &mut Lines) {
    out.text(&now.log4j()).text("DEBUG [sms-1] o.e.h.notify.Sms - reminder queued for ").plant("NAME", &who.turned());
    out.text(" phone=").plant("PHONE", &who.phone).text(" email=").plant("EMAIL", &who.email).text("\n");
}

fn pid_segment(who: &Person, now: &Stamp, dice: &mut Dice, out: &mut Lines) {
    let born = format!("{}{:02}{:02}", dice.within(1930, 2015), dice.within(1, 12), dice.within(1, 28));
    out.text(&now.log4j()).text("DEBUG [MLLP-6661] channel=ADT_IN raw=PID|1||").plant("MRN", &who.mrn);
    out.text("^^^HOSP^MR||").plant("NAME", &format!("{}^{}", who.family, who.given).to_uppercase());
    out.text("||").plant("DATE", &born).text("|F|||").plant("ADDRESS", &who.street);
    out.text("^^").plant("CITY", who.city).text("^").text(who.state).text("^").plant("ZIP", who.zip);
    out.text("||").plant("PHONE", &who.phone).text("|||||");
    out.plant("ACCOUNT", &format!("{:09}", dice.below(1_000_000_000))).text("|").plant("SSN", &who.ssn).text("\n");
}

fn rejected_claim(who: &Person, now: &Stamp, dice: &mut Dice, out: &mut Lines) {
    out.text(&format!("{{\"ts\":\"{}T{}.{:03}Z\",\"level\":\"error\",", now.date(), now.time, now.milliseconds));
    out.text("\"msg\":\"claim rejected\",\"patient\":{\"name\":\"").plant("NAME", &who.name());
    out.text("\",\"dob\":\"").plant("DATE", &who.born).text("\",\"mrn\":\"").plant("MRN", &who.mrn);
    out.text("\",\"email\":\"").plant("EMAIL", &who.email).text("\"},\"npi\":\"");
    out.plant("NPI", &values::npi(dice)).text("\"}\n");
}

fn login(who: &Person, now: &Stamp, dice: &mut Dice, out: &mut Lines) {
    out.text(&now.log4j()).text("INFO  [portal-7] o.e.h.portal.Login - user ").plant("EMAIL", &who.email);
    out.text(" (").plant("NAME", &who.name()).text(") logged in from ").plant("IP", &values::ip(dice));
    out.text(" device ").plant("MAC", &values::mac(dice)).text("\n");
}

fn eligibility(who: &Person, now: &Stamp, dice: &mut Dice, out: &mut Lines) {
    out.text(&now.log4j())
        .text("ERROR [elig-3] o.e.h.elig.Client - not found subscriber=")
        .plant("NAME", &who.turned());
    out.text(" member id ").plant("MBI", &values::mbi(dice)).text(" dob=").plant("DATE", &who.born);
    out.text(" tel ").plant("PHONE", &who.phone).text("\n");
}
