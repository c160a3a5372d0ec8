//! The version that a set of changes asks for.

use semver::{Prerelease, Version};

use super::change::Verdict;

/// The part of a version that changes asks for: `major`, `minor` or `patch`.
pub(super) fn bump(verdict: Option<Verdict>) -> Option<&'static str> {
    verdict.map(|verdict| match verdict {
        Verdict::Breaking => "major",
        Verdict::Additive => "minor",
        Verdict::None => "patch",
    })
}

/// The part of a version below 1.0 that changes ask for. As Cargo has it, the first number that is not zero says
/// what is compatible.
pub(super) fn bump_below_one(verdict: Option<Verdict>) -> Option<&'static str> {
    verdict.map(|verdict| match verdict {
        Verdict::Breaking => "minor",
        _ => "patch",
    })
}

/// The next version after this one.
pub(super) fn next(version: &Version, verdict: Verdict) -> Version {
    let Version { major, minor, patch, .. } = *version;
    // A pre-release is followed by its release, if that breaks as much.
    if version.pre != Prerelease::EMPTY && is_enough(version, verdict) {
        return Version::new(major, minor, patch);
    }
    match (major, minor, verdict) {
        (0, 0, _) => Version::new(0, 0, patch.saturating_add(1)),
        (0, _, Verdict::Breaking) => Version::new(0, minor.saturating_add(1), 0),
        (0, ..) => Version::new(0, minor, patch.saturating_add(1)),
        (_, _, Verdict::Breaking) => Version::new(major.saturating_add(1), 0, 0),
        (_, _, Verdict::Additive) => Version::new(major, minor.saturating_add(1), 0),
        (_, _, Verdict::None) => Version::new(major, minor, patch.saturating_add(1)),
    }
}

/// Whether the release of a pre-release is enough of a step: `2.0.0-rc.1` may break.
fn is_enough(version: &Version, verdict: Verdict) -> bool {
    match (version.major, version.minor, version.patch, verdict) {
        (0, 0, ..) | (_, _, _, Verdict::None) => true,
        (0, _, patch, Verdict::Breaking) => patch == 0,
        (0, ..) => true,
        (_, minor, patch, Verdict::Breaking) => minor == 0 && patch == 0,
        (_, _, patch, Verdict::Additive) => patch == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_counted_as_cargo_does() {
        use Verdict::{Additive, Breaking, None};
        for (version, verdict, expected) in [
            ("1.2.3", Breaking, "2.0.0"),
            ("1.2.3", Additive, "1.3.0"),
            ("1.2.3", None, "1.2.4"),
            ("0.2.3", Breaking, "0.3.0"),
            ("0.2.3", Additive, "0.2.4"),
            ("0.2.3", None, "0.2.4"),
            ("0.0.3", Breaking, "0.0.4"),
            ("0.0.3", Additive, "0.0.4"),
            ("2.0.0-rc.1", Breaking, "2.0.0"),
            ("2.1.0-rc.1", Breaking, "3.0.0"),
            ("2.1.0-rc.1", Additive, "2.1.0"),
            ("2.1.1-rc.1+build", Additive, "2.2.0"),
            ("18446744073709551615.0.0", Breaking, "18446744073709551615.0.0"),
        ] {
            let next = next(&version.parse().unwrap(), verdict);
            assert_eq!(next.to_string(), expected, "{version} {verdict:?}");
        }
    }
}
