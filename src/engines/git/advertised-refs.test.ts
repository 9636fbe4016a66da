import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serve } from "../../net/loopback.fixture.ts";
import { commitOf, openRefsClient, readAdvertisedRefs } from "./advertised-refs.ts";

const [A, B, C] = ["a".repeat(40), "b".repeat(40), "c".repeat(40)] as const;

function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, "0") + line;
}

function advertisement(refs: readonly (readonly [id: string, name: string])[]): string {
  const lines = refs.map(([id, name], at) => packet(`${id} ${name}${at === 0 ? "\0multi_ack side-band-64k" : ""}\n`));
  return `${packet("# service=git-upload-pack\n")}0000${lines.join("")}0000`;
}

test("tags are the commits that they are of", () => {
  const refs = readAdvertisedRefs(
    advertisement([
      [A, "HEAD"],
      [A, "refs/heads/main"],
      [B, "refs/tags/v1"],
      [C, "refs/tags/v1^{}"],
      [A, "refs/heads/v2"],
      [B, "refs/tags/v2"],
    ]),
  );
  assert.ok(refs !== undefined);
  assert.equal(commitOf(refs, "v1"), C);
  assert.equal(commitOf(refs, "main"), A);
  assert.equal(commitOf(refs, "refs/tags/v1"), C);
  assert.equal(commitOf(refs, "v2"), undefined, "a tag and a branch");
  assert.equal(commitOf(refs, "v3"), undefined);
});

test("a repository without refs has none", () => {
  assert.deepEqual(readAdvertisedRefs(advertisement([["0".repeat(40), "capabilities^{}"]])), new Map());
});

test("whatever is cut or changed is answered, and nothing made up is taken", () => {
  const whole = advertisement([
    [A, "HEAD"],
    [B, "refs/tags/v1"],
  ]);
  assert.equal(readAdvertisedRefs("<html>"), undefined);
  assert.equal(readAdvertisedRefs(""), undefined);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 4 }), (at, put) => {
      const refs = readAdvertisedRefs(whole.slice(0, at) + put + whole.slice(at + 1));
      for (const id of refs?.values() ?? []) assert.match(id, /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
    }),
  );
  for (let cut = 1; cut < whole.length; cut++) assert.doesNotThrow(() => readAdvertisedRefs(whole.slice(0, cut)));
});

test("a server is asked by the smart protocol, and what it does not serve is a problem", async (t) => {
  const asked: string[] = [];
  const { origin: url } = await serve(t, (request, response) => {
    asked.push(request.url ?? "");
    if (request.url?.startsWith("/a/b/") !== true) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
    response.end(advertisement([[A, "refs/tags/v1"]]));
  });
  const client = openRefsClient();
  t.after(() => client.close());
  assert.deepEqual([...(await client.refs(new URL("/a/b", url)))], [["refs/tags/v1", A]]);
  assert.deepEqual(asked, ["/a/b/info/refs?service=git-upload-pack"]);
  await assert.rejects(client.refs(new URL("/a/c", url)), { code: "git.remote", kind: "unavailable" });
  await assert.rejects(client.refs(new URL("http://127.0.0.1:1/a/b")), { code: "git.remote" });
});
