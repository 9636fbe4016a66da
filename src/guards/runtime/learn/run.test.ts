import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { containerId } from "../../../engines/events/learn/story.fixture.ts";
import type { SensorPlace } from "../model.ts";
import { type FakeSensor, fakeSensor } from "../sensor/fake-sensor.fixture.ts";
import { openSensor } from "../sensor/open.ts";
import { learnHere } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-learn-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const id = containerId("a");
const lines = [
  { container: { id, runtime: "podman", name: "api", image: "shop/api:2" } },
  { process: { pid: 300, vpid: 1, path: "/bin/sh", container: id } },
  { event: "openat", pid: 300, args: { name: "/etc/one", flags: "O_RDONLY" } },
];

function place(options: FakeSensor = {}): SensorPlace {
  const events = join(folder, "events");
  writeFileSync(events, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return fakeSensor({ events, ...options });
}

const quiet = { hours: 24, now: () => Date.parse("2026-03-01T12:00:00Z"), onMissing() {}, onProblem() {} };

test("a sensor is asked for containers and for what they use, and what it tells is learned", async () => {
  const log = join(folder, "log");
  const learning = await learnHere({ ...quiet, place: place({ log }), openSensor });
  const { workloads } = await learning.stop();
  assert.deepEqual(
    workloads.map(({ of, opened }) => [of.container, opened.map(({ path }) => path)]),
    [["api", ["/etc/one"]]],
  );
  const commands = readFileSync(log, "utf8").trim().split("\n");
  assert.match(commands[1] ?? "", /^hooks (?=.*execve)(?=.*openat)(?=.*connect)/);
  assert.deepEqual(commands.slice(2), ["scope containers", "learn on", "used", "end"]);
});

test("a sensor that cannot learn is an error that says why, and is ended", async () => {
  await assert.rejects(learnHere({ ...quiet, place: place({ refuses: ["learn"] }), openSensor }), /not here/);
});
