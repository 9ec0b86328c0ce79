// Search: every word must stand in a row's name, object, service, ids, attributes, events or links.

function words(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function haystack(row, trace, services) {
  if (row.text === undefined) {
    const span = row.span;
    const parts = [row.label, services[row.service], row.note];
    parts.push(span.name, span.id, span.kind, span.status, span.message, trace.id);
    for (const [key, value] of pairsOf(span)) parts.push(`${key}=${shown(value)}`);
    for (const event of span.events ?? []) parts.push(event.name);
    for (const link of span.links ?? []) parts.push(link.trace, link.span);
    row.text = parts.filter(Boolean).join("\n").toLowerCase();
  }
  return row.text;
}

function* pairsOf(span) {
  yield* Object.entries(span.attributes ?? {});
  for (const part of [...(span.events ?? []), ...(span.links ?? [])]) yield* Object.entries(part.attributes);
}

function shown(value) {
  return Array.isArray(value) ? value.map(shown).join(", ") : String(value);
}

// The rows found, in order; each closed row above one of them is told how many it hides.
function search(section, wanted, services) {
  const found = [];
  for (const row of section.tree.rows) {
    row.found = false;
    row.hides = 0;
    if (!wanted.length || !row.span) continue;
    const text = haystack(row, section.trace, services);
    row.found = wanted.every((word) => text.includes(word));
    if (!row.found) continue;
    found.push(row);
    for (let above = row.above; above; above = above.above) above.hides += 1;
  }
  return found;
}
