// A list that moves while jobs work: the page is fetched again every second and its parts with
// data-moving take over what differs. When nothing moves any more, it rests. Without script the page
// reloads itself (a meta element in noscript).

const PAUSE = 1000;

async function again() {
  const part = document.querySelector("[data-moving]");
  if (!part) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
        // A control that has the focus keeps it: what it stands in waits for the next turn.
        if (fresh && fresh.outerHTML !== part.outerHTML && !part.contains(document.activeElement)) {
          part.replaceWith(fresh);
        }
      }
    } catch {
      // The next turn asks again.
    }
  }
  setTimeout(again, PAUSE);
}

setTimeout(again, PAUSE);
