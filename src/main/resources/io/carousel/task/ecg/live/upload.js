// Records of one's own: what may be sent, and sending it.

import { request } from "./server.js";

const byId = (id) => document.getElementById(id);

/** Fills the form; `model()` says which model a record is for, `taken(record)` hears of each. */
export function offerUpload(limits, model, taken) {
  byId("upload-rules").textContent =
    `A CSV file with a column of millivolts, or a WFDB record (its .hea and .dat files together), of ` +
    `${model().ecg.samplingRateHz} samples per second, at most ${Math.floor(limits.uploadBytes / 1e6)} MB ` +
    `and ${limits.samples.toLocaleString("en")} samples. The server keeps the latest ${limits.records} ` +
    `records in its memory, and none on disk once it is read.`;
  byId("send").addEventListener("click", async () => {
    const files = [...byId("files").files];
    if (files.length === 0) {
      state("Choose a file first.");
      return;
    }
    state("Sending …");
    try {
      const record = await send(files, model().name, byId("column").value.trim());
      state(`Taken: ${record.name}, ${record.samples.toLocaleString("en")} samples.`);
      taken(record);
    } catch (error) {
      state("Not taken: " + error.message);
    }
  });
}

function state(words) {
  byId("upload-state").textContent = words;
}

/** One body: a line that lists the files, then their bytes. */
async function send(files, model, column) {
  const list = files.map((file) => ({ name: file.name, bytes: file.size }));
  const body = new Blob([JSON.stringify(list), "\n", ...files]);
  const query = new URLSearchParams({ model, column });
  return (await request("live/records?" + query, { method: "POST", body })).json();
}
