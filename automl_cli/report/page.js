"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => {
    theme.textContent = isDark() ? "light" : "dark";
    theme.setAttribute("aria-label", `show in ${theme.textContent} colours`);
    theme.setAttribute("aria-pressed", String(Boolean(root.dataset.theme)));
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  name();

  const key = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.order === undefined ? cell.textContent : Number(cell.dataset.order);
  };
  const compare = (one, two) => {
    if (typeof one === "number" && typeof two === "number") return one - two;
    if (typeof one !== typeof two) return typeof one === "number" ? -1 : 1;
    return one.localeCompare(two, "en", { numeric: true });
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    if (body.rows.length < 3) continue;
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falls = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
        const rows = [...body.rows].sort(
          (one, two) => (falls ? -1 : 1) * compare(key(one, place), key(two, place)));
        body.append(...rows);
      });
    });
  }

  for (const button of document.querySelectorAll("button.copy")) {
    button.addEventListener("click", () => {
      const pre = button.closest("figure").querySelector("pre");
      if (navigator.clipboard) {
        navigator.clipboard.writeText(pre.textContent).then(() => {
          button.textContent = "copied";
        }, () => getSelection().selectAllChildren(pre));
      } else {
        getSelection().selectAllChildren(pre);
      }
    });
  }
})();
