//! What the fuzz targets do with their input; `tests/it/fuzz.rs` runs them a bounded number of times.

use runcomfy_codegen::Generator;

use crate::ENTRIES;

/// Schema text to generated source: an error, or source that the compiler can read.
///
/// # Panics
/// Where the generator does, or where its source is no Rust.
pub fn schema_text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(generated) = Generator::from_texts([("fuzz/model", text)]).generate() {
        for model in &generated.models {
            if let Err(error) = parse(&model.source) {
                panic!("{error}\n{}", model.source);
            }
        }
    }
}

/// Reads source as Rust. The parser recurses as deeply as rules nest, which a test's own stack is too
/// small for.
fn parse(source: &str) -> Result<(), String> {
    const STACK: usize = 256 << 20;
    std::thread::scope(|scope| {
        let parser = || syn::parse_file(source).map(drop).map_err(|error| error.to_string());
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parser);
        thread.unwrap().join().unwrap()
    })
}

/// JSON text to an `Input`: the first two bytes choose the model.
///
/// # Panics
/// Where reading does, or where what was accepted is refused when it comes again.
pub fn input_json(data: &[u8]) {
    let [low, high, text @ ..] = data else { return };
    let index = usize::from(u16::from_le_bytes([*low, *high])) % ENTRIES.len();
    let Ok(text) = std::str::from_utf8(text) else { return };
    let entry = &ENTRIES[index];
    if let Ok(again) = (entry.from_json)(text) {
        assert_eq!((entry.from_json)(&again), Ok(again.clone()), "{}: {text}", entry.id);
    }
}
