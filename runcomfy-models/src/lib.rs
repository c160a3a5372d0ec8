//! RunComfy models as typed, documented, range-checked Rust APIs.
//!
//! A model's module is its id in snake case: `kling/kling-2-1/master/image-to-video` is
//! `kling::kling_2_1::master::image_to_video`. In it, `Input` is the request, and has a builder.
//! A vendor's module, [below](#modules), lists the vendor's models and what they make. [`MODELS`] lists all
//! models at run time.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "community")]
//! # {
//! use runcomfy_models::Media;
//! use runcomfy_models::community::fantasy_portrait::image_to_video::{Input, Resolution};
//!
//! let input = Input::builder()
//!     .image(Media::url("https://example.com/face.png")?) // or just the URL
//!     .video("https://example.com/drive.mp4")
//!     .positive_prompt("woman acting")
//!     .steps(12) // a raw value: checked by `build`
//!     .resolution(Resolution::_720x1280_9_16) // a typed value: cannot be wrong
//!     .number_of_frames(141)
//!     .build()?;
//! assert_eq!(
//!     serde_json::to_value(&input)?["169_valuex170_value"],
//!     "720x1280 (9:16)"
//! );
//!
//! let wrong = Input::builder().image("face.png").video("").positive_prompt("").steps(25).build();
//! let violations = wrong.unwrap_err();
//! assert_eq!(violations.len(), 3);
//! // Is it a file here, or one that the service hosts?
//! assert!(violations.to_string().contains(r#"Media::path("face.png")"#));
//! assert!(violations.to_string().contains("steps (149_steps): 25 is outside 6..=20"));
//! # }
//! # Ok(())
//! # }
//! ```
#![cfg_attr(
    feature = "client",
    doc = "

Sending it, waiting for the job, and having its result:

```no_run
# #[cfg(feature = \"kling\")]
# mod example {
use runcomfy_models::Client;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

# async fn example() -> Result<(), Box<dyn std::error::Error>> {
let client = Client::from_env()?;
let input = Input::builder()
    .prompt(\"a lighthouse at dusk\")
    .image_url(\"https://example.com/lighthouse.png\")
    .build()?;
let job = client.submit(&input).await?; // costs money; the id is in hand before anything is waited for
println!(\"{}\", job.request_id());
let done = job.wait().await?;
println!(\"{}\", done.output.video.expect(\"a video\"));

let again = client.job::<Input>(\"the-request-id\")?; // after a restart: no new submission
# let _ = again;
# Ok(())
# }
# }
```
"
)]
//!
//! # Reading and changing an input
//!
//! Each field has a getter, named like its setter. `to_builder` starts a builder with the values of an
//! input. A builder has one type parameter per required field, in the order of its documentation:
//! [`Set`] or [`Missing`]. The setters of optional fields keep the type.
//!
//! ```
//! # fn main() -> Result<(), runcomfy_models::ValidationErrors> {
//! # #[cfg(feature = "kling")]
//! # {
//! use runcomfy_models::kling::kling_2_1::master::image_to_video::{Input, InputBuilder};
//! use runcomfy_models::{Missing, Set};
//!
//! /// Half an input: the image is still missing.
//! fn dusk(short: bool) -> InputBuilder<Set, Missing> {
//!     let builder = Input::builder().prompt("a lighthouse at dusk");
//!     if short { builder.duration(5) } else { builder }
//! }
//!
//! let input = dusk(true).image_url("https://example.com/lighthouse.png").build()?;
//! assert_eq!(input.prompt(), "a lighthouse at dusk");
//! assert_eq!(input.negative_prompt(), None);
//! let longer = input.to_builder().duration(10).build()?;
//! assert_eq!(longer.duration().map(|duration| duration.value()), Some(10));
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! # Without a type
//!
//! [`model`] finds a model by its id, and [`closest_ids`] the ids that are similar to a misspelt one:
//!
//! ```
//! # #[cfg(feature = "kling")]
//! # {
//! let id = "kling/kling-2.1/master/image-to-video";
//! assert!(runcomfy_models::model(id).is_none());
//! let nearest = runcomfy_models::closest_ids(id).next();
//! assert_eq!(nearest, Some("kling/kling-2-1/master/image-to-video"));
//! # }
//! ```
//!
//! Bodies as JSON are a [`Value`]; `runcomfy_models::serde_json::json!` writes them without a
//! dependency of your own.
//!
//! # Features
//!
//! - `client` (on by default): [`Client`](https://docs.rs/runcomfy-client), jobs and their errors.
//!   Without it: the types alone, and no HTTP dependency.
//! - `blocking`: a client for programs without asynchronous code.
//! - `schemars`: `JsonSchema` for every input, with the model's id as its title, and for the types in it.
//! - One per vendor, named like the first segment of its models' ids: `kling`, `wan-ai`. All are on by
//!   default, through `all-models`. An app that names its vendors builds no other models, and so builds
//!   faster:
//!
//!   ```toml
//!   runcomfy-models = { version = "0.1", default-features = false, features = ["client", "kling"] }
//!   ```
//!
//! A model of a vendor without a feature is always built.
//!
//! # Models of your own
//!
//! [`models!`] is enough for the schemas of an app: `models!("schemas")` puts the modules of a folder in
//! place, with builders and checks like those of this crate. It takes no options, and the compiler sees a
//! new file in the folder only when something else in the crate changes; if that matters, use
//! `runcomfy-codegen` in a `build.rs`. The guide's page
//! [Your own schemas](https://github.com/runcomfy/runcomfy-rust/blob/main/docs/guide/src/own-schemas.md)
//! shows both.
//!
//! In a checkout of this project, put the schema into `schemas/` and rebuild.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use runcomfy_client::*;
#[doc(hidden)]
pub use runcomfy_types::__private;
pub use runcomfy_types::*;

include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
include!(concat!(env!("OUT_DIR"), "/vendors_off.rs"));

pub use runcomfy_macros::models;

#[doc(hidden)]
pub mod __macros {
    pub use runcomfy_macros::{checked, resolve};
}

/// An input of a model, with its literals checked by the compiler.
///
/// ```
/// # fn main() -> Result<(), runcomfy_models::ValidationErrors> {
/// # #[cfg(feature = "community")]
/// # {
/// use runcomfy_models::input;
///
/// // Every value is a literal, so this is an `Input`: nothing is left to go wrong.
/// let input = input!(community::fantasy_portrait::image_to_video {
///     image: "https://example.com/face.png",
///     video: "https://example.com/drive.mp4",
///     positive_prompt: "woman acting",
///     steps: 12,
///     resolution: "720x1280 (9:16)",
/// });
/// assert_eq!(input.steps(), Some(12));
///
/// // With any other expression it is a `Result`: that value is checked when it runs.
/// let prompt = String::from("man acting");
/// let other = input!(community::fantasy_portrait::image_to_video {
///     positive_prompt: prompt,
///     ..input // the other fields are those of this input
/// })?;
/// assert_eq!(other.positive_prompt(), "man acting");
/// assert_eq!(other.steps(), Some(12));
/// # }
/// # Ok(())
/// # }
/// ```
///
/// A literal that breaks a rule of the schema does not compile, and the error is at the literal:
///
/// ```compile_fail
/// runcomfy_models::input!(community::fantasy_portrait::image_to_video {
///     image: "https://example.com/face.png",
///     video: "https://example.com/drive.mp4",
///     positive_prompt: "woman acting",
///     steps: 25, // steps (149_steps): 25 is outside 6..=20
/// });
/// ```
///
/// A path that begins with the vendor of a model of this crate leads to that model, even if
/// another module of that name is in scope, or the feature of the vendor is off. Any other path means
/// what it means elsewhere: `own::dream` for a model of the app's own `build.rs` or of [`models!`],
/// `crate::..`, `self::..`, or a module that was imported with `use`. A module of your own with the name
/// of a vendor is written `self::kling::..`.
///
/// A list is written `[..]`, and an object inside the input `{ field: value }`, or `Type { field: value }`
/// with its generated type. Both may hold expressions. An enum takes its value as a literal, or a variant
/// as an expression. `null` is JSON's, for a field that takes it. `field` alone stands for `field: field`,
/// and `maybe_field: option` calls the setter of that name. The name of a field has no quotes; a key of a
/// map may have some. `{ name }` is a block, unless a field of the object has that name.
#[macro_export]
macro_rules! input {
    ($($call:tt)*) => {
        $crate::__index! { ($crate::__macros::resolve) ($crate) $($call)* }
    };
}
