//! Who is next: how free slots are shared between priorities, sites and models. Pure: it sees numbers and
//! gives numbers, and the store carries them out.
//!
//! Three rules, in this order:
//! 1. A limit is never passed: of a provider, a model, a site, and of batch work as a whole, which leaves
//!    slots free so that urgent work never waits behind it.
//! 2. Between priorities each has its share ([`Priority::weight`]): stride scheduling, where every priority
//!    has a pass that grows by the inverse of its weight with each slot it gets, and the smallest pass is next.
//!    One that had nothing to do gathers no claim.
//! 3. Within a priority the site with the fewest running steps is next, and of equals the one that was served
//!    the longest time ago; so is the lane within the site. Within a lane the store keeps the turns of users.

mod limits;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use platen_core::job::{Priority, SiteId};

use super::store::Policy;
pub use limits::Limits;

/// Names a lane in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneNo(pub i64);

/// What waits and what runs.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Lanes in which something is due or runs.
    pub lanes: Vec<LaneLoad>,
}

/// One lane.
#[derive(Clone, Debug)]
pub struct LaneLoad {
    /// Its name in the store.
    pub lane: LaneNo,
    /// How urgent its steps are.
    pub priority: Priority,
    /// Whose steps they are.
    pub site: SiteId,
    /// The model they call, by its alias; empty for steps that call none.
    pub model: String,
    /// Steps that are due; a store may stop counting at the number of free slots.
    pub waiting: usize,
    /// Steps that run, of all daemons.
    pub running: usize,
    /// Those of them that run in the daemon that asks.
    pub running_here: usize,
    /// When a step of it was taken last, in microseconds; 0 for never.
    pub taken_at: i64,
}

/// How many steps of a lane to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The lane.
    pub lane: LaneNo,
    /// How many.
    pub count: usize,
}

/// How far each priority has got, in the order of [`Priority::ALL`]. The only thing that one decision hands
/// to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passes([u64; 3]);

/// The policy of one daemon. Its passes live in memory: after a restart everyone stands at the beginning.
pub fn policy(limits: Limits) -> Policy {
    let passes = Mutex::new(Passes::default());
    Arc::new(move |overview, slots| pick(&limits, &mut passes.lock(), overview, slots))
}

/// Chooses for up to `slots` free slots. The picks are in the order in which they were chosen.
pub fn pick(limits: &Limits, passes: &mut Passes, overview: &Overview, slots: usize) -> Vec<Pick> {
    let mut round = Round::new(limits, overview);
    let mut picks: Vec<Pick> = Vec::new();
    for _ in 0..slots {
        let Some(chosen) = round.choose(passes) else { break };
        let Some(load) = overview.lanes.get(chosen) else { break };
        match picks.iter_mut().find(|pick| pick.lane == load.lane) {
            Some(pick) => pick.count = pick.count.saturating_add(1),
            None => picks.push(Pick { lane: load.lane, count: 1 }),
        }
    }
    picks
}

/// The counts of one decision, with the picks made so far.
struct Round<'a> {
    limits: &'a Limits,
    lanes: &'a [LaneLoad],
    waiting: Vec<usize>,
    running: Vec<usize>,
    /// In which order a lane was picked in this round; later than everything before it.
    served: Vec<(i64, usize)>,
    by_model: HashMap<&'a str, usize>,
    by_provider: HashMap<&'a str, usize>,
    by_site: HashMap<&'a SiteId, usize>,
    by_site_and_priority: HashMap<(&'a SiteId, Priority), SiteLoad>,
    batch_here: usize,
    picked: usize,
}

/// A site within a priority.
#[derive(Clone, Copy, Default)]
struct SiteLoad {
    running: usize,
    served: (i64, usize),
}

impl<'a> Round<'a> {
    fn new(limits: &'a Limits, overview: &'a Overview) -> Self {
        let lanes = &overview.lanes[..];
        let mut round = Self {
            limits,
            lanes,
            waiting: lanes.iter().map(|lane| lane.waiting).collect(),
            running: lanes.iter().map(|lane| lane.running).collect(),
            served: lanes.iter().map(|lane| (lane.taken_at, 0)).collect(),
            by_model: HashMap::new(),
            by_provider: HashMap::new(),
            by_site: HashMap::new(),
            by_site_and_priority: HashMap::new(),
            batch_here: 0,
            picked: 0,
        };
        for lane in lanes {
            round.add(lane, lane.running, lane.running_here, (lane.taken_at, 0));
        }
        round
    }

    /// Counts steps of a lane as running.
    fn add(&mut self, lane: &'a LaneLoad, running: usize, here: usize, served: (i64, usize)) {
        if let Some(provider) = self.limits.provider_of(&lane.model) {
            *self.by_provider.entry(provider).or_default() += running;
        }
        *self.by_model.entry(&lane.model).or_default() += running;
        *self.by_site.entry(&lane.site).or_default() += running;
        let site = self.by_site_and_priority.entry((&lane.site, lane.priority)).or_default();
        site.running += running;
        site.served = site.served.max(served);
        if lane.priority == Priority::Batch {
            self.batch_here += here;
        }
    }

    /// Picks one step, and books it.
    fn choose(&mut self, passes: &mut Passes) -> Option<usize> {
        let heads = Priority::ALL.map(|priority| self.head(priority));
        let priority = passes.next(heads.map(|head| head.is_some()))?;
        let [high, standard, batch] = heads;
        let chosen = match priority {
            Priority::High => high,
            Priority::Standard => standard,
            Priority::Batch => batch,
        }?;
        let lane = self.lanes.get(chosen)?;
        self.picked += 1;
        let served = (i64::MAX, self.picked);
        for (counts, change) in [(&mut self.waiting, -1_isize), (&mut self.running, 1)] {
            if let Some(count) = counts.get_mut(chosen) {
                *count = count.saturating_add_signed(change);
            }
        }
        if let Some(place) = self.served.get_mut(chosen) {
            *place = served;
        }
        self.add(lane, 1, 1, served);
        Some(chosen)
    }

    /// The lane of this priority that is next.
    fn head(&self, priority: Priority) -> Option<usize> {
        if priority == Priority::Batch && self.batch_here >= self.limits.batch() {
            return None;
        }
        let candidates = self.lanes.iter().enumerate().filter(|(place, lane)| {
            lane.priority == priority
                && self.waiting.get(*place).is_some_and(|waiting| *waiting > 0)
                && self.has_room(lane)
        });
        let order = |(place, lane): &(usize, &LaneLoad)| {
            let site = self.by_site_and_priority.get(&(&lane.site, priority)).copied().unwrap_or_default();
            let running = self.running.get(*place).copied().unwrap_or_default();
            let served = self.served.get(*place).copied().unwrap_or_default();
            (site.running, site.served, running, served, lane.lane)
        };
        candidates.min_by_key(order).map(|(place, _)| place)
    }

    fn has_room(&self, lane: &LaneLoad) -> bool {
        let count = |running: Option<&usize>| running.copied().unwrap_or_default();
        let provider = self.limits.provider_of(&lane.model);
        count(self.by_site.get(&lane.site)) < self.limits.of_site(&lane.site)
            && count(self.by_model.get(lane.model.as_str())) < self.limits.of_model(&lane.model)
            && provider.is_none_or(|provider| {
                count(self.by_provider.get(provider)) < self.limits.of_provider(provider)
            })
    }
}

impl Passes {
    /// The pass that the heaviest priority pays for each slot is 1.
    fn stride(priority: Priority) -> u64 {
        u64::from(Priority::High.weight() / priority.weight())
    }

    /// The priority that gets the next slot, among those that can use it.
    fn next(&mut self, can_use: [bool; 3]) -> Option<Priority> {
        let places = || Priority::ALL.into_iter().zip(can_use);
        let passes = self.0;
        let (pass, priority) = places()
            .zip(passes)
            .filter(|((_, can_use), _)| *can_use)
            .map(|((priority, _), pass)| (pass, priority))
            .min()?;
        for ((other, can_use), place) in places().zip(&mut self.0) {
            let stride = Self::stride(other);
            if other == priority {
                *place = pass.saturating_add(stride);
            } else if !can_use {
                // Whoever comes back stands where everyone else is now: nothing was saved up.
                *place = (*place).max(pass.saturating_add(stride));
            }
        }
        Some(priority)
    }
}

#[cfg(test)]
mod tests;
