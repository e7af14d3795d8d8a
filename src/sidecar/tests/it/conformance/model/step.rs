use platen_core::job::Priority;
use proptest::prelude::*;

/// What may happen. Numbers that name a job, a lease or an event are taken modulo how many there are.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Submit { user: u8, priority: Priority, delay_s: u64, life_s: u64 },
    SubmitAgain { job: usize },
    SubmitOther { job: usize },
    Lease { owner: usize, slots: usize },
    Complete { lease: usize },
    Retry { lease: usize, wait_s: u64 },
    GiveUp { lease: usize },
    GiveBack { lease: usize, wait_s: u64 },
    Renew { lease: usize },
    Append { lease: usize },
    Crash { owner: usize },
    Expire,
    Wait { seconds: u64 },
    Cancel { job: usize },
    Replay { job: usize },
    Tell { event: usize },
    Erase { user: u8 },
}

pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let priority = prop_oneof![Just(Priority::High), Just(Priority::Standard), Just(Priority::Batch)];
    let delay = prop_oneof![4 => Just(0_u64), 1 => 1_u64..60];
    let life = prop_oneof![4 => Just(3_600_u64), 1 => 1_u64..60];
    let later = prop_oneof![2 => Just(0_u64), 1 => 1_u64..60];
    let user = 0_u8..3;
    prop_oneof![
        8 => (user.clone(), priority, delay, life)
            .prop_map(|(user, priority, delay_s, life_s)| Step::Submit { user, priority, delay_s, life_s }),
        1 => any::<usize>().prop_map(|job| Step::SubmitAgain { job }),
        1 => any::<usize>().prop_map(|job| Step::SubmitOther { job }),
        8 => (any::<usize>(), 1_usize..4).prop_map(|(owner, slots)| Step::Lease { owner, slots }),
        4 => any::<usize>().prop_map(|lease| Step::Complete { lease }),
        3 => (any::<usize>(), 0_u64..60).prop_map(|(lease, wait_s)| Step::Retry { lease, wait_s }),
        2 => any::<usize>().prop_map(|lease| Step::GiveUp { lease }),
        2 => (any::<usize>(), later).prop_map(|(lease, wait_s)| Step::GiveBack { lease, wait_s }),
        1 => any::<usize>().prop_map(|lease| Step::Renew { lease }),
        1 => any::<usize>().prop_map(|lease| Step::Append { lease }),
        2 => any::<usize>().prop_map(|owner| Step::Crash { owner }),
        2 => Just(Step::Expire),
        4 => (0_u64..50).prop_map(|seconds| Step::Wait { seconds }),
        2 => any::<usize>().prop_map(|job| Step::Cancel { job }),
        2 => any::<usize>().prop_map(|job| Step::Replay { job }),
        2 => any::<usize>().prop_map(|event| Step::Tell { event }),
        1 => user.prop_map(|user| Step::Erase { user }),
    ]
}
