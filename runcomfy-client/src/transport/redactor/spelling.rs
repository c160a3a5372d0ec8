//! Reads a text in which characters may be escaped: as in JSON (`\u002d`), in a URL (`%2d`) or in HTML
//! (`&#45;`). An escape may be escaped again: `%252d` is `%2d`, which is `-`.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// How often an escape may be escaped itself.
const MAX_NESTING: u8 = 4;

/// A reading of a place in the text: a character, and where its spelling ends. A character that is not
/// ASCII is [`OTHER`].
pub(super) type Character = (u8, usize);

const OTHER: u8 = 0x80;

/// Whether an escape can begin with it.
pub(super) fn is_introducer(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'&')
}

/// Reads a text from front to back.
pub(super) struct SpellingReader<'t> {
    text: &'t [u8],
    /// The readings found so far, by place and nesting. An escape is read with what follows it, so that a
    /// place is read again for each escape before it.
    known: HashMap<(usize, u8), Rc<[Character]>>,
}

impl<'t> SpellingReader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), known: HashMap::new() }
    }

    /// All readings at this place.
    pub(super) fn readings(&mut self, at: usize) -> Rc<[Character]> {
        /// Far more than one place needs. Forgetting them bounds the memory.
        const MAX_KNOWN: usize = 4096;
        if self.known.len() > MAX_KNOWN {
            self.known.clear();
        }
        self.read(at, MAX_NESTING)
    }

    /// The end of the longest text from here on that spells the word.
    pub(super) fn match_at(&mut self, at: usize, word: &[u8]) -> Option<usize> {
        let mut ends = vec![at];
        for expected in word {
            let mut next = Vec::new();
            for end in ends {
                let byte = self.text.get(end)?;
                if is_introducer(*byte) {
                    let readings = self.readings(end);
                    let fitting = readings.iter().filter(|(c, _)| c == expected);
                    fitting.for_each(|(_, end)| add(&mut next, *end));
                } else if byte == expected {
                    add(&mut next, end + 1);
                }
            }
            if next.is_empty() {
                return None;
            }
            ends = next;
        }
        ends.into_iter().max()
    }

    /// The readings at a place. Up to `nesting` layers of escapes are undone: the characters of an escape
    /// are read with one layer less.
    fn read(&mut self, at: usize, nesting: u8) -> Rc<[Character]> {
        let Some(&literal) = self.text.get(at) else { return Rc::default() };
        if nesting == 0 || !is_introducer(literal) {
            return [(literal, at + 1)].into();
        }
        if let Some(known) = self.known.get(&(at, nesting)) {
            return Rc::clone(known);
        }
        let inner = nesting - 1;
        let mut found = vec![(literal, at + 1)];
        for (introducer, next) in &*self.read(at, inner) {
            match introducer {
                b'\\' => self.json(*next, inner, &mut found),
                b'%' => add_code(self.digits(*next, inner, 16, 2..=2), &mut found),
                b'&' => self.html(*next, inner, &mut found),
                _ => {}
            }
        }
        let found: Rc<[Character]> = found.into();
        self.known.insert((at, nesting), Rc::clone(&found));
        found
    }

    /// Reads an escape after its backslash, as in JSON and many languages.
    fn json(&mut self, at: usize, nesting: u8, found: &mut Vec<Character>) {
        for (escaped, next) in &*self.read(at, nesting) {
            match escaped {
                b'"' | b'\\' | b'/' | b'\'' => add(found, (*escaped, *next)),
                b'b' | b'f' | b'n' | b'r' | b't' => add(found, (b'\n', *next)),
                b'u' => add_code(self.digits(*next, nesting, 16, 4..=4), found),
                b'x' => add_code(self.digits(*next, nesting, 16, 2..=2), found),
                _ => {}
            }
        }
    }

    /// Reads an escape after its ampersand.
    fn html(&mut self, at: usize, nesting: u8, found: &mut Vec<Character>) {
        /// A code may have many leading zeros.
        const MAX_DIGITS: usize = 64;
        /// The length of `DiacriticalGrave`, the longest name.
        const MAX_NAME: usize = 16;
        if let Some((_, next)) = self.one(at, nesting, |c| c == b'#') {
            let code = match self.one(next, nesting, |c| c.eq_ignore_ascii_case(&b'x')) {
                Some((_, next)) => self.digits(next, nesting, 16, 1..=MAX_DIGITS),
                None => self.digits(next, nesting, 10, 1..=MAX_DIGITS),
            };
            // Browsers accept a code without its semicolon.
            add_code(code.map(|(code, end)| (code, self.past_semicolon(end, nesting))), found);
            return;
        }
        let (mut name, mut end) = (Vec::new(), at);
        while let Some((letter, next)) = self.one(end, nesting, |c| c.is_ascii_alphabetic()) {
            name.push(letter);
            end = next;
            if name.len() > MAX_NAME {
                return;
            }
            // Browsers accept these names without it, too.
            if let b"amp" | b"lt" | b"gt" | b"quot" | b"AMP" | b"LT" | b"GT" | b"QUOT" = &*name {
                let end = self.past_semicolon(end, nesting);
                found.extend(named(&name).map(|c| (c, end)));
            }
        }
        if let (Some(c), Some((_, end))) = (named(&name), self.one(end, nesting, |c| c == b';')) {
            add(found, (c, end));
        }
    }

    fn past_semicolon(&mut self, at: usize, nesting: u8) -> usize {
        self.one(at, nesting, |c| c == b';').map_or(at, |(_, end)| end)
    }

    /// The number that the digits here form, and where they end.
    fn digits(
        &mut self,
        at: usize,
        nesting: u8,
        radix: u32,
        count: RangeInclusive<usize>,
    ) -> Option<(u32, usize)> {
        let (mut code, mut end, mut len) = (0_u32, at, 0);
        while len < *count.end()
            && let Some((digit, next)) = self.one(end, nesting, |c| char::from(c).is_digit(radix))
        {
            code = code.saturating_mul(radix).saturating_add(char::from(digit).to_digit(radix)?);
            (end, len) = (next, len + 1);
        }
        (len >= *count.start()).then_some((code, end))
    }

    /// The first reading here that is one of these characters.
    fn one(&mut self, at: usize, nesting: u8, is_it: impl Fn(u8) -> bool) -> Option<Character> {
        let literal = *self.text.get(at)?;
        if is_it(literal) {
            return Some((literal, at + 1));
        }
        if !is_introducer(literal) {
            return None;
        }
        self.read(at, nesting).iter().copied().find(|(c, _)| is_it(*c))
    }
}

/// The ASCII character with this name in HTML.
fn named(name: &[u8]) -> Option<u8> {
    Some(match name {
        b"excl" => b'!',
        b"quot" | b"QUOT" => b'"',
        b"num" => b'#',
        b"dollar" => b'$',
        b"percnt" => b'%',
        b"amp" | b"AMP" => b'&',
        b"apos" => b'\'',
        b"lpar" => b'(',
        b"rpar" => b')',
        b"ast" | b"midast" => b'*',
        b"plus" => b'+',
        b"comma" => b',',
        b"period" => b'.',
        b"sol" => b'/',
        b"colon" => b':',
        b"semi" => b';',
        b"lt" | b"LT" => b'<',
        b"equals" => b'=',
        b"gt" | b"GT" => b'>',
        b"quest" => b'?',
        b"commat" => b'@',
        b"lsqb" | b"lbrack" => b'[',
        b"bsol" => b'\\',
        b"rsqb" | b"rbrack" => b']',
        b"Hat" => b'^',
        b"lowbar" | b"UnderBar" => b'_',
        b"grave" | b"DiacriticalGrave" => b'`',
        b"lcub" | b"lbrace" => b'{',
        b"verbar" | b"vert" | b"VerticalLine" => b'|',
        b"rcub" | b"rbrace" => b'}',
        b"Tab" | b"NewLine" => b'\n',
        b"nbsp" => OTHER,
        _ => return None,
    })
}

fn add_code(code: Option<(u32, usize)>, found: &mut Vec<Character>) {
    if let Some((code, end)) = code {
        let c = u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(OTHER);
        add(found, (c, end));
    }
}

fn add<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}
