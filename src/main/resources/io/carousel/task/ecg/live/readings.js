// What is read off the beats, in numbers and words.

import { clock } from "./strip.js";

const LISTED = 50;
const INTERVALS = 8; // that the heart rate is taken from
const REFRACTORY_SECONDS = 0.2; // a beat told twice lies nearer than another one
const ANNOUNCE_MS = 5000;

const byId = (id) => document.getElementById(id);

export class Readings {
  constructor() {
    this.begin({ samplingRateHz: 360, abnormalAboveMillivolts: 0 });
    setInterval(() => this.announce(), ANNOUNCE_MS);
  }

  /** Starts from nothing for a model's `ecg`. */
  begin(ecg) {
    this.ecg = ecg;
    this.peaks = [];
    this.beats = 0;
    this.abnormal = 0;
    this.unannounced = 0;
    byId("list").replaceChildren();
    byId("list-empty").hidden = false;
    this.show();
  }

  /** Whether a beat at `sample` is one that was not told yet. */
  isNew(sample) {
    const last = this.peaks.at(-1) ?? -Infinity;
    return sample >= last + REFRACTORY_SECONDS * this.ecg.samplingRateHz;
  }

  add({ sample, abnormal, scoreMillivolts }) {
    this.beats++;
    this.peaks = [...this.peaks.slice(-INTERVALS), sample];
    if (abnormal) {
      this.abnormal++;
      this.unannounced++;
      this.list(sample, scoreMillivolts);
    }
    this.show();
  }

  list(sample, scoreMillivolts) {
    const entry = document.createElement("li");
    const time = document.createElement("b");
    time.textContent = this.time(sample);
    const limit = this.ecg.abnormalAboveMillivolts.toFixed(2);
    entry.append(time, `forecast off by ${scoreMillivolts.toFixed(2)} mV, the limit is ${limit}`);
    byId("list").prepend(entry);
    byId("list-empty").hidden = true;
    if (byId("list").children.length > LISTED) {
      byId("list").lastChild.remove();
    }
  }

  show() {
    byId("beats").textContent = this.beats;
    byId("abnormal").textContent = this.abnormal;
    byId("heart-rate").textContent = this.heartRate() ?? "–";
  }

  showLatency({ p50Microseconds, p99Microseconds, dropped }) {
    byId("latency").textContent = p50Microseconds.toFixed(1);
    byId("latency-note").textContent = `99 % within ${p99Microseconds.toFixed(1)} µs`;
    byId("dropped").textContent =
      dropped === 0 ? "no sample lost" : `${dropped} samples were too late to be sent`;
  }

  /** From the median of the latest intervals; null before the third beat. */
  heartRate() {
    const intervals = this.peaks.slice(1).map((peak, i) => peak - this.peaks[i]);
    if (intervals.length < 2) {
      return null;
    }
    intervals.sort((a, b) => a - b);
    const median = intervals[Math.floor(intervals.length / 2)];
    return Math.round((60 * this.ecg.samplingRateHz) / median);
  }

  /** Tells those who cannot see the strip, not more often than they can listen. */
  announce() {
    if (this.beats > 0) {
      byId("strip").setAttribute(
        "aria-label",
        `The signal and its forecast over it; ${this.beats} beats up to ` +
          `${this.time(this.peaks.at(-1))}, ${this.abnormal} of them abnormal.`);
    }
    if (this.unannounced > 0) {
      byId("announcement").textContent =
        `${this.unannounced} abnormal ${this.unannounced === 1 ? "beat" : "beats"} up to ` +
        `${this.time(this.peaks.at(-1))}; heart rate ${this.heartRate() ?? "unknown"}.`;
      this.unannounced = 0;
    }
  }

  time(sample) {
    const tenths = Math.floor((10 * sample) / this.ecg.samplingRateHz);
    return `${clock(tenths / 10)}.${tenths % 10}`;
  }
}
