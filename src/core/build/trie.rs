//! Lays a vocabulary out as a trie in one array (see `src/tokens/layout.rs`).

use std::error::Error;
use std::ops::Range;

use crate::layout::{LABEL_SHIFT, NO_TOKEN, TOKEN_SHIFT, Unit};

/// Children of one node stand in one block.
const BLOCK: usize = 256;

const ROOT: usize = 0;

/// In how many of the last blocks a place is looked for; those before are as good as full.
const OPEN_BLOCKS: usize = 24;

/// Builds the array. The root is unit 0.
pub(crate) fn build(tokens: &[Vec<u8>]) -> Result<Vec<Unit>, Box<dyn Error>> {
    let mut sorted: Vec<(&[u8], u32)> =
        tokens.iter().zip(0..).filter(|(token, _)| !token.is_empty()).map(|(t, id)| (&**t, id)).collect();
    sorted.sort_unstable();

    let mut array = Array::default();
    array.grow();
    array.units[ROOT] = Some(Node { base: 0, label: 0, token: NO_TOKEN });
    // Depth first: what one look-up reads stands close together.
    let mut waiting = vec![(ROOT, 0..sorted.len(), 0)];
    while let Some((node, range, depth)) = waiting.pop() {
        let children = children(&sorted, range, depth);
        let labels: Vec<u8> = children.iter().map(|child| child.label).collect();
        let base = array.place(&labels);
        if let Some(node) = &mut array.units[node] {
            node.base = u32::try_from(base)?;
        }
        for child in children.into_iter().rev() {
            let place = base ^ usize::from(child.label);
            array.units[place] = Some(Node { base: 0, label: child.label, token: child.token });
            if !child.rest.is_empty() {
                waiting.push((place, child.rest, depth + 1));
            }
        }
    }
    Ok(array.units.into_iter().map(|node| node.map_or(Unit(0), pack)).collect())
}

fn pack(node: Node) -> Unit {
    let label = (u64::from(node.label) + 1) << LABEL_SHIFT;
    Unit(u64::from(node.base) | label | (u64::from(node.token) << TOKEN_SHIFT))
}

struct Child {
    label: u8,
    token: u32,
    /// The tokens that go on after this one, in the sorted list.
    rest: Range<usize>,
}

/// The children of the node whose tokens are a range of the sorted list and have `depth` bytes in common.
fn children(sorted: &[(&[u8], u32)], range: Range<usize>, depth: usize) -> Vec<Child> {
    let mut children: Vec<Child> = Vec::new();
    for place in range {
        let (token, id) = sorted[place];
        let label = token[depth];
        if children.last().is_none_or(|child| child.label != label) {
            children.push(Child { label, token: NO_TOKEN, rest: place..place });
        }
        let Some(child) = children.last_mut() else { continue };
        if token.len() == depth + 1 {
            child.token = id;
            child.rest = place + 1..place + 1;
        } else {
            child.rest.end = place + 1;
        }
    }
    children
}

#[derive(Clone, Copy)]
struct Node {
    base: u32,
    label: u8,
    token: u32,
}

#[derive(Default)]
struct Array {
    units: Vec<Option<Node>>,
    /// Which bases are taken. Zero is: it says that there are no children.
    bases: Vec<bool>,
    /// The empty units of the last blocks, in order.
    free: Vec<usize>,
}

impl Array {
    fn grow(&mut self) {
        let start = self.units.len();
        self.units.resize(start + BLOCK, None);
        self.bases.resize(self.units.len(), false);
        self.bases[0] = true;
        let open = self.units.len().saturating_sub(OPEN_BLOCKS * BLOCK);
        self.free.retain(|place| *place >= open);
        self.free.extend((start..start + BLOCK).filter(|place| *place != ROOT));
    }

    /// Finds a base with room for children with these labels, and takes it and their places.
    fn place(&mut self, labels: &[u8]) -> usize {
        let first = usize::from(labels[0]);
        let found = self.free.iter().map(|place| place ^ first).find(|base| self.fits(*base, labels));
        let base = found.unwrap_or_else(|| {
            let base = self.units.len();
            self.grow();
            base
        });
        self.bases[base] = true;
        self.free.retain(|place| !labels.iter().any(|label| base ^ usize::from(*label) == *place));
        base
    }

    fn fits(&self, base: usize, labels: &[u8]) -> bool {
        !self.bases[base] && labels.iter().all(|label| self.units[base ^ usize::from(*label)].is_none())
    }
}
