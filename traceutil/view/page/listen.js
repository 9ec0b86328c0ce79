// What pointer and keys do in a trace.

const ZOOM = 1.5, SHORTEST_DRAG = 6;

function listen(section) {
  const { body, axis } = section;
  body.addEventListener("click", (event) => clicked(section, event));
  body.addEventListener("keydown", (event) => pressed(section, event));
  body.addEventListener("focus", () => section.page.focused(section));
  body.addEventListener("wheel", (event) => wheeled(section, event, event.ctrlKey || event.metaKey), { passive: false });
  axis.addEventListener("wheel", (event) => wheeled(section, event, true), { passive: false });
  for (const part of [body, axis]) {
    part.addEventListener("pointermove", (event) => pointed(section, event));
    part.addEventListener("pointerleave", () => left(section));
    part.addEventListener("pointerdown", (event) => dragged(section, event));
  }
}

function rowAt(section, event) {
  const made = event.target.closest?.(".row");
  return made && section.tree.rows[Number(made.dataset.index)];
}

function withRow(section, event, action) {
  const row = rowAt(section, event);
  if (row) action(row);
}

// The first click draws the rows anew, so that no element is there for a "dblclick": clicks are counted.
function clicked(section, event) {
  withRow(section, event, (row) => {
    if (section.wasDragged) return;
    if (event.target.closest(".caret")) section.tree.set(row, !row.open);
    section.page.select(section, row);
    if (event.detail === 2) section.zoomTo(row);
  });
}

// Over the axis any wheel zooms; over the rows it scrolls, unless Ctrl is held. Sideways moves the window.
function wheeled(section, event, zooms) {
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  if (zooms) section.zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, section.momentAt(event.clientX));
  else if (sideways) section.look(panned(section.view, Math.sign(sideways) * 0.1, section.whole().to));
  else return;
  event.preventDefault();
}

function pointed(section, event) {
  const at = section.momentAt(event.clientX);
  section.cursor.style.left = `${place(at, section.view)}%`;
  section.cursor.dataset.at = duration(at);
  section.cursor.style.height = `${section.root.getBoundingClientRect().bottom - section.ruler.getBoundingClientRect().top}px`;
  section.axis.classList.add("pointed");
  withRow(section, event, (row) => section.page.preview(section, row));
}

function left(section) {
  section.axis.classList.remove("pointed");
  section.page.preview(null, null);
}

// A stretch marked over the bars, or over the axis, becomes the window.
function dragged(section, down) {
  section.wasDragged = false;
  if (down.button !== 0 || !down.target.closest(".track, .ruler")) return;
  const from = section.momentAt(down.clientX);
  const moved = (event) => {
    section.wasDragged ||= Math.abs(event.clientX - down.clientX) >= SHORTEST_DRAG;
    const [first, last] = [from, section.momentAt(event.clientX)].sort((a, b) => a - b);
    section.brush.hidden = !section.wasDragged;
    section.brush.style.left = `${place(first, section.view)}%`;
    section.brush.style.width = `${place(last, section.view) - place(first, section.view)}%`;
    return [first, last];
  };
  const ended = (event) => {
    removeEventListener("pointermove", moved);
    section.brush.hidden = true;
    const [first, last] = moved(event);
    section.brush.hidden = true;
    if (!section.wasDragged) return;
    section.look(windowOf(first, Math.max(last - first, SHORTEST_WINDOW), section.whole().to));
  };
  addEventListener("pointermove", moved);
  addEventListener("pointerup", ended, { once: true });
}

// The keys of a tree (WAI-ARIA Authoring Practices 1.2, "Tree View"), and those of the window.
function pressed(section, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { page, tree } = section;
  const row = tree.rows.includes(page.selected) && page.selected.seen ? page.selected : null;
  const action = event.shiftKey ? WINDOW_KEYS[event.key] : (TREE_KEYS[event.key] ?? WINDOW_KEYS[event.key]);
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  const next = action(section, row ?? tree.visible[0]);
  if (next) page.select(section, row || next !== tree.visible[1] ? next : tree.visible[0], { scroll: true });
}

function step(section, row, by) {
  const rows = section.tree.visible;
  return rows[Math.min(Math.max(row.at + by, 0), rows.length - 1)];
}

function opened(section, row, open) {
  section.tree.set(row, open);
  return row;
}

const TREE_KEYS = {
  ArrowDown: (section, row) => step(section, row, 1),
  ArrowUp: (section, row) => step(section, row, -1),
  PageDown: (section, row) => step(section, row, 20),
  PageUp: (section, row) => step(section, row, -20),
  Home: (section) => section.tree.visible[0],
  End: (section) => section.tree.visible.at(-1),
  ArrowRight: (section, row) => (row.open ? row.children[0] : opened(section, row, true)),
  ArrowLeft: (section, row) => (row.open ? opened(section, row, false) : (row.above ?? row)),
  Enter: (section, row) => opened(section, row, !row.open),
  " ": (section, row) => opened(section, row, !row.open),
};

const WINDOW_KEYS = {
  "+": (section) => section.zoom(1 / ZOOM),
  "=": (section) => section.zoom(1 / ZOOM),
  "-": (section) => section.zoom(ZOOM),
  0: (section) => section.look(section.whole()),
  z: (section, row) => section.zoomTo(row),
  ArrowLeft: (section) => section.look(panned(section.view, -0.2, section.whole().to)),
  ArrowRight: (section) => section.look(panned(section.view, 0.2, section.whole().to)),
};
