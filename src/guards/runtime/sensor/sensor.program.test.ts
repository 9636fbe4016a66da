import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Problem } from "../../../core/problem.ts";
import { type Recording, recording } from "../../../engines/events/recording.fixture.ts";
import type { Sensor, SensorPlace } from "../model.ts";
import { type FakeSensor, fakeSensor } from "./fake-sensor.fixture.ts";
import { openSensor } from "./open.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-sensor-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = (name: string) => join(folder, `${++files}-${name}`);

const open = async (place: SensorPlace, sink: Recording): Promise<Sensor> =>
  await openSensor({ place, hooks: ["execve", "openat"], sink, notices: {} });

function told(...lines: readonly object[]): string {
  const file = fresh("events");
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return file;
}

const event = (path: string) => ({ event: "openat", pid: 7, args: { name: path, flags: "O_RDONLY" } });

/** What is told over its socket at any time. */
async function feed(path: string, ...lines: readonly object[]): Promise<void> {
  const socket = connect(path);
  socket.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  await once(socket, "close");
}

test("a sensor is started, told its hooks, heard and ended", async () => {
  const log = fresh("log");
  const sink = recording();
  const sensor = await open(fakeSensor({ log, events: told(event("/etc/a"), event("/etc/b")) }), sink);
  await sensor.tell("denied on");
  await sensor.stop();
  assert.equal(await sensor.ended, undefined);
  assert.deepEqual(
    sink.events.map(({ name, parameters }) => [name, parameters.name]),
    [
      ["openat", "/etc/a\0"],
      ["openat", "/etc/b\0"],
    ],
  );
  assert.deepEqual(readFileSync(log, "utf8"), "start\nhooks execve,openat\ndenied on\nend\n");
});

test("a command that is refused says why, and what cannot be one is not sent", async () => {
  const sensor = await open(fakeSensor({ refuses: ["learn"] }), recording());
  const problem = async (command: string) =>
    await sensor.tell(command).then(
      () => assert.fail(),
      (error: Problem) => [error.code, error.message],
    );
  assert.deepEqual(await problem("learn on"), ["runtime.sensor", "command refused: not here"]);
  assert.deepEqual(await problem("learn on\nkill 1"), ["runtime.sensor", "command learn: has a line break"]);
  await sensor.stop();
  assert.deepEqual(await problem("metrics"), ["runtime.sensor", "command metrics: the sensor has ended"]);
});

test("where none runs, the reason is the sensor's own", async () => {
  const why = async (place: SensorPlace) =>
    await open(place, recording()).then(
      () => assert.fail(),
      (error: Problem) => error.line(),
    );
  const fails = "BPF programs cannot be loaded: operation not permitted";
  assert.equal(
    await why(fakeSensor({ fails })),
    `runtime.sensor: ${process.execPath}: ended with 1: bulkhead-sensor: ${fails}`,
  );
  assert.match(
    await why({ kind: "program", file: join(folder, "none"), words: [] }),
    /no such program \(build it with/,
  );
  assert.match(await why({ kind: "program", file: "/bin/true", words: [] }), /: the stream is empty$/);
  assert.match(await why({ kind: "socket", path: join(folder, "none") }), /no such file/);
  assert.match(await why(fakeSensor({ refuses: ["hooks"] })), /runtime.sensor: .*: command refused: not here/);
});

test("one that dies in the middle of a record has ended with a reason, after all that was whole", async () => {
  const path = fresh("feed");
  const sink = recording();
  const sensor = await open(fakeSensor({ feed: path }), sink);
  await feed(path, event("/etc/a"), { fake: "die" });
  assert.equal(await sensor.ended, "ended with 3");
  assert.equal(sink.events.length, 1);
});

test("a sensor on a socket is spoken to there, and another may follow", async () => {
  const listen = fresh("socket");
  const log = fresh("log");
  const { file, words } = fakeSensor({ listen, log, events: told(event("/etc/a")) } satisfies FakeSensor);
  const child = spawn(file, words, { stdio: ["ignore", "pipe", "inherit"] });
  after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  for (const _ of [1, 2]) {
    const sink = recording();
    const sensor = await open({ kind: "socket", path: listen }, sink);
    await sensor.stop();
    assert.equal(await sensor.ended, undefined);
    assert.equal(sink.events.length, 1);
  }
  // It is somebody else's, and goes on.
  assert.ok(!readFileSync(log, "utf8").includes("end"));
});
