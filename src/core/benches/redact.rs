//! Throughput of redacting: `cargo bench -p platen-core --bench redact`. Prints one line per text.

use std::hint::black_box;
use std::time::{Duration, Instant};

use platen_core::redact::{Rules, redact};

/// Each measurement is the best of this many, which leaves out what else the machine does.
const ROUNDS: u32 = 3;

/// Texts are repeated to these sizes, in bytes.
const SIZES: [usize; 2] = [1 << 20, 1 << 24];

const TEXTS: [(&str, &str); 4] = [
    ("english", include_str!("../../../docs/protocol.md")),
    ("php", include_str!("../../../tests/vectors/tokens/corpus.php.txt")),
    ("languages", include_str!("../../../tests/vectors/tokens/languages.txt")),
    ("what is found", include_str!("../../../tests/vectors/redact/found.json")),
];

/// Each of these is the best case of some detector's trigger.
const UNITS: &[&str] = include!("../src/redact/hostile_units.in");

fn main() {
    for (name, unit) in TEXTS.into_iter().chain(UNITS.iter().map(|unit| (*unit, *unit))) {
        let speeds: Vec<_> = SIZES.iter().map(|size| speed(unit, *size)).collect();
        report(name, &speeds);
    }
}

/// In megabytes per second.
fn speed(unit: &str, size: usize) -> f64 {
    let text = unit.repeat(size / unit.len());
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let _ = black_box(redact(black_box(text.as_bytes()), &Rules::default()));
        best = best.min(start.elapsed());
    }
    f64::from(u32::try_from(size).unwrap_or(u32::MAX)) / 1e6 / best.as_secs_f64()
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]
fn report(name: &str, speeds: &[f64]) {
    let speeds: Vec<_> = speeds.iter().map(|speed| format!("{speed:8.1}")).collect();
    println!("{:<40} {} MB/s", name.escape_debug().to_string(), speeds.join(" "));
}
