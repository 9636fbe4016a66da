import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { readManifestFiles } from "../kubernetes/manifests.ts";
import { discover } from "../tree/discover.ts";
import { findRegistryServers } from "./servers.ts";

async function found(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
) {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-registry-servers-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  const discovered = await discover(root);
  const servers = findRegistryServers(root, discovered.registryConfigurations, readManifestFiles(root, discovered));
  return servers.map(({ of, server, gaps }) => ({
    of: of.kind === "file" ? of.path : `${of.object.kind} ${of.object.name}`,
    product: server?.product,
    method: server?.authentication?.method,
    transport: server?.transport.kind,
    deletion: server?.deletion?.location,
    gaps: gaps.map(({ reason }) => reason),
  }));
}

const file =
  "version: 0.1\nstorage: { filesystem: {} }\nhttp: { tls: { certificate: /c } }\nauth: { htpasswd: { realm: a, path: /h } }\n";

test("files are told by what is in them, and other YAML and JSON is none of them", async (t) => {
  const servers = await found(t, {
    "engine/config.yml": file,
    "zot/config.json": JSON.stringify({ distSpecVersion: "1.1.1", storage: {}, http: {} }),
    "harbor.yml": "hostname: a\nharbor_admin_password: b\n",
    "app/config.yml": "version: 0.1\nname: other\n",
    "tsconfig.json": "{}",
    "broken/registry.yml": `${file}a: [\n`,
  });
  assert.deepEqual(
    servers.map(({ of, product }) => [of, product]),
    [
      ["broken/registry.yml", undefined],
      ["engine/config.yml", "distribution"],
      ["harbor.yml", "harbor"],
      ["zot/config.json", "zot"],
    ],
  );
  assert.match(servers[0]?.gaps[0] ?? "", /^broken\/registry.yml:\d+: /);
});

test("a Compose service is its file with its variables, and the file is not told twice", async (t) => {
  const compose = `services:
  engine:
    image: registry:2
    volumes: ["./engine/config.yml:/etc/docker/registry/config.yml:ro"]
    environment:
      REGISTRY_STORAGE_DELETE_ENABLED: "true"
      REGISTRY_AUTH: none
  plain: { image: "docker.io/library/registry:3@sha256:${"0".repeat(64)}" }
  elsewhere: { image: registry, volumes: ["data:/etc/docker/registry"] }
  none: { image: example.com/registry }
volumes: { data: {} }
`;
  assert.deepEqual(await found(t, { "compose.yaml": compose, "engine/config.yml": file }), [
    {
      of: "ComposeService engine",
      product: "distribution",
      method: undefined,
      transport: "own",
      deletion: { kind: "file", path: "compose.yaml", line: 5, column: 5 },
      gaps: [],
    },
    {
      of: "ComposeService plain",
      product: "distribution",
      method: undefined,
      transport: "plain",
      deletion: undefined,
      gaps: [],
    },
    {
      of: "ComposeService elsewhere",
      product: undefined,
      method: undefined,
      transport: undefined,
      deletion: undefined,
      gaps: ["volume data of the registry server cannot be read, or is none"],
    },
  ]);
});

test("a Deployment is the key of its ConfigMap; a Secret's is not read, and variables of one leave it open", async (t) => {
  const deployment = (name: string, volume: string, more = "") => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: registry }
spec:
  template:
    spec:
      containers:
        - name: engine
          image: ghcr.io/distribution/distribution:3
          ${more}
          volumeMounts: [{ name: config, mountPath: /etc/distribution }]
      volumes: [{ name: config, ${volume} }]
`;
  const map = `apiVersion: v1
kind: ConfigMap
metadata: { name: engine, namespace: registry }
data:
  config.yml: |
${file.replace(/^/gm, "    ")}
`;
  const servers = await found(t, {
    "map.yaml": map,
    "a.yaml": deployment("a", "configMap: { name: engine }"),
    "b.yaml": deployment("b", "secret: { secretName: engine }"),
    "c.yaml": deployment("c", "configMap: { name: engine }", "envFrom: [{ secretRef: { name: more } }]"),
  });
  assert.deepEqual(
    servers.map(({ of, method, gaps }) => [of, method, ...gaps]),
    [
      ["Deployment a", "htpasswd"],
      ["Deployment b", undefined, "volume config of the registry server cannot be read, or is none"],
      ["Deployment c", "htpasswd", "variables of Secret more were not read"],
    ],
  );
});

test("nothing outside of the directory is read", async (t) => {
  const outside = mkdtempSync(join(tmpdir(), "bulkhead-registry-outside-"));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  writeFileSync(join(outside, "config.yml"), file);
  const service = (path: string) =>
    `services: { engine: { image: "registry:2", volumes: ["${path}:/etc/docker/registry/config.yml"] } }\n`;
  for (const path of [join(outside, "config.yml"), "../../etc/passwd", "./link.yml"]) {
    const [server] = await found(t, { "compose.yaml": service(path) }, { "link.yml": join(outside, "config.yml") });
    assert.equal(server?.product, undefined, path);
    assert.equal(server?.gaps.length, 1, path);
  }
});
