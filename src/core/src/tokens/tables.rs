//! The tables that `build.rs` made, included as they are: nothing is parsed or allocated at run time.

use super::dictionary::Dictionary;
use super::estimate::Estimate;
use super::layout::NO_TOKEN;
use super::pieces::Kinds;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// The first id that `r50k_base` does not have. Up to it, it is `p50k_base`.
const R50K_SIZE: u32 = 50_256;

pub(super) static R50K_BASE: Dictionary = P50K_BASE.first(R50K_SIZE);
