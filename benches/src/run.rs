//! Runs a command once and says what it cost.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// User and system time of the process.
    pub cpu: Duration,
    /// Time on the wall.
    pub wall: Duration,
    /// Peak resident memory in bytes.
    pub peak: u64,
}

/// Runs the command to its end. Exit codes other than those in `accepted` are errors: a bench of a failing command
/// measures nothing.
#[cfg(unix)]
pub fn measure(command: &mut Command, accepted: &[i32]) -> Result<Cost> {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;
    use std::time::Instant;

    use anyhow::Context;

    let name = command.get_program().to_string_lossy().into_owned();
    let begun = Instant::now();
    let child = command.spawn().with_context(|| format!("start {name}"))?;
    let (status, usage) = wait(child.id()).with_context(|| format!("wait for {name}"))?;
    let wall = begun.elapsed();
    let status = ExitStatus::from_raw(status);
    if !status.code().is_some_and(|code| accepted.contains(&code)) {
        bail!("{name} ended with {status}");
    }
    Ok(Cost { cpu: time(usage.ru_utime) + time(usage.ru_stime), wall, peak: peak(&usage) })
}

/// Elsewhere there is no `wait4`.
#[cfg(not(unix))]
pub fn measure(_command: &mut Command, _accepted: &[i32]) -> Result<Cost> {
    bail!("the benches need a Unix: they read the child's CPU time and memory from wait4")
}

/// `wait4` rather than `Child::wait`, which does not tell what the child used.
#[cfg(unix)]
#[allow(unsafe_code)]
fn wait(id: u32) -> std::io::Result<(i32, libc::rusage)> {
    let mut status = 0;
    // SAFETY: rusage is plain data for which all zeroes is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both pointers are to live locals of the right type; the child is ours and not waited for elsewhere.
        let done = unsafe { libc::wait4(id as libc::pid_t, &raw mut status, 0, &raw mut usage) };
        if done >= 0 {
            return Ok((status, usage));
        }
        let error = std::io::Error::last_os_error();
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

#[cfg(unix)]
fn time(value: libc::timeval) -> Duration {
    Duration::from_micros(value.tv_sec as u64 * 1_000_000 + value.tv_usec as u64)
}

/// `ru_maxrss` counts kilobytes, except on macOS, where it counts bytes.
#[cfg(unix)]
fn peak(usage: &libc::rusage) -> u64 {
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    usage.ru_maxrss as u64 * unit
}

/// The middle value; 0 of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_value() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(Vec::new()), 0.0);
    }

    #[cfg(unix)]
    #[test]
    fn costs_are_told_and_failures_are_errors() {
        let cost = measure(Command::new("true").arg("x"), &[0]).unwrap();
        assert!(cost.peak > 0);
        assert!(measure(&mut Command::new("false"), &[0]).is_err());
    }
}
