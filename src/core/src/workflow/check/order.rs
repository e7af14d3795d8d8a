//! The order of steps, and the cycle that keeps them from having one.

use crate::workflow::StepIndex;

/// The steps, each after all that it needs; of several that could come next, the one that is written first.
///
/// # Errors
/// A cycle: steps of which each needs the next, and the last the first.
pub(super) fn order(needs: &[Vec<StepIndex>]) -> Result<Vec<StepIndex>, Vec<StepIndex>> {
    let mut order: Vec<StepIndex> = Vec::with_capacity(needs.len());
    let mut is_placed = vec![false; needs.len()];
    let placed =
        |is_placed: &[bool], step: &StepIndex| is_placed.get(step.as_usize()).copied().unwrap_or(false);
    while order.len() < needs.len() {
        let next = needs.iter().enumerate().find(|(place, needs)| {
            is_placed.get(*place) == Some(&false) && needs.iter().all(|need| placed(&is_placed, need))
        });
        let Some((place, _)) = next else { return Err(cycle(needs, &is_placed)) };
        if let (Some(flag), Some(step)) = (is_placed.get_mut(place), StepIndex::new(place)) {
            *flag = true;
            order.push(step);
        }
    }
    Ok(order)
}

/// Each step that has no place needs another that has none: following them leads into a cycle.
fn cycle(needs: &[Vec<StepIndex>], is_placed: &[bool]) -> Vec<StepIndex> {
    let is_open = |step: &StepIndex| is_placed.get(step.as_usize()) == Some(&false);
    let mut way: Vec<StepIndex> = Vec::new();
    let mut at = (0..needs.len()).filter_map(StepIndex::new).find(is_open);
    while let Some(step) = at {
        if let Some(first) = way.iter().position(|seen| *seen == step) {
            return way.split_off(first);
        }
        way.push(step);
        at = needs.get(step.as_usize()).and_then(|needs| needs.iter().copied().find(is_open));
    }
    way
}
