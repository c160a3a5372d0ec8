//! `--vary`: a job for each of several values of a field.

use std::collections::HashSet;
use std::str::FromStr;

use runcomfy_models::Value;
use runcomfy_schema::printable::line;

use super::row::Given;

/// More jobs of one line are taken for a mistake.
const MAX_COMBINATIONS: u64 = 1_000_000;

const RANGE: &str = "a range is FIRST..LAST or FIRST..LAST..STEP";

/// The values of a field: `seed=1..20`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::batch) struct Vary {
    pub(super) name: String,
    values: Values,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    /// Both ends included.
    Range {
        first: i64,
        step: i64,
        count: u64,
    },
    List(Vec<Given>),
}

impl FromStr for Vary {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "it has the form FIELD=1..20 or FIELD=A,B,C".to_owned();
        let (name, text) = text.split_once('=').ok_or_else(form)?;
        if name.is_empty() || text.is_empty() {
            return Err(form());
        }
        let values = match range(text)? {
            Some(range) => range,
            None => Values::List(list(text)?),
        };
        Ok(Self { name: name.to_owned(), values })
    }
}

/// `1..20`, or `0..100..5` in steps.
fn range(text: &str) -> Result<Option<Values>, String> {
    let parts: Vec<&str> = text.split("..").collect();
    let numbers: Option<Vec<i64>> = parts.iter().map(|part| part.parse().ok()).collect();
    let numbers = match numbers {
        Some(numbers) if numbers.len() > 1 => numbers,
        // `0.1..0.5` is no list of one value.
        None if parts.len() > 1 && parts.iter().all(|part| part.parse::<f64>().is_ok()) => {
            return Err("a range is one of integers; list other numbers: FIELD=0.1,0.2".to_owned());
        }
        None if parts.len() > 1 && parts.iter().any(|part| part.parse::<i64>().is_ok()) => {
            return Err(format!("{RANGE}; a JSON array has texts: FIELD=[\"1..x\"]"));
        }
        _ => return Ok(None),
    };
    let (first, last, step) = match *numbers {
        [first, last] => (first, last, 1),
        [first, last, step] if step > 0 => (first, last, step),
        _ => return Err(RANGE.to_owned()),
    };
    if last < first {
        return Err(format!("the range {text} is empty: its end is before its beginning"));
    }
    let count = (first.abs_diff(last) / step.unsigned_abs()).saturating_add(1);
    Ok(Some(Values::Range { first, step, count }))
}

/// `A,B,C`. A value with a comma is in double quotes, as in a table, or all of them are a JSON array.
fn list(text: &str) -> Result<Vec<Given>, String> {
    if let Ok(Value::Array(items)) = serde_json::from_str(text) {
        if items.is_empty() {
            return Err("the list of values is empty".to_owned());
        }
        refuse_equal(items.iter().map(Value::to_string))?;
        return Ok(items.into_iter().map(Given::Json).collect());
    }
    let items = cells(text)?;
    if items.iter().any(|item| item.is_empty()) {
        return Err("a value is empty; a JSON array has values of any kind: FIELD=[\"\",\"a, b\"]"
            .to_owned());
    }
    refuse_equal(items.iter().cloned())?;
    Ok(items.into_iter().map(Given::Text).collect())
}

/// The cells of a line: a quote inside quotes is written twice.
fn cells(text: &str) -> Result<Vec<String>, String> {
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let start = rest.trim_start();
        let (cell, after) = match start.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => {
                let end = start.find(',').unwrap_or(start.len());
                (start[..end].trim_end().to_owned(), &start[end..])
            }
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(cells),
        }
    }
}

/// A cell after its first quote, and what follows it: a comma or nothing.
fn quoted_cell(text: &str) -> Result<(String, &str), String> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let Some((part, after)) = rest.split_once('"') else {
            return Err("a quote is never closed; a quote at the beginning of a value is part of it in a JSON array: \
                 FIELD=[\"\\\"a\"]"
                .to_owned());
        };
        cell.push_str(part);
        if let Some(after) = after.strip_prefix('"') {
            cell.push('"');
            rest = after;
            continue;
        }
        let after = after.trim_start();
        if !(after.is_empty() || after.starts_with(',')) {
            return Err(format!(
                "{} follows a quote that is closed; a quote inside quotes is written twice",
                line(after)
            ));
        }
        return Ok((cell, after));
    }
}

/// Equal values make equal jobs, which nobody wants to pay for.
fn refuse_equal(values: impl Iterator<Item = String>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for value in values {
        if seen.contains(&value) {
            return Err(format!("the value {} is there twice", line(&value)));
        }
        seen.insert(value);
    }
    Ok(())
}

impl Vary {
    fn len(&self) -> u64 {
        match &self.values {
            Values::Range { count, .. } => *count,
            Values::List(items) => items.len() as u64,
        }
    }

    fn get(&self, index: u64) -> Option<Given> {
        match &self.values {
            Values::Range { first, step, .. } => {
                let offset = i128::from(*step) * i128::from(index);
                Some(Given::Text((i128::from(*first) + offset).to_string()))
            }
            Values::List(items) => items.get(usize::try_from(index).ok()?).cloned(),
        }
    }
}

/// How many combinations there are of one value of each.
pub(super) fn count(varied: &[Vary]) -> Result<u64, String> {
    let count = varied.iter().try_fold(1_u64, |count, vary| count.checked_mul(vary.len()));
    count.filter(|count| *count <= MAX_COMBINATIONS).ok_or_else(|| {
        format!(
            "`--vary` makes more than {MAX_COMBINATIONS} jobs of one line; give it fewer values"
        )
    })
}

/// A combination: the last field varies fastest.
pub(super) fn combination(varied: &[Vary], index: u64) -> Vec<(&str, Given)> {
    let (mut rest, mut values) = (index, Vec::new());
    for vary in varied.iter().rev() {
        values.extend(vary.get(rest % vary.len().max(1)).map(|given| (&*vary.name, given)));
        rest /= vary.len().max(1);
    }
    values.reverse();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(varied: &[&str]) -> Vec<String> {
        let varied: Vec<Vary> = varied.iter().map(|text| text.parse().unwrap()).collect();
        let show = |(name, given): (&str, Given)| match given {
            Given::Text(text) => format!("{name}={text}"),
            Given::Json(value) => format!("{name}:{value}"),
        };
        let combination =
            |index| combination(&varied, index).into_iter().map(show).collect::<Vec<_>>();
        (0..count(&varied).unwrap()).map(|index| combination(index).join(" ")).collect()
    }

    #[test]
    fn fields_vary_independently() {
        assert_eq!(shown(&["seed=1..3"]), ["seed=1", "seed=2", "seed=3"]);
        assert_eq!(shown(&["seed=-1..1"]), ["seed=-1", "seed=0", "seed=1"]);
        assert_eq!(shown(&["steps=0..10..4"]), ["steps=0", "steps=4", "steps=8"]);
        assert_eq!(shown(&["a=5,10", "b=x, y"]), ["a=5 b=x", "a=5 b=y", "a=10 b=x", "a=10 b=y"]);
        assert_eq!(shown(&["prompt=[\"a, b\",\"\"]"]), ["prompt:\"a, b\"", "prompt:\"\""]);
        assert_eq!(shown(&["a=\"x, y\" , z\"z"]), ["a=x, y", "a=z\"z"]);
        assert_eq!(shown(&["a=\"say \"\"no\"\"\",y"]), ["a=say \"no\"", "a=y"]);
        assert_eq!(shown(&["ratio=16:9"]), ["ratio=16:9"]);
        assert_eq!(shown(&["text=wait..what"]), ["text=wait..what"]);
        assert_eq!(shown(&["a=b=c"]), ["a=b=c"]);
        assert_eq!(shown(&[]), [""]);
        let ends = format!("seed={}..{}..{}", i64::MIN, i64::MAX, i64::MAX);
        assert_eq!(shown(&[&ends]).len(), 3);
    }

    #[test]
    fn mistakes_are_refused() {
        for (text, reason) in [
            ("a=\"x, y", "a quote is never closed"),
            ("a=\"x\"y,z", "y,z follows a quote"),
            ("a=\"\",z", "a value is empty"),
            ("seed", "the form FIELD="),
            ("=1..2", "the form FIELD="),
            ("seed=", "the form FIELD="),
            ("seed=5..1", "is empty"),
            ("cfg=0.1..0.5", "one of integers"),
            ("seed=1..9..0", "FIRST..LAST..STEP"),
            ("seed=1..9..-2", "FIRST..LAST..STEP"),
            ("seed=1..2..3..4", "FIRST..LAST..STEP"),
            ("seed=1..", "a range is FIRST..LAST"),
            ("seed=..9", "a range is FIRST..LAST"),
            ("seed=1..abc", "a range is FIRST..LAST"),
            ("seed=1..3,5", "a range is FIRST..LAST"),
            ("seed=1, 1", "the value 1 is there twice"),
            ("a=[\"x\",2,\"x\"]", "the value \"x\" is there twice"),
            ("a=1,,2", "a value is empty"),
            ("a=[]", "is empty"),
        ] {
            let error = text.parse::<Vary>().unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        let huge: Vec<Vary> =
            ["a=1..1001", "b=1..1000"].iter().map(|text| text.parse().unwrap()).collect();
        assert!(count(&huge).unwrap_err().contains("1000000"));
    }
}
