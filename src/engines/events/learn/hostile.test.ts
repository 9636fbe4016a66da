/** A container that does whatever it likes: what is learned of it stays within bounds, and says what is missing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomEvent, randomNumbers } from "../random.fixture.ts";
import { tuple } from "../state/machine.fixture.ts";
import { bounds } from "./bounds.ts";
import { createLearning } from "./collect.ts";
import { readLearned } from "./read.ts";
import { containerId, Story } from "./story.fixture.ts";

const id = containerId("a");

test("more ports than fit are counted", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  for (let port = 1; port <= bounds.ports + 7; port++) {
    story.on(300, "accept4", { fd: 6, tuple: tuple("10.0.0.7", 41_000, "10.0.0.2", port), flags: 0 });
  }
  const [workload] = story.learn().workloads;
  assert.deepEqual([workload?.listening.length, workload?.cut], [bounds.ports, { listening: 7 }]);
  assert.deepEqual(workload?.watched.missing.slice(0, 1), ["7 entries missing in listening"]);
});

test("more peers than fit are counted", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  for (let peer = 0; peer < bounds.connections + 3; peer++) {
    const address = `10.${peer >> 16}.${(peer >> 8) & 255}.${peer & 255}`;
    story.on(300, "accept4", { fd: 6, tuple: tuple(address, 41_000, "10.0.0.2", 80), flags: 0 });
  }
  const [workload] = story.learn().workloads;
  assert.deepEqual([workload?.connections.length, workload?.cut], [bounds.connections, { connections: 3 }]);
  assert.equal(workload?.listening[0]?.count, bounds.connections + 3);
});

test("whatever events say, what is learned can be read again", () => {
  const random = randomNumbers(7);
  let found = 0;
  for (let run = 0; run < 20; run++) {
    const learning = createLearning({ hours: 1 });
    const cgroups = [`cpuset=/machine.slice/libpod-${id}.scope`];
    const thread = { pid: 300, parent: 1, comm: "sh", exe: "sh", exePath: "/bin/sh", args: [], cgroups };
    for (let number = 1; number <= 2_000; number++) {
      // What it becomes by chance is seldom in the container.
      if (number % 4 === 1) learning.sink.thread({ tid: 300, ...thread });
      const event = randomEvent(random, number);
      event.tid = 300;
      learning.sink.event(event);
    }
    const learned = learning.finish();
    assert.deepEqual(readLearned(Buffer.from(JSON.stringify(learned)), "x"), learned);
    for (const { opened, written } of learned.workloads) found += opened.length + written.length;
  }
  assert.ok(found > 50, String(found));
});
