//! Runtime support for generated builders.

use std::fmt;
use std::marker::PhantomData;

use crate::field::IntoField;
use runcomfy_schema::{Json, ValidationErrors};

use crate::object::{self, Checked, TruncatedJson};

/// The state of a required field that is set.
#[derive(Clone, Copy, Debug)]
pub enum Set {}

/// The state of a required field that is not set.
#[derive(Clone, Copy, Debug)]
pub enum Missing {}

/// The values of an object under construction, one slot per field. `S` is the state of the required
/// fields; it exists only at compile time.
pub struct Draft<S> {
    slots: Vec<Option<Json>>,
    state: PhantomData<fn() -> S>,
}

impl<S> Draft<S> {
    #[must_use]
    pub fn new<T: Checked>() -> Self {
        Self { slots: vec![None; T::FIELDS.len()], state: PhantomData }
    }

    /// Sets a required field, which takes the builder to its next state.
    #[must_use]
    pub fn require<T, Next>(self, place: usize, value: impl IntoField<T>) -> Draft<Next> {
        self.put(place, Some(value.into_field()))
    }

    /// Sets a required field to `null`.
    #[must_use]
    pub fn null<Next>(self, place: usize) -> Draft<Next> {
        self.put(place, Some(Json::Null))
    }

    /// Sets an optional field.
    #[must_use]
    pub fn set<T>(self, place: usize, value: impl IntoField<T>) -> Self {
        self.put(place, Some(value.into_field()))
    }

    /// Sets an optional field, or leaves it out.
    #[must_use]
    pub fn maybe<T, V: IntoField<T>>(self, place: usize, value: Option<V>) -> Self {
        self.put(place, value.map(V::into_field))
    }

    fn put<Next>(mut self, place: usize, value: Option<Json>) -> Draft<Next> {
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = value;
        }
        Draft { slots: self.slots, state: PhantomData }
    }

    pub fn build<T: Checked>(self) -> Result<T, ValidationErrors> {
        let members = T::FIELDS.iter().zip(self.slots);
        let members =
            members.filter_map(|(field, value)| Some((field.key.into(), value?))).collect();
        object::checked(Json::Object(members))
    }

    /// Shows the fields set so far, by their Rust names.
    pub fn debug<T: Checked>(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(name);
        for (field, value) in T::FIELDS.iter().zip(&self.slots) {
            if let Some(value) = value {
                shown.field(field.name, &TruncatedJson(value));
            }
        }
        shown.finish()
    }
}

impl<S> fmt::Debug for Draft<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.slots.iter().flatten().map(TruncatedJson)).finish()
    }
}

impl<S> Clone for Draft<S> {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), state: PhantomData }
    }
}
