//! Runs a command once and says what it cost.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use wait4::Wait4;

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
pub fn measure(command: &mut Command, accepted: &[i32]) -> Result<Cost> {
    let name = command.get_program().to_string_lossy().into_owned();
    let begun = Instant::now();
    let mut child = command.spawn().with_context(|| format!("start {name}"))?;
    let used = child.wait4().with_context(|| format!("wait for {name}"))?;
    let wall = begun.elapsed();
    if !used.status.code().is_some_and(|code| accepted.contains(&code)) {
        bail!("{name} ended with {}", used.status);
    }
    Ok(Cost { cpu: used.rusage.utime + used.rusage.stime, wall, peak: used.rusage.maxrss })
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
