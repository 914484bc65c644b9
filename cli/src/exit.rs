//! From results to exit codes.

use std::process::ExitCode;

use phisift::ErrorKind;
use phisift::scan::Totals;

/// Nothing found, everything read.
pub const OK: u8 = 0;
/// Something was found, everything was read.
pub const FOUND: u8 = 1;
/// A usage error, or nothing could go on.
pub const FATAL: u8 = 2;
/// Nothing was found, but something was not read.
pub const UNREAD: u8 = 3;
/// Something was found, and something was not read.
pub const FOUND_UNREAD: u8 = 4;
/// Interrupted from the keyboard.
pub const INTERRUPTED: u8 = 130;
/// The reader of the output went away: what a shell shows for SIGPIPE. Not 0, since the work was not finished.
pub const CLOSED: u8 = 141;

/// The exit code of a command's result. Errors take one line.
pub fn code_of(result: anyhow::Result<u8>) -> ExitCode {
    let code = result.unwrap_or_else(|error| {
        if is_closed(&error) {
            return CLOSED;
        }
        eprintln!("phisift: {}", one_line(&format!("{error:#}")));
        FATAL
    });
    ExitCode::from(code)
}

/// What a scan's totals mean.
pub fn code_of_scan(totals: &Totals, exit_zero: bool) -> u8 {
    match (totals.found(), totals.failures()) {
        _ if totals.interrupted => INTERRUPTED,
        _ if exit_zero => OK,
        (true, true) => FOUND_UNREAD,
        (false, true) => UNREAD,
        (true, false) => FOUND,
        (false, false) => OK,
    }
}

fn is_closed(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let ours = cause.downcast_ref::<phisift::Error>().is_some_and(|it| it.kind() == ErrorKind::Closed);
        let io = cause.downcast_ref::<std::io::Error>().is_some_and(|it| it.kind() == std::io::ErrorKind::BrokenPipe);
        ours || io
    })
}

fn one_line(message: &str) -> String {
    message.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_take_one_line() {
        assert_eq!(one_line("first\n  second\r\n\n"), "first; second");
    }

    #[test]
    fn an_interrupted_scan_says_so_whatever_was_asked() {
        let totals = Totals { interrupted: true, ..Totals::default() };
        assert_eq!(code_of_scan(&totals, true), INTERRUPTED);
        assert_eq!(code_of_scan(&Totals::default(), false), OK);
    }
}
