// The page: sections, search, toolbar, and the one row that is chosen.

const byId = (id) => document.getElementById(id);

class Page {
  constructor(data) {
    this.services = data.services;
    this.sections = data.traces.map((trace, number) => new Section(trace, number, this));
    this.active = this.sections[0];
    this.matches = [];
    this.match = -1;
    this.index();
    byId("sections").append(...this.sections.map((section) => section.root));
    byId("panel").replaceChildren(...reading());
  }

  index() {
    this.spans = new Map();
    for (const section of this.sections) {
      for (const row of section.tree.rows) {
        if (row.span) this.spans.set(`${section.trace.id}/${row.span.id}`, { section, row });
      }
    }
  }

  // A span by its id: in the trace named, else in any.
  find(span, trace) {
    const traces = trace ? [trace] : this.sections.map((section) => section.trace.id);
    return traces.map((id) => this.spans.get(`${id}/${span}`)).find(Boolean);
  }

  draw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.measure();
      const everything = matchMedia("print").matches;
      this.sections.forEach((section) => section.draw(everything));
    });
  }

  // The axes stick below the toolbar, which takes two lines on a narrow screen.
  measure() {
    document.documentElement.style.setProperty("--bar", `${this.toolbarHeight()}px`);
  }

  // At once, and every open row: for paper.
  drawAll() {
    this.sections.forEach((section) => section.draw(true));
  }

  focused(section) {
    this.active = section;
  }

  toolbarHeight() {
    return byId("toolbar").getBoundingClientRect().height;
  }

  select(section, row, { scroll = false } = {}) {
    this.selected = row;
    if (section) {
      this.active = section;
      section.tree.reveal(row);
      byId("panel").replaceChildren(...panelOf(row, section));
      byId("panel").scrollTop = 0;
    } else byId("panel").replaceChildren(...reading());
    history.replaceState(null, "", row?.span ? `#${row.span.id}` : "#");
    this.sections.forEach((each) => each.draw());
    if (scroll && section) section.show(row);
  }

  // What the pointer is over, while nothing is chosen.
  preview(section, row) {
    if (this.selected || this.previewed === row) return;
    this.previewed = row;
    byId("panel").replaceChildren(...(row ? panelOf(row, section) : reading()));
  }

  search(text) {
    const wanted = words(text);
    this.matches = this.sections.flatMap((section) =>
      search(section, wanted, this.services).map((row) => ({ section, row })),
    );
    this.match = -1;
    this.tell();
    this.draw();
  }

  go(by) {
    if (!this.matches.length) return;
    const from = this.match < 0 && by < 0 ? 0 : this.match;
    this.match = (from + by + this.matches.length) % this.matches.length;
    const { section, row } = this.matches[this.match];
    this.select(section, row, { scroll: true });
    this.tell();
  }

  tell() {
    const count = this.matches.length.toLocaleString("en");
    const asked = words(byId("search").value).length > 0;
    byId("found").textContent = !asked ? "" : this.match < 0 ? `${count} found` : `${this.match + 1} of ${count}`;
    byId("previous").disabled = byId("next").disabled = !this.matches.length;
  }

  each(action) {
    this.sections.forEach(action);
    this.draw();
  }
}

function wire(page) {
  const on = (id, action) => byId(id).addEventListener("click", action);
  on("previous", () => page.go(-1));
  on("next", () => page.go(1));
  on("in", () => page.active?.zoom(1 / ZOOM));
  on("out", () => page.active?.zoom(ZOOM));
  on("reset", () => page.each((section) => section.look(section.whole())));
  on("fold", () => page.each((section) => section.tree.reset()));
  on("unfold", () => page.each((section) => section.tree.openAll()));
  byId("search").addEventListener("input", (event) => page.search(event.target.value));
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") page.go(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") page.active?.body.focus({ preventScroll: true });
  });
  addEventListener("keydown", (event) => global(page, event));
  addEventListener("scroll", () => page.draw(), { passive: true });
  addEventListener("resize", () => page.draw());
  addEventListener("beforeprint", () => page.drawAll());
  addEventListener("afterprint", () => page.draw());
  addEventListener("hashchange", () => fromAddress(page));
}

function global(page, event) {
  if (event.target.id === "search" || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = {
    "/": () => byId("search").select(),
    n: () => page.go(1),
    N: () => page.go(-1),
    Escape: () => page.select(null, null),
  }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

// `trace.html#SPAN_ID` opens with that span chosen: an address to send to somebody. Else what was asked for.
function fromAddress(page, subject) {
  const target = page.find(location.hash.slice(1)) ?? page.find(subject);
  if (target) page.select(target.section, target.row, { scroll: true });
}

function legend(services) {
  byId("legend").replaceChildren(
    ...services.map((service, index) => element("li", `s${index % 8}`, service || "(no service)")),
  );
}

const data = JSON.parse(byId("data").textContent);
const page = new Page(data);
legend(data.services);
wire(page);
page.tell();
page.measure();
page.sections.forEach((section) => section.draw());
fromAddress(page, data.subject);
document.documentElement.dataset.ready = "yes";
