import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { openFromDaemon } from "./daemon.ts";
import { fixtureImage, json, tarOf } from "./image.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-daemon-"));
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
  rmSync(root, { recursive: true, force: true });
});

const layer = tarOf([{ name: "hello", content: "world" }]);
const image = fixtureImage([{ tar: layer, stored: layer }]);
const archive = tarOf([
  { name: "config.json", content: image.blobs.get(image.config) as Buffer },
  { name: "layer.tar", content: layer },
  {
    name: "manifest.json",
    content: json([{ Config: "config.json", RepoTags: ["shop/web:1"], Layers: ["layer.tar"] }]),
  },
]);

async function daemon(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  const path = join(root, `${servers.length}.sock`);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return `unix://${path}`;
}

test("an image is exported and opened", async () => {
  const asked: string[] = [];
  const host = await daemon((request, response) => {
    asked.push(request.url ?? "");
    response.end(archive);
  });
  for (const [engine, environment] of [
    ["docker", { DOCKER_HOST: host }],
    ["podman", { CONTAINER_HOST: host }],
  ] as const) {
    const opened = await openFromDaemon(engine, "shop/web:1", environment);
    assert.equal(opened.kind, "docker");
    if (opened.kind !== "docker") return;
    const first = await opened.images[0]?.open();
    assert.equal(first?.configDigest, image.config);
    assert.match(first?.store.place ?? "", /-daemon:shop\/web:1$/);
    await first?.store.close();
  }
  assert.deepEqual(asked, Array(2).fill("/images/shop%2Fweb%3A1/get"));
});

test("what the daemon refuses is told in its own words, made printable and short", async () => {
  const host = await daemon((_request, response) => {
    response.statusCode = 404;
    response.end(JSON.stringify({ message: `no such image\u001b[2J${"x".repeat(1000)}` }));
  });
  const error = await openFromDaemon("docker", "gone", { DOCKER_HOST: host }).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof Problem);
  assert.equal(error.code, "daemon.not-found");
  assert.ok(error.message.includes("no such image\\u001b[2J") && error.message.length < 500);
});

test("an answer that is no archive, or breaks off, leaves nothing behind", async () => {
  for (const listener of [
    (_: unknown, response: { end(text: string): void }) => response.end("no tar"),
    (
      _: unknown,
      response: { writeHead(code: number, headers: object): void; write(b: Buffer): void; destroy(): void },
    ) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 600));
      setImmediate(() => response.destroy());
    },
  ] as RequestListener[]) {
    const host = await daemon(listener);
    const error = await openFromDaemon("docker", "x", { DOCKER_HOST: host }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.kind, "input");
  }
});

test("a daemon that is not there, and an address that is not spoken, say so", async () => {
  const nowhere = await openFromDaemon("docker", "x", { DOCKER_HOST: `unix://${root}/none.sock` }).catch(
    (e: unknown) => e,
  );
  assert.equal((nowhere as Problem).code, "daemon.unreachable");
  const ssh = await openFromDaemon("podman", "x", { CONTAINER_HOST: "ssh://host" }).catch((e: unknown) => e);
  assert.equal((ssh as Problem).kind, "usage");
});
