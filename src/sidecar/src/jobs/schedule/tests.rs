use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn lane(number: i64, priority: Priority, site: &str, waiting: usize) -> LaneLoad {
    LaneLoad {
        lane: LaneNo(number),
        priority,
        site: site.to_owned().try_into().unwrap(),
        model: "default".to_owned(),
        waiting,
        running: 0,
        running_here: 0,
        taken_at: 0,
    }
}

fn limits(slots: usize) -> Limits {
    Limits { slots, ..Limits::default() }
}

/// Plays a daemon with one slot that is always free again: which lane gets each of the next turns.
fn turns(lanes: &[LaneLoad], count: usize) -> Vec<i64> {
    let (mut lanes, mut passes) = (lanes.to_vec(), Passes::default());
    let mut order = Vec::new();
    for now in 1.. {
        if order.len() == count {
            break;
        }
        let overview = Overview { lanes: lanes.clone() };
        let picks = pick(&limits(1), &mut passes, &overview, 1);
        let Some(pick) = picks.first() else { break };
        let taken = lanes.iter_mut().find(|lane| lane.lane == pick.lane).unwrap();
        taken.waiting -= 1;
        taken.taken_at = now;
        order.push(pick.lane.0);
    }
    order
}

fn share(order: &[i64], lane: i64) -> usize {
    order.iter().filter(|other| **other == lane).count()
}

#[test]
fn priorities_have_their_shares_and_none_starves() {
    let lanes = [
        lane(1, Priority::High, "a", 1_000),
        lane(2, Priority::Standard, "a", 1_000),
        lane(3, Priority::Batch, "a", 1_000),
    ];

    let order = turns(&lanes, 210);

    assert_eq!([share(&order, 1), share(&order, 2), share(&order, 3)], [160, 40, 10]);
}

#[test]
fn whoever_comes_back_has_saved_nothing_up() {
    let mut passes = Passes::default();
    let alone = Overview { lanes: vec![lane(1, Priority::High, "a", 1_000)] };
    pick(&limits(1_000), &mut passes, &alone, 500);
    let both =
        Overview { lanes: vec![lane(1, Priority::High, "a", 100), lane(2, Priority::Batch, "a", 100)] };

    let picks = pick(&limits(1_000), &mut passes, &both, 17);

    assert_eq!(picks, [Pick { lane: LaneNo(1), count: 16 }, Pick { lane: LaneNo(2), count: 1 }]);
}

#[test]
fn a_site_with_many_jobs_delays_another_site_s_single_job_by_one() {
    let mut busy = lane(1, Priority::Standard, "busy", 10_000);
    busy.taken_at = 5;
    let single = lane(2, Priority::Standard, "single", 1);

    assert_eq!(turns(&[busy, single], 3), [2, 1, 1]);
}

#[test]
fn slots_are_shared_evenly_between_sites_whatever_their_lanes() {
    let overview = Overview {
        lanes: vec![
            LaneLoad { model: "x".to_owned(), ..lane(1, Priority::Standard, "a", 100) },
            LaneLoad { model: "y".to_owned(), ..lane(2, Priority::Standard, "a", 100) },
            lane(3, Priority::Standard, "b", 100),
        ],
    };

    let picks = pick(&limits(8), &mut Passes::default(), &overview, 8);

    let count = |lane: i64| picks.iter().find(|pick| pick.lane.0 == lane).map_or(0, |pick| pick.count);
    assert_eq!([count(1), count(2), count(3)], [2, 2, 4]);
}

#[test]
fn batch_work_leaves_slots_free() {
    let overview = Overview { lanes: vec![lane(1, Priority::Batch, "a", 1_000)] };
    let taken = |slots| pick(&limits(slots), &mut Passes::default(), &overview, slots);

    assert_eq!(taken(32), [Pick { lane: LaneNo(1), count: 28 }]);
    assert_eq!(taken(2), [Pick { lane: LaneNo(1), count: 1 }]);
    assert_eq!(taken(1), [Pick { lane: LaneNo(1), count: 1 }], "it does not starve either");
}

#[test]
fn limits_count_what_runs_already() {
    let mut running = lane(1, Priority::Standard, "a", 100);
    running.running = 3;
    let overview = Overview { lanes: vec![running, lane(2, Priority::Standard, "b", 100)] };
    let limits = || {
        let mut limits = limits(100);
        limits.provider_of_model.insert("default".to_owned(), "openai".to_owned());
        limits
    };
    let taken = |limits: &Limits| {
        let picks = pick(limits, &mut Passes::default(), &overview, 100);
        picks.iter().map(|pick| pick.count).sum::<usize>()
    };
    let name = || "default".to_owned();

    assert_eq!(taken(&Limits { site: Some(5), ..limits() }), 7);
    assert_eq!(taken(&Limits { models: [(name(), 5)].into(), ..limits() }), 2);
    assert_eq!(taken(&Limits { providers: [("openai".to_owned(), 4)].into(), ..limits() }), 1);
    let full = ("a".to_owned().try_into().unwrap(), 3);
    assert_eq!(taken(&Limits { sites: [full].into(), ..limits() }), 100, "all of them go to the other site");
}

fn any_overview() -> impl Strategy<Value = Overview> {
    let priority = prop_oneof![Just(Priority::High), Just(Priority::Standard), Just(Priority::Batch)];
    let load = (priority, 0_usize..4, 0_usize..3, 0_usize..20, 0_usize..5, 0_i64..9);
    proptest::collection::vec(load, 0..20).prop_map(|loads| {
        let lanes =
            (1..).zip(loads).map(|(number, (priority, site, model, waiting, running, taken_at))| LaneLoad {
                model: format!("model-{model}"),
                running,
                running_here: running,
                taken_at,
                ..lane(number, priority, &format!("site-{site}"), waiting)
            });
        Overview { lanes: lanes.collect() }
    })
}

proptest! {
    /// No limit is passed, nothing is taken that does not wait, and no slot stays free that could be used.
    #[test]
    fn picks_respect_every_limit_and_waste_nothing(
        overview in any_overview(), slots in 0_usize..40, per_site in 1_usize..10, per_model in 1_usize..10,
    ) {
        let mut limits = limits(64);
        limits.site = Some(per_site);
        limits.models = (0..3).map(|model| (format!("model-{model}"), per_model)).collect();

        let picks = pick(&limits, &mut Passes::default(), &overview, slots);

        let taken: BTreeMap<LaneNo, usize> = picks.iter().map(|pick| (pick.lane, pick.count)).collect();
        prop_assert_eq!(taken.len(), picks.len(), "each lane is named once");
        let count = |matches: &dyn Fn(&LaneLoad) -> bool| {
            let lanes = overview.lanes.iter().filter(|lane| matches(lane));
            lanes.map(|lane| lane.running + taken.get(&lane.lane).copied().unwrap_or(0)).sum::<usize>()
        };
        for lane in &overview.lanes {
            let own = taken.get(&lane.lane).copied().unwrap_or(0);
            prop_assert!(own <= lane.waiting);
            let (site, model) =
                (count(&|other| other.site == lane.site), count(&|other| other.model == lane.model));
            prop_assert!(own == 0 || (site <= per_site && model <= per_model));
            let batch = count(&|other| other.priority == Priority::Batch);
            let is_batch_full = lane.priority == Priority::Batch && batch >= limits.batch();
            let could_run = own < lane.waiting && site < per_site && model < per_model && !is_batch_full;
            let used: usize = taken.values().sum();
            prop_assert!(!could_run || used == slots, "lane {:?} was left out", lane.lane);
        }
    }
}
