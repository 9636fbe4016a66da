import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { learnedFile, learnedWorkload } from "./learned.fixture.ts";
import { mergeLearned } from "./merge.ts";
import type { Learned, LearnedWorkload } from "./model.ts";
import { readLearned } from "./read.ts";
import { containerId, Story } from "./story.fixture.ts";

function only({ workloads }: Learned): LearnedWorkload {
  assert.equal(workloads.length, 1);
  return workloads[0] as LearnedWorkload;
}

test("what is read is what was written", () => {
  const story = new Story();
  story.container(300, containerId("a"), "/bin/sh", { flags: 8 });
  story.open(300, "/etc/one", { layer: "lower", inode: 4 });
  story.open(300, "/tmp/\x1b[2J", { write: true, layer: "upper" });
  story.used(containerId("a"), { syscalls: [1], refused: 4n });
  story.writer.lost("ring full", 1);
  const learned = story.learn();
  assert.deepEqual(readLearned(Buffer.from(JSON.stringify(learned)), "x"), learned);
});

test("runs of one workload are one, the same file twice counts once", () => {
  const run = (digit: string, syscalls: number[], refused: bigint): Learned => {
    const story = new Story();
    story.container(300, containerId(digit), "/bin/sh");
    story.open(300, `/etc/${digit}`, {});
    story.used(containerId(digit), { syscalls, refused });
    story.seconds += 3_600;
    story.on(300, "procexit", {});
    const learned = story.learn();
    // As where Kubernetes names them.
    return {
      ...learned,
      workloads: learned.workloads.map((each) => ({ ...each, of: { name: "api", container: "api" } })),
    };
  };
  const first = run("a", [0, 1], 1n);
  const second = run("b", [1, 2], 2n);
  const merged = only(mergeLearned([first, second, first], 1));
  assert.deepEqual(merged.syscalls, ["open", "read", "write"]);
  assert.deepEqual(
    merged.opened.map(({ path }) => path),
    ["/etc/a", "/etc/b"],
  );
  assert.deepEqual(merged.capabilities, { used: [], refused: ["CAP_CHOWN", "CAP_DAC_OVERRIDE"] });
  assert.equal(merged.watched.seconds, 7_200);
  assert.equal(merged.executables[0]?.count, 2);
  // Side by side: an hour by the clock.
  assert.deepEqual(merged.watched.missing, []);
  assert.deepEqual(only(mergeLearned([first, second], 2)).watched.missing, ["watched for 1 h of 2"]);
});

test("a capability that one replica had and another was refused is one that is used", () => {
  const one = learnedWorkload({ capabilities: { used: ["CAP_KILL"], refused: [] } });
  const other = learnedWorkload({ capabilities: { used: [], refused: ["CAP_KILL"] } }, "2");
  assert.deepEqual(only(mergeLearned([learnedFile([one, other])])).capabilities, { used: ["CAP_KILL"], refused: [] });
});

test("architectures are not merged", () => {
  const one = learnedWorkload({ architecture: "x86_64", syscalls: ["open"] });
  const other = learnedWorkload({ architecture: "arm64", syscalls: ["openat"] }, "2");
  assert.deepEqual(
    mergeLearned([learnedFile([one, other])]).workloads.map(({ syscalls }) => syscalls),
    [["open"], ["openat"]],
  );
});

test("an image whose start nobody saw leaves it incomplete", () => {
  const one = learnedWorkload({}, "1", { image: "sha256:1" });
  const other = learnedWorkload({}, "2", { image: "sha256:2", start: false });
  assert.deepEqual(only(mergeLearned([learnedFile([one, other])])).watched.missing, ["no start of sha256:2 was seen"]);
});

test("a port is local where it is so in all replicas", () => {
  const one = learnedWorkload({ listening: [{ protocol: "TCP", port: 80, local: true, count: 0 }] });
  const other = learnedWorkload({ listening: [{ protocol: "TCP", port: 80, count: 2 }] }, "2");
  assert.deepEqual(only(mergeLearned([learnedFile([one, other])])).listening, [
    { protocol: "TCP", port: 80, count: 2 },
  ]);
  assert.deepEqual(only(mergeLearned([learnedFile([one])])).listening[0]?.local, true);
});

test("files that are none are refused, with the place", () => {
  const good = learnedFile([learnedWorkload({})]);
  const causeOf = (value: unknown): string => {
    try {
      readLearned(typeof value === "string" ? Buffer.from(value) : Buffer.from(JSON.stringify(value)), "learned.json");
    } catch (error) {
      assert.ok(error instanceof Problem && error.place === "learned.json" && error.code === "learned.broken");
      return error.message;
    }
    throw new Error("it was read");
  };
  const changed = (change: object) => ({ ...good, workloads: [{ ...good.workloads[0], ...change }] });
  assert.match(causeOf("{"), /not JSON/);
  assert.match(causeOf([]), /not an object/);
  assert.match(causeOf({ ...good, kind: "List" }), /kind is not Learned/);
  assert.match(causeOf({ ...good, apiVersion: "v2\x1b" }), /apiVersion v2\\u001b is not known/);
  assert.match(causeOf({ ...good, from: "yesterday" }), /from is not a time/);
  assert.match(causeOf(changed({ syscalls: ["open; rm"] })), /workloads\[0\]\.syscalls\[0\] is no such name/);
  assert.match(
    causeOf(changed({ connections: [{ direction: "up" }] })),
    /connections\[0\]\.direction is none of in, out/,
  );
  assert.match(causeOf(changed({ opened: [{ path: "/x", count: -1 }] })), /opened\[0\]\.count/);
  assert.match(causeOf(changed({ opened: [{ path: "x".repeat(20_000), count: 1 }] })), /is over/);
  assert.match(causeOf(changed({ cut: { opened: "many" } })), /cut\.opened/);
  assert.match(causeOf({ ...good, workloads: "all" }), /workloads is not a list/);
});
