"use strict";
// Sorts a table by a click on a head or by a list of the heads, filters its rows by words. The page says everything
// without it.
const language = document.documentElement.lang;
const words = document.body.dataset;
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const heads = [...table.querySelectorAll("th")];
  const printed = [...body.rows];
  const tools = table.parentElement.previousElementSibling;
  if (!tools || !tools.classList.contains("tools")) continue;
  const list = document.createElement("select");
  list.setAttribute("aria-label", words.sortBy);
  list.append(new Option(`${words.sortBy}: ${words.asReported}`, ""));
  const sort = (column, down) => {
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    list.value = column === undefined ? "" : `${column} ${down}`;
    if (column === undefined) return body.append(...printed);
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const compare = (x, y) => {
      const [a, b] = [x.cells[column], y.cells[column]];
      const [n, m] = [a.dataset.order, b.dataset.order];
      const order = n !== undefined && m !== undefined
        ? Number(n) - Number(m)
        : a.textContent.localeCompare(b.textContent, language, { numeric: true });
      return down ? -order : order;
    };
    body.append(...[...printed].sort(compare));
  };
  heads.forEach((head, column) => {
    for (const down of [false, true]) {
      const way = down ? words.descending : words.ascending;
      list.append(new Option(`${head.textContent}, ${way}`, `${column} ${down}`));
    }
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending"));
  });
  list.addEventListener("change", () => {
    const [column, down] = list.value.split(" ");
    sort(list.value ? Number(column) : undefined, down === "true");
  });
  tools.append(list);
  tools.hidden = false;
  const filter = tools.querySelector(".filter");
  if (filter) {
    filter.addEventListener("input", () => {
      const sought = filter.value.toLowerCase().split(/\s+/);
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !sought.every((word) => text.includes(word));
      }
    });
  }
}
