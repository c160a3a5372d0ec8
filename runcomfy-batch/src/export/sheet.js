(() => {
  const form = document.getElementById("search");
  const query = document.getElementById("q");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const buttons = [...form.querySelectorAll("button")];
  const cards = [...document.querySelectorAll("article")];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let texts;
  let state = "";

  const apply = () => {
    const words = fold(query.value).split(/\s+/).filter(Boolean);
    // Only a search needs them.
    if (words.length && !texts) texts = cards.map((card) => fold(card.textContent));
    let shown = 0;
    cards.forEach((card, index) => {
      const is =
        (!state || card.dataset.state === state) && words.every((word) => texts[index].includes(word));
      if (card.hidden === is) card.hidden = !is;
      shown += is;
    });
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.state === state));
    }
    none.hidden = shown > 0;
    count.textContent = shown + " of " + cards.length;
  };

  const remember = () => {
    const hash = new URLSearchParams();
    if (query.value) hash.set("q", query.value);
    if (state) hash.set("state", state);
    history.replaceState(null, "", "#" + hash);
  };

  // `#q=words&state=failed` is a search, and `#job-17` is a job.
  const follow = () => {
    const hash = new URLSearchParams(location.hash.slice(1));
    query.value = hash.get("q") || "";
    state = buttons.some((one) => one.dataset.state === hash.get("state")) ? hash.get("state") : "";
    apply();
  };

  let timer;
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (apply(), remember()), cards.length > 1000 ? 150 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of buttons) {
    button.addEventListener("click", () => {
      state = button.dataset.state;
      apply();
      remember();
    });
  }
  addEventListener("hashchange", follow);

  // A browser has a limited number of players. Those in sight show their first frame, and those out of
  // sight give theirs back, unless they play.
  const players = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const preload = isIntersecting ? "metadata" : "none";
        if (target.preload === preload || !target.paused) continue;
        target.preload = preload;
        if (!isIntersecting || target.networkState === HTMLMediaElement.NETWORK_IDLE) target.load();
      }
    },
    { rootMargin: "400px" },
  );
  for (const player of document.querySelectorAll("video, audio")) players.observe(player);

  form.hidden = false;
  follow();
})();
