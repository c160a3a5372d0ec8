//! A set of small numbers, such as the fields of an object that were found.

/// A set of small numbers. Most objects have at most 64 fields.
pub(crate) struct Bits {
    few: u64,
    many: Vec<u64>,
}

impl Bits {
    pub(crate) fn new(len: usize) -> Self {
        Self { few: 0, many: if len > 64 { vec![0; len / 64] } else { Vec::new() } }
    }

    fn word(&mut self, index: usize) -> Option<&mut u64> {
        if index < 64 { Some(&mut self.few) } else { self.many.get_mut(index / 64 - 1) }
    }

    /// Adds a number; whether it is new.
    pub(crate) fn insert(&mut self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        self.word(index).is_some_and(|word| {
            let is_new = *word & bit == 0;
            *word |= bit;
            is_new
        })
    }

    pub(crate) fn has(&self, index: usize) -> bool {
        let word = if index < 64 { Some(&self.few) } else { self.many.get(index / 64 - 1) };
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}
