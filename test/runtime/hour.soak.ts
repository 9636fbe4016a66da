/**
 * An hour of a node's events at five times their speed through `runtime watch` with the rules that come with Bulkhead: nothing
 * grows. `HOUR=seconds` for a shorter one.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { costOf } from "../../bench/process-cost.ts";
import { program } from "../bulkhead.ts";
import { freePort } from "../free-ports.ts";

const HOUR = Number(process.env.HOUR ?? 3_600);
const SPEED = 5;
const EVENTS = 1_000;
/** Of real time. */
const SAMPLES = 24;
/** MiB: V8 lets garbage lie until a heap is full. One that holds more than it should ends. */
const HEAP = 160;
/** Of memory over the second half, in bytes: what a collection more or less comes to. */
const MOST_GROWTH = 24e6;

test(`${HOUR} s of events at ${SPEED} times their speed: no growth`, {
  skip: process.platform === "linux" ? false : "memory is read from /proc",
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-hour-"));
  const port = await freePort();
  const sensor = join(folder, "sensor");
  const fixture = join(import.meta.dirname, "hour-sensor.fixture.ts");
  writeFileSync(sensor, `#!/bin/sh\nHOUR=${HOUR} SPEED=${SPEED} exec '${process.execPath}' '${fixture}'\n`);
  chmodSync(sensor, 0o755);
  const words = ["--rules", "bulkhead", "--no-containers", "--format", "alerts", "--status-port", String(port)];
  const child = spawn(process.execPath, [program, "runtime", "watch", "--sensor", sensor, ...words], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      NODE_OPTIONS: `--max-old-space-size=${HEAP} --max-semi-space-size=8`,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "close");
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const events = async (): Promise<number> => {
    try {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^bulkhead_runtime_events_total (\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  while ((await events()) === 0) await passed(100);
  const memory: number[] = [];
  for (let at = 0; at < SAMPLES; at += 1) {
    await passed((HOUR / SPEED / SAMPLES) * 1_000);
    memory.push(ofWatch(child.pid ?? 0));
  }
  // What is still on its way.
  while ((await events()) < HOUR * EVENTS * 0.999) await passed(500);
  const [middle, last] = [memory.slice(SAMPLES / 4, SAMPLES / 2), memory.slice(-SAMPLES / 4)].map(medianOf);
  const shown = memory.map((bytes) => Math.round(bytes / 1e6)).join(" ");
  t.diagnostic(`${await events()} events; MB over time: ${shown}`);
  assert.ok((last ?? 0) - (middle ?? 0) < MOST_GROWTH, `${middle} bytes in the second quarter, ${last} in the last`);
});

/** The sensor of the test apart, which is a Node of its own. */
function ofWatch(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  const fixtures = children.filter((child) =>
    readFileSync(`/proc/${child}/cmdline`, "utf8").includes("hour-sensor.fixture"),
  );
  return costOf(pid).resident - fixtures.reduce((sum, child) => sum + costOf(Number(child)).resident, 0);
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
