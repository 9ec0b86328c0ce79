// The panel: everything that is known of one row; how to read the page where none is chosen.

function heading(text) {
  return element("h3", "", text);
}

// A table of names and values. A value is text, or an element.
function table(pairs, className = "") {
  const made = element("table", className);
  for (const [name, value] of pairs) {
    const line = made.insertRow();
    line.append(breakable(element("th"), name));
    line.insertCell().append(value instanceof Node ? value : element("bdi", "", shown(value)));
  }
  return made;
}

// Dotted names break after their dots.
function breakable(made, name) {
  for (const part of name.split(/(?<=[._])/)) made.append(part, element("wbr"));
  return made;
}

function panelOf(row, section) {
  const { trace, page } = section;
  const title = element("h2", `s${row.service % 8}`, row.label);
  const parts = [title, table(figures(row, trace, page.services))];
  if (row.folded) parts.push(element("p", "hint", `${row.folded} spans, folded into one line: open it to see each.`));
  if (!row.span) return parts;
  const span = row.span;
  parts.push(...block("Attributes", Object.entries(span.attributes ?? {})));
  for (const event of span.events ?? []) parts.push(...eventParts(event, trace));
  for (const link of span.links ?? []) parts.push(...linkParts(link, page));
  const ids = [["trace", trace.id], ["span", span.id]];
  if (span.parent) ids.push(["parent", parentOf(span, trace, page)]);
  parts.push(heading("Ids"), table(ids));
  parts.push(...block("Resource", Object.entries(trace.resources[span.resource] ?? {})));
  return parts;
}

function block(title, pairs) {
  return pairs.length ? [heading(title), table(pairs)] : [];
}

function figures(row, trace, services) {
  const [from, to] = [row.intervals[0][0], row.intervals.at(-1)[1]];
  const pairs = [["service", services[row.service]]];
  if (row.waited) pairs.push(["waited", row.waited]);
  if (row.took) pairs.push(["took", row.took]);
  pairs.push(["from", `+${duration(from)}`], ["to", `+${duration(to)}`], ["began", clock(trace.start, from)]);
  if (row.critical) pairs.push(["path", "on the critical path"]);
  const { name, kind, status, message } = row.span ?? {};
  if (name && name !== row.label) pairs.push(["name", name]);
  for (const [key, value] of Object.entries({ kind, status, message })) if (value) pairs.push([key, value]);
  return pairs;
}

function eventParts(event, trace) {
  const at = [["at", `+${duration(event.at)}`], ["time", clock(trace.start, event.at)]];
  return [heading(`Event: ${event.name}`), table([...at, ...Object.entries(event.attributes)])];
}

function linkParts(link, page) {
  const target = page.find(link.span, link.trace);
  const to = [["trace", link.trace], ["span", target ? jump(target, page) : link.span]];
  return [heading("Link"), table([...Object.entries(link.attributes), ...to])];
}

function parentOf(span, trace, page) {
  const target = page.find(span.parent, trace.id);
  return target ? jump(target, page) : `${span.parent} (not exported)`;
}

function jump(target, page) {
  const made = element("button", "jump", target.row.label);
  made.addEventListener("click", () => page.select(target.section, target.row, { scroll: true }));
  return made;
}

const READING = [
  ["▌", "on the left: the critical path, what the end waited for; below a bar: when it was this row's turn, dotted where it was waited for"],
  ["├──┤", "an object, from the write of what is desired until it is reached"],
  ["██", "work"],
  ["░░", "waiting"],
  ["✗", "failed"],
];

const KEYS = [
  ["↑ ↓", "row up, down"],
  ["→ ←", "open, close"],
  ["/", "search; n and N for the next and the one before"],
  ["+ − 0", "zoom in, out, whole trace; Ctrl and wheel at the pointer"],
  ["Shift ← →", "move the window"],
  ["z", "zoom to the chosen row; so does a double click"],
  ["drag", "over the bars: zoom to that stretch"],
  ["Esc", "choose nothing"],
];

function reading() {
  return [element("h2", "", "Reading this page"), table(READING, "signs"), heading("Keys"), table(KEYS, "signs")];
}
