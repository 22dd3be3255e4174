// The console's search from anywhere: Ctrl-K or ⌘K opens a dialog that shows the search page's own
// results. Without this script the link in the top bar leads to that page.
(function () {
  "use strict";
  var dialog = document.querySelector("[data-finder]");
  if (!dialog || !dialog.showModal) return;
  var field = dialog.querySelector("input"), found = dialog.querySelector("[data-found]");
  var said = dialog.querySelector("[role=status]"), bar = document.querySelector("a.find");
  var hint = document.querySelector(".find kbd"), waiting = 0, asked = 0, shown = "";

  if (hint) {
    hint.hidden = false;
    if (/Mac|iPhone|iPad/.test(navigator.platform)) hint.textContent = "⌘ K";
  }

  function links() { return Array.from(found.querySelectorAll("a")); }

  function show(html, number) {
    if (number !== asked || !dialog.open) return; // a later question was answered before
    var page = new DOMParser().parseFromString(html, "text/html");
    var part = page.querySelector("[data-part=results]");
    found.replaceChildren();
    if (part) found.append.apply(found, Array.from(part.childNodes));
    var count = links().length;
    said.textContent = count ? count + " " + said.dataset.results : said.dataset.nothing;
  }

  function ask() {
    var text = field.value.trim(), number = ++asked;
    if (text === shown) return;
    shown = text;
    if (!text) { found.replaceChildren(); said.textContent = ""; return; }
    fetch(dialog.dataset.finder + "?q=" + encodeURIComponent(text), { credentials: "same-origin" })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : ""; })
      .then(function (html) { show(html, number); })
      .catch(function () { shown = ""; });
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.select();
    ask();
  }

  function step(by) {
    var all = links(), at = all.indexOf(document.activeElement) + by;
    if (!all.length) return;
    if (at < 0) field.focus();
    else all[Math.min(at, all.length - 1)].focus();
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close(); else open();
    }
  });

  dialog.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") { event.preventDefault(); step(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); step(-1); }
    else if (event.key === "Escape") { event.preventDefault(); dialog.close(); } // else it clears
    else if (event.key === "Enter" && event.target === field) {
      event.preventDefault();
      var first = links()[0];
      if (first && shown === field.value.trim()) first.click();
      else if (field.value.trim()) {
        location.href = dialog.dataset.finder + "?q=" + encodeURIComponent(field.value.trim());
      }
    }
  });

  field.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });

  if (bar) bar.addEventListener("click", function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // into a tab of its own
    event.preventDefault();
    open();
  });
})();
