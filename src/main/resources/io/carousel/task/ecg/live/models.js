// The models that the server serves, each with requests to try in a terminal.

import { curlOptions } from "./server.js";

export function showModels(list, models) {
  list.replaceChildren(...models.map(article));
}

function article(model) {
  const article = document.createElement("article");
  const title = document.createElement("h3");
  title.textContent = model.name;
  const facts = document.createElement("p");
  facts.textContent = model.facts.join(" · ");
  const commands = document.createElement("pre");
  commands.tabIndex = 0;
  const server = new URL(".", location.href).href.replace(/\/$/, "");
  commands.textContent = model.requests
    .map((words) => words.replace("{server}", () => server).replace(/^curl/, () => "curl" + curlOptions()))
    .join("\n\n");
  article.append(title, facts, commands);
  return article;
}
