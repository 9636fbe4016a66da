import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert } from "../model.ts";
import { AT, madeAlert } from "./alert.fixture.ts";
import { bounds } from "./bounds.ts";
import { createCollapse } from "./collapse.ts";

const SECOND = 1_000_000_000n;

function at(seconds: number, changes: Partial<Alert> = {}): Alert {
  const time = AT + BigInt(seconds) * SECOND;
  return madeAlert({ ...changes, first: time, last: time });
}

function collapse(alerts: Iterable<Alert>, windowSeconds = 60) {
  const opened: Alert[] = [];
  const closed: Alert[] = [];
  const all = createCollapse({
    windowSeconds,
    onOpened: (alert) => opened.push(alert),
    onClosed: (alert) => closed.push(alert),
  });
  for (const alert of alerts) all.add(alert);
  all.finish();
  return { opened, closed, merged: all.merged };
}

test("the same again within the window is one alert with a count, a first and a last time", () => {
  const { opened, closed } = collapse([at(0), at(4), at(10)]);
  assert.equal(opened.length, 1);
  assert.deepEqual(
    closed.map(({ count, first, last }) => [count, first - AT, last - AT]),
    [[3, 0n, 10n * SECOND]],
  );
});

test("after a silence as long as the window it is another", () => {
  const { closed } = collapse([at(0), at(60), at(121)]);
  assert.deepEqual(
    closed.map(({ count }) => count),
    [2, 1],
  );
});

test("another rule, asset or subject is another alert", () => {
  const others = [
    at(0),
    at(0, { rule: "Other" }),
    at(0, { subject: "sh -c id" }),
    at(0, { about: { host: "node-2" } }),
    at(0, { about: { host: "node-1", container: { id: "d".repeat(64) } } }),
    at(0, { detector: "falco" }),
  ];
  assert.equal(collapse(others).closed.length, others.length);
});

test("an event whose clock is behind neither splits an alert nor makes its first time later", () => {
  const { closed } = collapse([at(10), at(8), at(12)]);
  assert.deepEqual(
    closed.map(({ count, first, last }) => [count, first - AT, last - AT]),
    [[3, 8n * SECOND, 12n * SECOND]],
  );
});

test("of endlessly different alerts a bounded number is kept, and none goes uncounted", () => {
  const total = bounds.alerts + bounds.openAlerts + 500;
  function* many(): Generator<Alert> {
    for (let one = 0; one < total; one++) yield at(0, { subject: `sh -c ${one}` });
  }
  const { closed, merged } = collapse(many());
  const kept = closed.length - 1;
  assert.ok(kept <= bounds.alerts && kept > 20_000, String(kept));
  assert.equal(
    closed.reduce((sum, { count }) => sum + count, 0),
    total,
  );
  assert.equal(merged, total - kept);
});

test("alerts that are large are bounded by their bytes, and none goes uncounted", () => {
  const total = 20_000;
  function* large(): Generator<Alert> {
    // A text for each, as rules' outputs are.
    for (let one = 0; one < total; one++) yield at(0, { subject: `${one}`, output: `${one}`.padEnd(16_000, "x") });
  }
  const { closed, merged } = collapse(large());
  const bytes = closed.reduce((sum, { output }) => sum + output.length, 0);
  assert.ok(bytes <= bounds.alertsBytes, String(bytes));
  assert.equal(
    closed.reduce((sum, { count }) => sum + count, 0),
    total,
  );
  assert.ok(merged > 0);
  const rest = closed.at(-1);
  assert.ok((rest?.output.length ?? 0) < 1_000);
  // None of those that have no room is hidden by what a baseline knows of another.
  assert.match(rest?.subject ?? "", /^not told apart: /);
});
