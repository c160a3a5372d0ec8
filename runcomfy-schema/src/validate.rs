//! The judge: [`is_valid`] gives a verdict, and [`check`] a report.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::thread;

use crate::advice;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::keyword::types;
use crate::printable::printable;
use crate::required::required_in_any_form;
use crate::rule::{self, Rule, Rules};
use crate::violation::{ValidationErrors, Violation};

/// Whether a value obeys the rules. Rules refer to `definitions` by number.
#[inline]
#[must_use]
pub fn is_valid(definitions: &[Rules], rules: &[Rule], value: &Json) -> bool {
    match after_flat(rules, value) {
        Some([]) => true,
        Some(rest) => goes_on(definitions, rest, value),
        None => false,
    }
}

#[inline(never)]
fn goes_on(definitions: &[Rules], rules: &[Rule], value: &Json) -> bool {
    let mut judge = Judge::new(definitions);
    judge.step(rules, value, None) && !judge.gave_up
}

/// Applies the first rules as long as they need no step into the value, and returns the others.
/// Most rules need none. `None` if the value breaks one.
#[inline]
fn after_flat<'r>(rules: &'r [Rule], value: &Json) -> Option<&'r [Rule]> {
    if let Json::NotFinite(_) = value {
        return None;
    }
    let mut rest = rules;
    while let [rule, after @ ..] = rest {
        match rule::flat_holds(rule, value) {
            Some(true) => rest = after,
            Some(false) => return None,
            None => break,
        }
    }
    Some(rest)
}

/// Checks a value against the rules.
///
/// # Errors
/// Everything that is wrong with the value, in the order of the schema.
pub fn check(definitions: &[Rules], rules: &[Rule], value: &Json) -> Result<(), ValidationErrors> {
    // Most values are valid, and a verdict is cheaper than a report.
    let mut judge = Judge::new(definitions);
    if judge.is_valid(rules, value, None) && !judge.gave_up {
        return Ok(());
    }
    let mut report = Report { judge, ..Report::new(definitions) };
    report.apply(rules, value, &InstancePath::Root);
    ValidationErrors::check(report.finish())
}

/// Gives verdicts. It allocates for a value that is large or deep, for `unevaluated*`, and for the keys
/// that `propertyNames` judges.
pub(crate) struct Judge<'r> {
    pub(crate) definitions: &'r [Rules],
    /// The current nesting depth of rules.
    depth: usize,
    /// The number of rule lists applied so far.
    steps: usize,
    /// Whether the system gave no thread for the depth of the value. Then no verdict counts: what one
    /// rule could not check is false, which `not` turns into true.
    gave_up: bool,
    /// Created with the first remembered verdict, as most judges remember none.
    known: Option<Box<KnownVerdicts>>,
}

/// Verdicts so far, by the addresses of rules and value. A schema that tries several forms at each
/// step would otherwise judge the same value again and again.
#[derive(Default)]
struct KnownVerdicts {
    verdicts: HashMap<(usize, usize), bool>,
    /// Verdicts with the members and items that were evaluated, for schemas with `unevaluated*`.
    evaluated: HashMap<(usize, usize), (bool, Evaluated)>,
}

/// The depth of rules that fits the smallest stack of a thread in a debug build. Deeper rules run on a
/// larger stack.
const MAX_SMALL_STACK_DEPTH: usize = 96;
/// The depth that fits a larger stack. Deeper rules run on another one.
const MAX_LARGE_STACK_DEPTH: usize = 16_384;
const LARGE_STACK_SIZE: usize = 128 * 1024 * 1024;

/// Whether rules of this depth need another stack.
fn fills_stack(depth: usize) -> bool {
    depth == MAX_SMALL_STACK_DEPTH || depth.is_multiple_of(MAX_LARGE_STACK_DEPTH)
}

/// Remembering verdicts pays only after this many steps.
const MIN_STEPS_TO_REMEMBER: usize = 2_000;

impl<'r> Judge<'r> {
    pub(crate) fn new(definitions: &'r [Rules]) -> Self {
        Self { definitions, depth: 0, steps: 0, gave_up: false, known: None }
    }

    /// A judge for a temporary value, such as a key: its address means nothing after it is dropped.
    fn for_temporary(&self) -> Self {
        Self { depth: self.depth, ..Self::new(self.definitions) }
    }

    /// Whether a temporary value obeys all rules of a list.
    pub(crate) fn is_temporary_valid(&mut self, rules: &[Rule], value: &Json) -> bool {
        let mut judge = self.for_temporary();
        let is_valid = judge.is_valid(rules, value, None);
        self.gave_up |= judge.gave_up;
        is_valid
    }

    /// Whether a value obeys all rules of a list. Marks the members and items that they evaluate.
    pub(crate) fn is_valid(
        &mut self,
        rules: &[Rule],
        value: &Json,
        evaluated: Option<&mut Evaluated>,
    ) -> bool {
        match after_flat(rules, value) {
            Some([]) => true,
            Some(rest) => self.step(rest, value, evaluated),
            None => false,
        }
    }

    fn step(&mut self, rules: &[Rule], value: &Json, evaluated: Option<&mut Evaluated>) -> bool {
        self.steps += 1;
        if self.steps <= MIN_STEPS_TO_REMEMBER {
            return self.descend(rules, value, evaluated);
        }
        let key = (rules.as_ptr().addr(), std::ptr::from_ref(value).addr());
        let Some(evaluated) = evaluated else {
            if let Some(known) = self.known().verdicts.get(&key) {
                return *known;
            }
            let holds = self.descend(rules, value, None);
            self.known().verdicts.insert(key, holds);
            return holds;
        };
        if let Some((known, was_evaluated)) = self.known().evaluated.get(&key) {
            evaluated.extend(was_evaluated);
            return *known;
        }
        let mut own = Evaluated::default();
        let holds = self.descend(rules, value, Some(&mut own));
        evaluated.extend(&own);
        self.known().evaluated.insert(key, (holds, own));
        holds
    }

    fn known(&mut self) -> &mut KnownVerdicts {
        self.known.get_or_insert_default()
    }

    fn descend(&mut self, rules: &[Rule], value: &Json, evaluated: Option<&mut Evaluated>) -> bool {
        self.depth += 1;
        let holds = if fills_stack(self.depth) {
            let holds = on_large_stack(|| self.all(rules, value, evaluated));
            self.gave_up |= holds.is_none();
            holds == Some(true)
        } else {
            self.all(rules, value, evaluated)
        };
        self.depth -= 1;
        holds
    }

    fn all(&mut self, rules: &[Rule], value: &Json, mut evaluated: Option<&mut Evaluated>) -> bool {
        rules.iter().all(|rule| rule::holds(self, rule, value, evaluated.as_deref_mut()))
    }
}

/// Runs with enough stack for deep recursion. `None` if the system gives no thread.
pub fn on_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(LARGE_STACK_SIZE);
        match builder.spawn_scoped(scope, run).ok()?.join() {
            Ok(value) => Some(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The members of an object, or the items of an array, that some rule evaluates.
#[derive(Default)]
pub(crate) struct Evaluated {
    all: bool,
    few: u64,
    /// Those after the first 64.
    more: Vec<u64>,
}

impl Evaluated {
    pub(crate) fn mark(&mut self, index: usize) {
        if let Some(bit) = u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)) {
            self.few |= bit;
            return;
        }
        let word = index / 64 - 1;
        if self.more.len() <= word {
            self.more.resize(word + 1, 0);
        }
        if let Some(word) = self.more.get_mut(word) {
            *word |= 1 << (index % 64);
        }
    }

    pub(crate) fn mark_all(&mut self) {
        self.all = true;
    }

    pub(crate) fn has(&self, index: usize) -> bool {
        let word = if index < 64 { Some(&self.few) } else { self.more.get(index / 64 - 1) };
        self.all || word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.all |= other.all;
        self.few |= other.few;
        if self.more.len() < other.more.len() {
            self.more.resize(other.more.len(), 0);
        }
        for (own, other) in self.more.iter_mut().zip(&other.more) {
            *own |= other;
        }
    }
}

/// Nobody reads more, so further violations are only counted. A body of megabytes can break a rule
/// a million times.
const MAX_VIOLATIONS: usize = 1000;

/// Collects violations.
pub(crate) struct Report<'r> {
    pub(crate) judge: Judge<'r>,
    pub(crate) violations: Vec<Violation>,
    more: usize,
    /// The rule lists that were applied to each value, by their addresses. Parts that lead to the same
    /// list would otherwise double the work at every step.
    applied: HashSet<(usize, usize)>,
    /// Whether the report is about a form that the value does not match. Forms inside it are named
    /// without details, or the message could double at every step.
    pub(crate) is_inside_form: bool,
    /// The address of the object whose members are being reported.
    object: Option<usize>,
    /// Its keys that have `null`, though they may be missing.
    needless_nulls: Vec<String>,
    /// Whether the value of such a key is being reported.
    is_needless_null: bool,
}

impl<'r> Report<'r> {
    pub(crate) fn new(definitions: &'r [Rules]) -> Self {
        Self {
            judge: Judge::new(definitions),
            violations: Vec::new(),
            more: 0,
            applied: HashSet::new(),
            is_inside_form: false,
            object: None,
            needless_nulls: Vec::new(),
            is_needless_null: false,
        }
    }

    /// How a value breaks these rules, without the violations so far.
    pub(crate) fn violations_of(
        &mut self,
        rules: &[Rule],
        value: &Json,
        at: &InstancePath<'_>,
    ) -> Vec<Violation> {
        let outer = std::mem::take(&mut self.violations);
        let applied = std::mem::take(&mut self.applied);
        let more = self.more;
        // The message that is made of these violations gets the advice.
        let is_needless_null = std::mem::take(&mut self.is_needless_null);
        self.apply(rules, value, at);
        self.is_needless_null = is_needless_null;
        self.more = more;
        self.applied = applied;
        std::mem::replace(&mut self.violations, outer)
    }

    /// How a temporary value breaks these rules.
    pub(crate) fn violations_of_temporary(
        &mut self,
        rules: &[Rule],
        value: &Json,
        at: &InstancePath<'_>,
    ) -> Vec<Violation> {
        self.on_temporary(|report| report.violations_of(rules, value, at))
    }

    /// Reports on a temporary value.
    #[cfg(feature = "parse")]
    pub(crate) fn apply_to_temporary(
        &mut self,
        rules: &[Rule],
        value: &Json,
        at: &InstancePath<'_>,
    ) {
        self.on_temporary(|report| report.apply(rules, value, at));
    }

    /// Runs `run`, which reports on a temporary value, without what is remembered by address: the value's
    /// own means nothing after it is dropped.
    fn on_temporary<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let applied = std::mem::take(&mut self.applied);
        let temporary = self.judge.for_temporary();
        let judge = std::mem::replace(&mut self.judge, temporary);
        let result = run(self);
        let temporary = std::mem::replace(&mut self.judge, judge);
        self.judge.gave_up |= temporary.gave_up;
        self.applied = applied;
        result
    }

    /// How a key breaks these rules.
    pub(crate) fn of_key(&mut self, rules: &[Rule], name: &Json) -> Vec<Violation> {
        let mut report = Report { judge: self.judge.for_temporary(), ..Report::new(&[]) };
        report.apply(rules, name, &InstancePath::Root);
        self.judge.gave_up |= report.judge.gave_up;
        report.violations
    }

    pub(crate) fn add(&mut self, at: &InstancePath<'_>, keyword: &'static str, message: String) {
        // A verdict behind it may be wrong.
        if self.judge.gave_up {
            return;
        }
        if self.is_full() {
            self.more += 1;
            return;
        }
        // Two rules may report one key: a part of the schema, and the whole.
        let (pointer, mut message) = (at.pointer(), printable(&message).into_owned());
        if self.is_needless_null {
            message.push_str(advice::LEAVE_OUT);
        }
        let is_known = self
            .violations
            .iter()
            .any(|one| one.keyword == keyword && one.pointer == pointer && one.message == message);
        if is_known {
            return;
        }
        let (field, key) = (at.field(), at.key());
        self.violations.push(Violation { field, key, pointer, keyword, message });
    }

    /// If the report is full, counts a violation without a message, and returns true.
    pub(crate) fn count_if_full(&mut self) -> bool {
        let is_full = self.is_full();
        self.more += usize::from(is_full);
        is_full
    }

    fn is_full(&self) -> bool {
        self.violations.len() >= MAX_VIOLATIONS
    }

    fn finish(mut self) -> Vec<Violation> {
        if self.violations.is_empty() {
            let message = "does not match the schema".to_owned();
            self.add(&InstancePath::Root, "schema", message);
        }
        if self.more > 0 {
            let message = format!("{} more violations are not shown", self.more);
            self.violations.push(Violation::of_whole("more", message));
        }
        self.into_violations()
    }

    /// The violations so far.
    pub(crate) fn into_violations(mut self) -> Vec<Violation> {
        if self.judge.gave_up {
            let message = "the value is nested too deeply to be checked on this machine";
            self.violations.push(Violation::of_whole("depth", message.to_owned()));
        }
        self.violations
    }

    pub(crate) fn apply(&mut self, rules: &[Rule], value: &Json, at: &InstancePath<'_>) {
        if let Json::NotFinite(float) = value {
            self.add(at, "type", format!("{float} is not a number that JSON can carry"));
            return;
        }
        let key = (rules.as_ptr().addr(), std::ptr::from_ref(value).addr());
        if !self.applied.insert(key) {
            return;
        }
        if let Json::Object(members) = value
            && self.object != Some(key.1)
        {
            let outer = self.object.replace(key.1);
            let nulls = self.needless_nulls(rules, members);
            let outer_nulls = std::mem::replace(&mut self.needless_nulls, nulls);
            self.descend(rules, value, at);
            self.object = outer;
            self.needless_nulls = outer_nulls;
        } else {
            self.descend(rules, value, at);
        }
    }

    /// The keys of an object that have `null`, though the object may do without them.
    fn needless_nulls(&self, rules: &[Rule], members: &[(Cow<'static, str>, Json)]) -> Vec<String> {
        let is_null = |(_, value): &&(_, Json)| matches!(value, Json::Null);
        if !members.iter().any(|member| is_null(&member)) {
            return Vec::new();
        }
        let Some(required) = required_in_any_form(self.judge.definitions, rules) else {
            return Vec::new();
        };
        let nulls = members.iter().filter(is_null).map(|(key, _)| &**key);
        nulls.filter(|key| !required.contains(key)).map(str::to_owned).collect()
    }

    /// Reports the value of a member of the current object.
    pub(crate) fn apply_member(
        &mut self,
        rules: &[Rule],
        key: &str,
        value: &Json,
        at: &InstancePath<'_>,
    ) {
        let is_needless =
            matches!(value, Json::Null) && self.needless_nulls.iter().any(|known| known == key);
        self.advise_on_null(is_needless, |report| report.apply(rules, value, at));
    }

    /// Runs `run`. If `is_needless`, the value is a `null` whose key may be missing, and the messages end
    /// with the advice to leave the key out.
    pub(crate) fn advise_on_null(&mut self, is_needless: bool, run: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_needless_null, is_needless);
        run(self);
        self.is_needless_null = outer;
    }

    fn descend(&mut self, rules: &[Rule], value: &Json, at: &InstancePath<'_>) {
        self.judge.depth += 1;
        if fills_stack(self.judge.depth) {
            self.judge.gave_up |= on_large_stack(|| self.each(rules, value, at)).is_none();
        } else {
            self.each(rules, value, at);
        }
        self.judge.depth -= 1;
    }

    fn each(&mut self, rules: &[Rule], value: &Json, at: &InstancePath<'_>) {
        for rule in rules {
            let before = self.violations.len() + self.more;
            match rule {
                Rule::Types(types) => types::report_within(self, *types, rules, value, at),
                rule => rule::report(self, rule, value, at),
            }
            // A value of a wrong type breaks the other rules only as a consequence.
            let is_type = matches!(rule, Rule::Types(_) | Rule::Never);
            if is_type && self.violations.len() + self.more > before {
                return;
            }
        }
    }
}
