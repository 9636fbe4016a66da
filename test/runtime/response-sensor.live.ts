/** Responses by the real sensor: it kills the process that was meant, and whatever a protected container has written itself. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { readClock } from "../../src/core/clock.ts";
import type { ResponseAction } from "../../src/engines/events/respond/model.ts";
import type { SyscallSink } from "../../src/engines/events/sink.ts";
import type { Sensor } from "../../src/guards/runtime/model.ts";
import { openJournal } from "../../src/guards/runtime/response/journal.ts";
import type { ResponseRecord } from "../../src/guards/runtime/response/model.ts";
import { createResponder } from "../../src/guards/runtime/response/responder.ts";
import { openSensor } from "../../src/guards/runtime/sensor/open.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "./own-podman.ts";

const program = join(import.meta.dirname, "../../sensor/build/bulkhead-sensor");
const skip = podmanMissing || (!existsSync(program) && "the sensor is not built (make -C sensor)");

const nothing: SyscallSink = {
  machine() {},
  user() {},
  group() {},
  thread() {},
  descriptor() {},
  container() {},
  event() {},
  lost() {},
};

describe("responses by the sensor", { skip }, () => {
  let podman: OwnPodman;
  let sensor: Sensor;

  before(async () => {
    podman = await ownPodman("overlay");
    sensor = await openSensor({
      place: { kind: "program", file: program, words: [] },
      hooks: ["execve", "clone", "procexit"],
      sink: nothing,
      notices: {},
    });
  });
  after(async () => {
    await sensor?.stop();
    podman?.remove();
  });

  async function respond(
    id: string,
    action: ResponseAction,
    pid: number,
    time = BigInt(readClock().getTime()) * 1_000_000n,
  ) {
    const records: ResponseRecord[] = [];
    const facts = await podman.factsOf(id);
    const responder = createResponder(
      {
        ...defaultPolicy,
        origin: { kind: "trusted", name: "policy", loosened: [] },
        runtime: { ...defaultPolicy.runtime, respond: "on", responses: [{ rules: ["*"], do: [action] }] },
      },
      {
        node: "node-1",
        containerOf: () => facts,
        tell: (command) => sensor.tell(command),
        root: podman.root,
        hostProcesses: true,
        own: { containers: [], pids: [process.pid] },
        journal: openJournal(join(podman.folder, "log/responses.jsonl")),
        onRecord: (record) => void records.push(record),
      },
    );
    const process_ = { pid, name: "sh" };
    responder.respond({ rule: "r", priority: "CRITICAL", tags: [], time, container: id, process: process_ });
    await responder.settled();
    await responder.close();
    return records[0];
  }

  test("the process of the event is killed, and its container goes on", async () => {
    const id = podman.start("attacked");
    podman.run("exec", "--detach", "attacked", "/bin/sh", "-c", "while :; do sleep 1; done");
    const main = podman.pidOf("attacked");
    const pids = () => podman.run("top", "attacked", "hpid", "args").split("\n").slice(1);
    let attacker: string | undefined;
    for (let tries = 0; tries < 100 && attacker === undefined; tries++) {
      await setTimeout(20);
      attacker = pids().find((line) => /\/bin\/sh -c while/.test(line) && Number.parseInt(line, 10) !== main);
    }
    const pid = Number.parseInt(attacker ?? "", 10);
    assert.ok(pid > 1, pids().join("\n"));
    const before = await respond(id, "kill", pid, BigInt(readClock().getTime() - 600_000) * 1_000_000n);
    assert.equal(before?.outcome, "gone", before?.reason);
    assert.ok(existsSync(`/proc/${pid}`));
    const record = await respond(id, "kill", pid);
    assert.equal(record?.outcome, "done", record?.reason);
    for (let tries = 0; tries < 200 && existsSync(`/proc/${pid}`); tries++) await setTimeout(20);
    assert.ok(!existsSync(`/proc/${pid}`));
    assert.equal(podman.stateOf("attacked"), "running");
    assert.equal(podman.pidOf("attacked"), main);
  });

  test("a protected container runs what its image holds, and nothing that it wrote", async () => {
    const id = podman.start("protected");
    const run = (...words: string[]) => {
      try {
        return podman.run("exec", "protected", ...words);
      } catch (error) {
        return `status ${(error as { status: number }).status}`;
      }
    };
    const written = ["/bin/sh", "-c", "mkdir -p /w; cat /bin/sh > /w/sh; chmod 755 /w/sh; /w/sh -c 'echo ran'"];
    assert.equal(run(...written), "ran");
    const record = await respond(id, "protect", podman.pidOf("protected"));
    assert.equal(record?.outcome, "done", record?.reason);
    assert.equal(run("/bin/sh", "-c", "echo image"), "image");
    assert.equal(run(...written), "status 137");
    const other = podman.start("unprotected");
    assert.equal(podman.run("exec", other, ...written), "ran");
  });

  test("the sensor itself says that a process which ended is gone", async () => {
    await assert.rejects(
      sensor.tell(`kill 4194000 before:${BigInt(readClock().getTime()) * 1_000_000n} 9`),
      /gone: no process/,
    );
    await assert.rejects(sensor.tell(`kill ${process.pid} before:1000 9`), /gone: .* started later/);
    await assert.rejects(sensor.tell("kill 1 before:1000 9"), /never ended/);
  });
});
