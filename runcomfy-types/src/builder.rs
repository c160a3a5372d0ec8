//! What every generated builder is made of.

use std::fmt;
use std::marker::PhantomData;

use crate::field::IntoField;
use runcomfy_schema::{Json, ValidationErrors};

use crate::object::{self, Brief, ObjectType};

/// The state of a required field that was set.
#[derive(Clone, Copy, Debug)]
pub enum Set {}

/// The state of a required field that was not set yet.
#[derive(Clone, Copy, Debug)]
pub enum Missing {}

/// The values of an object under construction, one slot per field. `S` is the state of its required
/// fields, known to the compiler alone.
pub struct Draft<S> {
    slots: Vec<Option<Json>>,
    state: PhantomData<fn() -> S>,
}

impl<S> Draft<S> {
    #[must_use]
    pub fn new<T: ObjectType>() -> Self {
        Self { slots: vec![None; T::FIELDS.len()], state: PhantomData }
    }

    #[must_use]
    pub fn set<T, Next>(self, index: usize, value: impl IntoField<T>) -> Draft<Next> {
        self.put(index, Some(value.into_field()))
    }

    #[must_use]
    pub fn null<Next>(self, index: usize) -> Draft<Next> {
        self.put(index, Some(Json::Null))
    }

    #[must_use]
    pub fn maybe<T, V: IntoField<T>, Next>(self, index: usize, value: Option<V>) -> Draft<Next> {
        self.put(index, value.map(V::into_field))
    }

    fn put<Next>(mut self, index: usize, value: Option<Json>) -> Draft<Next> {
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = value;
        }
        Draft { slots: self.slots, state: PhantomData }
    }

    pub fn build<T: ObjectType>(self) -> Result<T, ValidationErrors> {
        let members = T::FIELDS.iter().zip(self.slots);
        let members =
            members.filter_map(|(field, value)| Some((field.key.into(), value?))).collect();
        object::checked(Json::Object(members))
    }

    /// The fields set so far, by wire key.
    pub fn debug<T: ObjectType>(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(name);
        for (field, value) in T::FIELDS.iter().zip(&self.slots) {
            if let Some(value) = value {
                shown.field(field.name, &Brief(value));
            }
        }
        shown.finish()
    }
}

impl<S> fmt::Debug for Draft<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.slots.iter().flatten().map(Brief)).finish()
    }
}

impl<S> Clone for Draft<S> {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), state: PhantomData }
    }
}
