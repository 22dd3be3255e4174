// Charts that answer to pointing, where a desk has room for them. The page says everything without
// this: a picture drawn by the server, a sentence, a table. The library is fetched when the picture
// is in sight and the browser has nothing else to do; its figures and words are those of the table.
//
// <kefen-chart kind="trend|heat" library="/static/…"> holds the picture (svg.chart) and the table.

const DESK = matchMedia("(min-width: 861px)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 300));
// The page is read before the library is even asked for.
const painted = new Promise((done) => {
  if (!PerformanceObserver.supportedEntryTypes?.includes("paint")) return done();
  new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length) done();
  }).observe({ type: "paint", buffered: true });
});

function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function words(table, selector) {
  return [...table.querySelectorAll(selector)].map((cell) => cell.textContent.trim());
}

// 万 in Chinese, k in English, as the server writes it.
function short(minor) {
  const major = minor / 100;
  const [size, sign] = document.documentElement.lang === "en" ? [1000, "k"] : [10000, "万"];
  return Math.abs(major) >= size ? `${+(major / size).toFixed(2)}${sign}` : String(major);
}

function tip(title, pairs) {
  const node = document.createElement("div");
  node.className = "tip";
  const add = (tag, text) => (node.appendChild(document.createElement(tag)).textContent = text);
  add("b", title);
  for (const pair of pairs) for (const text of pair) add("span", text);
  return node;
}

function common() {
  return {
    animation: !STILL.matches,
    animationDuration: 220,
    textStyle: { fontFamily: ink("font"), fontSize: 11.5, color: ink("ink-3") },
    tooltip: {
      confine: true,
      backgroundColor: ink("surface"),
      borderColor: ink("hair-2"),
      padding: [8, 12],
      transitionDuration: STILL.matches ? 0 : 0.12,
    },
  };
}

function axis(more) {
  return {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: ink("ink-3"), fontSize: 11.5 },
    splitLine: { show: false },
    ...more,
  };
}

function trend(table) {
  const names = words(table, "thead th");
  const rows = [...table.tBodies[0].rows];
  const said = rows.map((row) => words(row, "td"));
  const column = (at) =>
    rows.map((row) => ("value" in row.cells[at].dataset ? +row.cells[at].dataset.value : null));
  const [sales, rebates, ratio] = [column(1), column(2), column(3)];
  const days = said.map((cells) => cells[0]);
  const cap = +table.dataset.cap;
  const last = days.length - 1;
  const running = "running" in table.dataset && last > 0;
  const done = sales.map((value, at) => (running && at === last ? null : value));
  const open = sales.map((value, at) => (running && at >= last - 1 ? value : null));
  const curve = (data, more) => ({
    type: "line", data, showSymbol: false, color: ink("d1"), emphasis: { disabled: true }, ...more,
  });
  return {
    ...common(),
    grid: [
      { left: "6%", right: "1.2%", top: "4%", height: "66%" },
      { left: "6%", right: "1.2%", top: "77%", height: "14%", show: true, borderWidth: 0,
        backgroundColor: ink("surface-2") },
    ],
    axisPointer: { link: [{ xAxisIndex: "all" }], lineStyle: { color: ink("hair-2"), type: "solid" } },
    tooltip: {
      ...common().tooltip,
      trigger: "axis",
      formatter: ([first]) => {
        const cells = said[first.dataIndex];
        return tip(cells[0], names.slice(1).map((name, at) => [name, cells[at + 1]]));
      },
    },
    xAxis: [
      axis({ type: "category", data: days, axisLabel: { show: false } }),
      axis({ type: "category", data: days, gridIndex: 1 }),
    ],
    yAxis: [
      axis({ type: "value", splitNumber: 4, splitLine: { lineStyle: { color: ink("hair") } },
        axisLabel: { color: ink("ink-3"), formatter: short } }),
      axis({ type: "value", gridIndex: 1, min: 0, max: Math.max(cap * 1.25, 1), interval: cap || 1,
        axisLabel: { color: ink("ink-3"), formatter: (bps) => (bps === cap ? `${bps / 100}%` : "") } }),
    ],
    series: [
      { type: "bar", data: rebates, color: ink("d2"), barMaxWidth: 9,
        itemStyle: { opacity: 0.78, borderRadius: 2 }, emphasis: { disabled: true } },
      curve(done, { lineStyle: { width: 2 }, areaStyle: { opacity: 0.1 } }),
      curve(open, { lineStyle: { width: 2, type: [3, 4] } }),
      curve(ratio, { xAxisIndex: 1, yAxisIndex: 1, color: ink("d3"), lineStyle: { width: 1.8 },
        showSymbol: ratio.filter((bps) => bps !== null).length === 1, symbolSize: 5,
        markLine: { silent: true, symbol: "none", label: { show: false }, data: [{ yAxis: cap }],
          lineStyle: { color: ink("ink"), type: [4, 4], width: 1.2 } } }),
    ],
  };
}

function heat(table) {
  const hours = words(table, "thead th").slice(1);
  const days = words(table, "tbody th");
  const data = [...table.tBodies[0].rows].flatMap((row, day) =>
    words(row, "td").map((text, hour) => [hour, day, +text]),
  );
  const top = Math.max(...data.map((cell) => cell[2]), 1);
  const step = (level) => (level * top) / 5;
  return {
    ...common(),
    grid: { left: "11%", right: "1%", top: "1%", height: "86%" },
    tooltip: {
      ...common().tooltip,
      formatter: ({ value: [hour, day, orders] }) =>
        tip(days[day], [[`${hour}:00–${hour + 1}:00`, String(orders)]]),
    },
    xAxis: axis({ type: "category", data: hours,
      axisLabel: { color: ink("ink-3"), interval: 3, formatter: (hour) => hour.padStart(2, "0") } }),
    yAxis: axis({ type: "category", data: days, inverse: true,
      axisLabel: { color: ink("ink-3"), formatter: (day) => (/^[a-z]/i.test(day) ? day.slice(0, 2) : day.slice(-1)) } }),
    visualMap: {
      type: "piecewise", show: false,
      pieces: [{ value: 0, color: ink("heat-0") }, ...[1, 2, 3, 4, 5].map((level) => (
        { gt: step(level - 1), lte: step(level), color: ink(`heat-${level}`) }))],
    },
    series: [{ type: "heatmap", data, itemStyle: { borderWidth: 1.5, borderColor: ink("surface"),
      borderRadius: 3 }, emphasis: { itemStyle: { borderColor: ink("ink") } } }],
  };
}

const KINDS = { trend, heat };

class KefenChart extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    this.sight = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting) || !DESK.matches) return;
      this.sight.disconnect();
      painted.then(() => idle(() => this.begin()));
    });
    this.sight.observe(this);
  }

  disconnectedCallback() {
    this.ends.abort();
    for (const one of [this.sight, this.size, this.news]) one?.disconnect();
    this.chart?.dispose();
  }

  async begin() {
    if (navigator.connection?.saveData || !this.isConnected) return;
    try {
      this.library = await import(this.getAttribute("library"));
    } catch {
      return; // the picture of the server stays
    }
    this.drawing = this.appendChild(document.createElement("div"));
    this.drawing.className = "drawing";
    this.drawing.setAttribute("aria-hidden", "true"); // read by name and table instead
    this.size = new ResizeObserver(() => this.fit());
    this.news = new MutationObserver(() => this.draw());
    this.news.observe(this.querySelector("[data-part]"), { childList: true });
    const { signal } = this.ends;
    DARK.addEventListener("change", () => this.draw(), { signal });
    STILL.addEventListener("change", () => this.draw(), { signal });
    DESK.addEventListener("change", () => this.draw(), { signal });
    this.draw();
  }

  // As large as the server's picture, so that nothing moves.
  fit() {
    const box = this.picture?.getBoundingClientRect();
    if (!box?.width || !this.chart) return;
    this.drawing.style.width = `${box.width}px`;
    this.drawing.style.height = `${box.height}px`;
    this.chart.resize();
  }

  draw() {
    const table = this.querySelector("table");
    this.picture = this.querySelector("svg.chart");
    this.size.disconnect();
    const shown = Boolean(DESK.matches && table && this.picture);
    this.toggleAttribute("data-drawn", shown);
    this.drawing.hidden = !shown;
    if (!shown) return;
    const box = this.picture.getBoundingClientRect();
    this.drawing.style.width = `${box.width}px`;
    this.drawing.style.height = `${box.height}px`;
    this.chart ??= this.library.init(this.drawing, null, { renderer: "svg" });
    this.chart.setOption(KINDS[this.getAttribute("kind")](table), { notMerge: true });
    this.size.observe(this.picture);
  }
}

customElements.define("kefen-chart", KefenChart);
