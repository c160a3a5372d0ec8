//! Files of the ISO base media format: MP4, QuickTime, 3GP, HEIF and AVIF. They begin with a box
//! `ftyp`, which lists brands of four letters: the major one first, then those that the file is
//! compatible with.
//!
//! The brands are those that the MP4 Registration Authority, 3GPP, 3GPP2 and Adobe list for media
//! files, and a few that cameras write without a registration.

/// The brands of each MIME type.
const BRANDS: [(&str, &[&[u8; 4]]); 16] = [
    (
        "video/mp4",
        &[
            b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9",
            b"isoa", b"isob", b"isoc", b"mp41", b"mp42", b"mp4v", b"mp71", b"mp21", b"mmp4",
            b"avc1", b"av01", b"hvc1", b"dby1", b"dash", b"dsms", b"msdh", b"msix", b"lmsg",
            b"risx", b"sims", b"cmfc", b"cmf2", b"cmfs", b"cmff", b"cmfl", b"ccff", b"piff",
            b"isml", b"bbxm", b"CAEP", b"caqv", b"MSNV", b"NDAS", b"NDSC", b"NDSH", b"NDSM",
            b"NDSP", b"NDSS", b"NSDC", b"NDXC", b"NDXH", b"NDXM", b"NDXP", b"NDXS", b"XAVC",
            b"F4V ", b"F4P ", b"pana", b"niko", b"ROSS", b"SEBK", b"dmb1",
        ],
    ),
    ("video/x-m4v", &[b"M4V ", b"M4VH", b"M4VP"]),
    ("video/quicktime", &[b"qt  ", b"mqt "]),
    (
        "video/3gpp",
        &[
            b"3gp1", b"3gp2", b"3gp3", b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gp8", b"3gp9",
            b"3ge6", b"3ge7", b"3ge9", b"3gf9", b"3gg6", b"3gg9", b"3gh9", b"3gm9", b"3gma",
            b"3gr6", b"3gr9", b"3gs6", b"3gs9", b"3gt8", b"3gt9",
        ],
    ),
    ("video/3gpp2", &[b"3g2a", b"3g2b", b"3g2c", b"KDDI"]),
    ("audio/m4a", &[b"M4A "]),
    ("audio/mp4", &[b"M4B ", b"M4P ", b"F4A ", b"F4B "]),
    ("image/avif", &[b"avif", b"avio", b"avis", b"MA1A", b"MA1B"]),
    ("image/heic", &[b"heic", b"heix", b"heim", b"heis"]),
    ("image/heic-sequence", &[b"hevc", b"hevx", b"hevm", b"hevs"]),
    ("image/heif", &[b"mif1", b"mif2", b"mif3", b"miaf", b"MiHA", b"MiHB", b"MiHE"]),
    ("image/heif-sequence", &[b"msf1"]),
    ("image/avci", &[b"avci"]),
    ("image/avcs", &[b"avcs"]),
    ("image/j2is", &[b"j2is"]),
    ("image/x-canon-cr3", &[b"crx "]),
];

/// The MIME type of a file with these first bytes and this size. `None` if it does not begin with
/// the box, or if no brand is known.
pub fn mime(head: &[u8], size: u64) -> Option<&'static str> {
    let (length, rest) = head.split_first_chunk::<4>()?;
    let brands = rest.strip_prefix(b"ftyp")?;
    // The length of the box. Below two, another field has it, and only the major brand is read.
    let length = u32::from_be_bytes(*length);
    if length >= 2 && !(16..=size).contains(&u64::from(length)) {
        return None;
    }
    let (major, after) = brands.split_first_chunk::<4>()?;
    // The version is between the two.
    let listed = usize::try_from(length).unwrap_or_default().saturating_sub(16);
    let after = after.get(4..).unwrap_or_default();
    let compatible = after.get(..listed.min(after.len())).unwrap_or_default();
    let compatible = || compatible.as_chunks::<4>().0.iter();
    let has = |mime: &str| compatible().any(|brand| of_brand(brand) == Some(mime));
    match of_brand(major) {
        // The general brands of HEIF do not say how the image is coded. AVIF does.
        Some("image/heif" | "image/heif-sequence") if has("image/avif") => Some("image/avif"),
        Some(mime) => Some(mime),
        None => compatible().find_map(of_brand),
    }
}

fn of_brand(brand: &[u8; 4]) -> Option<&'static str> {
    let found = BRANDS.iter().find(|(_, brands)| brands.contains(&brand));
    found.map(|(mime, _)| *mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The start of a file with these brands.
    fn file(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Vec<u8> {
        let length = u32::try_from(16 + 4 * compatible.len()).unwrap();
        let mut head = length.to_be_bytes().to_vec();
        head.extend(b"ftyp");
        head.extend(major);
        head.extend([0, 0, 2, 0]);
        compatible.iter().for_each(|brand| head.extend(*brand));
        head.extend([0, 0, 0, 8]);
        head.extend(b"mdat");
        head
    }

    fn of(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Option<&'static str> {
        let head = file(major, compatible);
        mime(&head, head.len() as u64)
    }

    #[test]
    fn files_of_common_programs_are_recognised() {
        for (major, compatible, expected) in [
            // ffmpeg, phones, cameras, editors.
            (b"isom", &[b"isom", b"iso2", b"avc1", b"mp41"][..], "video/mp4"),
            (b"mp42", &[b"mp42", b"isom"], "video/mp4"),
            (b"iso5", &[b"iso6", b"mp41"], "video/mp4"),
            (b"iso8", &[], "video/mp4"),
            (b"cmfc", &[b"iso6"], "video/mp4"),
            (b"XAVC", &[b"XAVC", b"mp42", b"iso2"], "video/mp4"),
            (b"M4VH", &[b"M4V ", b"M4A ", b"mp42"], "video/x-m4v"),
            (b"M4V ", &[b"isom"], "video/x-m4v"),
            (b"qt  ", &[b"qt  "], "video/quicktime"),
            (b"3gp4", &[b"isom", b"3gp4"], "video/3gpp"),
            (b"3gp5", &[], "video/3gpp"),
            (b"3gr6", &[], "video/3gpp"),
            (b"3g2a", &[], "video/3gpp2"),
            (b"KDDI", &[b"3g2a"], "video/3gpp2"),
            (b"M4A ", &[b"M4A ", b"mp42", b"isom"], "audio/m4a"),
            (b"M4B ", &[b"M4B ", b"M4A ", b"mp42"], "audio/mp4"),
            (b"F4A ", &[], "audio/mp4"),
            (b"avif", &[b"avif", b"mif1", b"miaf", b"MA1B"], "image/avif"),
            (b"avis", &[b"avis", b"msf1"], "image/avif"),
            (b"mif1", &[b"mif1", b"avif", b"miaf"], "image/avif"),
            (b"heic", &[b"mif1", b"heic"], "image/heic"),
            (b"heix", &[], "image/heic"),
            (b"hevc", &[b"msf1"], "image/heic-sequence"),
            (b"mif1", &[b"heic"], "image/heif"),
            (b"msf1", &[b"hevc"], "image/heif-sequence"),
            (b"crx ", &[b"crx ", b"isom"], "image/x-canon-cr3"),
            // An unknown brand, and known ones that the file is compatible with.
            (b"zzzz", &[b"yyyy", b"3gp6", b"isom"], "video/3gpp"),
            (b"zzzz", &[b"heic"], "image/heic"),
        ] {
            assert_eq!(of(major, compatible), Some(expected), "{major:?} {compatible:?}");
        }
        assert_eq!(of(b"zzzz", &[b"yyyy"]), None);
    }

    #[test]
    fn every_brand_is_that_of_one_type() {
        let mut known = std::collections::BTreeMap::new();
        for (mime, brands) in BRANDS {
            for brand in brands {
                assert_eq!(known.insert(*brand, mime), None, "{brand:?}");
                assert_eq!(of(brand, &[]), Some(mime), "{brand:?}");
            }
        }
        assert!(known.len() > 100, "{}", known.len());
    }

    #[test]
    fn damaged_boxes_are_not_recognised() {
        let whole = file(b"isom", &[b"mp41"]);
        let size = whole.len() as u64;
        assert_eq!(mime(&whole, size), Some("video/mp4"));
        for end in 0..12 {
            assert_eq!(mime(&whole[..end], size), None, "{end}");
        }
        // The box is longer than the file, or too short for a brand.
        for length in [u32::MAX, 1000, 15, 8, 2] {
            let mut odd = whole.clone();
            odd[..4].copy_from_slice(&length.to_be_bytes());
            assert_eq!(mime(&odd, size), None, "{length}");
        }
        for length in [0_u32, 1] {
            let mut odd = whole.clone();
            odd[..4].copy_from_slice(&length.to_be_bytes());
            assert_eq!(mime(&odd, size), Some("video/mp4"), "{length}");
        }
        // A brand after the box counts for nothing.
        let mut after = file(b"zzzz", &[]);
        after.extend(b"isom");
        assert_eq!(mime(&after, 1000), None);
    }
}
