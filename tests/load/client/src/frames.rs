use std::ops::Range;

use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{ChatPayload, JobId, JobSpec, Message, Priority, Role, SiteId, Work};
use platen_core::wire::{Request, Submit, SubmitMany, encode};
use platen_sidecar::clock::SystemClock;
use serde_json::value::to_raw_value;

/// Users whose jobs these are.
const SUBJECTS: usize = 1_000;

/// Frames that are ready to be sent.
pub(crate) struct Frames(Vec<Vec<u8>>);

impl Frames {
    /// A Submit for each job.
    pub(crate) fn single(site: &str, jobs: usize) -> anyhow::Result<Self> {
        let maker = Maker::new(site)?;
        Ok(Self((0..jobs).map(|number| maker.submit(number)).collect::<anyhow::Result<_>>()?))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, number: usize) -> Option<&[u8]> {
        self.0.get(number).map(Vec::as_slice)
    }
}

/// Makes the jobs of one run.
pub(crate) struct Maker {
    site: SiteId,
    began_at: Timestamp,
    /// Keeps the keys of one run apart from those of another.
    run: u64,
}

impl Maker {
    pub(crate) fn new(site: &str) -> anyhow::Result<Self> {
        let began_at = SystemClock.now();
        let run = u64::try_from(began_at.as_micros())?;
        Ok(Self { site: site.to_owned().try_into()?, began_at, run })
    }

    fn submit(&self, number: usize) -> anyhow::Result<Vec<u8>> {
        let submit = Submit { site: self.site.clone(), job: self.job(number) };
        frame(&Request::Submit(Box::new(submit)))
    }

    pub(crate) fn batch(&self, numbers: Range<usize>) -> anyhow::Result<Vec<u8>> {
        let jobs = numbers.map(|number| to_raw_value(&self.job(number))).collect::<Result<_, _>>()?;
        frame(&Request::SubmitMany(SubmitMany { site: self.site.clone(), jobs }))
    }

    fn job(&self, number: usize) -> JobSpec {
        let place = number as u64;
        let mut random = [0; 10];
        let bytes = self.run.to_be_bytes().into_iter().skip(6).chain(place.to_be_bytes());
        random.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        JobSpec {
            id: JobId::generate(self.began_at, random),
            // A site's key is random, which is the worst case for an index.
            idempotency_key: format!("{:016x}-{}", spread(place ^ self.run), self.run),
            request_id: format!("{number:032x}"),
            traceparent: None,
            prompt_hash: None,
            subject: Some(format!("user:{}", number % SUBJECTS)),
            conversation: None,
            priority: Priority::Standard,
            run_at: None,
            deadline_ms: None,
            created_at: self.began_at,
            work: Work::Chat(ChatPayload {
                model: "default".to_owned(),
                messages: vec![Message {
                    role: Role::User,
                    // Another question in each run: the same one of a moment ago is the same job.
                    content: format!(
                        "What does page {number} of {} say about opening hours in winter?",
                        self.run
                    ),
                }],
                max_output_tokens: Some(500),
                temperature: None,
                cache: None,
            }),
        }
    }
}

fn frame(request: &Request) -> anyhow::Result<Vec<u8>> {
    let (tag, body) = request.encode()?;
    Ok(encode(tag, &body)?)
}

/// Numbers that follow each other, thrown far apart.
fn spread(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}
