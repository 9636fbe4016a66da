/** From an attack in a container to its end, by `runtime watch` as a user runs it: rules, policy, response, alert, record. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { readJournal } from "../../src/guards/runtime/response/journal.ts";
import { bulkhead, program } from "../bulkhead.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "./own-podman.ts";

const sensor = join(import.meta.dirname, "../../sensor/build/bulkhead-sensor");
const skip = podmanMissing || (!existsSync(sensor) && "the sensor is not built (make -C sensor)");

const RULES = `
- rule: Marked program
  desc: what the test does, and not podman, which is told to
  condition: evt.type in (execve, execveat) and proc.name = sh and proc.args contains "bulkhead-marked-%TAG%"
  output: marked (cmd=%proc.cmdline)
  priority: CRITICAL
  tags: [marked]
`;

describe("runtime watch with responses", { skip }, () => {
  let podman: OwnPodman;
  before(async () => {
    podman = await ownPodman("overlay");
  });
  after(() => podman?.remove());

  async function watched(name: string, actions: string, respond = "on") {
    const tag = `${name}-${process.pid}`;
    const folder = podman.folder;
    const rules = join(folder, `${name}.rules.yaml`);
    writeFileSync(rules, RULES.replaceAll("%TAG%", tag));
    const policy = join(folder, `${name}.policy.yaml`);
    writeFileSync(
      policy,
      `apiVersion: bulkhead/v1\nruntime:\n  respond: "${respond}"\n  responses:\n    - { tags: [marked], do: [${actions}] }\n`,
    );
    const journal = join(folder, `${name}.journal/responses.jsonl`);
    const words = ["runtime", "watch", "--rules", rules, "--policy", policy, "--journal", journal];
    const more = ["--format", "alerts", "--root", podman.root, "--sensor", sensor, "--host", "node-1"];
    const child: ChildProcess = spawn(process.execPath, [program, ...words, ...more], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (chunk) => (stdout += chunk));
    child.stderr?.on("data", (chunk) => (stderr += chunk));
    const until = async (holds: () => boolean, what: string) => {
      for (let tries = 0; tries < 1_500 && !holds() && child.exitCode === null; tries++) await setTimeout(20);
      assert.ok(holds(), `${what}\n${stderr}\n${stdout}`);
    };
    await until(() => /watches/.test(stderr), "it does not begin");
    return {
      tag,
      until,
      alerts: () =>
        stdout
          .split("\n")
          .filter((line) => line.startsWith("{"))
          .map((line) => JSON.parse(line)),
      records: () => (existsSync(journal) ? readJournal(journal).records : []),
      journal,
      async stop() {
        child.kill("SIGTERM");
        if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
        return stderr;
      },
    };
  }

  const attack = (name: string, tag: string) =>
    podman.run("exec", "--detach", name, "/bin/sh", "-c", "while :; do sleep 1; done", `bulkhead-marked-${tag}`);

  const attackers = (tag: string) =>
    podman
      .run("top", "attacked", "hpid", "args")
      .split("\n")
      .filter((line) => line.includes(`bulkhead-marked-${tag}`));

  test("the attacker's process is killed, the container goes on, and both are told", async () => {
    podman.start("attacked");
    const main = podman.pidOf("attacked");
    const watch = await watched("kill", "kill");
    try {
      attack("attacked", watch.tag);
      await watch.until(() => watch.records().length > 0, "nothing was done");
      const [record] = watch.records();
      assert.equal(record?.outcome, "done", record?.reason);
      assert.equal(record?.workload, "node-1/Container/attacked");
      await watch.until(() => attackers(watch.tag).length === 0, "it still runs");
      await watch.until(() => watch.alerts().some(({ rule }) => rule === "Response"), "no alert of the response");
      const told = watch.alerts().find(({ rule }) => rule === "Response");
      assert.equal(told.output_fields["response.id"], record?.id);
      assert.ok(watch.alerts().some(({ rule }) => rule === "Marked program"));
      assert.deepEqual([podman.stateOf("attacked"), podman.pidOf("attacked")], ["running", main]);
    } finally {
      await watch.stop();
    }
  });

  test("a container is paused by its runtime, and undo lets it go on", async () => {
    podman.start("paused");
    const watch = await watched("pause", "pause");
    try {
      attack("paused", watch.tag);
      await watch.until(() => watch.records().length > 0, "nothing was done");
      const [record] = watch.records();
      assert.equal(record?.outcome, "done", record?.reason);
      assert.equal(podman.stateOf("paused"), "paused");
      const words = ["runtime", "respond", "undo", record?.id ?? "", "--journal", watch.journal];
      const { code, stderr } = await bulkhead(words, { cwd: podman.folder, home: podman.folder });
      assert.equal(code, 0, stderr);
      assert.equal(podman.stateOf("paused"), "running");
    } finally {
      await watch.stop();
    }
  });

  test("a dry run does nothing and tells all; the host's own process is exempt", async () => {
    podman.start("dry");
    const watch = await watched("dry", "kill, pause", "dry-run");
    try {
      attack("dry", watch.tag);
      await watch.until(() => watch.records().length >= 2, "nothing was told");
      assert.deepEqual(
        watch
          .records()
          .map(({ action, outcome }) => `${action} ${outcome}`)
          .sort(),
        ["kill dry-run", "pause dry-run"],
      );
      assert.equal(podman.stateOf("dry"), "running");
      const own = spawn("/bin/sh", ["-c", "sleep 30", `bulkhead-marked-${watch.tag}`], { stdio: "ignore" });
      await watch.until(() => watch.records().some(({ outcome }) => outcome === "exempt"), "the host is not exempt");
      assert.equal(own.exitCode, null);
      assert.ok(existsSync(`/proc/${own.pid}`) && !/\) Z/.test(readFileSync(`/proc/${own.pid}/stat`, "latin1")));
      own.kill("SIGKILL");
    } finally {
      await watch.stop();
    }
  });
});
