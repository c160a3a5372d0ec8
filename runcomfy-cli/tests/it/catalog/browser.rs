//! The page in Chromium, used by its keys and its address. Skipped with a message where there is no
//! Chromium; the gate installs it.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::document::Document;
use super::{hostile, own_page, page};

/// The names of the program, and a variable that names another one.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const VARIABLE: &str = "CHROMIUM";

/// A look at a page.
pub(crate) struct Visit<'a> {
    /// The part of the address after `#`.
    pub(crate) hash: &'a str,
    pub(crate) width: u32,
    pub(crate) is_dark: bool,
}

pub(crate) const VISIT: Visit<'static> = Visit { hash: "", width: 1200, is_dark: false };

/// A browser, or `None` with a message. One that the variable names must be there.
pub(crate) fn browser() -> Option<String> {
    let named = std::env::var(VARIABLE).ok();
    let names = named.as_deref().map_or(PROGRAMS.to_vec(), |named| vec![named]);
    let found = names.into_iter().find(|name| {
        let mut version = Command::new(name);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    });
    assert!(found.is_some() || named.is_none(), "{VARIABLE} names no browser: {named:?}");
    if found.is_none() {
        eprintln!("skipped: no Chromium; install Debian's `chromium`, or name one in {VARIABLE}");
    }
    found.map(str::to_owned)
}

/// The page after the browser has run its scripts.
fn visit(browser: &str, page: &str, visit: &Visit<'_>) -> String {
    visit_in(browser, tempfile::tempdir().unwrap().path(), page, visit)
}

/// The same for a page with files beside it.
fn visit_in(browser: &str, folder: &Path, page: &str, visit: &Visit<'_>) -> String {
    let profile = tempfile::tempdir().unwrap();
    let file = folder.join("models.html");
    std::fs::write(&file, page).unwrap();
    dump(browser, profile.path(), &format!("file://{}#{}", file.display(), visit.hash), visit)
}

fn dump(browser: &str, folder: &Path, url: &str, visit: &Visit<'_>) -> String {
    let mut command = Command::new(browser);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--hide-scrollbars"])
        // Its timers wait for no real time.
        .arg("--virtual-time-budget=20000")
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--window-size={},1400", visit.width))
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!visit.is_dark)))
        .args(["--dump-dom", url]);
    let output = command.stderr(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a script in the page, as an `async` function, and returns its result.
pub(crate) fn run(browser: &str, page: &str, at: &Visit<'_>, script: &str) -> Value {
    run_in(browser, tempfile::tempdir().unwrap().path(), page, at, script)
}

/// The same for a page with files beside it.
pub(crate) fn run_in(
    browser: &str,
    folder: &Path,
    page: &str,
    at: &Visit<'_>,
    script: &str,
) -> Value {
    let (before, after) = page.rsplit_once("</body>").unwrap();
    let script = format!(
        "<script type=module>
        const $ = (query) => document.querySelector(query);
        const all = (query) => [...document.querySelectorAll(query)];
        const visible = () => all('details.model').filter((one) => one.checkVisibility()).map((one) => one.id);
        const press = (key) => document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true }}));
        const type = (text) => {{ $('#q').value = text; $('#q').dispatchEvent(new Event('input')); }};
        let result;
        try {{ result = await (async () => {{ {script} }})(); }} catch (error) {{ result = 'failed: ' + error; }}
        const shown = document.createElement('output');
        shown.id = 'result';
        shown.textContent = JSON.stringify(result);
        document.body.append(shown);
        </script>"
    );
    let dumped = visit_in(browser, folder, &format!("{before}{script}</body>{after}"), at);
    let result = Document::parse(&dumped).by_id("result").text();
    serde_json::from_str(&result).unwrap()
}

/// The ids of the models that a dumped page shows.
fn visible(dumped: &str) -> Vec<String> {
    let document = Document::parse(dumped);
    let models = document.elements().filter(|one| one.name() == "details");
    let shown = models.filter(|one| one.attribute("hidden").is_none());
    shown.filter_map(|one| one.attribute("id")).collect()
}

#[test]
fn address_is_a_search() {
    let Some(browser) = browser() else { return };
    let page = own_page();
    let at = |hash| visible(&visit(&browser, &page, &Visit { hash, ..VISIT }));
    let all = at("");
    assert!(all.len() > 90);
    let kling = at("q=kling");
    assert!(kling.len() > 3 && kling.len() < all.len(), "{kling:?}");
    assert!(kling.iter().all(|id| id.contains("kling")), "{kling:?}");
    // By title, vendor and kind, in any case and any order.
    assert_eq!(at("q=VIDEO+Portrait+community"), ["community/fantasy-portrait/image-to-video"]);
    assert_eq!(at("q=no+such+model"), [""; 0]);
    let audio = at("kind=audio");
    assert!(!audio.is_empty() && audio.len() < all.len());
    assert!(at("q=kling&kind=audio").is_empty());
}

#[test]
fn page_is_used_by_keys() {
    let Some(browser) = browser() else { return };
    let result = run(
        &browser,
        &own_page(),
        &VISIT,
        "
        const seen = {};
        seen.first = $('#count').textContent;
        document.body.focus();
        press('/');
        seen.focus = document.activeElement.id;
        seen.outline = getComputedStyle(document.activeElement).outlineStyle;
        type('kling 2-1');
        seen.found = visible();
        seen.hash = location.hash;
        seen.heading = all('h2').find((one) => one.textContent.startsWith('kling')).textContent;
        // In the field, a slash is a letter.
        seen.slash = press('/');
        $('#search').requestSubmit();
        seen.open = all('details.model[open]').map((one) => one.id);
        seen.summary = document.activeElement.parentElement.id;
        $('#q').focus();
        type('nothing like this');
        seen.none = [visible().length, $('#none').checkVisibility()];
        press('Escape');
        seen.all = [$('#q').value, $('#count').textContent];
        $('button[data-kind=audio]').click();
        seen.kinds = [...new Set(all('details.model').filter((one) => one.checkVisibility()).map((one) => one.dataset.kind))];
        seen.pressed = all('button[aria-pressed=true]').map((one) => one.textContent);
        $('button[data-kind=\"\"]').click();
        location.hash = '#community/wan-2-1/fusionx/image-to-video';
        await new Promise((done) => setTimeout(done, 50));
        seen.linked = document.activeElement.parentElement.id;
        // Everything that can be used can be reached by the key Tab.
        seen.unreachable = all('summary, a[href], button, input, pre').filter((one) => one.tabIndex !== 0).length;
        seen.requests = performance.getEntriesByType('resource').length;
        return seen;
        ",
    );
    let count = own_page().matches("<details class=\"model\"").count();
    let master = "kling/kling-2-1/master/image-to-video";
    assert_eq!(
        result,
        json!({
            "first": format!("{count} of {count}"),
            "focus": "q",
            "outline": "solid",
            "found": [master],
            "hash": "#q=kling+2-1",
            "heading": result["heading"],
            "slash": true,
            "open": [master],
            "summary": master,
            "none": [0, true],
            "all": ["", format!("{count} of {count}")],
            "kinds": ["audio"],
            "pressed": ["Audio"],
            "linked": "community/wan-2-1/fusionx/image-to-video",
            "unreachable": 0,
            "requests": 0,
        })
    );
    assert!(result["heading"].as_str().unwrap().starts_with("kling 1 of "), "{result}");
}

#[test]
fn sample_is_copied_as_it_stands() {
    let Some(browser) = browser() else { return };
    let result = run(
        &browser,
        &page(&hostile()),
        &Visit { hash: "acme/dream/video", ..VISIT },
        "
        const copied = [];
        let allowed = true;
        Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => {
            if (!allowed) throw new Error('denied');
            copied.push(text);
        } } });
        const buttons = all('button.copy').filter((one) => one.checkVisibility());
        for (const button of buttons) button.click();
        await new Promise((done) => setTimeout(done, 50));
        const words = buttons.map((one) => one.textContent);
        await new Promise((done) => setTimeout(done, 2000));
        const after = buttons.map((one) => one.textContent);
        allowed = false;
        buttons[2].click();
        await new Promise((done) => setTimeout(done, 50));
        return {
            same: JSON.stringify(copied) === JSON.stringify(all('figure code').map((one) => one.textContent)),
            count: copied.length, words, after,
            denied: [buttons[2].textContent, getSelection().toString() === copied[2]],
            title: document.title,
        };
        ",
    );
    let expected = json!({
        "same": true, "count": 3, "words": ["Copied", "Copied", "Copied"],
        "after": ["Copy", "Copy", "Copy"], "denied": ["Selected", true],
        // No text of the schema ran as a script.
        "title": "RunComfy models",
    });
    assert_eq!(result, expected);
}

/// The contrast of texts, by the formula of WCAG 2, and what is wider than the window.
pub(crate) const LOOK: &str = "
    const page = document.documentElement;
    page.style.width = width + 'px';
    for (const one of all('details')) one.open = true;
    const light = (color) => {
        const parts = color.match(/[\\d.]+/g).map(Number).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (one) => {
        for (; one; one = one.parentElement) {
            const color = getComputedStyle(one).backgroundColor;
            if (!color.endsWith(', 0)')) return color;
        }
        return getComputedStyle(page).backgroundColor;
    };
    const faint = new Set();
    for (const one of all('body *')) {
        const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!text || !one.checkVisibility()) continue;
        const style = getComputedStyle(one);
        const pair = [light(style.color), light(behind(one))].sort((a, b) => b - a);
        const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (contrast < 4.5) faint.add(one.tagName + '.' + one.className + ' ' + contrast.toFixed(1));
    }
    const wide = all('body *').filter((one) =>
        one.checkVisibility() && !one.closest('pre') && one.getBoundingClientRect().right > width + 1);
    return {
        faint: [...faint],
        wide: wide.map((one) => one.tagName + '.' + one.className).slice(0, 5),
        scrolls: page.scrollWidth > Math.max(width, innerWidth),
        styled: matchMedia('(max-width: 40rem)').matches,
        is_dark: light(getComputedStyle(page).backgroundColor) < 0.2,
    };
";

#[test]
fn page_is_legible_light_dark_and_narrow() {
    let Some(browser) = browser() else { return };
    let page = page(&hostile());
    for (width, is_dark) in [(1200, false), (1200, true), (400, false), (400, true)] {
        let result = {
            // Chromium opens no narrower window than 500 pixels.
            let script = format!("const width = {width}; {LOOK}");
            run(&browser, &page, &Visit { width, is_dark, ..VISIT }, &script)
        };
        let expected = json!({
            "faint": [], "wide": [], "scrolls": false, "styled": width == 400, "is_dark": is_dark,
        });
        assert_eq!(result, expected);
    }
}
