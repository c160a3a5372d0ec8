(() => {
  const form = document.getElementById("search");
  const query = document.getElementById("q");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const kinds = [...form.querySelectorAll("button")];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const sections = [...document.querySelectorAll("section.vendor")].map((element) => ({
    element,
    count: element.querySelector("h2 small"),
    models: [...element.querySelectorAll("details.model")].map((model) => ({
      element: model,
      kind: model.dataset.kind || "",
      text: fold(model.id + " " + model.firstElementChild.textContent),
    })),
  }));
  const models = sections.flatMap((section) => section.models);
  let kind = "";

  const found = () => models.filter((model) => !model.element.hidden);

  const apply = () => {
    const words = fold(query.value).split(/\s+/).filter(Boolean);
    for (const section of sections) {
      let left = 0;
      for (const model of section.models) {
        const is = (!kind || model.kind === kind) && words.every((word) => model.text.includes(word));
        model.element.hidden = !is;
        left += is;
      }
      section.element.hidden = left === 0;
      const all = section.models.length;
      section.count.textContent = (left < all ? left + " of " : "") + all + (all === 1 ? " model" : " models");
    }
    for (const button of kinds) {
      button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
    }
    const shown = found().length;
    none.hidden = shown > 0;
    count.textContent = shown + " of " + models.length;
  };

  const remember = () => {
    const state = new URLSearchParams();
    if (query.value) state.set("q", query.value);
    if (kind) state.set("kind", kind);
    history.replaceState(null, "", "#" + state);
  };

  const open = (model) => {
    model.open = true;
    model.firstElementChild.focus();
    model.scrollIntoView({ block: "start" });
  };

  // `#q=words&kind=video` is a search, and `#model/id` is a model.
  const follow = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    const model = hash && document.getElementById(hash);
    if (model && model.matches("details.model")) {
      query.value = kind = "";
      apply();
      open(model);
      return;
    }
    const state = new URLSearchParams(location.hash.slice(1));
    query.value = state.get("q") || "";
    kind = kinds.some((one) => one.dataset.kind === state.get("kind")) ? state.get("kind") : "";
    apply();
    const left = found();
    if (query.value && left.length === 1) left[0].element.open = true;
  };

  query.addEventListener("input", () => {
    apply();
    remember();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = found();
    if (first) open(first.element);
  });
  for (const button of kinds) {
    button.addEventListener("click", () => {
      kind = button.dataset.kind;
      apply();
      remember();
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
      query.select();
    } else if (event.key === "Escape" && event.target === query) {
      query.value = "";
      apply();
      remember();
    }
  });

  const copy = async (text, code) => {
    try {
      await navigator.clipboard.writeText(text);
      return "Copied";
    } catch {
      // Without permission, a selected text is one key away from it.
      getSelection().selectAllChildren(code);
      return "Selected";
    }
  };
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest && event.target.closest("button.copy");
    if (!button) return;
    const code = button.closest("figure").querySelector("code");
    button.textContent = await copy(code.textContent, code);
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });

  addEventListener("hashchange", follow);
  form.hidden = false;
  follow();
})();
