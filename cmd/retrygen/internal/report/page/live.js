// Asks the server that the page comes from, whenever a field changes. Without it the form has a button.
(() => {
  "use strict";
  const form = document.querySelector("form");
  const result = document.getElementById("result");
  const link = document.getElementById("link");
  const pair = document.getElementById("pair");
  let asking = null, later = 0;

  function query() {
    const q = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim() !== "") q.set(name, value);
    return "?" + q;
  }

  function mark() {
    for (const field of form.elements) {
      const wrong = field.name && result.querySelector(`[data-field="${field.name}"]`);
      if (wrong) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    }
    for (const button of result.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", () => copy(button, button.dataset.copy));
    }
  }

  async function copy(button, text) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      button.textContent = "not allowed";
    }
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  async function ask() {
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    const q = query();
    history.replaceState(null, "", q);
    result.setAttribute("aria-busy", "true");
    try {
      const response = await fetch("/result" + q, { signal: mine.signal });
      const text = await response.text();
      if (mine !== asking) return;
      if (response.headers.get("Content-Type").startsWith("text/html")) result.innerHTML = text; else result.textContent = text;
      mark();
    } catch (failed) {
      if (mine !== asking) return;
      result.textContent = "retrygen does not answer: " + failed.message;
    }
    result.setAttribute("aria-busy", "false");
  }

  form.addEventListener("input", () => { clearTimeout(later); later = setTimeout(ask, 200); });
  form.addEventListener("submit", event => { event.preventDefault(); clearTimeout(later); ask(); });
  link.hidden = pair.hidden = false;
  link.addEventListener("click", () => copy(link, location.href));
  pair.addEventListener("click", () => { form.elements.compare.value = form.elements.policy.value; form.elements.compare.focus(); ask(); });
  mark();
})();
