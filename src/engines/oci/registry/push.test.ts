import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { parseReference } from "../reference.ts";
import { fastLimits, instantClock, json, listen } from "./loopback.fixture.ts";
import { digestOf, type PushRegistryOptions, pushRegistry } from "./push.fixture.ts";
import { openRegistryWriter } from "./push.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

async function open(t: TestContext, options: PushRegistryOptions = {}) {
  const registry = await pushRegistry(t, options);
  return { registry, writer: writerFor(t, registry.host) };
}

function writerFor(t: TestContext, host: string, more: object = {}) {
  const writer = openRegistryWriter(parseReference(`${host}/shop/web:1`), {
    environment: { HOME: "/nonexistent" },
    limits: fastLimits,
    clock: instantClock(),
    ...more,
  });
  t.after(() => writer.close());
  return writer;
}

function blobOf(text: string) {
  const bytes = Buffer.from(text);
  return { digest: digestOf(bytes) as Digest, size: bytes.length, open: () => Readable.from([bytes]) };
}

function manifestOf(document: object) {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, layers: [], ...document }));
  return { mediaType: MANIFEST, digest: digestOf(bytes) as Digest, bytes };
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

test("a blob is uploaded in one piece, and once", async (t) => {
  const { registry, writer } = await open(t);
  const blob = blobOf("content");
  assert.equal(await writer.blob(blob), true);
  assert.equal(registry.blobs.get(blob.digest)?.toString(), "content");
  assert.equal(await writer.blob(blob), false);
  assert.deepEqual(
    registry.seen.map(({ method, url }) => `${method} ${url}`).filter((line) => !line.endsWith("/v2/")),
    [
      `HEAD /v2/shop/web/blobs/${blob.digest}`,
      "POST /v2/shop/web/blobs/uploads/",
      `PUT /v2/shop/web/blobs/uploads/one?state=1&digest=${encodeURIComponent(blob.digest)}`,
      `HEAD /v2/shop/web/blobs/${blob.digest}`,
    ],
  );
});

test("a manifest is put under its tag", async (t) => {
  const { registry, writer } = await open(t);
  const manifest = manifestOf({});
  await writer.manifest("1.0", manifest);
  assert.ok(registry.manifests.get("1.0")?.bytes.equals(manifest.bytes));
  const problem = await problemOf(writer.manifest("no tag", manifest));
  assert.equal(problem.code, "oci.reference");
});

test("what is about another manifest is listed in the tag for referrers, unless the registry lists it", async (t) => {
  const subject = { mediaType: MANIFEST, digest: `sha256:${"a".repeat(64)}`, size: 1 };
  const [first, second] = ["one", "two"].map((artifactType) => manifestOf({ subject, artifactType }));
  assert.ok(first !== undefined && second !== undefined);
  const old = await open(t);
  for (const manifest of [first, second, first]) await old.writer.manifest(manifest.digest, manifest);
  const listed = JSON.parse(String(old.registry.manifests.get(`sha256-${"a".repeat(64)}`)?.bytes));
  assert.deepEqual(
    listed.manifests.map(({ digest, artifactType }: Record<string, string>) => [digest, artifactType]),
    [
      [first.digest, "one"],
      [second.digest, "two"],
    ],
  );
  const current = await open(t, { referrers: true });
  await current.writer.manifest(first.digest, first);
  assert.equal(current.registry.manifests.has(`sha256-${"a".repeat(64)}`), false);
});

test("a registry that stores other bytes is named", async (t) => {
  const { writer } = await open(t, {
    instead(request, response) {
      if (request.method !== "PUT") return false;
      response.writeHead(201, { "docker-content-digest": `sha256:${"b".repeat(64)}` }).end();
      return true;
    },
  });
  const problem = await problemOf(writer.manifest("1", manifestOf({})));
  assert.equal(problem.code, "registry.digest");
});

test("a busy registry is tried again, with the blob from its start", async (t) => {
  let puts = 0;
  const { registry, writer } = await open(t, {
    instead(request, response) {
      if (request.method !== "PUT" || puts++ > 0) return false;
      request.resume().on("end", () => response.writeHead(503).end());
      return true;
    },
  });
  const blob = blobOf("content");
  await writer.blob(blob);
  assert.equal(registry.blobs.get(blob.digest)?.toString(), "content");
  assert.equal(puts, 2);
});

test("a token is asked for with the right to push, and sent to the registry alone", async (t) => {
  const elsewhere = await pushRegistry(t);
  const service = await listen(t, (_, response) => json(response, 200, { token: "given" }));
  const authorized: string[] = [];
  const registry = await pushRegistry(t, {
    instead(request, response) {
      const scope = "repository:shop/web:pull,push";
      const challenge = `Bearer realm="${service.origin}/token",service="registry",scope="${scope}"`;
      if (request.headers.authorization !== "Bearer given") {
        json(response, 401, {}, { "www-authenticate": challenge });
        return true;
      }
      authorized.push(request.method ?? "");
      if (request.method !== "POST") return false;
      response.writeHead(202, { location: `${elsewhere.origin}/v2/shop/web/blobs/uploads/one` }).end();
      return true;
    },
  });
  const blob = blobOf("content");
  await writerFor(t, registry.host).blob(blob);
  const asked = new URL(service.seen[0]?.url ?? "", service.origin).searchParams;
  assert.equal(asked.get("scope"), "repository:shop/web:pull,push");
  assert.deepEqual(authorized, ["HEAD", "POST"]);
  assert.ok(elsewhere.blobs.has(blob.digest));
  assert.ok(elsewhere.seen.every(({ headers }) => headers.authorization === undefined));
});

test("without the right to push it is denied, and told what to do", async (t) => {
  const { writer } = await open(t, {
    instead(request, response) {
      if (request.method !== "POST") return false;
      json(response, 403, { errors: [{ code: "DENIED", message: "no push" }] });
      return true;
    },
  });
  const problem = await problemOf(writer.blob(blobOf("content")));
  assert.equal(problem.code, "registry.denied");
  assert.match(problem.line(), /DENIED no push .*docker login/);
});

test("an upload without a Location, or that goes on by another scheme, ends", async (t) => {
  for (const [location, code] of [
    [undefined, "registry.broken"],
    ["ftp://127.0.0.1/upload", "registry.answer"],
  ] as const) {
    const { writer } = await open(t, {
      instead(request, response) {
        if (request.method !== "POST") return false;
        response.writeHead(202, location === undefined ? {} : { location }).end();
        return true;
      },
    });
    assert.equal((await problemOf(writer.blob(blobOf("content")))).code, code);
  }
});
