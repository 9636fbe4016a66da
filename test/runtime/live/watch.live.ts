/**
 * `runtime watch` on the live sensor under load: what is lost at 100,000 events a second with all rules, and that it sees again
 * after its sensor was killed, its rules were changed, and says so. `SECONDS=n` for the load (20).
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { readClock } from "../../../src/core/clock.ts";
import { compile } from "./containers.ts";
import { type RunningWatch, watched } from "./detector.ts";
import { cannotSense } from "./sensor.ts";

const SECONDS = Number(process.env.SECONDS ?? 20);
/** How long something may take that comes by itself. */
const PATIENCE = 60_000;

const RULE = (name: string, file: string): string => `
- rule: ${name}
  desc: A file of this test was opened.
  condition: evt.type in (open, openat, openat2) and fd.name endswith ${file}
  output: "Opened | file=%fd.name"
  priority: WARNING
`;

describe("runtime watch on the live sensor", { skip: cannotSense() ?? false }, () => {
  let folder: string;
  let generator: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-watch-"));
    generator = compile("generator", folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function make(...words: readonly string[]): Promise<number> {
    const child = spawn(generator, ["cpu=1", ...words], { stdio: ["ignore", "pipe", "inherit"] });
    return Number(/^made (\d+) /.exec(await text(child.stdout))?.[1]);
  }

  it(`${SECONDS} s of 100,000 openat a second with all rules: what is not evaluated is counted`, async (t) => {
    await watched(async (watch) => {
      const before = await watch.metrics();
      const made = await make("rate=100000", `seconds=${SECONDS}`);
      // Metrics of the sensor come when they are asked for; events of a moment ago may be on their way.
      const reached = async () => (await watch.metrics()).get("bulkhead_runtime_events_total") ?? 0;
      await until(
        async () =>
          (await reached()) - (before.get("bulkhead_runtime_events_total") ?? 0) + lostOf(await watch.metrics()) >=
          made,
      );
      const now = await watch.metrics();
      const lost = lostOf(now);
      t.diagnostic(`made ${made}, lost ${lost} (${((lost / made) * 100).toFixed(2)} %)`);
    });
  });

  it("a sensor that is killed is told as blindness, followed by another, and detection goes on", async () => {
    const rules = join(folder, "kill.yaml");
    writeFileSync(rules, RULE("Opened before and after", "/bulkhead-live-kill"));
    const { alerts, code } = await watched(
      async (watch) => {
        const count = () => watch.alerts().filter(({ rule }) => rule === "Opened before and after").length;
        await make("count=1", "path=/tmp/a/bulkhead-live-kill");
        await until(async () => count() === 1);
        const [sensor] = sensorsBelow(watch.pid);
        assert.ok(sensor !== undefined, "there is no sensor below watch");
        process.kill(sensor, "SIGKILL");
        await until(async () => watch.alerts().some(({ rule }) => rule === "Detection Blind"));
        await until(async () => sensorsBelow(watch.pid).some((pid) => pid !== sensor));
        // The next one is told its hooks before it is ready; until then what is opened is in the gap.
        await until(async () => {
          await make("count=1", "path=/tmp/b/bulkhead-live-kill");
          return count() >= 2;
        });
      },
      { rules },
    );
    assert.ok(alerts.some(({ output }) => /^Detection blind since /.test(output)));
    assert.equal(code, 1, "blindness is over the threshold");
  });

  it("rules that change under load are taken, a set with an error is not, and neither stops detection", async (t) => {
    const rules = join(folder, "reload.yaml");
    writeFileSync(rules, RULE("First", "/bulkhead-live-first"));
    await watched(
      async (watch) => {
        const told = (name: string) => watch.alerts().some(({ rule }) => rule === name);
        const load = make("rate=20000", "seconds=15");
        await make("count=1", "path=/tmp/bulkhead-live-first");
        await until(async () => told("First"));
        appendFileSync(rules, RULE("Second", "/bulkhead-live-second"));
        watch.signal("SIGHUP");
        await until(async () => {
          await make("count=1", "path=/tmp/bulkhead-live-second");
          return told("Second");
        });
        appendFileSync(rules, "- rule: broken\n  condition: nothing = like this\n");
        watch.signal("SIGHUP");
        await until(async () => failedLoads(await watch.metrics()) > 0);
        await until(async () => {
          await make("count=1", "path=/tmp/c/bulkhead-live-second");
          return watch.alerts().filter(({ rule }) => rule === "Second").length > 1;
        });
        await load;
        t.diagnostic(`lost ${lostOf(await watch.metrics())}`);
      },
      { rules },
    );
  });
});

function lostOf(metrics: ReadonlyMap<string, number>): number {
  return [...metrics]
    .filter(([name]) => /^bulkhead_runtime_lost_total\{reason="(?!threads|descriptors|users|groups)/.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
}

function failedLoads(metrics: ReadonlyMap<string, number>): number {
  return [...metrics]
    .filter(([name]) => name.startsWith("bulkhead_runtime_rule_loads_total{") && !/"loaded"/.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
}

/** Processes of the sensor below watch, by their names. */
function sensorsBelow(watch: RunningWatch["pid"]): number[] {
  const parents = new Map<number, { readonly parent: number; readonly name: string }>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(Number(pid), {
        parent: Number(rest[1]),
        name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
      });
    } catch {
      // It ended.
    }
  }
  const below = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent ?? 0;
    return parent === watch || (parent > 1 && below(parent));
  };
  return [...parents].filter(([pid, { name }]) => name === "bulkhead-sensor" && below(pid)).map(([pid]) => pid);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = readClock().getTime() + PATIENCE;
  while (!(await holds())) {
    if (readClock().getTime() > end) throw new Error(`it did not come about in ${PATIENCE / 1000} s`);
    await passed(100);
  }
}
