import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { serve } from "../../../net/loopback.fixture.ts";
import { createUpstream } from "../../../net/upstream.ts";
import type { Engine } from "../model.ts";
import { D, document, its, MANIFEST } from "./behind.fixture.ts";
import { createEngine } from "./engine.ts";
import { ownLocation } from "./forwarded.ts";

async function engine(t: TestContext, listener: RequestListener) {
  const loopback = await serve(t, listener);
  const upstream = createUpstream({ origin: new URL(loopback.origin) });
  t.after(() => upstream.close());
  const granted: string[] = [];
  const tokens = {
    authorization(grants: readonly { repository: string; actions: readonly string[] }[], catalog = false) {
      granted.push(`${grants.map(({ repository, actions }) => `${repository}:${actions}`)}${catalog ? "catalog" : ""}`);
      return "Bearer ours";
    },
  };
  return { ...loopback, granted, engine: createEngine(upstream, tokens) };
}

/** One answer to everything. */
const answers =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

const errors = (code: string) => JSON.stringify({ errors: [{ code }] });

async function manifestOf(t: TestContext, listener: RequestListener, reference: Parameters<Engine["manifest"]>[1]) {
  const { engine: its } = await engine(t, listener);
  return await its.manifest("shop/web", reference);
}

function causeOf(answer: unknown): string {
  assert.ok(answer instanceof Problem, JSON.stringify(answer));
  return answer.message;
}

describe("the engine as the guard reads it", () => {
  it("gives a manifest's bytes with their own digest", async (t) => {
    const headers = { "content-type": `${MANIFEST}; charset=utf-8`, "docker-content-digest": its };
    const read = await engine(t, answers(200, document, headers));
    const expected = { digest: its, mediaType: MANIFEST, bytes: Buffer.from(document) };
    assert.deepEqual(await read.engine.manifest("shop/web", { tag: "1.0" }), expected);
    assert.deepEqual(await read.engine.manifest("shop/web", { digest: its }), expected);
    assert.deepEqual(
      read.seen.map(({ url }) => url),
      ["/v2/shop/web/manifests/1.0", `/v2/shop/web/manifests/${its}`],
    );
    assert.match(String(read.seen[0]?.headers.accept), /oci\.image\.index.*docker\.distribution\.manifest\.list/);
    assert.equal(read.seen[0]?.headers.authorization, "Bearer ours");
    assert.deepEqual(read.granted, ["shop/web:pull", "shop/web:pull"]);
  });

  it("tells what is not there from what is not known", async (t) => {
    const tag = { tag: "1.0" };
    for (const code of ["MANIFEST_UNKNOWN", "NAME_UNKNOWN"]) {
      assert.equal(await manifestOf(t, answers(404, errors(code)), tag), undefined);
    }
    assert.match(
      causeOf(await manifestOf(t, answers(404, "<html>not found</html>"), tag)),
      /not in a registry's words/,
    );
    assert.match(causeOf(await manifestOf(t, answers(401, errors("UNAUTHORIZED")), tag)), /answered 401/);
    assert.match(causeOf(await manifestOf(t, answers(500, ""), tag)), /answered 500/);
    const broken: RequestListener = (_, response) => void response.socket?.destroy();
    assert.match(causeOf(await manifestOf(t, broken, tag)), /connection lost/);
    const aborted = await engine(t, () => undefined);
    assert.match(causeOf(await aborted.engine.manifest("a", tag, AbortSignal.timeout(50))), /not answered in time/);
  });

  it("takes no bytes for what they are not", async (t) => {
    const other = { "content-type": "application/vnd.oci.image.index.v1+json" };
    assert.match(causeOf(await manifestOf(t, answers(200, document, other), { tag: "x" })), /another media type/);
    const own = { "content-type": MANIFEST };
    assert.match(causeOf(await manifestOf(t, answers(200, document, own), { digest: D })), /have digest/);
    const said = { ...own, "docker-content-digest": D };
    assert.match(causeOf(await manifestOf(t, answers(200, document, said), { tag: "x" })), /have digest/);
    const large = Buffer.alloc(4 * 1024 * 1024 + 1, " ");
    assert.match(causeOf(await manifestOf(t, answers(200, large, own), { tag: "x" })), /over 4194304 bytes/);
  });

  it("writes a manifest under the tag, and says where it was not taken", async (t) => {
    const manifest = { digest: its, mediaType: MANIFEST, bytes: Buffer.from(document) };
    const took = await engine(t, answers(201, "", { "docker-content-digest": its }));
    assert.equal(await took.engine.putManifest("a", { tag: "x" }, manifest), undefined);
    assert.deepEqual(took.granted, ["a:pull,push"]);
    const other = await engine(t, answers(201, "", { "docker-content-digest": D }));
    assert.match(causeOf(await other.engine.putManifest("a", { tag: "x" }, manifest)), /other bytes/);
    const refused = await engine(t, answers(400, errors("MANIFEST_INVALID")));
    assert.match(causeOf(await refused.engine.putManifest("a", { tag: "x" }, manifest)), /answered 400/);
  });

  it("knows which blobs are there", async (t) => {
    const of = async (status: number) => await (await engine(t, answers(status, ""))).engine.hasBlob("a", D);
    assert.deepEqual([await of(200), await of(307), await of(404)], [true, true, false]);
    assert.ok((await of(503)) instanceof Problem);
  });

  it("reads lists page by page, and follows nobody elsewhere", async (t) => {
    const paged = await engine(t, (request, response) => {
      const at = Number(URL.parse(request.url ?? "", "http://a")?.searchParams.get("last") ?? 0);
      const link: Record<string, string> = at < 2 ? { link: `<http://elsewhere/evil?last=${at + 1}>; rel="next"` } : {};
      response.writeHead(200, link);
      response.end(JSON.stringify({ tags: [`t${at}`, "not a tag"], repositories: [`r${at}`, "../x"] }));
    });
    assert.deepEqual(await paged.engine.tags("a"), ["t0", "t1", "t2"]);
    assert.deepEqual(await paged.engine.repositories(), ["r0", "r1", "r2"]);
    assert.deepEqual(
      new Set(paged.seen.map(({ url }) => url.split("?")[0])),
      new Set(["/v2/a/tags/list", "/v2/_catalog"]),
    );
    assert.equal(paged.granted.at(-1), "catalog");
    const none = await engine(t, answers(404, errors("NAME_UNKNOWN")));
    assert.deepEqual(await none.engine.tags("a"), []);
    const broken = await engine(t, answers(200, "{}"));
    assert.deepEqual(await broken.engine.tags("a"), []);
    const wrong = await engine(t, answers(200, '{"tags":"x"}'));
    assert.ok((await wrong.engine.tags("a")) instanceof Problem);
  });
});

describe("where the engine sends a client on to", () => {
  const at = new URL("http://engine.internal:5000");
  it("is the guard, wherever the engine takes itself to be", () => {
    const own = "/v2/a/blobs/uploads/u?_state=x";
    for (const location of [
      own,
      `http://engine.internal:5000${own}`,
      `http://guard.example${own}`,
      `https://GUARD.example${own}`,
    ]) {
      assert.equal(ownLocation(location, at, "guard.example"), own);
    }
  });

  it("stays where it is of storage elsewhere, and of no path of the API", () => {
    const signed = "https://bucket.storage.example/v2/docker/blobs?X-Signature=1";
    assert.equal(ownLocation(signed, at, "guard.example"), signed);
    assert.equal(
      ownLocation("http://engine.internal:5000/login", at, "guard.example"),
      "http://engine.internal:5000/login",
    );
    assert.equal(ownLocation("http://[", at, undefined), "http://[");
  });
});
