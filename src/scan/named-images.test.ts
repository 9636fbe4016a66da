import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { Problem } from "../core/problem.ts";
import { fixtureImage, tarOf, writeLayout } from "../engines/oci/image.fixture.ts";
import { listen } from "../engines/oci/registry/loopback.fixture.ts";
import { scanTree, type TreeOptions } from "./tree.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-named-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const advisories = new Problem({ kind: "unavailable", code: "database.missing", place: "none.db", cause: "not found" });
const context = { now: new Date("2026-11-28T00:00:00Z"), policy: defaultPolicy, advisories, open: { registry: {} } };

let trees = 0;

function tree(files: Readonly<Record<string, string>>): string {
  const root = join(folder, String(trees++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const controlled = new Set([
  ...["build/named-image-kind", "build/named-image-end-of-life"],
  ...["image/base-not-accepted", "image/known-vulnerabilities", "image/pending-updates"],
]);

async function scanned(root: string, options: Partial<TreeOptions> = {}) {
  const { evaluations, notes } = await scanTree(root, context, { secrets: false, render: false, ...options });
  const own = [...evaluations].filter(({ check }) => controlled.has(check));
  return { said: own.map(({ check, asset, verdict }) => `${asset.name}: ${check} ${verdict}`).sort(), own, notes };
}

const compose = "services:\n  db:\n    image: postgres:12\n  api:\n    image: postgres:12\n";

test("of a tree without images each Dockerfile and each image that is run is judged by name, and none passes", async () => {
  const { said, own } = await scanned(tree({ "app/Dockerfile": "FROM node:14\n", "compose.yaml": compose }));
  assert.deepEqual(said, [
    "app/Dockerfile: build/named-image-end-of-life fail",
    "app/Dockerfile: build/named-image-kind fail",
    "app/Dockerfile: image/known-vulnerabilities unknown",
    "app/Dockerfile: image/pending-updates unknown",
    "postgres:12: build/named-image-end-of-life fail",
    "postgres:12: build/named-image-kind unknown",
    "postgres:12: image/known-vulnerabilities unknown",
    "postgres:12: image/pending-updates unknown",
  ]);
  const places = own.find(({ asset, findings }) => asset.name === "postgres:12" && findings.length > 0)?.findings[0];
  assert.deepEqual(
    places?.locations.map((location) => "line" in location && location.line),
    [3, 5],
  );
});

test("a Dockerfile whose image is there is silent, and of others only what is found is kept", async () => {
  const root = tree({
    "web/Dockerfile": 'FROM debian:12\nCOPY a /srv/a\nCMD ["/srv/a"]\n',
    "old/Dockerfile": "FROM debian:10\nRUN true\n",
    "new/Dockerfile": "FROM scratch\nCOPY b /b\n",
  });
  const layers = [{ tar: tarOf([{ name: "etc/x", content: "x" }]) }, { tar: tarOf([{ name: "srv/a", content: "a" }]) }];
  const history = [
    { created_by: "/bin/sh -c #(nop) ADD file:1 in / " },
    { created_by: "COPY a /srv/a # buildkit" },
    { created_by: 'CMD ["/srv/a"]', empty_layer: true },
  ];
  mkdirSync(join(root, "image"));
  writeLayout(join(root, "image"), { "registry.test/web:1": fixtureImage(layers, { config: { history } }) });
  const { said, notes } = await scanned(root);
  assert.deepEqual(
    said.filter((line) => line.includes("Dockerfile")),
    ["old/Dockerfile: build/named-image-end-of-life fail", "old/Dockerfile: build/named-image-kind fail"],
  );
  assert.ok(
    notes.includes("2 images named by Dockerfiles and manifests not looked at: new/Dockerfile, old/Dockerfile"),
    notes.join("\n"),
  );
});

test("a Dockerfile without a stage is no image", async () => {
  assert.deepEqual((await scanned(tree({ Dockerfile: "# nothing\n" }))).said, []);
});

async function registryOf(t: TestContext): Promise<string> {
  const layer = { tar: tarOf([{ name: "bin/a", content: "a" }]) };
  const image = fixtureImage([layer], { config: { created: "2026-01-01T00:00:00Z" } });
  const blobs = new Map<string, Buffer>(image.blobs);
  const { host } = await listen(t, (request, response) => {
    const id = request.url?.split("/").at(-1) ?? "";
    const found = request.url?.includes("/gone/") ? undefined : blobs.get(id === "1" ? image.manifest : id);
    if (request.url === "/v2/") response.writeHead(200).end("{}");
    else if (found === undefined) response.writeHead(404).end("{}");
    else response.writeHead(200, { "content-type": "application/vnd.oci.image.manifest.v1+json" }).end(found);
  });
  return host;
}

test("--images pulls what is named and scans it; the Dockerfile's image stays unknown", async (t) => {
  const host = await registryOf(t);
  const root = tree({
    Dockerfile: `FROM ${host}/base:1\n`,
    "gone/Dockerfile": `FROM ${host}/gone/base:1\n`,
  });
  const { said, own } = await scanned(root, { images: true });
  assert.ok(said.includes(`${host}/base:1: image/pending-updates fail`), said.join("\n"));
  assert.ok(said.includes(`${host}/base:1: image/base-not-accepted pass`), said.join("\n"));
  assert.ok(said.includes("Dockerfile: build/named-image-kind unknown"));
  const reasons = own.filter(({ check }) => check === "build/named-image-kind").map(({ reason }) => reason);
  assert.match(reasons[0] ?? "", /its base .* was scanned, and what is added to it was not looked at/);
  assert.match(reasons[1] ?? "", /^the image was not built: .*\(.*gone\/base/);
});
