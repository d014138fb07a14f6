// Small tables of a page (data-small-table): sort by a header, filter more than ten rows, save what is shown as CSV.
// The words come from the template #small-table-tools of the page; without this script the tables read as they stand.
(function () {
  "use strict";

  const MOST_WITHOUT_FILTER = 10;
  const NOTHING = "—";
  const PLAIN_NUMBER = /^[-+\u2212]?\d[\d,]*(\.\d+)?( ?%)?$/;
  const FIRST_NUMBER = /[-+]?\d+(\.\d+)?/;
  const RISKY = /^'*[=+\-@]/;
  const NEXT_ORDER = { none: "ascending", ascending: "descending", descending: "none" };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const bodyRows = (table) => Array.from(table.tBodies[0].rows);
  const headers = (table) => Array.from(table.tHead.rows[0].cells);

  // What a cell is sorted by: data-value where the shown text does not tell, the first number in a column of figures, or the text.
  function sortKey(cell, isNumeric) {
    const told = "value" in cell.dataset;
    const text = plain(told ? cell.dataset.value : cell.textContent);
    if (text === "" || text === NOTHING) return null;
    if (!isNumeric) return text;
    const number = FIRST_NUMBER.exec(text.replace(/,/g, "").replace("\u2212", "-"));
    return number === null ? null : Number(number[0]);
  }

  function isNumericColumn(table, position) {
    if (headers(table)[position].classList.contains("numeric")) return true;
    const texts = bodyRows(table).map((row) => sortKey(row.cells[position], false)).filter((text) => text !== null);
    return texts.length > 0 && texts.every((text) => PLAIN_NUMBER.test(text));
  }

  // Cells that say nothing stand last in both directions; equal ones keep the order in which the page gave them.
  function sortedRows(table, position, order) {
    const inPageOrder = bodyRows(table).sort((one, other) => one.dataset.position - other.dataset.position);
    if (order === "none") return inPageOrder;
    const isNumeric = isNumericColumn(table, position);
    const sign = order === "descending" ? -1 : 1;
    const keyed = inPageOrder.map((row) => ({ row: row, key: sortKey(row.cells[position], isNumeric) }));
    keyed.sort((one, other) => {
      if (one.key === null || other.key === null) return (one.key === null) - (other.key === null);
      return sign * (isNumeric ? one.key - other.key : collator.compare(one.key, other.key));
    });
    return keyed.map((each) => each.row);
  }

  function sortBy(table, header) {
    const order = NEXT_ORDER[header.getAttribute("aria-sort") || "none"];
    for (const each of headers(table)) each.removeAttribute("aria-sort");
    if (order !== "none") header.setAttribute("aria-sort", order);
    table.tBodies[0].append(...sortedRows(table, headers(table).indexOf(header), order));
  }

  function addSortButtons(table) {
    bodyRows(table).forEach((row, position) => { row.dataset.position = position; });
    for (const header of headers(table)) {
      if ("action" in header.dataset || plain(header.textContent) === "") continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sortBy(table, header));
      header.append(button);
    }
  }

  function filterRows(table, wanted, count) {
    const words = wanted.toLocaleLowerCase();
    const rows = bodyRows(table);
    for (const row of rows) row.hidden = !plain(row.textContent).toLocaleLowerCase().includes(words);
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = words ? count.dataset.words.replace("{shown}", shown).replace("{total}", rows.length) : "";
  }

  function csvCell(cell) {
    const text = plain(cell.innerText) || cell.dataset.value || "";
    const safe = RISKY.test(text) ? `'${text}` : text;
    return /[",]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  function isOpen(row) {
    return !("confidential" in row.dataset);
  }

  function csvOf(table) {
    const kept = headers(table).map((header) => !("action" in header.dataset));
    // What is confidential is read on the page and leaves it in no file.
    const open = bodyRows(table).filter((row) => !row.hidden && isOpen(row));
    const rows = [table.tHead.rows[0], ...open];
    const lines = rows.map((row) => Array.from(row.cells).filter((_cell, position) => kept[position]).map(csvCell));
    return `\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
  }

  function save(table, name) {
    const link = document.createElement("a");
    const day = new Date().toLocaleDateString("sv-SE");
    link.href = URL.createObjectURL(new Blob([csvOf(table)], { type: "text/csv;charset=utf-8" }));
    link.download = `${name.replace(/[\\/:*?"<>|]+/g, " ")}-${day}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function nameOf(region) {
    const titled = document.getElementById(region.getAttribute("aria-labelledby"));
    return plain(titled ? titled.innerText : region.getAttribute("aria-label") || document.querySelector("h1").innerText);
  }

  // A short table's button stands beside its heading, so that it costs no line; a filter stands right above its rows.
  // Where the heading has files of its own, all ways to take the table along stand together.
  function place(tools, region, isShort) {
    const heading = region.previousElementSibling;
    const files = heading && heading.matches(".section-head") && heading.querySelector(":scope > .list-tools");
    if (files) {
      tools.querySelector("button").before(...files.children);
      files.replaceWith(tools);
    } else if (!isShort || !heading || !heading.matches("h2, h3, .section-head")) {
      region.before(tools);
    } else if (heading.matches(".section-head")) {
      heading.firstElementChild.after(tools);
    } else {
      const head = document.createElement("div");
      head.className = "section-head";
      heading.replaceWith(head);
      head.append(heading, tools);
    }
  }

  function addTools(table) {
    const region = table.closest(".table-region") || table;
    const tools = document.getElementById("small-table-tools").content.firstElementChild.cloneNode(true);
    const name = nameOf(region);
    const filter = tools.querySelector("label");
    const count = tools.querySelector("[data-words]");
    const button = tools.querySelector("button");
    button.querySelector(".visually-hidden").textContent = ` ${name}`;
    button.addEventListener("click", () => save(table, name));
    const isShort = bodyRows(table).length <= MOST_WITHOUT_FILTER;
    if (isShort) {
      filter.remove();
      count.remove();
    } else {
      filter.querySelector(".visually-hidden").textContent = ` ${name}`;
      filter.querySelector("input").addEventListener("input", (event) => filterRows(table, event.target.value, count));
    }
    place(tools, region, isShort);
  }

  function equipAll(root) {
    for (const table of root.querySelectorAll("table[data-small-table]:not([data-equipped])")) {
      table.dataset.equipped = "yes";
      if (bodyRows(table).length > 1) addSortButtons(table);
      if (bodyRows(table).some(isOpen)) addTools(table);
    }
  }

  equipAll(document);
  document.addEventListener("htmx:afterSwap", (event) => equipAll(event.target));
})();
