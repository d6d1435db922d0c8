// The strip of paper: signal, the forecast over it, and the beats, moving to the left.

const KEPT_SECONDS = 40;
const AHEAD_SECONDS = 0.4; // to the right of the latest sample, where its forecasts lie
const BEAT_SECONDS = 0.15; // either side of an R peak
const CATCH_UP_SECONDS = 0.6; // of the record, at normal speed

export class Strip {
  constructor(canvas) {
    this.canvas = canvas;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.readColours());
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.readColours();
    this.begin(360, 30, 0);
    this.resize();
  }

  /** Starts an empty strip at sample `from` of a record. */
  begin(rate, horizon, from) {
    this.rate = rate;
    this.horizon = horizon;
    this.size = Math.ceil(KEPT_SECONDS * rate);
    this.signal = new Float32Array(this.size).fill(NaN);
    this.forecast = new Float32Array(this.size).fill(NaN);
    this.first = from;
    this.end = from; // after the latest sample
    this.shown = from; // where the drawing is, which runs smoothly behind
    this.beats = [];
    this.low = -1;
    this.high = 1;
  }

  /** Adds samples in microvolts; forecasts are of the samples `horizon` later, null for none. */
  add(from, microvolts, forecasts) {
    for (let i = 0; i < microvolts.length; i++) {
      const ahead = (from + i + this.horizon) % this.size;
      this.signal[(from + i) % this.size] = microvolts[i] / 1000;
      this.signal[ahead] = NaN; // what was there is forty seconds old
      this.forecast[ahead] = forecasts[i] === null ? NaN : forecasts[i] / 1000;
    }
    this.end = from + microvolts.length;
  }

  addBeat(sample, abnormal) {
    this.beats.push({ sample, abnormal });
    while (this.beats[0].sample < this.end - this.size) {
      this.beats.shift();
    }
  }

  /** Moves on by `seconds` of the record, never past the latest sample, and draws. */
  advance(seconds, speed) {
    const behind = this.end - this.shown - seconds * this.rate;
    const tooFar = behind > CATCH_UP_SECONDS * Math.max(1, speed) * this.rate;
    this.shown = tooFar ? this.end : Math.min(this.end, this.shown + seconds * this.rate);
    this.draw();
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    this.colour = (name) => style.getPropertyValue("--" + name).trim();
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    this.canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw();
  }

  draw() {
    if (!(this.width > 0)) {
      return;
    }
    const span = Math.min(10, Math.max(4, this.width / 90)); // seconds
    let right = this.shown + AHEAD_SECONDS * this.rate;
    if (this.still.matches) {
      right = (Math.floor(right / this.rate) + 1) * this.rate; // a jump each second, no slide
    }
    this.right = right;
    this.left = right - span * this.rate;
    this.fit();
    const paper = this.canvas.getContext("2d");
    paper.fillStyle = this.colour("paper");
    paper.fillRect(0, 0, this.width, this.height);
    this.drawGrid(paper);
    this.drawBeats(paper);
    this.drawLine(paper, this.signal, this.shown, this.colour("signal"), 1.6);
    this.drawLine(paper, this.forecast, this.shown + this.horizon, this.colour("forecast"), 2);
    this.drawLabels(paper);
  }

  x(sample) {
    return ((sample - this.left) / (this.right - this.left)) * this.width;
  }

  y(millivolts) {
    const top = 30; // for the marks
    const bottom = 20; // for the times
    const part = (this.high - millivolts) / (this.high - this.low);
    return top + part * (this.height - top - bottom);
  }

  /** Voltages shown: whole halves of a millivolt that hold the signal in view. */
  fit() {
    let low = Infinity;
    let high = -Infinity;
    for (let t = this.firstInView(); t < this.shown; t++) {
      const value = this.signal[t % this.size];
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    if (low <= high) {
      this.low = Math.floor(low * 2 - 0.2) / 2;
      this.high = Math.ceil(high * 2 + 0.2) / 2;
    }
  }

  firstInView() {
    return Math.max(this.first, Math.floor(this.left), this.end - this.size + this.horizon + 1);
  }

  drawGrid(paper) {
    paper.lineWidth = 1;
    paper.strokeStyle = this.colour("grid");
    const fifth = this.rate / 5;
    for (let t = Math.ceil(this.left / fifth) * fifth; t < this.right; t += fifth) {
      this.line(paper, this.x(t), 0, this.x(t), this.height);
    }
    for (const v of this.voltages()) {
      this.line(paper, 0, this.y(v), this.width, this.y(v));
    }
    paper.strokeStyle = this.colour("line");
    for (const s of this.seconds()) {
      this.line(paper, this.x(s * this.rate), 0, this.x(s * this.rate), this.height - 18);
    }
  }

  /** Over the lines, with an edge in the colour of the paper. */
  drawLabels(paper) {
    paper.font = "12px " + this.colour("sans");
    paper.lineWidth = 4;
    paper.strokeStyle = this.colour("paper");
    paper.fillStyle = this.colour("muted");
    const label = (text, x, y) => {
      paper.strokeText(text, x, y);
      paper.fillText(text, x, y);
    };
    paper.textAlign = "left";
    for (const v of this.voltages()) {
      label(v.toFixed(1) + (v === 0 ? " mV" : ""), 6, this.y(v) - 3);
    }
    paper.textAlign = "center";
    for (const s of this.seconds()) {
      label(clock(s), this.x(s * this.rate), this.height - 5);
    }
  }

  voltages() {
    const step = (this.high - this.low) / this.height > 0.014 ? 1 : 0.5; // 36 pixels apart or more
    const voltages = [];
    for (let v = Math.ceil(this.low / step) * step; v <= this.high; v += step) {
      voltages.push(v);
    }
    return voltages;
  }

  seconds() {
    const seconds = [];
    for (let s = Math.max(0, Math.ceil(this.left / this.rate)); s * this.rate < this.right; s++) {
      seconds.push(s);
    }
    return seconds;
  }

  line(paper, x0, y0, x1, y1) {
    paper.beginPath();
    paper.moveTo(x0, y0);
    paper.lineTo(x1, y1);
    paper.stroke();
  }

  drawBeats(paper) {
    const reach = BEAT_SECONDS * this.rate;
    for (const { sample, abnormal } of this.beats) {
      const x = this.x(sample);
      if (!abnormal) {
        paper.fillStyle = this.colour("signal");
        paper.beginPath();
        paper.arc(x, 15, 3.5, 0, 2 * Math.PI);
        paper.fill();
        continue;
      }
      paper.fillStyle = this.colour("band");
      paper.fillRect(this.x(sample - reach), 0, this.x(sample + reach) - this.x(sample - reach), this.height);
      paper.fillStyle = this.colour("abnormal");
      paper.fillRect(x - 9, 6, 18, 18);
      paper.fillStyle = this.colour("paper");
      paper.textAlign = "center";
      paper.font = "bold 14px " + this.colour("sans");
      paper.fillText("!", x, 20);
    }
  }

  drawLine(paper, values, end, colour, width) {
    paper.strokeStyle = colour;
    paper.lineWidth = width;
    paper.lineJoin = "round";
    paper.beginPath();
    let pen = false;
    for (let t = this.firstInView(); t < end; t++) {
      const value = values[t % this.size];
      if (Number.isNaN(value)) {
        pen = false;
      } else {
        pen ? paper.lineTo(this.x(t), this.y(value)) : paper.moveTo(this.x(t), this.y(value));
        pen = true;
      }
    }
    paper.stroke();
  }
}

/** Seconds as minutes and seconds. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
}
