"use strict";
// Sorts, filters and pages the tables whose rows stand in the page as data. Everything from outside becomes text, never
// markup. Nothing is loaded or sent.
(() => {
  const PAGE = 25;
  const data = JSON.parse(document.getElementById("data").textContent);
  const number = new Intl.NumberFormat("en-US");
  const order = new Intl.Collator("en", { numeric: true });

  const element = (name, className, text) => {
    const it = document.createElement(name);
    if (className) it.className = className;
    if (text !== undefined) it.textContent = text;
    return it;
  };

  const level = (risk) => (risk === 0 ? 0 : risk < 5 ? 1 : risk < 10 ? 2 : risk < 15 ? 3 : 4);

  // How a column's values are shown. Numbers stay numbers in the data, so that they sort as such.
  const show = {
    path: (cell, value) => { cell.className = "path"; cell.append(element("bdi", "", value)); },
    text: (cell, value) => { cell.textContent = value; },
    count: (cell, value) => { cell.className = "num"; cell.textContent = number.format(value); },
    size: (cell, value) => {
      cell.className = "num";
      const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
      let unit = 0;
      let left = value < 0 ? 0 : value;
      while (left >= 1000 && unit < 5) { left /= 1000; unit += 1; }
      cell.textContent = value < 0 ? "" : `${unit ? left.toFixed(1) : left} ${units[unit]}`;
    },
    risk: (cell, value) => {
      cell.className = "num";
      cell.append(element("span", `chip l${level(value)}`, `${value} ${data.levels[level(value)]}`));
    },
    choice: (cell, value, column) => { cell.append(element("span", `chip c-${value}`, column.names[value] ?? value)); },
  };

  class Grid {
    constructor(root) {
      this.root = root;
      this.table = data.tables[root.dataset.grid];
      this.found = this.table.rows.map((_, at) => at);
      this.haystack = this.table.rows.map((row) => row.join("\u0000").toLowerCase());
      this.sorted = { column: -1, down: false };
      this.page = 0;
      this.said = root.querySelector(".said");
      this.body = root.querySelector("tbody");
      this.search = root.querySelector("input");
      this.choices = [...root.querySelectorAll("select")];
      root.querySelector(".controls").hidden = false;
      root.querySelector(".pager").hidden = false;
      let wait;
      this.search.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => this.filter(), 120); });
      this.choices.forEach((it) => it.addEventListener("change", () => this.filter()));
      root.querySelectorAll("thead th").forEach((head, at) => {
        const button = element("button", "", head.textContent);
        button.type = "button";
        button.addEventListener("click", () => this.sort(at));
        head.replaceChildren(button);
      });
      [this.back, this.next] = root.querySelectorAll(".pager button");
      this.back.addEventListener("click", () => this.turn(-1));
      this.next.addEventListener("click", () => this.turn(1));
      this.draw();
    }

    filter() {
      const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = this.choices.filter((it) => it.value !== "").map((it) => [Number(it.dataset.column), it.value]);
      const id = (row, column) => (this.table.columns[column].kind === "risk" ? data.levels[level(row[column])] : row[column]);
      this.found = [];
      this.table.rows.forEach((row, at) => {
        if (words.every((word) => this.haystack[at].includes(word)) && wanted.every(([column, value]) => id(row, column) === value)) {
          this.found.push(at);
        }
      });
      this.page = 0;
      this.arrange();
      this.draw();
    }

    sort(column) {
      // Numbers are most telling from the top, texts from A on.
      const kind = this.table.columns[column].kind;
      const falls = kind === "count" || kind === "size" || kind === "risk";
      this.sorted = { column, down: this.sorted.column === column ? !this.sorted.down : falls };
      this.page = 0;
      this.arrange();
      this.draw();
      this.root.querySelectorAll("thead th").forEach((head, at) => {
        const way = this.sorted.down ? "descending" : "ascending";
        head.setAttribute("aria-sort", at === column ? way : "none");
      });
    }

    arrange() {
      const { column, down } = this.sorted;
      if (column < 0) return;
      const rows = this.table.rows;
      const names = this.table.columns[column].kind === "choice" ? this.table.columns[column].names : undefined;
      const key = (at) => (names ? names[rows[at][column]] ?? rows[at][column] : rows[at][column]);
      const way = down ? -1 : 1;
      this.found.sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        return (typeof x === "number" ? x - y : order.compare(x, y)) * way || a - b;
      });
    }

    turn(by) {
      this.page += by;
      this.draw();
      this.root.querySelector("table").scrollIntoView({ block: "nearest" });
    }

    draw() {
      const pages = Math.max(1, Math.ceil(this.found.length / PAGE));
      const from = this.page * PAGE;
      const shown = this.found.slice(from, from + PAGE);
      this.body.replaceChildren(...shown.map((at) => this.row(this.table.rows[at])));
      const all = this.table.rows.length;
      const of = this.found.length === all ? number.format(all) : `${number.format(this.found.length)} of ${number.format(all)}`;
      this.said.textContent = shown.length ? `${number.format(from + 1)}–${number.format(from + shown.length)} of ${of}` : `nothing matches (0 of ${number.format(all)})`;
      this.root.querySelector(".pager span").textContent = `page ${number.format(this.page + 1)} of ${number.format(pages)}`;
      this.back.disabled = this.page === 0;
      this.next.disabled = this.page + 1 >= pages;
    }

    row(values) {
      const row = element("tr");
      this.table.columns.forEach((column, at) => {
        const cell = element("td");
        show[column.kind](cell, values[at], column);
        row.append(cell);
      });
      return row;
    }
  }

  document.querySelectorAll("[data-grid]").forEach((root) => new Grid(root));
})();
