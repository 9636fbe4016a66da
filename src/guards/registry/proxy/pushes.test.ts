import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { memoryStore } from "../../../store/memory.fixture.ts";
import type { PushGate } from "../model.ts";
import { after, behind, D, denied, document, its, MANIFEST } from "./behind.fixture.ts";
import { madeEngine } from "./engine.fixture.ts";
import { digestOf } from "./engine.ts";
import { allowed, openPush, testedProxy } from "./open.fixture.ts";

describe("the registry guard's pushes", () => {
  const remembering = () => {
    const ends: string[] = [];
    const judged: Parameters<PushGate["manifest"]>[0][] = [];
    const push: PushGate = {
      ...openPush,
      async manifest(asked) {
        judged.push(asked);
        return { ...allowed, end: async (outcome) => void ends.push(outcome) };
      },
    };
    return { push, ends, judged };
  };

  it("stores what was judged, byte by byte, and says how it ended", async (t) => {
    const { push, ends, judged } = remembering();
    const { engine, put } = await behind(t, { push });
    const stored = await put("/v2/a/manifests/1.0", document, { "content-type": `${MANIFEST}; charset=utf-8` });
    assert.equal(stored.status, 201);
    assert.equal(stored.headers.get("docker-content-digest"), its);
    assert.deepEqual(engine.manifests.get("a/1.0"), { type: MANIFEST, bytes: Buffer.from(document) });
    assert.deepEqual([judged[0]?.manifest.digest, judged[0]?.manifest.mediaType], [its, MANIFEST]);
    engine.fails = 400;
    assert.equal((await put("/v2/a/manifests/1.1", document)).status, 400);
    assert.deepEqual(ends, ["stored", "failed"]);
  });

  it("is told as stored where the engine has it, though it broke off", async (t) => {
    const { push, ends } = remembering();
    const { engine, put } = await behind(t, { push });
    engine.breaks = "after";
    assert.equal((await put("/v2/a/manifests/1.0", document)).status, 502);
    engine.breaks = "before";
    assert.equal((await put("/v2/a/manifests/1.1", document)).status, 502);
    assert.deepEqual(ends, ["stored", "failed"]);
  });

  it("refuses what is not what it says it is, before anybody judges it", async (t) => {
    const { push, judged } = remembering();
    const { engine, put } = await behind(t, { push });
    const cases: [string, string, Record<string, string>, number, string][] = [
      [`/v2/a/manifests/${D}`, document, { "content-type": MANIFEST }, 400, "DIGEST_INVALID"],
      ["/v2/a/manifests/x", "[]", { "content-type": MANIFEST }, 400, "MANIFEST_INVALID"],
      ["/v2/a/manifests/x", "{", { "content-type": MANIFEST }, 400, "MANIFEST_INVALID"],
      ["/v2/a/manifests/x", document, { "content-type": "application/vnd.other+json" }, 400, "MANIFEST_INVALID"],
      ["/v2/a/manifests/x", "{}", { "content-type": "nonsense" }, 400, "MANIFEST_INVALID"],
      [
        "/v2/a/manifests/x",
        `{"a":"${"x".repeat(4 * 1024 * 1024)}"}`,
        { "content-type": MANIFEST },
        413,
        "SIZE_INVALID",
      ],
    ];
    for (const [path, body, headers, status, code] of cases) {
      const got = await put(path, body, headers);
      const { errors } = (await got.json()) as { errors: { code: string }[] };
      assert.deepEqual([got.status, errors[0]?.code], [status, code], body.slice(0, 40));
    }
    assert.deepEqual([judged, engine.seen], [[], []]);
  });

  it("stores nothing that its gate refuses, or does not answer about", async (t) => {
    for (const manifest of [
      async () => denied,
      async () => {
        throw new Problem({ kind: "unavailable", code: "store.x", place: "store", cause: "down" });
      },
    ]) {
      const { engine, put } = await behind(t, {
        push: {
          ...openPush,
          manifest,
          upload: async () => ({ ...denied, mounts: false, mostBytes: 0 }),
          remove: async () => denied,
        },
      });
      assert.ok([403, 503].includes((await put("/v2/a/manifests/x", document)).status));
      assert.deepEqual(engine.seen, []);
    }
  });

  it("mounts only what its gate lets it", async (t) => {
    for (const mounts of [true, false]) {
      const push: PushGate = { ...openPush, upload: async () => ({ ...allowed, mounts, mostBytes: 1_000 }) };
      const { engine, ask } = await behind(t, { push });
      await ask(`/v2/a/blobs/uploads/?mount=${D}&from=b%2Fc`, { method: "POST" });
      await ask(`/v2/a/blobs/uploads/?mount=${D}`, { method: "POST" });
      const query = mounts ? `?mount=${D}&from=b%2Fc` : "";
      assert.deepEqual(
        engine.seen.map(({ url }) => url),
        [`/v2/a/blobs/uploads/${query}`, "/v2/a/blobs/uploads/"],
      );
    }
  });

  it("cuts an upload off that is larger than may be", async (t) => {
    const asked: unknown[] = [];
    const push: PushGate = {
      ...openPush,
      upload: async ({ bytes }) => after(() => asked.push(bytes), { ...allowed, mounts: false, mostBytes: 1_000 }),
    };
    const { ask } = await behind(t, { push });
    const body = "x".repeat(2_000);
    const got = await ask("/v2/a/blobs/uploads/u", {
      method: "PATCH",
      body,
      headers: { "content-range": "1000-2999" },
    });
    assert.equal(got.status, 413);
    assert.deepEqual(asked, [3_000]);
  });

  it("loses no referrer that two replicas list at once, and takes none off that is not deleted", async (t) => {
    const engine = await madeEngine(t);
    const { locks } = memoryStore();
    const replicas = [await testedProxy(t, engine.origin, { locks }), await testedProxy(t, engine.origin, { locks })];
    const pushed = await Promise.all(
      Array.from({ length: 16 }, async (_, at) => {
        const text = JSON.stringify({
          schemaVersion: 2,
          mediaType: MANIFEST,
          artifactType: `x/${at}`,
          subject: { digest: its },
        });
        const digest = digestOf(Buffer.from(text));
        const origin = replicas[at % 2]?.origin;
        const got = await fetch(`${origin}/v2/a/manifests/${digest}`, {
          method: "PUT",
          body: text,
          headers: { "content-type": MANIFEST },
        });
        assert.deepEqual([got.status, got.headers.get("oci-subject")], [201, its]);
        return digest;
      }),
    );
    const listed = async () => {
      const got = await fetch(`${replicas[0]?.origin}/v2/a/referrers/${its}`);
      return ((await got.json()) as { manifests: { digest: string }[] }).manifests
        .map(({ digest }) => digest)
        .toSorted();
    };
    assert.deepEqual(await listed(), pushed.toSorted());
    for (const [at, digest] of pushed.slice(0, 4).entries()) {
      const gone = await fetch(`${replicas[at % 2]?.origin}/v2/a/manifests/${digest}`, { method: "DELETE" });
      assert.equal(gone.status, 202);
    }
    assert.deepEqual(await listed(), pushed.slice(4).toSorted());
  });

  it("says that a manifest is not listed where its list cannot be written", async (t) => {
    const locks = {
      tryHold: async () => {
        throw new Problem({ kind: "unavailable", code: "store.unavailable", place: "store", cause: "down" });
      },
    };
    const { put, engine } = await behind(t, { locks });
    const got = await put("/v2/a/manifests/x", JSON.stringify({ mediaType: MANIFEST, subject: { digest: its } }));
    assert.equal(got.status, 503);
    assert.match(await got.text(), /not listed with its subject.*push it again/);
    assert.ok(engine.manifests.has("a/x"));
  });
});
