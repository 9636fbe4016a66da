/**
 * What the sensor tells is all that happened, or it says how much is missing: a generator that counts its own calls beside what
 * arrived and what was lost. `SECONDS=n` for the first of them (60).
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { codes } from "../../../src/engines/events/types/codes.ts";
import { compile } from "./containers.ts";
import { cannotSense, type RunningSensor, type SensorSetup, startSensor } from "./sensor.ts";

const missing = cannotSense();
const SECONDS = Number(process.env.SECONDS ?? 60);
/** One processor for who makes events, the other for who takes them. */
const MAKER = 1;

interface Generator {
  readonly pid: number;
  /** Begins; resolves with how many calls it made. */
  run(): Promise<number>;
  end(): void;
}

describe("accounting of the sensor", { skip: missing ?? false }, () => {
  let folder: string;
  let program: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-accounting-"));
    program = compile("generator", folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** It waits, so that the sensor can know it before its first call. */
  function generator(...words: readonly string[]): Generator {
    const child: ChildProcess = spawn(program, ["wait=1", `cpu=${MAKER}`, ...words], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    return {
      pid: child.pid ?? 0,
      async run() {
        const told = once(lines, "line") as Promise<[string]>;
        child.stdin?.end("go\n");
        const made = /^made (\d+) /.exec((await told)[0])?.[1];
        return Number(made);
      },
      end: () => void child.kill("SIGKILL"),
    };
  }

  /** Starts both; `of` counts what arrived of the generator, and of others, by openat alone. */
  async function counted(t: TestContext, words: readonly string[], setup: Partial<SensorSetup> = {}) {
    const maker = generator(...words);
    t.after(() => maker.end());
    const arrived = { own: 0, others: 0 };
    const sensor = await startSensor({
      hooks: ["openat"],
      scope: "all",
      ...setup,
      onEvent(event) {
        if (event.code !== codes.openat) return;
        if (event.tid === maker.pid) arrived.own += 1;
        else arrived.others += 1;
      },
    });
    t.after(() => sensor.child.kill("SIGKILL"));
    return { maker, sensor, arrived };
  }

  function account(
    t: TestContext,
    sensor: RunningSensor,
    made: number,
    arrived: { own: number; others: number },
  ): number {
    const { lost } = sensor.told;
    const dropped = eventsLost(sensor);
    t.diagnostic(
      `made ${made}, arrived ${arrived.own}, of others ${arrived.others}, lost ${dropped} ${JSON.stringify([...lost])}`,
    );
    // The hook's own count, in the kernel: what got past the filter, of whomever.
    const runs = sensor.told.metrics.get("hook openat runs");
    assert.ok(runs !== undefined, `no metric of the hook: ${[...sensor.told.metrics.keys()].join(", ")}`);
    assert.equal(
      Number(runs),
      arrived.own + arrived.others + dropped,
      "what matched = what arrived + what was dropped",
    );
    assert.ok(arrived.own <= made && made <= arrived.own + dropped, "each call of the generator is one or the other");
    if (arrived.others === 0) assert.equal(made, arrived.own + dropped);
    return dropped;
  }

  it(`of ${SECONDS} s of more than 150,000 openat a second each is delivered or counted`, async (t) => {
    const { maker, sensor, arrived } = await counted(t, ["rate=160000", `seconds=${SECONDS}`]);
    const made = await maker.run();
    await sensor.end();
    t.diagnostic(`${Math.round(made / SECONDS)} calls a second`);
    account(t, sensor, made, arrived);
  });

  it("a reader that stands still for 10 s costs what is counted, and nothing after it", async (t) => {
    const { maker, sensor, arrived } = await counted(t, ["rate=50000", "seconds=16"]);
    const running = maker.run();
    await passed(2_000);
    sensor.pause();
    await passed(10_000);
    sensor.resume();
    const made = await running;
    await sensor.end();
    assert.ok(account(t, sensor, made, arrived) > 0, "ten seconds fit into no buffer");
  });

  it("hooks that come and go cost one that stays nothing", async (t) => {
    const { maker, sensor, arrived } = await counted(t, ["rate=50000", "seconds=8"]);
    const running = maker.run();
    let ended = false;
    void running.then(() => {
      ended = true;
    });
    for (let turn = 0; !ended; turn += 1) {
      await sensor.tell(turn % 2 === 0 ? "hooks openat,connect,unlinkat,execve,clone" : "hooks openat");
      await passed(50);
    }
    const made = await running;
    await sensor.end();
    const dropped = eventsLost(sensor);
    t.diagnostic(`made ${made}, arrived ${arrived.own}, lost ${dropped}`);
    assert.ok(arrived.own <= made && made <= arrived.own + dropped);
  });

  it("one that is killed leaves no hook behind, and the next accounts as before", async (t) => {
    const { maker, sensor, arrived } = await counted(t, ["rate=50000", "seconds=4"]);
    const running = maker.run();
    await passed(1_000);
    sensor.child.kill("SIGKILL");
    await assert.rejects(sensor.end());
    const made = await running;
    assert.ok(arrived.own > 0 && arrived.own < made, `${arrived.own} of ${made} arrived`);
    const next = await counted(t, ["rate=50000", "seconds=2"]);
    const again = await next.maker.run();
    await next.sensor.end();
    account(t, next.sensor, again, next.arrived);
  });

  it("one whose pipe is cut ends, and the next accounts as before", async (t) => {
    const { maker, sensor } = await counted(t, ["rate=50000", "seconds=3"]);
    const ended = once(sensor.child, "exit");
    const running = maker.run();
    await passed(500);
    sensor.cut();
    await ended;
    await running;
    const next = await counted(t, ["rate=50000", "seconds=2"]);
    const again = await next.maker.run();
    await next.sensor.end();
    account(t, next.sensor, again, next.arrived);
  });
});

/** Threads and descriptors that were dropped are told by other counts: they are looked up again. */
function eventsLost({ told }: RunningSensor): number {
  const other = /^(?:users|groups|threads|descriptors|metrics|answers|uses) /;
  return [...told.lost].filter(([reason]) => !other.test(reason)).reduce((sum, [, count]) => sum + count, 0);
}
