//! Types that are compared by themselves.

use runcomfy_schema::Json;
use runcomfy_schema::keyword::values::Values;
use runcomfy_schema::rule::ObjectSchema;

/// Types with changes of their own, which are not changes of the values that contain them: pairs of
/// what is old and what is new.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The keys of objects, sorted.
    pub(super) objects: Vec<(Vec<String>, Vec<String>)>,
    /// The values of enums, in canonical form and sorted.
    pub(super) enums: Vec<(Vec<String>, Vec<String>)>,
}

impl Known {
    /// The same pairs from the other side.
    pub(super) fn swapped(&self) -> Self {
        let swap = |pairs: &[(Vec<String>, Vec<String>)]| {
            pairs.iter().map(|(old, new)| (new.clone(), old.clone())).collect()
        };
        Self { objects: swap(&self.objects), enums: swap(&self.enums) }
    }

    /// Whether these are the keys of one pair, and of no other: several types with the same keys are
    /// told apart by their rules alone.
    pub(super) fn are_objects(&self, old: &ObjectSchema, new: &ObjectSchema) -> bool {
        let (old, new) = (keys(old), keys(new));
        let is_one = |pair: &&(Vec<String>, Vec<String>)| pair.0 == old || pair.1 == new;
        let mut pairs = self.objects.iter().filter(is_one);
        let found = pairs.next();
        found.is_some_and(|pair| pair.0 == old && pair.1 == new) && pairs.next().is_none()
    }

    pub(super) fn are_enums(&self, old: &Values, new: &Values) -> bool {
        let (old, new) = (values(old), values(new));
        self.enums.iter().any(|pair| pair.0 == old && pair.1 == new)
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
