use super::StepIndex;

/// A dotted path: `input.url`, `steps.fetch.text`, `item`, `index`, `result`.
///
/// A word after a dot is a member of an object, a number is the place in a list, and the member of a list is the
/// list of that member of each item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) root: Root,
    pub(super) members: Vec<String>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// The job's input.
    Input,
    /// The result of a step.
    Step(StepIndex),
    /// The item of a branch.
    Item,
    /// The number of a branch.
    Index,
    /// The result of what a compensation undoes.
    Result,
}

impl Reference {
    /// The whole input.
    pub(super) const INPUT: Self = Self { root: Root::Input, members: Vec::new() };

    /// The step that it names.
    pub(super) fn step(&self) -> Option<StepIndex> {
        match self.root {
            Root::Step(step) => Some(step),
            Root::Input | Root::Item | Root::Index | Root::Result => None,
        }
    }

    pub(super) fn is_input(&self) -> bool {
        self.root == Root::Input
    }
}
