//! What a daemon tells the others, and the form in which it goes through the server.
//!
//! Wakes have channels of their own. Of jobs the names go along, several in one notification, so that whoever hears
//! of them asks the store only about those that it has somebody waiting for.

use std::collections::BTreeMap;

use platen_core::wire::JobRef;

use crate::storage::JobNews;
use crate::storage::sql::connection::{JobChange, News};

/// The channels.
pub(super) const WORK: &str = "platen_work";
pub(super) const DELIVERIES: &str = "platen_deliveries";
pub(super) const JOBS: &str = "platen_jobs";

/// Jobs that are told of by name. Of more it is only said that there were many.
const MAX_JOBS: usize = 1024;

/// PostgreSQL takes less than 8000 bytes.
const MAX_PAYLOAD_BYTES: usize = 7900;

/// Stands for jobs that are not named.
const MANY: &str = "*";

/// What was committed and not announced yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bulletin {
    pub(super) wakes: News,
    jobs: BTreeMap<(String, String), JobChange>,
    has_many: bool,
}

impl Bulletin {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn wake(&mut self, news: News) {
        self.wakes = self.wakes.and(news);
    }

    /// Of what happened to a job before its end only the end is told.
    pub(super) fn tell_of(&mut self, change: JobChange, site: String, job_id: String) {
        if self.jobs.len() >= MAX_JOBS {
            self.has_many = true;
            self.jobs.clear();
        }
        if !self.has_many {
            let told = self.jobs.entry((site, job_id)).or_insert(change);
            *told = change.max(*told);
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        let Self { wakes, jobs, has_many } = other;
        self.wake(wakes);
        self.has_many |= has_many;
        for ((site, job_id), change) in jobs {
            self.tell_of(change, site, job_id);
        }
    }

    /// The notifications, as channels and payloads.
    pub(super) fn notifications(&self) -> Vec<(&'static str, String)> {
        let mut notifications = Vec::new();
        for (news, channel) in [(News::WORK, WORK), (News::DELIVERIES, DELIVERIES)] {
            if self.wakes.has(news) {
                notifications.push((channel, String::new()));
            }
        }
        notifications.extend(self.payloads().into_iter().map(|payload| (JOBS, payload)));
        notifications
    }

    fn payloads(&self) -> Vec<String> {
        if self.has_many {
            return vec![MANY.to_owned()];
        }
        let mut payloads: Vec<String> = Vec::new();
        for ((site, job_id), change) in &self.jobs {
            let change = match change {
                JobChange::Moved => "moved",
                JobChange::Ended => "ended",
            };
            let line = format!("{change} {site} {job_id}\n");
            match payloads.last_mut() {
                Some(last) if last.len().saturating_add(line.len()) <= MAX_PAYLOAD_BYTES => {
                    last.push_str(&line);
                }
                Some(_) | None => payloads.push(line),
            }
        }
        payloads
    }
}

/// What a payload of [`JOBS`] says. What another version says, and is not understood, may be about any job.
pub(super) fn read_jobs(payload: &str) -> Vec<JobNews> {
    payload.lines().map(|line| read_job(line).unwrap_or(JobNews::Missed)).collect()
}

fn read_job(line: &str) -> Option<JobNews> {
    let mut words = line.split(' ');
    let (change, site, job_id) = (words.next()?, words.next()?, words.next()?);
    let job = JobRef { site: site.to_owned().try_into().ok()?, job_id: job_id.parse().ok()? };
    match change {
        "moved" => Some(JobNews::Moved(job)),
        "ended" => Some(JobNews::Ended(job)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use platen_core::clock::Timestamp;
    use platen_core::job::JobId;

    use super::*;

    fn job(number: u16) -> JobRef {
        let [high, low] = number.to_be_bytes();
        let job_id = JobId::generate(Timestamp::from_seconds(1), [0, 0, 0, 0, 0, 0, 0, 0, high, low]);
        JobRef { site: "blog".to_owned().try_into().unwrap(), job_id }
    }

    fn told(jobs: impl IntoIterator<Item = (JobChange, JobRef)>) -> Bulletin {
        let mut bulletin = Bulletin::default();
        for (change, job) in jobs {
            bulletin.tell_of(change, job.site.to_string(), job.job_id.to_string());
        }
        bulletin
    }

    fn heard(bulletin: &Bulletin) -> Vec<JobNews> {
        let notifications = bulletin.notifications();
        assert!(notifications.iter().all(|(channel, payload)| *channel == JOBS && payload.len() < 8000));
        notifications.iter().flat_map(|(_, payload)| read_jobs(payload)).collect()
    }

    #[test]
    fn what_is_told_is_heard_once_per_job() {
        let bulletin = told([
            (JobChange::Moved, job(1)),
            (JobChange::Ended, job(2)),
            (JobChange::Ended, job(1)),
            (JobChange::Moved, job(2)),
            (JobChange::Moved, job(3)),
        ]);

        let expected = [JobNews::Ended(job(1)), JobNews::Ended(job(2)), JobNews::Moved(job(3))];
        assert_eq!(heard(&bulletin), expected);
    }

    #[test]
    fn many_jobs_are_named_in_several_notifications() {
        let all = (0..1000).map(|number| (JobChange::Ended, job(number)));

        let bulletin = told(all);

        assert!(bulletin.notifications().len() > 1);
        assert_eq!(heard(&bulletin), (0..1000).map(|number| JobNews::Ended(job(number))).collect::<Vec<_>>());
    }

    #[test]
    fn too_many_jobs_to_name_are_any_job() {
        let mut bulletin = told((0..2000).map(|number| (JobChange::Moved, job(number))));
        bulletin.add(told([(JobChange::Ended, job(1))]));

        assert_eq!(heard(&bulletin), [JobNews::Missed]);
    }

    #[test]
    fn what_is_not_understood_may_be_about_any_job() {
        assert_eq!(read_jobs("paused blog x\nmoved"), [JobNews::Missed, JobNews::Missed]);
    }
}
