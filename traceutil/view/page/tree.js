// The rows of one trace as a tree: which are open, and therefore seen.

class Tree {
  constructor(rows) {
    this.rows = rows;
    rows.forEach((row, index) => {
      row.index = index;
      row.children = [];
      row.above = rows[row.parent];
      row.depth = row.above ? row.above.depth + 1 : 0;
      row.open = Boolean(row.open);
      row.drawnOpen = row.open;
      (row.above ? row.above.children : (this.roots ??= [])).push(row);
    });
    this.roots ??= [];
    for (const siblings of [this.roots, ...rows.map((row) => row.children)]) {
      siblings.forEach((row, place) => Object.assign(row, { place: place + 1, siblings: siblings.length }));
    }
    this.refresh();
  }

  // Parents come before their children, so that one pass tells what is seen.
  refresh() {
    this.visible = [];
    for (const row of this.rows) {
      row.seen = !row.above || (row.above.seen && row.above.open);
      if (row.seen) row.at = this.visible.push(row) - 1;
    }
  }

  set(row, open) {
    row.open = open && row.children.length > 0;
    this.refresh();
  }

  reveal(row) {
    for (let above = row.above; above; above = above.above) above.open = true;
    this.refresh();
  }

  openAll() {
    for (const row of this.rows) row.open = row.children.length > 0;
    this.refresh();
  }

  reset() {
    for (const row of this.rows) row.open = row.drawnOpen;
    this.refresh();
  }
}
