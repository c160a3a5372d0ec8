//! Items as a sentence lists them.

/// `a, b and c`; `None` if there is none.
pub(crate) fn enumerate(items: &[String]) -> Option<String> {
    match items {
        [] => None,
        [only] => Some(only.clone()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

/// `a, b and 7 more`: the first `max` of many. `None` if there is none.
pub(crate) fn enumerate_few(mut items: Vec<String>, max: usize) -> Option<String> {
    // "1 more" is no shorter than the last item.
    if items.len() > max + 1 {
        let more = items.split_off(max).len();
        items.push(format!("{more} more"));
    }
    enumerate(&items)
}
