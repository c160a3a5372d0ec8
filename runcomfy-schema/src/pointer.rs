//! The segments of JSON pointers (RFC 6901).

/// A key as a segment of a pointer.
#[must_use]
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a segment of a pointer stands for.
#[must_use]
pub fn unescape(segment: &str) -> String {
    // In this order: `~01` is the key `~1`.
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_as_segments() {
        for (key, segment) in
            [("", ""), ("a", "a"), ("a/b~c", "a~1b~0c"), ("~1", "~01"), ("~0", "~00")]
        {
            assert_eq!(escape(key), segment);
            assert_eq!(unescape(segment), key);
        }
    }
}
