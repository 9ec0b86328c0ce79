// Time: durations in words, ticks of an axis, and the window that is looked at. All in nanoseconds.

const MICRO = 1e3, MILLI = 1e6, SECOND = 1e9, MINUTE = 60e9, HOUR = 3600e9;
const SHORTEST_WINDOW = 10 * MICRO;

// In the words of traceutil/view/units.py; a test holds the two together.
function duration(ns) {
  if (ns < 0) return "-" + duration(-ns);
  if (ns < MILLI - MICRO / 2) return `${Math.round(ns / MICRO)} µs`;
  if (ns < SECOND - MILLI / 2) return `${Math.round(ns / MILLI)} ms`;
  if (ns < MINUTE - SECOND / 200) return `${(ns / SECOND).toFixed(2)} s`;
  const seconds = Math.round(ns / SECOND);
  const two = (number) => String(number).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h ${two(Math.floor((seconds % 3600) / 60))}m`;
  const days = Math.floor(seconds / 86400);
  return days < 100 ? `${days}d ${two(Math.floor((seconds % 86400) / 3600))}h` : `${days}d`;
}

// Steps that people count in: 1, 2, 5 below a minute's worth of seconds, then those of a clock.
function stepFor(span, count) {
  const least = Math.max(span / count, MICRO);
  for (const step of [15, 30, 60, 120, 300, 600, 900, 1800].map((s) => s * SECOND)) {
    if (least > 10 * SECOND && step >= least) return step;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  const unit = least > HOUR / 2 ? HOUR : 1;
  if (unit === HOUR) return HOUR * Math.ceil(least / HOUR);
  return [1, 2, 5, 10].map((base) => base * power).find((step) => step >= least);
}

function tickLabel(moment, step) {
  if (moment === 0) return "0 s";
  if (moment >= MINUTE) return step >= SECOND ? duration(moment) : decimals(moment, step, SECOND, "s");
  if (moment >= SECOND) return decimals(moment, step, SECOND, "s");
  return moment >= MILLI ? decimals(moment, step, MILLI, "ms") : decimals(moment, step, MICRO, "µs");
}

function decimals(moment, step, unit, name) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
  return `${(moment / unit).toFixed(digits)} ${name}`;
}

function ticks(view, count) {
  const step = stepFor(view.to - view.from, count);
  const marks = [];
  for (let n = Math.ceil(view.from / step); n * step <= view.to; n++) {
    marks.push({ at: n * step, label: tickLabel(n * step, step) });
  }
  return marks;
}

// A window around `at`, `factor` times as wide, inside of the trace.
function zoomed(view, factor, at, length) {
  const width = Math.min(length, Math.max(SHORTEST_WINDOW, (view.to - view.from) * factor));
  const share = (at - view.from) / (view.to - view.from || 1);
  return windowOf(at - share * width, width, length);
}

function panned(view, share, length) {
  const width = view.to - view.from;
  return windowOf(view.from + share * width, width, length);
}

function windowOf(from, width, length) {
  const start = Math.min(Math.max(0, from), Math.max(0, length - width));
  return { from: start, to: start + width };
}

// Unix nanoseconds (as text) and an offset, as the time of day in UTC to the microsecond.
function clock(start, offset) {
  const ns = BigInt(start) + BigInt(Math.round(offset));
  const moment = new Date(Number(ns / 1000000n));
  if (Number.isNaN(moment.getTime())) return `${ns} ns`;
  const micros = String((ns / 1000n) % 1000n).padStart(3, "0");
  return moment.toISOString().replace("T", " ").replace("Z", `${micros} UTC`);
}
