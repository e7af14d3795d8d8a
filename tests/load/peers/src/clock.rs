//! How the figures are taken: like those of the PHP scripts beside.

use std::time::Instant;

/// The time of the quickest of several rounds, in nanoseconds.
pub fn quickest<T>(rounds: usize, mut round: impl FnMut() -> T) -> f64 {
    (0..rounds).map(|_| nanoseconds(1, &mut round)).fold(f64::INFINITY, f64::min)
}

/// The median of many short batches, in microseconds for one call.
pub fn median<T>(calls: u32, mut call: impl FnMut() -> T) -> f64 {
    const BATCHES: usize = 200;
    let mut times: Vec<f64> =
        (0..BATCHES).map(|_| nanoseconds(calls, &mut call) / f64::from(calls) / 1e3).collect();
    times.sort_by(f64::total_cmp);
    times[BATCHES / 2]
}

fn nanoseconds<T>(calls: u32, call: &mut impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        std::hint::black_box(call());
    }
    start.elapsed().as_secs_f64() * 1e9
}
