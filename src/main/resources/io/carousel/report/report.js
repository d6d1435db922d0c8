// Draws the charts of a report with uPlot. Each figure holds its data as JSON; colours come from
// the style sheet, so that page, canvas and paper always agree.
(() => {
  "use strict";

  const root = document.documentElement;
  const synced = new Map();
  const charts = [];
  let style = getComputedStyle(root);

  const colour = index => style.getPropertyValue("--c" + index);
  const shade = name => style.getPropertyValue("--" + name);

  const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  const isPlain = value => !value || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7);

  function format(value, asPower = !isPlain(value)) {
    if (value === 0 || !asPower) return plain.format(value);
    const [digits, exponent] = value.toExponential().split("e");
    const raised = String(Math.abs(exponent)).replace(/\d/g, d => SUPERSCRIPTS[d]);
    const power = "10" + (exponent < 0 ? "⁻" : "") + raised;
    return digits === "1" ? power : Number(Number(digits).toPrecision(4)) + "·" + power;
  }

  /** Room above and below, and the zero line where it is near. */
  function linearRange(min, max) {
    if (min === max) return min === 0 ? [-1, 1] : [min - Math.abs(min) / 2, max + Math.abs(max) / 2];
    const room = 0.08 * (max - min);
    const near = 0.3 * (max - min);
    return [min >= 0 && min < near ? 0 : min - room, max <= 0 && max > -near ? 0 : max + room];
  }

  /** Outwards to one significant digit. */
  function logarithmicRange(min, max) {
    const oneDigit = (value, round) => {
      const exponent = Math.floor(Math.log10(value));
      return Number(round(value / 10 ** exponent) + "e" + exponent);
    };
    const [low, high] = [oneDigit(min, Math.floor), oneDigit(max, Math.ceil)];
    return low < high ? [low, high] : [low / 2, high * 2];
  }

  /** Powers of ten, every few where there are many, with 2 to 9 times them where there are few. */
  function logarithmicSplits(u, index, min, max) {
    const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
    const step = Math.max(1, Math.ceil((last - first) / (u.bbox.height / uPlot.pxRatio / 32)));
    const factors = max / min > 2000 ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const splits = [];
    for (let exponent = first; exponent <= last; exponent += step) {
      splits.push(...factors.map(factor => Number(factor + "e" + exponent)));
    }
    return splits.filter(split => split >= min && split <= max);
  }

  /** Of a logarithmic axis' splits, those with room for a label. */
  function labelled(u, splits) {
    const ratio = splits[splits.length - 1] / splits[0];
    const digits = ratio > 200 ? "1" : ratio > 3 ? "125" : "123456789";
    return splits.map(split => (digits.includes(split.toExponential()[0]) ? split : null));
  }

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
      const kinds = new Map(this.spec.legend.map(entry => [entry.name, entry]));
      const lines = this.spec.groups.flatMap(group => group.series);
      this.lines = lines.map(line => kinds.get(line.name));
      this.marks = this.spec.legend.filter(entry => entry.kind === "mark");
      const tables = this.spec.groups.map(group => [group.x, ...group.series.map(s => s.y)]);
      // 2: a gap reaches to the next value of its own series, past the x of others
      this.data = uPlot.join(tables, tables.map(table => table.map(() => 2)));
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

    options() {
      const font = "12px " + getComputedStyle(document.body).fontFamily;
      const axis = {
        font,
        stroke: () => shade("muted"),
        grid: { stroke: () => shade("grid"), width: 1 },
        ticks: { stroke: () => shade("line"), width: 1, size: 5 },
        values: (u, splits) => {
          const asPower = !splits.every(isPlain);
          return splits.map(value => (value === null ? "" : format(value, asPower)));
        },
      };
      const whole = this.data[0].every(Number.isInteger);
      const wholeSteps = [1, 2, 5].flatMap(d => [...Array(9).keys()].map(e => d * 10 ** e));
      const xAxis = { ...axis, size: 30, space: 60 };
      if (whole) xAxis.incrs = wholeSteps.sort((a, b) => a - b);
      const yAxis = { ...axis, size: Chart.axisWidth, space: 36 };
      if (this.spec.y.logarithmic) Object.assign(yAxis, { splits: logarithmicSplits, filter: labelled });
      return {
        ...this.size(),
        padding: [10 + 18 * this.marks.length, 12, 0, 0],
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
          drawClear: [u => this.drawBands(u)],
          draw: [u => this.drawLevels(u), u => this.drawMarks(u), () => this.done()],
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
        return (log ? logarithmicRange : linearRange)(Math.min(...all), Math.max(...all));
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

    drawBands(u) {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.globalAlpha = 0.16;
      for (const entry of this.shown("band")) {
        ctx.fillStyle = colour(entry.colour);
        for (const band of entry.items) {
          const left = Math.max(bbox.left, u.valToPos(band.from, "x", true));
          const right = Math.min(bbox.left + bbox.width, u.valToPos(band.to, "x", true));
          if (right >= left) {
            ctx.fillRect(left, bbox.top, Math.max(right - left, uPlot.pxRatio), bbox.height);
          }
        }
      }
      ctx.restore();
    }

    drawLevels(u) {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.strokeStyle = colour(0);
      ctx.lineWidth = 1.25 * uPlot.pxRatio;
      ctx.setLineDash([4 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
      for (const level of this.shown("level")) {
        const y = u.valToPos(level.items[0].from, "y", true);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
      }
      ctx.restore();
    }

    drawMarks(u) {
      const { ctx, bbox } = u;
      const px = uPlot.pxRatio;
      ctx.save();
      ctx.font = "600 " + u.axes[0].font[0];
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineWidth = px;
      for (const entry of this.shown("mark")) {
        const row = this.marks.length - this.marks.indexOf(entry) - 0.5;
        const y = bbox.top - row * 18 * px;
        ctx.strokeStyle = ctx.fillStyle = colour(entry.colour);
        let written = -Infinity;
        for (const mark of entry.items) {
          const x = u.valToPos(mark.from, "x", true);
          if (x < bbox.left - px || x > bbox.left + bbox.width + px) continue;
          ctx.globalAlpha = 0.4;
          ctx.beginPath();
          ctx.moveTo(x, y + 8 * px);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.globalAlpha = 1;
          const width = ctx.measureText(mark.label).width;
          if (mark.label && x - width / 2 > written) {
            ctx.fillText(mark.label, x, y);
            written = x + width / 2 + 3 * px;
          } else if (!mark.label) {
            ctx.beginPath();
            ctx.moveTo(x - 4 * px, y - 2 * px);
            ctx.lineTo(x + 4 * px, y - 2 * px);
            ctx.lineTo(x, y + 6 * px);
            ctx.fill();
          }
        }
      }
      ctx.restore();
    }

    point(u) {
      const { left, idx, idxs } = u.cursor;
      this.tip.hidden = idx == null || left < 0;
      if (this.tip.hidden) return;
      const { x, y } = this.spec;
      const head = x.label + " " + format(this.data[0][idx]) + withUnit(x);
      this.tip.replaceChildren(element("div", "tip-x", head));
      this.lines.forEach((entry, i) => {
        if (this.hidden.has(entry.name)) return;
        const value = this.data[i + 1][idxs[i + 1]];
        const shown = value == null ? "–" : format(Number(value.toPrecision(4))) + withUnit(y);
        const row = element("div", "", "");
        row.append(element("span", "key " + entry.kind + " c" + entry.colour, ""));
        row.append(entry.name, element("b", "", shown));
        this.tip.append(row);
      });
      const room = u.over.clientWidth - left - this.tip.offsetWidth - 14;
      const at = room > 0 ? left + 14 : Math.max(0, left - this.tip.offsetWidth - 14);
      this.tip.style.transform = "translate(" + at + "px, 8px)";
    }

    done() {
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
