import assert from "node:assert/strict";
import { test } from "node:test";
import { upstreamSettings } from "../../../engines/oci/distribution/upstream-policy.ts";
import { daemonText, type MirrorSettings, mirrorFiles } from "./mirrors.ts";

const at = { path: "bulkhead.yaml", line: 1, column: 1 };

function made(upstreams: object, more: Partial<MirrorSettings> = {}) {
  return mirrorFiles({
    upstreams: upstreamSettings["registry.upstreams"].read?.(upstreams as never, String, () => at) ?? {},
    guard: new URL("https://registry.example.com"),
    runtimes: ["containerd", "podman", "docker"],
    ...more,
  });
}

test("containerd is told a server, so that it asks nobody else", () => {
  const { files, notes } = made(
    { hub: { registry: "docker.io" }, team: { registry: "quay.io/team" } },
    { runtimes: ["containerd"], caFile: "/etc/ssl/guard.pem" },
  );
  assert.deepEqual(
    files.map(({ name }) => name),
    ["etc/containerd/certs.d/docker.io/hosts.toml"],
  );
  assert.deepEqual(files[0]?.text.split("\n").slice(2), [
    'server = "https://registry.example.com/v2/hub"',
    'capabilities = ["pull", "resolve"]',
    "override_path = true",
    'ca = "/etc/ssl/guard.pem"',
    "",
  ]);
  assert.match(notes.join(), /cannot mirror a folder of a registry: quay\.io\/team/);
});

test("podman and CRI-O are told another location, which is no mirror that is tried first", () => {
  const { files } = made(
    { hub: { registry: "docker.io" }, team: { registry: "quay.io/team" } },
    { runtimes: ["podman"] },
  );
  const [file] = files;
  assert.equal(file?.name, "etc/containers/registries.conf.d/50-bulkhead.conf");
  assert.match(file?.text ?? "", /prefix = "docker\.io"\nlocation = "registry\.example\.com\/hub"\n\n/);
  assert.match(file?.text ?? "", /prefix = "quay\.io\/team"\nlocation = "registry\.example\.com\/team"\n$/);
  assert.doesNotMatch(file?.text ?? "", /mirror\]|insecure/);
});

test("docker mirrors Docker Hub by a host name of the guard, and says what it does not keep anybody from", () => {
  const none = made({ hub: { registry: "docker.io" } }, { runtimes: ["docker"] });
  assert.equal(none.daemon, undefined);
  assert.match(none.notes.join(), /registry\.upstreams\.hub\.hosts/);
  const { daemon, notes } = made(
    { hub: { registry: "docker.io", hosts: ["hub.example.com:8443"] } },
    { runtimes: ["docker"], guard: new URL("http://registry.example.com") },
  );
  assert.deepEqual(daemon, {
    "registry-mirrors": ["http://hub.example.com:8443"],
    "insecure-registries": ["hub.example.com:8443"],
  });
  assert.match(notes.join(), /dockerd asks docker\.io itself where the guard refuses/);
});

test("of two namespaces for one registry the first counts", () => {
  const { files, notes } = made(
    { hub: { registry: "docker.io" }, lab: { registry: "docker.io" } },
    { runtimes: ["containerd"] },
  );
  assert.equal(files.length, 1);
  assert.match(notes.join(), /docker\.io is mirrored by hub; lab is reached by its own name alone/);
});

test("what else daemon.json says stays", () => {
  const set = { "registry-mirrors": ["https://hub.example.com"] };
  assert.deepEqual(JSON.parse(daemonText('{"debug": true, "registry-mirrors": ["https://old"]}', set) ?? ""), {
    debug: true,
    ...set,
  });
  assert.deepEqual(JSON.parse(daemonText("", set) ?? ""), set);
  for (const broken of ["[]", "null", "{", '"text"']) assert.equal(daemonText(broken, set), undefined, broken);
});
