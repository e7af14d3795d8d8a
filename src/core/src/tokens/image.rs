//! What an image costs, after OpenAI's guide "Images and vision", section on GPT-4o.

/// What every image costs, and one of low detail in all.
const BASE_TOKENS: usize = 85;

/// What each tile of [`TILE_PIXELS`] squared costs.
const TILE_TOKENS: usize = 170;

const TILE_PIXELS: u64 = 512;

/// An image is first made to fit a square of this size, in pixels.
const MAX_SIDE_PIXELS: u64 = 2048;

/// Then its shorter side is made no longer than this, in pixels.
const MAX_SHORT_SIDE_PIXELS: u64 = 768;

/// How closely the model looks at an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageDetail {
    /// Made small, at a fixed price.
    Low,
    /// Looked at in tiles. What APIs take when nothing is said.
    High {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

impl ImageDetail {
    /// High detail of an image whose size is not known: a square of 1024 pixels, which is four tiles.
    pub const UNKNOWN_SIZE: Self = Self::High { width: 1024, height: 1024 };
}

/// How many tokens an image costs: 85, and in high detail 170 for each tile of 512 pixels squared, after it was made
/// to fit 2048 pixels squared and its shorter side 768 pixels. Exact for GPT-4o, an estimate for other models.
///
/// ```
/// use platen_core::tokens::{ImageDetail, image_tokens};
///
/// assert_eq!(image_tokens(ImageDetail::Low), 85);
/// assert_eq!(image_tokens(ImageDetail::High { width: 1024, height: 1024 }), 765);
/// assert_eq!(image_tokens(ImageDetail::High { width: 2048, height: 4096 }), 1105);
/// ```
pub fn image_tokens(detail: ImageDetail) -> usize {
    let ImageDetail::High { width, height } = detail else { return BASE_TOKENS };
    let (mut long, mut short) = (u64::from(width.max(height)), u64::from(width.min(height)));
    if long > MAX_SIDE_PIXELS {
        short = short * MAX_SIDE_PIXELS / long;
        long = MAX_SIDE_PIXELS;
    }
    if short > MAX_SHORT_SIDE_PIXELS {
        long = long * MAX_SHORT_SIDE_PIXELS / short;
        short = MAX_SHORT_SIDE_PIXELS;
    }
    let tiles = long.div_ceil(TILE_PIXELS).max(1) * short.div_ceil(TILE_PIXELS).max(1);
    BASE_TOKENS.saturating_add(usize::try_from(tiles).unwrap_or(usize::MAX).saturating_mul(TILE_TOKENS))
}
