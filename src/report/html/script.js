"use strict";
// Sorts a table by a click on a head, filters its rows by words. The page says everything without it.
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const language = document.documentElement.lang;
  table.querySelectorAll("th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const compare = (x, y) => {
        const [a, b] = [x.cells[column], y.cells[column]];
        const [n, m] = [a.dataset.order, b.dataset.order];
        const order = n !== undefined && m !== undefined
          ? Number(n) - Number(m)
          : a.textContent.localeCompare(b.textContent, language, { numeric: true });
        return down ? -order : order;
      };
      body.append(...[...body.rows].sort(compare));
    });
  });
  const filter = table.parentElement.previousElementSibling;
  if (filter && filter.classList.contains("filter")) {
    filter.hidden = false;
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/);
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
}
