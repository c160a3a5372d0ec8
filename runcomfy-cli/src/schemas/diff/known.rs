//! Types that are compared by themselves.

use runcomfy_schema::Json;
use runcomfy_schema::keyword::values::Values;
use runcomfy_schema::rule::ObjectSchema;

/// Types with changes of their own, which are not changes of the values that contain them.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// By the keys of objects, sorted.
    pub(super) objects: Vec<KnownType>,
    /// By the values of enums, in canonical form and sorted.
    pub(super) enums: Vec<KnownType>,
}

/// By what a type is recognised among the rules of both APIs.
#[derive(Clone, Debug)]
pub(super) struct KnownType {
    pub(super) old: Vec<String>,
    pub(super) new: Vec<String>,
}

impl Known {
    /// These types, with both APIs exchanged.
    pub(super) fn swapped(&self) -> Self {
        let swap = |types: &[KnownType]| {
            let types = types.iter().cloned();
            types.map(|KnownType { old, new }| KnownType { old: new, new: old }).collect()
        };
        Self { objects: swap(&self.objects), enums: swap(&self.enums) }
    }

    /// Whether these are the keys of one type, and of no other: several types with the same keys are
    /// told apart by their rules alone.
    pub(super) fn are_objects(&self, old: &ObjectSchema, new: &ObjectSchema) -> bool {
        let (old, new) = (keys(old), keys(new));
        let has_either = |known: &&KnownType| known.old == old || known.new == new;
        let mut found = self.objects.iter().filter(has_either);
        let first = found.next();
        first.is_some_and(|known| known.old == old && known.new == new) && found.next().is_none()
    }

    pub(super) fn are_enums(&self, old: &Values, new: &Values) -> bool {
        let (old, new) = (values(old), values(new));
        self.enums.iter().any(|known| known.old == old && known.new == new)
    }
}

pub(super) fn keys(object: &ObjectSchema) -> Vec<String> {
    let mut keys: Vec<_> = object.fields.iter().map(|field| field.key.to_owned()).collect();
    keys.sort();
    keys
}

/// The values without `null`, which is no variant.
fn values(values: &Values) -> Vec<String> {
    let json = values.iter().map(|one| one.to_json()).filter(|one| *one != Json::Null);
    let mut values: Vec<_> = json.map(|one| one.canonical()).collect();
    values.sort();
    values
}
