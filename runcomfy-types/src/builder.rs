//! Runtime support for generated builders, and the states of their required fields.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use runcomfy_schema::named::Named;
use runcomfy_schema::{Json, ValidationErrors};

use crate::field::IntoField;
use crate::object::{self, HasRules, TruncatedObject, Valid};

/// The state of a required field that is set, in the type of a builder; see [`Missing`].
#[derive(Clone, Copy, Debug)]
pub enum Set {}

/// The state of a required field that is not set.
///
/// A builder has one type parameter per required field, in the order in which its documentation lists
/// them. `InputBuilder` alone is the type of a builder without any of them. So a function can return a
/// builder that is half done:
///
/// ```ignore
/// // The required fields are `image` and `prompt`.
/// fn with_image() -> InputBuilder<Set, Missing> {
///     Input::builder().image("https://example.com/face.png")
/// }
/// ```
///
/// The setter of an optional field keeps the type, so an `if` needs one line:
/// `let b = if hd { b.resolution("720P") } else { b };`
#[derive(Clone, Copy, Debug)]
pub enum Missing {}

type Members = Vec<(Cow<'static, str>, Json)>;

/// The members of an object under construction, by their keys. `S` is the state of the required
/// fields; it exists only at compile time.
#[doc(hidden)]
pub struct Draft<S> {
    members: Members,
    state: PhantomData<fn() -> S>,
}

#[allow(missing_docs, reason = "reachable through `__private` alone")]
impl<S> Draft<S> {
    #[must_use]
    pub fn new() -> Self {
        Self { members: Vec::new(), state: PhantomData }
    }

    /// A draft with the members of an object, declared or not.
    #[must_use]
    pub fn of(valid: &Valid) -> Self {
        let members = match valid.json() {
            Json::Object(members) => members.clone(),
            _ => Vec::new(),
        };
        Self { members, state: PhantomData }
    }

    /// Sets a required field, which takes the builder to its next state.
    #[must_use]
    pub fn require<T, Next>(self, key: &'static str, value: impl IntoField<T>) -> Draft<Next> {
        self.put(key, Some(value.into_field()))
    }

    /// Sets a required field to `null`.
    #[must_use]
    pub fn null<Next>(self, key: &'static str) -> Draft<Next> {
        self.put(key, Some(Json::Null))
    }

    /// Sets an optional field.
    #[must_use]
    pub fn set<T>(self, key: &'static str, value: impl IntoField<T>) -> Self {
        self.put(key, Some(value.into_field()))
    }

    /// Sets an optional field, or leaves it out.
    #[must_use]
    pub fn maybe<T, V: IntoField<T>>(self, key: &'static str, value: Option<V>) -> Self {
        self.put(key, value.map(V::into_field))
    }

    fn put<Next>(mut self, key: &'static str, value: Option<Json>) -> Draft<Next> {
        let place = self.members.iter().position(|(known, _)| known == key);
        match (place.and_then(|place| self.members.get_mut(place)), value) {
            (Some((_, old)), Some(new)) => *old = new,
            (None, Some(new)) => self.members.push((key.into(), new)),
            (_, None) => self.members.retain(|(known, _)| known != key),
        }
        Draft { members: self.members, state: PhantomData }
    }

    pub fn build<T: HasRules>(self) -> Result<T, ValidationErrors> {
        object::checked(ordered::<T>(self.members))
    }

    /// Shows the fields set so far, by their Rust names.
    pub fn debug<T: HasRules>(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = &ordered::<T>(self.members.clone());
        let mut shown = f.debug_struct(name);
        object::show_members(Named { definitions: &[], rules: T::RULES, value }, &mut shown);
        shown.finish()
    }
}

/// Members in the order of the schema, then those that it does not declare.
fn ordered<T: HasRules>(mut members: Members) -> Json {
    let place = |key: &str| T::FIELDS.iter().position(|field| field.key == key);
    members.sort_by_cached_key(|(key, _)| place(key).unwrap_or(usize::MAX));
    Json::Object(members)
}

impl<S> Default for Draft<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> fmt::Debug for Draft<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.members.iter().map(|(key, value)| {
            (key, TruncatedObject(Named { definitions: &[], rules: &[], value }))
        });
        f.debug_map().entries(shown).finish()
    }
}

impl<S> Clone for Draft<S> {
    fn clone(&self) -> Self {
        Self { members: self.members.clone(), state: PhantomData }
    }
}
