// The models that the server serves, each with requests to try in a terminal.

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
  commands.textContent = model.requests
    .map((words) => words.replaceAll("{server}", new URL(".", location.href).href.replace(/\/$/, "")))
    .join("\n\n");
  article.append(title, facts, commands);
  return article;
}
