// The page: asks the server what it serves, shows the models, and runs the monitor where one of
// them forecasts an electrocardiogram.

import { Monitor } from "./monitor.js";
import { showModels } from "./models.js";
import { Refusal, request, useToken } from "./server.js";

const byId = (id) => document.getElementById(id);

async function begin() {
  let about;
  try {
    about = await (await request("live/about")).json();
  } catch (error) {
    const locked = error instanceof Refusal && error.status === 401;
    byId("token-form").hidden = !locked;
    if (locked) {
      byId("server").textContent = "The server is there.";
      say(byId("token").value === "" ? "" : "The server does not know this token.");
      byId("token").focus();
    } else {
      say("The server cannot be asked: " + error.message + " Reload the page to try again.");
    }
    return;
  }
  say("");
  byId("token-form").hidden = true;
  byId("server").textContent = `${about.software}. ${about.device}.`;
  showModels(byId("model-list"), about.models);
  byId("models").hidden = false;
  const forecasters = about.models.filter((model) => model.ecg);
  if (forecasters.length > 0) {
    byId("monitor").hidden = false;
    new Monitor(forecasters, about, say);
  }
}

/** Shows a problem in words; an empty text takes it away. */
function say(problem) {
  byId("problem").textContent = problem;
  byId("problem").hidden = problem === "";
}

byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(byId("token").value);
  begin();
});

begin();
