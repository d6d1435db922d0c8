"use strict";

/* Draws the charts of a report with uPlot. Each figure holds its data as JSON; colours come from
   the style sheet, so that page, canvas and paper always agree. */
(() => {
  const root = document.documentElement;
  const synced = new Map();
  const charts = [];
  let style = getComputedStyle(root);

  const colour = index => style.getPropertyValue("--c" + index);
  const shade = name => style.getPropertyValue("--" + name);

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }

  const withUnit = axis => (axis.unit ? " " + axis.unit : "");

  class Chart {
    constructor(figure) {
      this.figure = figure;
      this.spec = JSON.parse(figure.querySelector("script").textContent);
      this.place = figure.querySelector(".plot");
      this.hidden = new Set();
      this.marks = this.spec.legend.filter(entry => entry.kind === "mark");
      for (const entry of this.marks) entry.items.sort((a, b) => a.from - b.from);
      this.alignLines();
      const x = this.data[0];
      this.full = x.length > 1 ? [x[0], x[x.length - 1]] : [x[0] - 1, x[0] + 1];
      this.home = this.spec.view.length ? this.clamp(...this.spec.view) : this.full;
      this.tip = element("div", "tip", "");
      this.tip.hidden = true;
      this.plot = new uPlot(this.options(), this.data, this.place);
      this.plot.over.append(this.tip);
      this.zoom(...this.home);
      this.listen();
    }

    /** Brings all lines to one x, references first so that the others lie on top of them. */
    alignLines() {
      const { legend, groups } = this.spec;
      const tables = groups.map(group => [group.x, ...group.series.map(line => line.y)]);
      // 2: a gap reaches to the next value of its own series, past the x of others
      const [x, ...columns] = uPlot.join(tables, tables.map(table => table.map(() => 2)));
      const names = groups.flatMap(group => group.series.map(line => line.name));
      const isFront = entry => entry.kind !== "reference";
      this.lines = legend
        .filter(entry => names.includes(entry.name))
        .sort((a, b) => isFront(a) - isFront(b));
      this.data = [x, ...this.lines.map(entry => columns[names.indexOf(entry.name)])];
    }

    options() {
      const font = "12px " + getComputedStyle(document.body).fontFamily;
      const axis = {
        font,
        stroke: () => shade("muted"),
        grid: { stroke: () => shade("grid"), width: 1 },
        ticks: { stroke: () => shade("line"), width: 1, size: 5 },
        values: (u, splits) => {
          const asPower = !splits.every(axes.isPlain);
          return splits.map(value => (value === null ? "" : axes.format(value, asPower)));
        },
      };
      const whole = this.data[0].every(Number.isInteger);
      const wholeSteps = [1, 2, 5].flatMap(d => [...Array(9).keys()].map(e => d * 10 ** e));
      const xAxis = { ...axis, size: 30, space: 60 };
      if (whole) xAxis.incrs = wholeSteps.sort((a, b) => a - b);
      const yAxis = { ...axis, size: Chart.axisWidth, space: 36 };
      if (this.spec.y.logarithmic) {
        Object.assign(yAxis, { splits: axes.logarithmicSplits, filter: axes.labelled });
      }
      return {
        ...this.size(),
        padding: [10 + annotations.ROW_HEIGHT * this.marks.length, 12, 0, 0],
        legend: { show: false },
        scales: { x: { time: false }, y: this.yScale() },
        axes: [xAxis, yAxis],
        series: [{}, ...this.lines.map(entry => this.line(entry))],
        cursor: {
          y: false,
          points: {
            size: 9,
            width: 2,
            stroke: () => shade("paper"),
            fill: (u, i) => u.series[i].stroke(),
          },
          drag: { x: true, y: false, dist: 4 },
          bind: { dblclick: () => () => this.zoom(...this.home) },
          ...(this.spec.sync && { sync: this.cursorSync() }),
        },
        hooks: {
          drawClear: [u => annotations.drawBands(u, this.shown("band"), colour)],
          draw: [u => this.annotate(u)],
          setScale: [(u, key) => key === "x" && this.zoomed(u)],
          setCursor: [u => this.point(u)],
        },
      };
    }

    line(entry) {
      const reference = entry.kind === "reference";
      const stroke = () => (reference ? shade("truth") : colour(entry.colour));
      return {
        label: entry.name,
        stroke,
        width: (reference ? 3.5 : 1.75) * (this.narrow() ? 0.8 : 1),
        dash: entry.kind === "dashed" ? [6, 4] : undefined,
        pxAlign: 0,
        points: { size: 6, width: 1.5, stroke, fill: () => shade("paper"), space: 24 },
      };
    }

    static axisWidth(u, values, index, cycle) {
      if (cycle > 1) return u.axes[index]._size;
      const axis = u.axes[index];
      u.ctx.font = axis.font[0];
      const widths = (values ?? []).map(value => u.ctx.measureText(value).width / uPlot.pxRatio);
      return Math.ceil(Math.max(34, ...widths) + axis.ticks.size + axis.gap);
    }

    yScale() {
      const log = this.spec.y.logarithmic;
      const range = (u, low, high) => {
        const levels = this.shown("level").map(level => level.items[0].from);
        const all = [low, high, ...levels].filter(Number.isFinite);
        if (!all.length) return log ? [0.1, 1] : [0, 1];
        return (log ? axes.logarithmicRange : axes.linearRange)(Math.min(...all), Math.max(...all));
      };
      return { distr: log ? 3 : 1, range };
    }

    cursorSync() {
      const pub = type => type === "mousemove" || type === "mouseleave";
      return { key: this.spec.sync, setSeries: false, scales: ["x", null], filters: { pub } };
    }

    narrow() {
      return this.place.clientWidth < 560;
    }

    size() {
      return { width: this.place.clientWidth, height: this.narrow() ? 224 : 288 };
    }

    shown(kind) {
      return this.spec.legend.filter(e => e.kind === kind && !this.hidden.has(e.name));
    }

    clamp(from, to) {
      const [first, last] = this.full;
      const span = Math.max(Math.min(to - from, last - first), (last - first) * 1e-6);
      const start = Math.max(first, Math.min(from, last - span));
      return [start, start + span];
    }

    zoom(from, to) {
      const [min, max] = this.clamp(from, to);
      this.plot.setScale("x", { min, max });
    }

    /** Moves by a part of what is shown, after scaling its span about the middle. */
    travel(part, factor) {
      const { min, max } = this.plot.scales.x;
      const middle = (min + max) / 2 + part * (max - min);
      const half = ((max - min) * factor) / 2;
      this.zoom(middle - half, middle + half);
    }

    zoomed(u) {
      const { min, max } = u.scales.x;
      const near = (a, b) => Math.abs(a - b) <= 1e-9 * (this.full[1] - this.full[0]);
      const atHome = near(min, this.home[0]) && near(max, this.home[1]);
      const off = {
        reset: atHome,
        left: near(min, this.full[0]),
        right: near(max, this.full[1]),
        out: near(min, this.full[0]) && near(max, this.full[1]),
        in: false,
      };
      for (const tool of this.figure.querySelectorAll("[data-action]")) {
        tool.setAttribute("aria-disabled", off[tool.dataset.action]);
      }
      for (const peer of synced.get(this.spec.sync) ?? []) {
        const scale = peer.plot?.scales.x;
        if (scale && peer !== this && !(near(scale.min, min) && near(scale.max, max))) {
          peer.plot.setScale("x", { min, max });
        }
      }
    }

    act(action) {
      if (action === "left") this.travel(-0.5, 1);
      if (action === "right") this.travel(0.5, 1);
      if (action === "in") this.travel(0, 0.5);
      if (action === "out") this.travel(0, 2);
      if (action === "reset") this.zoom(...this.home);
    }

    listen() {
      const keys = { ArrowLeft: "left", ArrowRight: "right", "+": "in", "=": "in", "-": "out" };
      Object.assign(keys, { 0: "reset", Escape: "reset" });
      this.place.addEventListener("keydown", event => {
        if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        this.act(keys[event.key]);
      });
      for (const tool of this.figure.querySelectorAll("[data-action]")) {
        tool.addEventListener("click", () => this.act(tool.dataset.action));
      }
      for (const key of this.figure.querySelectorAll("[data-name]")) {
        key.addEventListener("click", () => this.toggle(key));
      }
      this.listenToTouch();
      new ResizeObserver(() => this.resize()).observe(this.place);
    }

    // uPlot knows the mouse only: a finger moves the strip along, the buttons zoom
    listenToTouch() {
      let start = null;
      this.plot.over.addEventListener("pointerdown", event => {
        const { min, max } = this.plot.scales.x;
        start = event.pointerType === "touch" ? { at: event.clientX, min, max } : null;
      });
      this.plot.over.addEventListener("pointermove", event => {
        if (!start) return;
        const perPixel = (start.max - start.min) / this.plot.over.clientWidth;
        const shift = (start.at - event.clientX) * perPixel;
        this.zoom(start.min + shift, start.max + shift);
      });
      for (const end of ["pointerup", "pointercancel"]) {
        this.plot.over.addEventListener(end, () => (start = null));
      }
    }

    toggle(key) {
      const name = key.dataset.name;
      const show = this.hidden.delete(name);
      if (!show) this.hidden.add(name);
      key.setAttribute("aria-pressed", show);
      const line = this.lines.findIndex(entry => entry.name === name);
      if (line >= 0) this.plot.setSeries(line + 1, { show });
      else this.zoom(this.plot.scales.x.min, this.plot.scales.x.max);
      this.plot.redraw(false, true);
    }

    resize() {
      const size = this.size();
      if (size.width && size.width !== this.plot.width) this.plot.setSize(size);
    }

    point(u) {
      const { left, idx, idxs } = u.cursor;
      this.tip.hidden = idx == null || left < 0;
      if (this.tip.hidden) return;
      const { x, y } = this.spec;
      const head = x.label + " " + axes.format(this.data[0][idx]) + withUnit(x);
      this.tip.replaceChildren(element("div", "tip-x", head));
      this.lines.forEach((entry, i) => {
        if (this.hidden.has(entry.name)) return;
        const value = this.data[i + 1][idxs[i + 1]];
        const shown = value == null ? "–" : axes.format(Number(value.toPrecision(4))) + withUnit(y);
        const row = element("div", "", "");
        row.append(element("span", "key " + entry.kind + " c" + entry.colour, ""));
        row.append(entry.name, element("b", "", shown));
        this.tip.append(row);
      });
      const room = u.over.clientWidth - left - this.tip.offsetWidth - 14;
      const at = room > 0 ? left + 14 : Math.max(0, left - this.tip.offsetWidth - 14);
      this.tip.style.transform = "translate(" + at + "px, 8px)";
    }

    annotate(u) {
      annotations.drawLevels(u, this.shown("level"), colour);
      annotations.drawMarks(u, this.shown("mark"), this.marks, colour);
      this.figure.dataset.rendered = "";
    }
  }

  function repaint() {
    style = getComputedStyle(root);
    charts.forEach(chart => chart.plot.redraw(false));
  }

  for (const figure of document.querySelectorAll("figure.chart")) {
    const chart = new Chart(figure);
    charts.push(chart);
    const key = chart.spec.sync;
    if (key) synced.set(key, [...(synced.get(key) ?? []), chart]);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  addEventListener("beforeprint", () => {
    root.classList.add("on-paper");
    repaint();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("on-paper");
    repaint();
  });
})();
