import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { openChannel, written } from "./channel.ts";
import type { FromWorker } from "./messages.ts";
import { requestOf } from "./requests.ts";

const asked = (message: object) => requestOf(message as Record<string, unknown>);

test("commands that end a process or let one be started are not the worker's to give", () => {
  const command = (line: string) => asked({ say: "command", sensor: 1, line }) !== undefined;
  for (const line of ["1 hooks execve,openat", "2 denied on", "3 metrics", "4 end", "5 thread 7", "6 scope all"]) {
    assert.ok(command(line), line);
  }
  const refused = [
    ...["1 kill 1 0 9", "1 kill 7 before:1 9", "1 protect 7 off", "1000000000 metrics", "1 metrics\n2 kill 1 0 9"],
    ...["1 hooks execve,../x", "1 hooks ", "hooks execve", "1 thread 99999999999"],
  ];
  for (const line of refused) assert.ok(!command(line), line);
});

test("containers are asked for by ids that are no paths, lines of files are lines, and hooks are names", () => {
  const container = { id: "abc123", fullId: "abc123", runtime: "docker" };
  assert.ok(asked({ say: "ask", container }) !== undefined);
  for (const changes of [{ fullId: "../../etc" }, { id: "" }, { runtime: "x" }, { uid: -1 }, { details: {} }]) {
    assert.equal(asked({ say: "ask", container: { ...container, ...changes } }), undefined, JSON.stringify(changes));
  }
  assert.ok(asked({ say: "line", output: 0, text: "{}" }) !== undefined);
  assert.equal(asked({ say: "line", output: 0, text: "a\nb" }), undefined);
  assert.equal(asked({ say: "line", output: 1_000, text: "a" }), undefined);
  assert.ok(asked({ say: "open", sensor: 1, hooks: ["execve"] }) !== undefined);
  assert.equal(asked({ say: "open", sensor: 1, hooks: ["a b"] }), undefined);
  assert.equal(asked({ say: "open", sensor: 1, hooks: Array.from({ length: 1_001 }, () => "a") }), undefined);
});

test("whatever is said is a request or none, and never an error", () => {
  const kinds = ["ready", "failed", "event", "open", "command", "answer", "close", "ask", "line", "respond", "alert"];
  const say = fc.constantFrom(...kinds, "stream", "done", "other");
  fc.assert(
    fc.property(say, fc.dictionary(fc.string(), fc.jsonValue()), (kind, rest) => {
      const request = asked({ ...rest, say: kind });
      assert.ok(request === undefined || request.say === kind);
    }),
    runs(300),
  );
});

test("messages come over whole in any pieces, with numbers of any size; what is none ends the channel", async () => {
  const message = { say: "event", text: "é\u2028 🦀", big: 2n ** 80n, list: [{ time: -1n }] };
  const bytes = Buffer.from(`${written(message)}\n`);
  for (let size = 1; size <= bytes.length; size += 7) {
    const heard: object[] = [];
    const stream = new PassThrough();
    openChannel(stream, { lineBytes: 1_000, onMessage: (one) => heard.push(one), onEnd: () => undefined });
    for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
    stream.resume();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heard, [message] as object as FromWorker[]);
  }
  for (const [text, why] of [
    ["[1]\n", /no message/],
    ["{\n", /no message/],
    ["x".repeat(2_000), /over 1000 bytes/],
  ] as const) {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const stream = new PassThrough();
    openChannel(stream, { lineBytes: 1_000, onMessage: () => assert.fail(), onEnd: resolve });
    stream.write(text);
    assert.match((await promise) ?? "", why);
  }
});
