import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseReference } from "../reference.ts";
import { openRegistry } from "./client.ts";
import { fastLimits, instantClock, json, listen } from "./loopback.fixture.ts";

const type = "application/vnd.oci.image.manifest.v1+json";
const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, layers: [] }));
const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
const options = { environment: { HOME: "/nonexistent" }, clock: instantClock(), limits: fastLimits };

test("what a tag names is asked by HEAD alone", async (t) => {
  const server = await listen(t, (_, response) =>
    response.writeHead(200, { "docker-content-digest": digest, "ratelimit-remaining": "7;w=21600" }).end(),
  );
  const told: (string | string[] | undefined)[] = [];
  const client = openRegistry(parseReference(`${server.host}/shop/web`), {
    ...options,
    onAnswer: ({ headers }) => told.push(headers["ratelimit-remaining"]),
  });
  t.after(() => client.close());
  assert.equal(await client.resolve("v1"), digest);
  assert.deepEqual(
    server.seen.map(({ method }) => method),
    ["HEAD"],
  );
  assert.deepEqual(told.slice(-1), ["7;w=21600"]);
});

for (const [how, status, location] of [
  ["takes no HEAD", 405, ""],
  ["does not name a digest", 200, ""],
  ["sends HEAD elsewhere", 307, "/elsewhere"],
  ["says 404 to HEAD", 404, ""],
] as const) {
  test(`a registry that ${how} is asked by GET`, async (t) => {
    const server = await listen(t, (request, response) => {
      if (request.method === "HEAD") return response.writeHead(status, { location }).end();
      response.writeHead(200, { "content-type": type }).end(body);
    });
    const client = openRegistry(parseReference(`${server.host}/shop/web`), options);
    t.after(() => client.close());
    assert.equal(await client.resolve("v1"), digest);
  });
}

test("a tag that is not there is told from one that nobody can ask about", async (t) => {
  let code = "MANIFEST_UNKNOWN";
  const server = await listen(t, (_, response) => json(response, 404, { errors: [{ code }] }));
  const client = openRegistry(parseReference(`${server.host}/shop/web`), options);
  t.after(() => client.close());
  assert.equal(await client.resolve("v1"), undefined);
  const asked = server.seen.length;
  assert.equal(await client.resolve("v1", { isHeadEnough: true }), undefined);
  assert.equal(server.seen.length, asked + 1);
  code = "NAME_UNKNOWN";
  await assert.rejects(client.resolve("v1"), { code: "registry.not-found" });
});

test("a registry is asked without the credentials that files have, where that is said", async (t) => {
  const server = await listen(t, (request, response) => {
    if (request.headers.authorization === undefined) {
      return response.writeHead(401, { "www-authenticate": "Basic realm=here" }).end();
    }
    response.writeHead(200, { "content-type": type, "docker-content-digest": digest }).end(body);
  });
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-anonymous-"));
  const auth = Buffer.from("alice:for tests only").toString("base64");
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [server.host]: { auth } } }));
  const environment = { HOME: "/nonexistent", DOCKER_CONFIG: folder };
  const reference = parseReference(`${server.host}/shop/web`);
  const known = openRegistry(reference, { ...options, environment });
  const anonymous = openRegistry(reference, { ...options, environment, anonymous: true });
  t.after(() => [known, anonymous].map((client) => client.close()));
  assert.equal(await known.resolve("v1"), digest);
  await assert.rejects(anonymous.resolve("v1"), { code: "registry.denied" });
});
