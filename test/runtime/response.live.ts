/** Responses on real containers of a podman of the test's own: each is carried out, seen by podman itself, and taken back. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { readClock } from "../../src/core/clock.ts";
import type { Policy } from "../../src/core/policy.ts";
import { Problem } from "../../src/core/problem.ts";
import type { ResponseAction } from "../../src/engines/events/respond/model.ts";
import { openJournal, readJournal } from "../../src/guards/runtime/response/journal.ts";
import type { ResponderParts, ResponseRecord, ResponseRequest } from "../../src/guards/runtime/response/model.ts";
import { createResponder } from "../../src/guards/runtime/response/responder.ts";
import { bulkhead } from "../bulkhead.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "./own-podman.ts";

describe("responses on containers of podman", { skip: podmanMissing }, () => {
  let podman: OwnPodman;
  let journal: string;
  const start = (name: string) => podman.start(name);
  const stateOf = (name: string) => podman.stateOf(name);
  const pidOf = (name: string) => podman.pidOf(name);

  before(async () => {
    podman = await ownPodman();
    journal = join(podman.folder, "log/responses.jsonl");
  });
  after(() => podman?.remove());

  /** As the sensor's control does it (docs/sensor-control.md), for processes of the test's own containers. */
  async function fakeSensor(command: string, told: string[]): Promise<void> {
    told.push(command);
    const [, pid = "", before = ""] = /^kill (\d+) before:(\d+) 9$/.exec(command) ?? [];
    if (pid === "") return;
    if (!existsSync(`/proc/${pid}`)) throw problem(`gone: no process ${pid}`);
    assert.ok(BigInt(before) <= BigInt(readClock().getTime()) * 1_000_000n);
    process.kill(Number(pid), "SIGKILL");
  }

  const problem = (cause: string) =>
    new Problem({ kind: "unavailable", code: "runtime.sensor", place: "sensor", cause });

  async function respond(
    id: string,
    actions: readonly ResponseAction[],
    more: {
      request?: Partial<ResponseRequest>;
      policy?: Partial<Policy["runtime"]>;
      parts?: Partial<ResponderParts>;
    } = {},
  ) {
    const records: ResponseRecord[] = [];
    const told: string[] = [];
    const facts = await podman.factsOf(id);
    const responder = createResponder(
      {
        ...defaultPolicy,
        origin: { kind: "trusted", name: "policy", loosened: [] },
        runtime: {
          ...defaultPolicy.runtime,
          respond: "on",
          responses: [{ rules: ["*"], do: actions }],
          ...more.policy,
        },
      },
      {
        node: "node-1",
        containerOf: (asked) => (facts.fullId.startsWith(asked) ? facts : undefined),
        tell: (command) => fakeSensor(command, told),
        root: podman.root,
        hostProcesses: true,
        own: { containers: [], pids: [] },
        journal: openJournal(journal),
        onRecord: (record) => void records.push(record),
        ...more.parts,
      },
    );
    responder.respond({
      rule: "Reverse shell",
      priority: "CRITICAL",
      tags: ["T1059"],
      time: BigInt(readClock().getTime()) * 1_000_000n,
      container: id,
      process: { pid: pidOf(id), name: "sh", path: "/bin/sh" },
      ...more.request,
    });
    await responder.settled();
    await responder.close();
    return { records, told, outcomes: records.map(({ action, outcome }) => `${action} ${outcome}`) };
  }

  const cli = (...words: string[]) =>
    bulkhead(["runtime", "respond", ...words, "--journal", journal], { cwd: podman.folder, home: podman.folder });

  test("a container is paused, again without effect, and let go on by undo", async () => {
    const id = start("pause");
    const { records, outcomes } = await respond(id, ["pause"]);
    assert.deepEqual(outcomes, ["pause done"]);
    assert.equal(stateOf(id), "paused");
    assert.equal(records[0]?.undoCommand, `podman unpause ${id}`);
    assert.equal(records[0]?.target, `container ${id.slice(0, 12)} (pause)`);
    assert.deepEqual((await respond(id, ["pause"])).outcomes, ["pause unchanged"]);
    const undone = await cli("undo", records[0]?.id ?? "");
    assert.equal(undone.code, 0, undone.stderr);
    assert.match(undone.stdout, /undone +pause container/);
    assert.equal(stateOf(id), "running");
    const twice = await cli("undo", records[0]?.id ?? "");
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /undone already/);
  });

  test("a container is stopped with time to end itself, and started again by undo", async () => {
    const id = start("stop");
    const { records } = await respond(id, ["stop"]);
    assert.equal(records[0]?.outcome, "done", records[0]?.reason);
    assert.equal(await podman.endOf(id), 0);
    assert.deepEqual((await respond(id, ["stop", "pause"], { request: { process: undefined as never } })).outcomes, [
      "pause gone",
      "stop gone",
    ]);
    assert.equal((await cli("undo", records[0]?.id ?? "")).code, 0);
    assert.equal(stateOf(id), "running");
  });

  test("a container is killed at once, a paused one too", async () => {
    const id = start("kill");
    const { outcomes } = await respond(id, ["pause", "killContainer"]);
    assert.deepEqual(outcomes, ["pause done", "killContainer done"]);
    assert.equal(await podman.endOf(id), 137);
  });

  test("a process is killed by the sensor, and only while it is the one that the event was about", async () => {
    const id = start("process");
    const pid = pidOf(id);
    const early = { time: BigInt(readClock().getTime() - 3_600_000) * 1_000_000n };
    const earlier = await respond(id, ["kill"], { request: early });
    assert.deepEqual([earlier.outcomes, earlier.told], [["kill gone"], []]);
    const { outcomes, told } = await respond(id, ["kill"]);
    assert.deepEqual(outcomes, ["kill done"]);
    assert.match(told.join(), new RegExp(`^kill ${pid} before:\\d+ 9$`));
    assert.equal(await podman.endOf(id), 137);
    const after = { process: { pid, name: "sh" } };
    assert.deepEqual((await respond(id, ["kill"], { request: after })).outcomes, ["kill gone"]);
  });

  test("a process of another container, or of the host, is not killed in a container's name", async () => {
    const id = start("one");
    const other = pidOf(start("other"));
    for (const pid of [other, process.pid]) {
      const { records, told } = await respond(id, ["kill"], { request: { process: { pid, name: "sh" } } });
      assert.deepEqual([records[0]?.outcome, told], ["failed", []]);
      assert.match(records[0]?.reason ?? "", /not in the cgroup of container/);
    }
    assert.equal(stateOf("other"), "running");
  });

  test("protect names the container's own cgroup, as the kernel numbers it", async () => {
    const id = start("protect");
    const { records, told } = await respond(id, ["protect"]);
    assert.equal(records[0]?.outcome, "done", records[0]?.reason);
    const unified = /^0::(.*)$/m.exec(readFileSync(`/proc/${pidOf(id)}/cgroup`, "utf8"))?.[1] ?? "";
    const mount = existsSync("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
    const path = unified.slice(0, unified.indexOf(id) + id.length);
    assert.deepEqual(told, [`protect ${statSync(`${mount}${path}`).ino} on`]);
    // The process that did it may be gone by then, and others of the container are not.
    const gone = await respond(id, ["protect"], { request: { process: { pid: 4_194_000, name: "sh" } } });
    assert.deepEqual(gone.told, told);
  });

  test("a dry run tells what would be done, and does nothing", async () => {
    const id = start("dry");
    const { outcomes, told } = await respond(id, ["pause", "kill", "killContainer"], {
      policy: { respond: "dry-run" },
    });
    assert.deepEqual(outcomes.toSorted(), ["kill dry-run", "killContainer dry-run", "pause dry-run"]);
    assert.deepEqual([stateOf(id), told], ["running", []]);
  });

  test("limits hold over alerts of one responder, and what was not done is told", async () => {
    const id = start("limited");
    const limits = { rule: 1, workload: 9, node: 9, minutes: 10 };
    const { records, outcomes } = await respond(id, ["pause", "killContainer"], { policy: { responseLimits: limits } });
    assert.deepEqual(outcomes, ["pause done", "killContainer limited"]);
    assert.equal(records[1]?.reason, "1 actions for rule Reverse shell in 10 minutes");
    assert.equal(stateOf(id), "paused");
  });

  test("a runtime that does not answer fails, and says how it would", async () => {
    const id = start("unserved");
    const { records } = await respond(id, ["pause"], { parts: { root: join(podman.folder, "nowhere") } });
    assert.equal(records[0]?.outcome, "failed");
    assert.match(records[0]?.reason ?? "", /systemctl enable --now podman.socket/);
    // Somebody who listens there and is no engine.
    mkdirSync(join(podman.folder, "broken/run/podman"), { recursive: true });
    const server = createServer((connection) => connection.end("HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(join(podman.folder, "broken/run/podman/podman.sock"), resolve));
    const broken = await respond(id, ["pause"], { parts: { root: join(podman.folder, "broken") } });
    server.close();
    assert.match(broken.records[0]?.reason ?? "", /the container runtime answered 500/);
    assert.equal(stateOf(id), "running");
  });

  test("list shows all of it, with what undoes each", async () => {
    const { stdout, code } = await cli("list");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /done {7}pause container [0-9a-f]{12} \(pause\) · node-1\/Container\/pause\n {2}rule Reverse shell · r-/,
    );
    assert.match(stdout, /\n {2}undo: podman unpause [0-9a-f]{64}\n/);
    const json = await cli("list", "--format", "json", "--last", "1");
    const { records } = readJournal(journal);
    assert.deepEqual(JSON.parse(json.stdout), records.at(-1));
  });
});
