//! Throughput of counting and trimming: `cargo bench -p platen-core`. Prints one line per text.

use std::hint::black_box;
use std::time::{Duration, Instant};

use platen_core::history::{HistoryRole, MessageCost, TokenBudget, trim};
use platen_core::prompt;
use platen_core::tokens::Encoding;

/// Each measurement is the best of this many, which leaves out what else the machine does.
const ROUNDS: u32 = 7;

/// Texts are repeated to about this size, in bytes.
const TEXT_BYTES: usize = 1_000_000;

const TEXTS: [(&str, &str); 10] = [
    ("english", include_str!("../../../docs/protocol.md")),
    ("php", include_str!("../../../tests/vectors/tokens/corpus.php.txt")),
    ("languages", include_str!("../../../tests/vectors/tokens/languages.txt")),
    ("json", include_str!("../../../tests/vectors/prompt-hash/prompts.json")),
    ("one letter", "a"),
    ("spaces", " "),
    ("newlines", "\n"),
    ("dashes", "-"),
    ("no-break spaces", "\u{a0}"),
    ("no spaces", "thequickbrownfoxjumpsoverthelazydog"),
];

fn main() {
    for (name, unit) in TEXTS {
        let text = unit.repeat(TEXT_BYTES / unit.len());
        for encoding in [Encoding::O200kBase, Encoding::Cl100kBase] {
            let time = best(|| encoding.count(black_box(&text)));
            let megabytes_per_second = megabytes(text.len()) / time.as_secs_f64();
            report(&format!("count {} {name}", encoding.name()), &format!("{megabytes_per_second:.1} MB/s"));
        }
    }
    let message = "The quick brown fox jumps over the lazy dog. ".repeat(22);
    report(
        "count a message of 1 kB",
        &format!("{:?}", best(|| Encoding::O200kBase.count(black_box(&message)))),
    );

    let turn = [MessageCost::plain(HistoryRole::User, 20), MessageCost::plain(HistoryRole::Assistant, 200)];
    let messages: Vec<_> = turn.iter().cloned().cycle().take(1_000).collect();
    let budget = TokenBudget { max_tokens: 50_000, reserve_for_output: 1_000 };
    report("trim 1000 messages", &format!("{:?}", best(|| trim(black_box(&messages), budget))));

    let chat = serde_json::json!({"model": "default", "messages": [{"role": "user", "content": message}]});
    report("hash a prompt of 1 kB", &format!("{:?}", best(|| prompt::hash(black_box(&chat)))));
}

fn best<T>(mut action: impl FnMut() -> T) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(action());
        best = best.min(start.elapsed());
    }
    best
}

fn megabytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]
fn report(what: &str, result: &str) {
    println!("{what:<40} {result}");
}
