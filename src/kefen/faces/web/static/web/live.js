// A page that stays true without a reload: hears of changes by server-sent events, asks every few
// seconds where those do not come through, and says when what it shows may be old.
//
// <kefen-live address="/live/…" version="…"> holds the words; nodes with data-live="name" get new
// content by name; when the version changes, the page is fetched again and every data-part that
// differs takes its place. Without script none of it is seen and nothing is missed.

const SILENCE = 6000; // the stream says something every three seconds
const POLL = 5000;
const PATIENCE = 3000; // SILENCE + PATIENCE: within ten seconds a page knows that it is stale
const REST = 2; // a page that took long to draw is left alone for as many times its length
const RETRY = [1000, 2000, 4000, 8000, 15000];

class KefenLive extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.toggle());
    this.seen = () => this.attend();
    document.addEventListener("visibilitychange", this.seen);
    this.attempt = 0;
    this.heardAt = 0;
    this.timers = {};
    this.attend();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.seen);
    this.rest();
  }

  // Only a page that is looked at holds a stream: a browser has six connections to one server.
  attend() {
    if (this.paused) return;
    if (document.hidden) this.rest();
    else {
      if (!this.dataset.state) this.say("connecting");
      this.open();
    }
  }

  toggle() {
    this.paused = !this.paused;
    this.button.querySelector("[data-button=pause]").hidden = this.paused;
    this.button.querySelector("[data-button=resume]").hidden = !this.paused;
    if (this.paused) {
      this.rest();
      this.say("paused");
    } else {
      this.say("connecting");
      this.attend();
    }
  }

  say(state) {
    if (this.dataset.state !== state) this.dataset.state = state;
  }

  after(name, milliseconds, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, milliseconds);
  }

  rest() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.asking?.abort();
    this.asking = null;
    this.stream?.close();
    this.stream = null;
  }

  open() {
    this.stream?.close();
    this.after("silence", SILENCE, () => this.lost());
    if (!("EventSource" in window)) return this.lost();
    const stream = new EventSource(this.getAttribute("address"));
    this.stream = stream;
    const heard = (event) => {
      if (stream !== this.stream) return;
      this.attempt = 0;
      this.heardAt = performance.now();
      clearTimeout(this.timers.poll);
      this.after("silence", SILENCE, () => this.lost());
      this.say("live");
      this.take(JSON.parse(event.data));
    };
    stream.addEventListener("figures", heard);
    stream.addEventListener("beat", heard);
    stream.addEventListener("expired", () => stream === this.stream && this.renew());
    stream.onerror = () => stream === this.stream && this.lost();
  }

  lost() {
    this.stream?.close();
    this.stream = null;
    const wait = RETRY[Math.min(this.attempt++, RETRY.length - 1)];
    // Not all at once when a server comes back.
    this.after("open", wait * (0.8 + 0.4 * Math.random()), () => this.open());
    clearTimeout(this.timers.silence);
    this.poll();
  }

  async poll() {
    this.after("poll", POLL, () => this.poll());
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const began = performance.now();
    // Another question took its place, the stream spoke meanwhile, or nobody waits any more.
    const idle = () => asking !== this.asking || this.heardAt > began;
    this.after("patience", PATIENCE, () => asking.abort());
    try {
      const address = `${this.getAttribute("address")}/now`;
      const answer = await fetch(address, { signal: asking.signal, cache: "no-store" });
      if (idle()) return;
      if (answer.status === 404) return void this.renew();
      if (!answer.ok) throw new Error(answer.status);
      const figures = await answer.json();
      if (idle()) return;
      this.say("polling");
      this.take(figures);
    } catch {
      if (!idle()) this.say("stale");
    }
  }

  take(figures) {
    this.renewed = false;
    for (const [name, html] of Object.entries(figures)) {
      for (const node of document.querySelectorAll(`[data-live="${name}"]`)) {
        if (node.innerHTML !== html) node.innerHTML = html;
      }
    }
    if (figures.version && figures.version !== this.getAttribute("version")) {
      const idle = !this.refreshing;
      this.setAttribute("version", figures.version);
      if (idle) this.refreshing = this.follow().finally(() => (this.refreshing = null));
    }
  }

  // Draws anew until nothing changed meanwhile; a busy school is not asked without a pause.
  async follow() {
    let version;
    do {
      version = this.getAttribute("version");
      const began = performance.now();
      await this.refresh();
      const rest = Math.min(REST * (performance.now() - began), POLL);
      await new Promise((done) => setTimeout(done, rest));
    } while (version !== this.getAttribute("version") && this.isConnected && !this.paused);
  }

  // The page says itself what it looks like now, to whoever may see it now. Answers whether it
  // did; null if nobody answered.
  async refresh() {
    clearTimeout(this.timers.refresh);
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.status >= 500) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("kefen-live");
      if (!answer.ok || !fresh) return false;
      for (const part of document.querySelectorAll("[data-part]")) {
        const other = page.querySelector(`[data-part="${part.dataset.part}"]`);
        if (!other) continue;
        const shut = part.querySelectorAll("details"); // what somebody opened stays open
        other.querySelectorAll("details").forEach((one, at) => (one.open = !!shut[at]?.open));
        if (!part.isEqualNode(other)) {
          const held = part.contains(document.activeElement);
          part.className = other.className;
          part.replaceChildren(...document.adoptNode(other).childNodes);
          if (held) part.querySelector("a, button")?.focus(); // not thrown back to the top
        }
      }
      this.setAttribute("address", fresh.getAttribute("address"));
      return true;
    } catch {
      this.after("refresh", POLL, () => this.refresh());
      return null;
    }
  }

  // The right to watch ran out; the page itself asks who is there and gives a new one. Once: where
  // that opens nothing either, nobody would answer the next.
  async renew() {
    this.rest();
    const first = !this.renewed;
    const drawn = first && (await this.refresh());
    if (this.paused || document.hidden) return;
    if (drawn === null) return void this.lost();
    this.renewed = drawn;
    if (drawn) this.open();
    else this.say("expired");
  }
}

customElements.define("kefen-live", KefenLive);
