import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { serve } from "../../../net/loopback.fixture.ts";
import type { Identity, PullGate, Refusal } from "../model.ts";
import { after, behind, D, denied, document, its, MANIFEST } from "./behind.fixture.ts";
import { allowed, noUpstreams, openPush, somebody, testedProxy } from "./open.fixture.ts";

const pullsNothing: PullGate = {
  manifest: async () => denied,
  blob: async () => denied,
  referrers: async () => denied,
};

describe("the registry guard's pulls", () => {
  it("refuses what its gate refuses, HEAD as GET, and asks the engine nothing", async (t) => {
    const { engine, ask, proxy } = await behind(t, { pull: pullsNothing });
    const paths = ["/v2/shop/web/manifests/1.0", `/v2/shop/web/blobs/${D}`, `/v2/shop/web/referrers/${D}`];
    for (const path of paths) {
      const got = await ask(path);
      assert.equal(got.status, 403);
      assert.deepEqual(await got.json(), {
        errors: [{ code: "DENIED", message: "flawed", detail: { check: "image/x" } }],
      });
      const head = await ask(path, { method: "HEAD" });
      assert.equal(head.status, 403);
      assert.equal(head.headers.get("content-length"), got.headers.get("content-length"));
    }
    assert.deepEqual(engine.seen, []);
    assert.equal(proxy.decided.length, 6);
    assert.deepEqual(
      proxy.decided.map(({ entry }) => entry.decision.action),
      Array(6).fill("refuse"),
    );
  });

  it("passes nothing where a gate fails, is late, or refuses without words", async (t) => {
    const gates: [PullGate["manifest"], number][] = [
      [
        async () => {
          throw new Error("a bug");
        },
        503,
      ],
      [() => new Promise(() => undefined), 503],
      [async () => ({ ...allowed, action: "refuse" }), 403],
      // Allowed, and nothing is there.
      [async () => allowed, 404],
    ];
    for (const [manifest, status] of gates) {
      const pull = { ...pullsNothing, manifest };
      const { engine, ask } = await behind(t, { pull, pullMilliseconds: () => 50 });
      assert.equal((await ask("/v2/a/manifests/x")).status, status);
      assert.deepEqual(engine.seen, []);
    }
  });

  it("tells its gate when time is over, or the client is gone", async (t) => {
    const ends: string[] = [];
    const pull: PullGate = {
      ...pullsNothing,
      async manifest({ deadline }) {
        await new Promise((resolve) => deadline.addEventListener("abort", resolve));
        ends.push((deadline.reason as Error).message);
        return denied;
      },
    };
    const { ask, proxy } = await behind(t, { pull, pullMilliseconds: () => 100 });
    assert.equal((await ask("/v2/a/manifests/x")).status, 403);
    const patient = await behind(t, { pull, pullMilliseconds: () => 60_000 });
    const asked = httpRequest({ host: "127.0.0.1", port: patient.proxy.port, path: "/v2/a/manifests/x", agent: false });
    asked.on("error", () => undefined);
    asked.end();
    while (patient.proxy.underWay() === 0) await delay(1);
    asked.destroy();
    while (ends.length < 2) await delay(1);
    assert.deepEqual(ends, ["not decided in 100 ms", "the client is gone"]);
    assert.deepEqual(proxy.errors, []);
  });

  it("sends the bytes that were judged, wherever the tag points to by then", async (t) => {
    const bytes = Buffer.from(document);
    const manifest = { digest: its, mediaType: MANIFEST, bytes };
    const pull = { ...pullsNothing, manifest: async () => ({ ...allowed, manifest, warnings: ['say "hi"\né'] }) };
    const { engine, ask } = await behind(t, { pull });
    const got = await ask("/v2/a/manifests/moved");
    assert.equal(await got.text(), document);
    assert.equal(got.headers.get("docker-content-digest"), its);
    assert.equal(got.headers.get("warning"), '299 - "say \\"hi\\"\\\\u000a?"');
    assert.deepEqual(engine.seen, []);
  });

  it("sees to what is another registry's before it is judged, and refuses with it", async (t) => {
    const order: string[] = [];
    const upstreams = {
      ...noUpstreams,
      of: (repository: string) => (repository.startsWith("hub/") ? { name: "hub" } : undefined),
      ensure: async ({ repository }: { repository: string }) => {
        order.push(`ensure ${repository}`);
        return repository === "hub/young" ? denied : allowed;
      },
    };
    const pull = { ...pullsNothing, manifest: async () => after(() => order.push("judge"), denied) };
    const { ask } = await behind(t, { upstreams, pull });
    for (const name of ["hub/young", "hub/old", "own"])
      assert.equal((await ask(`/v2/${name}/manifests/x`)).status, 403);
    assert.deepEqual(order, ["ensure hub/young", "ensure hub/old", "judge", "judge"]);
  });

  it("tells who pushes that a blob is there, and nobody else", async (t) => {
    const grants = [{ repository: "mine", actions: ["pull", "push"] }] as const;
    const authenticator = { identify: async (): Promise<Identity> => ({ ...somebody, grants }) };
    const { engine, ask } = await behind(t, { pull: pullsNothing, authenticator });
    engine.blobs.set(`mine/${D}`, Buffer.from("a blob"));
    assert.equal((await ask(`/v2/mine/blobs/${D}`, { method: "HEAD" })).status, 200);
    assert.equal((await ask(`/v2/mine/blobs/${D}`)).status, 403);
    assert.equal((await ask(`/v2/other/blobs/${D}`, { method: "HEAD" })).status, 403);
  });

  it("lists tags in order and in pages, whatever the engine does", async (t) => {
    const { engine, ask } = await behind(t);
    for (const tag of ["b", "d", "a", "c"])
      engine.manifests.set(`a/${tag}`, { type: MANIFEST, bytes: Buffer.from(document) });
    const tags = async (query: string) => {
      const got = await ask(`/v2/a/tags/list${query}`);
      return [((await got.json()) as { tags: string[] }).tags.join(""), got.headers.get("link")];
    };
    assert.deepEqual(await tags(""), ["abcd", null]);
    assert.deepEqual(await tags("?n=2"), ["ab", '</v2/a/tags/list?last=b&n=2>; rel="next"']);
    assert.deepEqual(await tags("?n=2&last=b"), ["cd", null]);
    assert.deepEqual(await tags("?last=c"), ["d", null]);
    assert.deepEqual(await tags("?n=0"), ["", null]);
  });
});

describe("what the engine is asked", () => {
  it("has the guard's token, and of a client's headers those that mean something there", async (t) => {
    const granted: unknown[] = [];
    const tokens = { authorization: (grants: unknown) => after(() => granted.push(grants), "Bearer ours") };
    const { engine, ask, proxy } = await behind(t, { tokens });
    engine.blobs.set(`a/${D}`, Buffer.from("a blob"));
    const headers = {
      authorization: "Bearer theirs",
      cookie: "sid=1",
      range: "bytes=0-1",
      "x-http-method-override": "DELETE",
      "x-original-url": "/v2/b/manifests/x",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "gopher",
      forwarded: "host=evil.example",
      "content-type": "application/x-www-form-urlencoded",
    };
    const got = await ask(`/v2/a/blobs/${D}?ns=docker.io`, { headers });
    assert.equal(await got.text(), "a blob");
    const seen = engine.seen[0];
    assert.equal(seen?.url, `/v2/a/blobs/${D}`);
    const { authorization, range } = seen?.headers ?? {};
    assert.deepEqual({ authorization, range }, { authorization: "Bearer ours", range: "bytes=0-1" });
    assert.equal(seen?.headers["x-forwarded-host"], proxy.host);
    assert.equal(seen?.headers["x-forwarded-proto"], "http");
    for (const name of ["cookie", "x-http-method-override", "x-original-url", "forwarded", "content-type"]) {
      assert.equal(seen?.headers[name], undefined, name);
    }
    assert.deepEqual(granted, [[{ repository: "a", actions: ["pull"] }]]);
  });

  it("is not what a client is told of the engine's tokens and names", async (t) => {
    const engine = await serve(t, (request, response) => {
      const { host } = request.headers;
      if (request.method === "POST")
        response.writeHead(202, { location: `http://${host}/v2/a/blobs/uploads/u?_state=x` });
      else response.writeHead(401, { "www-authenticate": "Bearer realm=x", "set-cookie": "a=b" });
      response.end();
    });
    const proxy = await testedProxy(t, engine.origin);
    const begun = await fetch(`${proxy.origin}/v2/a/blobs/uploads/`, { method: "POST" });
    assert.equal(begun.headers.get("location"), "/v2/a/blobs/uploads/u?_state=x");
    const got = await fetch(`${proxy.origin}/v2/a/blobs/${D}`);
    assert.equal(got.status, 502);
    assert.equal(got.headers.get("www-authenticate") ?? got.headers.get("set-cookie"), null);
  });

  it("is nothing of what a client hides in escapes, doubled headers or bodies of forms", async (t) => {
    const { engine, ask, proxy } = await behind(t);
    for (const path of ["/v2/a%2fb/manifests/x", "/v2/a//b/manifests/x", "/v2/A/manifests/x", "/v2/a/manifests/x%00"]) {
      assert.equal((await ask(path)).status, 400, path);
    }
    const asked = httpRequest({ host: "127.0.0.1", port: proxy.port, path: "/v2/a/manifests/x", agent: false });
    asked.setHeader("authorization", ["Bearer a", "Bearer b"]);
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    assert.equal(answer.statusCode, 400);
    answer.resume();
    assert.equal(engine.seen.length, 0);
    // docker-registry reads mount and from of a form, where it is sent as one, before it reads the query.
    const form = `mount=${D}&from=secret`;
    await ask("/v2/a/blobs/uploads/", {
      method: "POST",
      body: form,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.equal(engine.seen[0]?.headers["content-type"], "application/octet-stream");
  });
});

describe("the registry guard's own paths", () => {
  it("asks who it is before anything else, and a catalogue of whom it is for", async (t) => {
    const wanted: unknown[] = [];
    const refusal: Refusal = {
      status: 401,
      code: "UNAUTHORIZED",
      message: "no",
      headers: { "www-authenticate": "Bearer realm=x" },
    };
    const authenticator = {
      identify: async (...[, grants, , catalog]: unknown[]) => after(() => wanted.push([grants, catalog]), refusal),
    };
    const { engine, ask } = await behind(t, { authenticator });
    const asked: [string, string][] = [
      ["GET", "/v2/"],
      ["GET", "/v2/_catalog"],
      ["PUT", "/v2/a/manifests/x"],
      ["DELETE", `/v2/a/blobs/${D}`],
      ["POST", "/v2/a/blobs/uploads/"],
    ];
    for (const [method, path] of asked) {
      const got = await ask(path, { method });
      assert.equal(got.status, 401);
      assert.equal(got.headers.get("www-authenticate"), "Bearer realm=x");
    }
    const both = ["pull", "push"];
    assert.deepEqual(wanted, [
      [[], false],
      [[], true],
      [[{ repository: "a", actions: both }], false],
      [[{ repository: "a", actions: ["delete"] }], false],
      [[{ repository: "a", actions: both }], false],
    ]);
    assert.deepEqual(engine.seen, []);
  });

  it("asks for a token of both repositories where a blob is mounted, and mounts nothing where one is closed", async (t) => {
    const own = { repository: "mine", actions: ["pull", "push"] } as const;
    for (const [status, expected] of [
      [401, 401],
      [403, 202],
    ] as const) {
      const refusal: Refusal = { status, code: status === 401 ? "UNAUTHORIZED" : "DENIED", message: "no" };
      const authenticator = {
        identify: async (_: unknown, wanted: readonly unknown[]) =>
          wanted.length > 1 ? refusal : { ...somebody, grants: [own] },
      };
      const push = { ...openPush, upload: async () => ({ ...allowed, mounts: false, mostBytes: 1_000 }) };
      const { ask, engine } = await behind(t, { authenticator, push });
      const got = await ask(`/v2/mine/blobs/uploads/?mount=${D}&from=closed`, { method: "POST" });
      assert.equal(got.status, expected);
      assert.deepEqual(
        engine.seen.map(({ url }) => url),
        expected === 401 ? [] : ["/v2/mine/blobs/uploads/"],
      );
    }
  });

  it("gives who uploaded a blob its own bytes back, and nobody else", async (t) => {
    const as = { name: "user:one" };
    const unknown: Refusal = { status: 404, code: "BLOB_UNKNOWN", message: "in no manifest" };
    const pull: PullGate = { ...pullsNothing, blob: async () => ({ ...denied, refusal: unknown }) };
    const authenticator = {
      identify: async () => ({ ...somebody, principal: { ...somebody.principal, name: as.name } }),
    };
    const { ask, engine, proxy } = await behind(t, { pull, authenticator });
    engine.blobs.set(`a/${D}`, Buffer.from("a blob"));
    assert.equal((await ask(`/v2/a/blobs/${D}`)).status, 404);
    assert.equal((await ask(`/v2/a/blobs/uploads/u?digest=${D}`, { method: "PUT", body: "a blob" })).status, 201);
    assert.equal(await (await ask(`/v2/a/blobs/${D}`)).text(), "a blob");
    assert.equal(proxy.decided.at(-1)?.entry.decision.basis, "own-upload");
    assert.equal((await ask(`/v2/b/blobs/${D}`)).status, 404);
    as.name = "user:two";
    assert.equal((await ask(`/v2/a/blobs/${D}`)).status, 404);
  });

  it("answers pages with their body's bound", async (t) => {
    const pages = new Map([
      [
        "/token",
        {
          bodyBytes: 10,
          answer: ({
            method,
            query,
            header,
            body,
          }: {
            method: string;
            query: string;
            header(name: string): string | undefined;
            body: Buffer;
          }) => ({ status: 200, body: `${method} ${query} ${header("x-a")} ${body}` }),
        },
      ],
    ]);
    const { ask } = await behind(t, { pages });
    const post = (body: string) => ask("/token?a=b", { method: "POST", body, headers: { "x-a": "1" } });
    assert.equal(await (await post("form")).text(), "POST a=b 1 form");
    assert.equal((await post("x".repeat(11))).status, 413);
  });
});
