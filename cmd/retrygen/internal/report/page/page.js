// Filters and sorts the policies. Without it the page shows all of them, the riskiest first.
(() => {
  "use strict";
  const list = document.getElementById("list");
  const policies = list ? [...list.children] : [];
  const filter = document.getElementById("filter");
  let kind = "";

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const p of policies) {
      const text = (p.querySelector("summary").textContent + p.querySelector(".place").textContent).toLowerCase();
      const kinds = p.dataset.kinds.split(" ");
      p.hidden = !words.every(w => text.includes(w)) || kind !== "" && !kinds.includes(kind);
      n += p.hidden ? 0 : 1;
    }
    document.getElementById("shown").textContent = n === policies.length ? "" : n + " of " + policies.length;
    for (const b of document.querySelectorAll(".card button")) {
      b.setAttribute("aria-pressed", b.dataset.kind === kind);
      b.textContent = b.dataset.kind === kind ? "show all" : "show these";
    }
  }

  function sort(by, button) {
    const head = button.parentElement;
    const worst = head.getAttribute("aria-sort") !== "descending";
    for (const h of document.querySelectorAll("[aria-sort]")) h.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", worst ? "descending" : "ascending");
    const sign = worst ? -1 : 1;
    list.append(...[...policies].sort((a, b) => sign * (a.dataset[by] - b.dataset[by])));
  }

  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const policy = target && target.closest("details");
    if (policy) policy.open = true;
  }

  if (filter) {
    document.querySelector(".tools").hidden = false;
    filter.addEventListener("input", show);
    const all = document.getElementById("all");
    all.addEventListener("click", () => {
      const open = all.textContent === "open all";
      for (const p of policies) if (!p.hidden) p.open = open;
      all.textContent = open ? "close all" : "open all";
    });
    for (const head of document.querySelectorAll("[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.title = "sort, the worst first";
      button.textContent = "↕";
      button.addEventListener("click", () => sort(head.dataset.sort, button));
      head.append(" ", button);
    }
    for (const card of document.querySelectorAll(".card")) {
      if (!policies.some(p => p.dataset.kinds.split(" ").includes(card.dataset.kind))) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "act";
      button.dataset.kind = card.dataset.kind;
      button.addEventListener("click", () => { kind = kind === button.dataset.kind ? "" : button.dataset.kind; show(); });
      card.append(button);
    }
    show();
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
