// One row as elements: its label, its bars over the window, and what it waited and took.

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Where a moment lies, in per cent of the window; far outside is as good as just outside.
function place(moment, view) {
  const share = (100 * (moment - view.from)) / (view.to - view.from || 1);
  return Math.min(Math.max(share, -5), 105);
}

function stretch(className, from, to, view) {
  const made = element("i", className);
  const left = place(from, view);
  made.style.left = `${left}%`;
  made.style.width = `${place(to, view) - left}%`;
  return made;
}

function isSeen(from, to, view) {
  return to >= view.from && from <= view.to;
}

function track(row, view) {
  const made = element("div", "track");
  const add = (className, from, to) => {
    if (isSeen(from, to, view)) made.append(stretch(className, from, to, view));
  };
  for (const [from, to] of row.waits ?? []) add("wait", from, to);
  if (row.shape !== "wait") for (const [from, to] of row.intervals) add(row.shape, from, to);
  for (const [from, to, waited] of row.path ?? []) add(waited ? "path waited" : "path", from, to);
  for (const end of row.failures ?? []) if (isSeen(end, end, view)) made.append(failure(end, view));
  if (row.note) made.append(note(row, view));
  return made;
}

function failure(end, view) {
  const made = element("b", "cross", "✗");
  made.style.left = `${place(end, view)}%`;
  made.classList.toggle("inside", place(end, view) > 96);
  return made;
}

// How it ended: right of the bar, else left of it, else upon it.
function note(row, view) {
  const first = place(row.intervals[0][0], view);
  const last = place(row.intervals.at(-1)[1], view);
  const made = element("span", "note", row.note);
  if (last < 75) made.style.left = `calc(${last}% + ${row.failures ? 24 : 12}px)`;
  else if (first > 25) made.style.right = `calc(${100 - first}% + 8px)`;
  else made.classList.add("upon");
  return made;
}

// Names differ at their ends: where there is no room, the middle goes.
function label(row) {
  const made = element("div", "label");
  made.style.setProperty("--depth", row.depth);
  const caret = row.children.length ? (row.open ? "▾" : "▸") : "";
  const tail = row.label.length > 24 ? row.label.slice(-9) : "";
  made.append(
    element("span", "caret", caret),
    element("span", "start", tail ? row.label.slice(0, -9) : row.label),
    element("span", "tail", tail),
  );
  if (row.hides && !row.open) made.append(element("span", "hides", `${row.hides} found`));
  made.title = row.label;
  return made;
}

// What a screen reader says of a row: all that colour, place and marks tell the eye.
function spoken(row, services) {
  const parts = [row.label, services[row.service]];
  if (row.critical) parts.push("on the critical path");
  if (row.failures) parts.push("failed");
  if (row.note) parts.push(row.note);
  if (row.waited) parts.push(`waited ${row.waited}`);
  if (row.took) parts.push(`took ${row.took}`);
  return parts.join(", ");
}

function rowElement(row, section) {
  const made = element("div", `row s${row.service % 8}`);
  const state = { critical: row.critical, found: row.found, failed: row.failures, folded: row.folded };
  for (const [name, is] of Object.entries(state)) made.classList.toggle(name, Boolean(is));
  made.id = section.idOf(row);
  made.dataset.index = row.index;
  const selected = section.page.selected === row;
  const aria = { level: row.depth + 1, posinset: row.place, setsize: row.siblings, selected };
  if (row.children.length) aria.expanded = row.open;
  made.setAttribute("role", "treeitem");
  made.setAttribute("aria-label", spoken(row, section.page.services));
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
  made.append(label(row), track(row, section.view));
  made.append(element("div", "figure", row.waited ?? ""), element("div", "figure", row.took ?? ""));
  return made;
}
