// Lines of a plan are dragged to another period or need, or moved with Alt and the arrow keys. Both send the same form;
// whoever uses neither opens the line and fills in its page.
(() => {
  const board = document.querySelector("[data-plan-board]");
  const form = document.getElementById("plan-move");
  if (!board || !form) return;
  let dragged = null;

  const send = (bar, need, first) => {
    form.action = bar.dataset.move;
    form.elements.need.value = need;
    form.elements.first.value = first;
    form.elements.expected_version.value = bar.dataset.version;
    form.submit();
  };

  const periodUnder = (cell, event) => {
    const first = Number(cell.dataset.period);
    if (cell.colSpan < 2) return first;
    const box = cell.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return first + Math.min(cell.colSpan - 1, Math.max(0, Math.floor(share * cell.colSpan)));
  };

  const unmark = () => board.querySelectorAll(".plan-target").forEach((cell) => cell.classList.remove("plan-target"));

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent);
  });
  board.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td[data-period]");
    if (!dragged || !cell) return;
    event.preventDefault();
    unmark();
    cell.classList.add("plan-target");
  });
  board.addEventListener("drop", (event) => {
    const cell = event.target.closest("td[data-period]");
    if (!dragged || !cell) return;
    event.preventDefault();
    send(dragged, cell.dataset.need, periodUnder(cell, event));
  });
  board.addEventListener("dragend", () => {
    dragged = null;
    unmark();
  });
  board.addEventListener("keydown", (event) => {
    const bar = event.target.closest("[data-move]");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!bar || !event.altKey || !step) return;
    event.preventDefault();
    const first = Number(bar.dataset.first) + step;
    if (first >= 0) send(bar, bar.dataset.need, first);
  });
})();
