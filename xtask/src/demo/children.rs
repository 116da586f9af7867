//! Programs that run beside this one, and end with it.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{anyhow, Context, Result};

/// How long a program may take to end by itself after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// All of them; dropping this ends them.
#[derive(Default)]
pub(crate) struct Children(Vec<(String, Child)>);

impl Children {
    pub(crate) fn start(&mut self, name: &str, command: &mut Command) -> Result<()> {
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("starting the {name}"))?;
        self.0.push((name.to_string(), child));
        Ok(())
    }

    /// An error if one has ended, which none should before it's asked to.
    pub(crate) fn check(&mut self) -> Result<()> {
        for (name, child) in &mut self.0 {
            if let Some(status) = child.try_wait().with_context(|| format!("looking at the {name}"))? {
                return Err(anyhow!("the {name} ended by itself ({status}); what it said stands above"));
            }
        }
        Ok(())
    }

    /// Asks every program to end, waits a little, and ends those that did not.
    fn end(&mut self) {
        for (_, child) in &mut self.0 {
            ask_to_end(child);
        }
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline && self.0.iter_mut().any(|(_, child)| matches!(child.try_wait(), Ok(None))) {
            sleep(POLL);
        }
        for (_, child) in &mut self.0 {
            // Failing means that it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.end();
    }
}

/// The polite signal, which the standard library doesn't send; by `kill`, which every Unix has.
fn ask_to_end(child: &mut Child) {
    if matches!(child.try_wait(), Ok(None)) {
        let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).stderr(Stdio::null()).status();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_running(pid: u32) -> bool {
        Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
    }

    #[test]
    fn none_outlives_its_owner() {
        let mut children = Children::default();
        children.start("sleeper", Command::new("sleep").arg("60")).unwrap();
        let pid = children.0[0].1.id();
        children.check().unwrap();
        assert!(is_running(pid));
        drop(children);
        assert!(!is_running(pid));
    }

    #[test]
    fn one_that_ends_by_itself_is_named() {
        let mut children = Children::default();
        children.start("visitor", &mut Command::new("true")).unwrap();
        sleep(Duration::from_millis(200));
        assert!(children.check().unwrap_err().to_string().starts_with("the visitor ended by itself"));
    }
}
