// One trace on the page: its headline, its axis, and as many of its rows as fit on the screen.

const ROW_HEIGHT = 24, SPARE_ROWS = 8;

class Section {
  constructor(trace, number, page) {
    Object.assign(this, { trace, number, page, tree: new Tree(trace.rows) });
    this.view = this.focus();
    this.root = element("section", "trace");
    this.axis = element("div", "axis");
    this.ruler = this.axis.appendChild(element("div", "ruler"));
    this.axis.append(element("div", "figure", "waited"), element("div", "figure", "took"));
    this.body = element("div", "rows");
    this.body.tabIndex = 0;
    this.body.setAttribute("role", "tree");
    this.body.setAttribute("aria-label", trace.title);
    this.cursor = element("div", "cursor");
    this.brush = element("div", "brush");
    this.root.append(...this.headline(), this.axis, this.body);
    listen(this);
  }

  headline() {
    const parts = this.trace.relations.map((text) => element("p", "relation", `↳ ${text}`));
    parts.push(element("h2", "", this.trace.title));
    if (/^https?:/.test(this.trace.url ?? "")) parts.push(this.jaeger());
    if (this.trace.why) parts.push(element("p", "why", this.trace.why));
    if (this.trace.shares.length) parts.push(this.shares());
    return parts;
  }

  jaeger() {
    const made = element("a", "jaeger", this.trace.url);
    Object.assign(made, { href: this.trace.url, rel: "noreferrer", target: "_blank" });
    return made;
  }

  // Where the time of the critical path went, as one strip.
  shares() {
    const strip = element("div", "shares");
    for (const share of this.trace.shares) {
      const text = `${share.label} ${Math.round(100 * share.share)} % · ${share.took}`;
      const made = element("button", share.waiting ? "waiting" : "", text);
      made.style.flexGrow = Math.max(share.share, 0.01);
      made.title = text;
      if (share.service !== undefined) made.classList.add(`s${share.service % 8}`);
      const target = () => this.page.find(share.span, this.trace.id);
      made.disabled = !share.span;
      made.addEventListener("click", () => this.page.select(this, target().row, { scroll: true }));
      strip.append(made);
    }
    return strip;
  }

  whole() {
    return { from: 0, to: Math.max(this.trace.length, 1) };
  }

  // What was asked for, with a margin; the whole trace where that is it.
  focus() {
    if (!this.trace.focus) return this.whole();
    const [from, to] = this.trace.focus;
    return this.around(from, Math.max(to - from, SHORTEST_WINDOW));
  }

  around(from, took) {
    const most = this.whole().to;
    return windowOf(from - 0.05 * took, Math.min(1.1 * took, most), most);
  }

  idOf(row) {
    return `row-${this.number}-${row.index}`;
  }

  look(view) {
    this.view = view;
    this.page.draw();
  }

  zoom(factor, at = (this.view.from + this.view.to) / 2) {
    this.look(zoomed(this.view, factor, at, this.whole().to));
  }

  zoomTo(row) {
    const from = Math.min(row.intervals[0][0], row.waits?.[0][0] ?? Infinity);
    const took = Math.max(row.intervals.at(-1)[1] - from, SHORTEST_WINDOW);
    this.look(this.around(from, took));
  }

  // The moment under a place on the screen.
  momentAt(x) {
    const box = this.ruler.getBoundingClientRect();
    const share = Math.min(Math.max((x - box.left) / box.width, 0), 1);
    return this.view.from + share * (this.view.to - this.view.from);
  }

  // Only what is on the screen is drawn, for rows above and below there is empty room.
  draw(everything = false) {
    const rows = this.tree.visible;
    const top = this.body.getBoundingClientRect().top;
    const first = everything ? 0 : clamp(Math.floor(-top / ROW_HEIGHT) - SPARE_ROWS, rows.length);
    const last = everything ? rows.length : clamp(Math.ceil((innerHeight - top) / ROW_HEIGHT) + SPARE_ROWS, rows.length);
    this.body.style.paddingTop = `${first * ROW_HEIGHT}px`;
    this.body.style.paddingBottom = `${(rows.length - last) * ROW_HEIGHT}px`;
    this.body.replaceChildren(...rows.slice(first, last).map((row) => rowElement(row, this)));
    const { selected } = this.page;
    if (selected?.seen && this.tree.rows[selected.index] === selected && first <= selected.at && selected.at < last) {
      this.body.setAttribute("aria-activedescendant", this.idOf(selected));
    } else this.body.removeAttribute("aria-activedescendant");
    this.drawAxis();
  }

  drawAxis() {
    const count = Math.max(2, Math.floor(this.ruler.clientWidth / 90));
    const marks = ticks(this.view, count).map(({ at, label }) => {
      const mark = element("span", "tick", label);
      const left = place(at, this.view);
      mark.style.left = `${left}%`;
      mark.classList.toggle("last", left > 92);
      return mark;
    });
    this.ruler.replaceChildren(...marks, this.cursor, this.brush);
  }

  // A row that is off the screen, or whose bars lie outside of the window.
  show(row) {
    if (!isSeen(row.intervals[0][0], row.intervals.at(-1)[1], this.view)) this.look(this.whole());
    this.scrollTo(row);
  }

  scrollTo(row) {
    const top = this.body.getBoundingClientRect().top + row.at * ROW_HEIGHT;
    const above = this.axis.getBoundingClientRect().height + this.page.toolbarHeight();
    if (top >= above && top + ROW_HEIGHT <= innerHeight) return;
    scrollBy({ top: top - above - (innerHeight - above) / 3 });
  }
}

function clamp(value, most) {
  return Math.min(Math.max(value, 0), most);
}
