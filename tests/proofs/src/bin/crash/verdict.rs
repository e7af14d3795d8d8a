//! Compares what was promised with what the daemon and the sites know.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter, Write};
use std::time::{Duration, Instant};

use anyhow::bail;
use platen_core::wire::{Reply, Request, Trace};
use proofs::daemon::{Daemon, Home};
use proofs::faults::Faults;
use proofs::jobs::{answer, reference};
use proofs::receiver::Event;
use proofs::socket::Client;
use tokio::time::sleep;

use crate::blows::Figures;
use crate::ledger::{Accepted, Ledger};

/// How long nothing may come to an end.
const STANDSTILL: Duration = Duration::from_mins(1);

/// How often the unsettled jobs are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Jobs that are shown with their traces.
const SHOWN: usize = 5;

/// The moments that end a job.
const ENDS: [&str; 3] = ["job.succeeded", "job.dead", "job.cancelled"];

/// Waits until every accepted job has ended and was told, or nothing moves any more; gives all traces.
pub(crate) async fn settle(
    home: &Home,
    daemon: &mut Daemon,
    ledger: &Ledger,
) -> anyhow::Result<HashMap<String, Trace>> {
    let mut client = Client::connect(&home.socket()).await?;
    let mut traces = HashMap::new();
    let mut open = ledger.jobs();
    let mut moved = Instant::now();
    while !open.is_empty() && moved.elapsed() < STANDSTILL {
        daemon.check(home)?;
        let mut still_open = Vec::new();
        for job in open {
            let trace = match client.call(&Request::Trace(reference(&job.site, &job.id))).await? {
                Reply::Hops(trace) => trace,
                // Seen as lost by the verdict.
                Reply::Refusal(_) => continue,
                other => bail!("the daemon answered a trace with {other:?}"),
            };
            let is_settled = count(&trace, &ENDS) > 0 && count(&trace, &["webhook.delivered"]) > 0;
            traces.insert(job.id.to_string(), trace);
            if is_settled {
                moved = Instant::now();
            } else {
                still_open.push(job);
            }
        }
        open = still_open;
        sleep(LOOK).await;
    }
    Ok(traces)
}

fn count(trace: &Trace, names: &[&str]) -> usize {
    trace.hops.iter().filter(|hop| names.contains(&hop.name.as_str())).count()
}

/// What is told besides the verdict.
pub(crate) struct Report {
    pub(crate) jobs: u64,
    pub(crate) took: Duration,
    pub(crate) figures: Figures,
    pub(crate) calls: usize,
    pub(crate) failed: u64,
}

/// Whether the promises were kept.
pub(crate) struct Verdict {
    accepted: usize,
    finished: usize,
    effects: usize,
    lost: usize,
    doubled: usize,
    faults: Vec<String>,
    text: String,
}

/// What is wrong with a job.
enum Wrong {
    Lost(&'static str),
    Doubled(&'static str),
    Other(String),
}

impl Verdict {
    pub(crate) fn of(
        report: &Report,
        ledger: &Ledger,
        traces: &HashMap<String, Trace>,
        events: &HashMap<String, Event>,
        faults: &Faults,
    ) -> Self {
        let mut by_job: HashMap<&str, Vec<&Event>> = HashMap::new();
        for event in events.values() {
            by_job.entry(&event.job_id).or_default().push(event);
        }
        let jobs = ledger.jobs();
        let mut verdict = Self {
            accepted: jobs.len(),
            finished: 0,
            effects: events.len(),
            lost: 0,
            doubled: 0,
            faults: faults.all(),
            text: String::new(),
        };
        let mut wrong = Vec::new();
        for job in &jobs {
            let trace = traces.get(job.id.as_str());
            let told = by_job.remove(job.id.as_str()).unwrap_or_default();
            verdict.finished += usize::from(trace.is_some_and(|trace| count(trace, &ENDS) > 0));
            let Some(what) = judge(job, trace, &told) else { continue };
            match &what {
                Wrong::Lost(_) => verdict.lost += 1,
                Wrong::Doubled(_) => verdict.doubled += 1,
                Wrong::Other(fault) => verdict.faults.push(fault.clone()),
            }
            wrong.push((job, what, trace));
        }
        for job in by_job.keys() {
            verdict.faults.push(format!("job {job} was told and nobody holds a receipt for it"));
        }
        if u64::try_from(verdict.accepted) != Ok(report.jobs) {
            verdict.faults.push(format!("{} jobs were to be accepted", report.jobs));
        }
        verdict.text = verdict.describe(report, ledger, events, &wrong).unwrap_or_default();
        verdict
    }

    pub(crate) fn is_proved(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.faults.is_empty()
    }

    fn describe(
        &self,
        report: &Report,
        ledger: &Ledger,
        events: &HashMap<String, Event>,
        wrong: &[(&Accepted, Wrong, Option<&Trace>)],
    ) -> Result<String, fmt::Error> {
        let mut text = String::new();
        for fault in &self.faults {
            writeln!(text, "fault: {fault}")?;
        }
        for (job, what, trace) in wrong.iter().take(SHOWN) {
            writeln!(text, "job {} (number {}) of {}: {what}", job.id, job.number, job.site)?;
            for hop in trace.iter().flat_map(|trace| &trace.hops) {
                writeln!(text, "  {}  {:24} {}", hop.at, hop.name, hop.detail)?;
            }
        }
        let ended = |kind: &str| events.values().filter(|event| event.kind == kind).count();
        let (broken, repeated, cancelled) = ledger.troubles();
        writeln!(
            text,
            "jobs: {} succeeded, {} dead, {} cancelled ({cancelled} asked for), {repeated} handed over twice, in {:.1} s",
            ended("job.succeeded"),
            ended("job.dead"),
            ended("job.cancelled"),
            report.took.as_secs_f64(),
        )?;
        writeln!(text, "provider: {} of {} calls failed", report.failed, report.calls)?;
        let mut starts = report.figures.starts.clone();
        starts.sort_unstable();
        let at = |place: usize| starts.get(place).copied().unwrap_or_default();
        writeln!(
            text,
            "kills: {}, {broken} broken connections; back after {:.0?} (median), {:.0?} (longest)",
            report.figures.kills,
            at(starts.len() / 2),
            at(starts.len().saturating_sub(1)),
        )?;
        match report.figures.disk {
            Some(disk) => writeln!(
                text,
                "disk: full for {:.1?}, {} refusals; the next job was accepted {:.0?} after it had room",
                disk.full_for, disk.refusals, disk.recovered_after,
            )?,
            None => writeln!(text, "disk: was not made full")?,
        }
        Ok(text)
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { accepted, finished, effects, lost, doubled, faults: _, text } = self;
        write!(
            f,
            "{text}accepted {accepted} finished {finished} effects {effects} lost {lost} doubled {doubled}"
        )
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(what) => write!(f, "lost: {what}"),
            Self::Doubled(what) => write!(f, "doubled: {what}"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

fn judge(job: &Accepted, trace: Option<&Trace>, told: &[&Event]) -> Option<Wrong> {
    let Some(trace) = trace else { return Some(Wrong::Lost("the daemon does not know it")) };
    let ends: Vec<&str> =
        trace.hops.iter().map(|hop| hop.name.as_str()).filter(|name| ENDS.contains(name)).collect();
    let (end, event) = match (&ends[..], told) {
        ([], _) => return Some(Wrong::Lost("it did not end")),
        ([_, _, ..], _) => return Some(Wrong::Doubled("it ended more than once")),
        (_, []) => return Some(Wrong::Lost("its site was not told")),
        (_, [_, _, ..]) => return Some(Wrong::Doubled("its site was told of more than one end")),
        ([end], [event]) => (*end, *event),
    };
    if event.kind != end {
        return Some(Wrong::Other(format!("job {} ended with {end}, its site heard {}", job.id, event.kind)));
    }
    let expected = (end == "job.succeeded").then(|| answer(job.number));
    if event.text != expected {
        return Some(Wrong::Other(format!("job {} was answered with {:?}", job.id, event.text)));
    }
    None
}

#[cfg(test)]
mod tests {
    use platen_core::clock::Timestamp;
    use platen_core::job::{Hop, JobId};
    use serde_json::Value;

    use super::*;

    fn job() -> Accepted {
        let id = JobId::generate(Timestamp::from_seconds(1), [1; 10]);
        Accepted { number: 7, site: "one".to_owned().try_into().unwrap(), id }
    }

    fn trace(hops: &[&str]) -> Trace {
        let at = Timestamp::from_seconds(1);
        let hop = |name: &&str| Hop { name: (*name).to_owned(), at, detail: Value::Null };
        Trace { job_id: job().id, request_id: String::new(), hops: hops.iter().map(hop).collect() }
    }

    fn verdict(hops: &[&str], told: &[&Event]) -> String {
        judge(&job(), Some(&trace(hops)), told).map_or_else(|| "right".to_owned(), |wrong| wrong.to_string())
    }

    #[test]
    fn only_one_end_with_one_event_and_the_right_answer_is_right() {
        let event = |kind, text| Event::new(job().id.as_str(), kind, text);
        let succeeded = event("job.succeeded", Some(answer(7)));
        let other = event("job.succeeded", Some(answer(8)));
        let dead = event("job.dead", None);

        assert_eq!(verdict(&["job.leased", "job.succeeded"], &[&succeeded]), "right");
        assert_eq!(verdict(&["job.dead"], &[&dead]), "right");
        assert!(verdict(&["job.leased"], &[]).starts_with("lost"));
        assert!(verdict(&["job.succeeded"], &[]).starts_with("lost"));
        assert!(verdict(&["job.dead", "job.succeeded"], &[&succeeded]).starts_with("doubled"));
        assert!(verdict(&["job.succeeded"], &[&succeeded, &dead]).starts_with("doubled"));
        assert!(verdict(&["job.succeeded"], &[&dead]).contains("its site heard job.dead"));
        assert!(verdict(&["job.succeeded"], &[&other]).contains("was answered with"));
        assert!(judge(&job(), None, &[]).is_some());
    }
}
