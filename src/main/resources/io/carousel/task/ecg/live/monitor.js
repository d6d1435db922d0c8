// The monitor: what is replayed, how fast, and the stream that brings it.

import { Readings } from "./readings.js";
import { Refusal, events } from "./server.js";
import { Strip, clock } from "./strip.js";
import { offerUpload } from "./upload.js";

const SILENCE_MS = 6000; // the server speaks ten times a second
const LONGEST_WAIT_MS = 10000; // before connecting again

const byId = (id) => document.getElementById(id);

export class Monitor {
  /** Models that forecast an ECG, what else the server said of itself, how to show a problem. */
  constructor(models, about, say) {
    this.models = models;
    this.records = about.records;
    this.say = say;
    this.strip = new Strip(byId("strip"));
    this.readings = new Readings();
    this.run = null; // aborts what runs
    this.position = 0; // the next sample of the record
    fill(byId("model"), models.map((model) => [model.name, model.name]));
    byId("model-choice").hidden = models.length < 2;
    this.showRecords();
    this.listen();
    offerUpload(about.limits, () => this.model(), (record) => this.addRecord(record));
    this.choose();
    this.animate();
  }

  listen() {
    const position = byId("position");
    byId("play").addEventListener("click", () => (this.run ? this.pause() : this.start()));
    byId("speed").addEventListener("change", () => this.restart());
    byId("record").addEventListener("change", () => this.choose());
    byId("model").addEventListener("change", () => this.choose());
    position.addEventListener("input", () => this.showClock(Number(position.value)));
    position.addEventListener("change", () => this.seek(Number(position.value)));
  }

  animate() {
    let before = performance.now();
    const frame = (now) => {
      if (this.run) {
        this.strip.advance(((now - before) / 1000) * this.speed(), this.speed());
      }
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  model() {
    return this.models.find((model) => model.name === byId("model").value);
  }

  record() {
    return this.records.find((record) => record.id === byId("record").value);
  }

  speed() {
    return Number(byId("speed").value);
  }

  /** Shows the chosen model and record from the beginning. */
  choose() {
    const ecg = this.model().ecg;
    byId("explanation").textContent = ecg.explanation;
    byId("forecast-key").textContent = `forecast, made ${ecg.aheadMilliseconds} ms before`;
    byId("position").step = ecg.samplingRateHz; // a second
    byId("position").max = this.record().samples - 1;
    this.seek(0);
  }

  addRecord(record) {
    this.records = [...this.records, record];
    this.showRecords();
    byId("record").value = record.id;
    this.choose();
    byId("play").focus();
  }

  showRecords() {
    fill(byId("record"), this.records.map((record) => [record.id, record.name]));
  }

  seek(sample) {
    this.position = sample;
    this.clear();
    this.restart();
  }

  clear() {
    const ecg = this.model().ecg;
    this.strip.begin(ecg.samplingRateHz, ecg.horizon, this.position);
    this.strip.draw();
    this.readings.begin(ecg);
    this.showPosition();
  }

  restart() {
    if (this.run) {
      this.pause();
      this.start();
    }
  }

  start() {
    if (this.position >= this.record().samples - 1) {
      this.position = 0;
      this.clear();
    }
    this.say("");
    this.run = new AbortController();
    byId("play").textContent = "Pause";
    this.follow(this.run);
  }

  pause(state = "paused") {
    this.run.abort();
    this.run = null;
    byId("play").textContent = "Start";
    connection(state);
  }

  /** Takes one stream after the other, where the connection breaks, until `run` is over. */
  async follow(run) {
    let failures = 0;
    while (this.run === run) {
      connection(failures === 0 ? "connecting" : "connecting again");
      try {
        for await (const { name, data } of this.stream(run)) {
          if (this.run !== run) {
            return;
          }
          failures = 0;
          this.take(name, data);
        }
      } catch (error) {
        if (this.run === run && error instanceof Refusal) {
          this.pause("refused");
          this.say(error.message);
        }
      }
      if (this.run === run) {
        failures++;
        const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
        connection(`lost, again in ${Math.round(wait / 1000)} s`);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** The events from here on; a stream that falls silent counts as broken. */
  async *stream(run) {
    const attempt = new AbortController();
    run.signal.addEventListener("abort", () => attempt.abort());
    const query = new URLSearchParams({
      model: this.model().name,
      record: this.record().id,
      from: this.position,
      speed: this.speed(),
    });
    let watchdog = setTimeout(() => attempt.abort(), SILENCE_MS);
    try {
      for await (const event of events("live/stream?" + query, attempt.signal)) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => attempt.abort(), SILENCE_MS);
        yield event;
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  take(name, data) {
    if (name === "start") {
      connection("live");
    } else if (name === "samples") {
      this.strip.add(data.from, data.microvolts, data.forecastMicrovolts);
      this.position = data.from + data.microvolts.length;
      this.showPosition();
    } else if (name === "beat") {
      if (data.sample >= this.strip.first && this.readings.isNew(data.sample)) {
        this.strip.addBeat(data.sample, data.abnormal);
        this.readings.add(data);
      }
    } else if (name === "latency") {
      this.readings.showLatency(data);
    } else if (name === "end") {
      this.pause("end of the record");
    } else if (name === "problem") {
      this.pause("refused");
      this.say(data.error);
    }
  }

  showPosition() {
    if (!byId("position").matches(":active")) {
      byId("position").value = this.position;
      this.showClock(this.position);
    }
  }

  showClock(sample) {
    const rate = this.model().ecg.samplingRateHz;
    const words = `${clock(sample / rate)} of ${clock(this.record().samples / rate)}`;
    byId("clock").textContent = words;
    byId("position").setAttribute("aria-valuetext", words);
  }
}

function connection(state) {
  byId("connection").textContent = state;
}

function fill(select, options) {
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
}
