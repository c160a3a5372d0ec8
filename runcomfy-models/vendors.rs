// Written by `cargo xtask features`.

/// The vendors that have a feature, and whether it is on.
const VENDORS: &[(&str, bool)] = &[
    ("acestep-ai", cfg!(feature = "acestep-ai")),
    ("alibaba", cfg!(feature = "alibaba")),
    ("blackforestlabs", cfg!(feature = "blackforestlabs")),
    ("bytedance", cfg!(feature = "bytedance")),
    ("community", cfg!(feature = "community")),
    ("elevenlabs", cfg!(feature = "elevenlabs")),
    ("google", cfg!(feature = "google")),
    ("happyhorse", cfg!(feature = "happyhorse")),
    ("ideogram-ai", cfg!(feature = "ideogram-ai")),
    ("kling", cfg!(feature = "kling")),
    ("lightricks", cfg!(feature = "lightricks")),
    ("minimax", cfg!(feature = "minimax")),
    ("openai", cfg!(feature = "openai")),
    ("pixverse", cfg!(feature = "pixverse")),
    ("qwen", cfg!(feature = "qwen")),
    ("runwayml", cfg!(feature = "runwayml")),
    ("wan-ai", cfg!(feature = "wan-ai")),
];
