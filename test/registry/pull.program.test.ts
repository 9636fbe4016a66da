/** What clients are told of the pull policy: real ones, at a guard in front of a real engine. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { createLayout } from "../../scripts/image/layout.ts";
import { tarOf } from "../../scripts/image/tar.ts";
import { readClock } from "../../src/core/clock.ts";
import type { Digest } from "../../src/core/digest.ts";
import type { AccessRules } from "../../src/engines/oci/distribution/access-model.ts";
import type { RegistryPolicySet } from "../../src/guards/registry/model.ts";
import { openRegistryPolicies } from "../../src/guards/registry/policies.ts";
import { engineRepositories } from "../../src/guards/registry/pull/engine-repository.ts";
import { evaluated, HOST } from "../../src/guards/registry/pull/gate.fixture.ts";
import { createPullGate, type RunningPullGate } from "../../src/guards/registry/pull/gate.ts";
import { type MemoryStore, memoryStore } from "../../src/store/memory.fixture.ts";
import { findProgram } from "./client-programs.ts";
import { findDockerRegistry } from "./docker-registry.ts";
import { clientFiles, type GuardedRegistry, startGuarded } from "./guarded.ts";

const run = promisify(execFile);
const program = findDockerRegistry();
const skopeoThere = findProgram("skopeo");
const missing = (program === undefined || skopeoThere === undefined) && "docker-registry or skopeo is not installed";

const rules: AccessRules = {
  access: [
    { who: ["user:alice"], repositories: ["shop/**"], actions: ["pull"] },
    { who: ["robot:*"], repositories: ["shop/**"], actions: ["pull", "push"] },
  ],
  identities: [],
  exempt: ["robot:robot-signer"],
  environments: {},
};

const base = `apiVersion: bulkhead/v1
enforcement: { registry: deny }
registry: { pull: { askAt: "https://ask.example.com" } }
`;
const signed = `${base}trust:
  signers: { release: { key: cosign.pub } }
  images: [{ match: ${HOST}/shop/**, signedBy: { of: [release] } }]
`;

describe("pulls from the registry guard", { skip: missing }, () => {
  let folder: string;
  let guarded: GuardedRegistry;
  let store: MemoryStore;
  let gate: RunningPullGate;
  let policies: RegistryPolicySet;
  let layout: string;
  let digest: Digest;
  let skew = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-pull-"));
    await state(base);
    store = memoryStore();
    guarded = await startGuarded(program as string, folder, ["alice", "robot-ci", "robot-signer"], rules, (ground) => {
      const { engine, url, tokens } = ground;
      const open = engineRepositories({ url, tokens: tokens.engine });
      gate = createPullGate({
        policies: () => policies,
        engine,
        store,
        open,
        host: HOST,
        clock: () => performance.now() + skew,
      });
      return { pull: gate };
    });
    layout = join(folder, "layout");
    const tar = tarOf(new Map([["text", { type: "file", mode: 0o644, bytes: Buffer.from("of a test") }]]));
    const created = readClock().toISOString();
    const layers = [{ tar, createdBy: "a test" }];
    const writer = createLayout(layout);
    const image = writer.image({ architecture: "amd64", created, layers, execution: {}, annotations: {} });
    writer.close("latest", image, []);
    await skopeo("copy", ...to("robot-ci"), `oci:${layout}`, at("shop/web:1"));
    digest = (await inspect("robot-signer")).Digest;
  });
  after(async () => {
    gate?.close();
    await guarded?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function state(text: string): Promise<void> {
    const policy = join(folder, "bulkhead.yaml");
    writeFileSync(policy, text);
    policies = await openRegistryPolicies({ policy, root: folder, reviewed: false, roots: join(folder, "roots") });
  }

  const at = (name: string) => `docker://${guarded.proxy.host}/${name}`;
  const creds = (name: string) => `${name}:${guarded.passwords.get(name) ?? ""}`;
  const to = (name: string) => ["--dest-tls-verify=false", "--dest-creds", creds(name)];
  const skopeo = (...words: readonly string[]) =>
    run("skopeo", ["--policy", join(folder, "policy.json"), ...words], { env: clientFiles(folder), timeout: 60_000 });
  const inspect = async (name: string) =>
    JSON.parse((await skopeo("inspect", "--tls-verify=false", "--creds", creds(name), at("shop/web:1"))).stdout);

  async function pull(name: string): Promise<string> {
    const target = join(folder, `pulled-${name}`);
    rmSync(target, { recursive: true, force: true });
    const from = ["--src-tls-verify=false", "--src-creds", creds(name)];
    await skopeo("copy", ...from, at("shop/web:1"), `dir:${target}`);
    return readFileSync(join(target, "manifest.json"), "utf8");
  }

  async function save(found: Parameters<typeof evaluated>[1]): Promise<void> {
    const evaluations = [evaluated(digest, found)];
    const key = { repository: "shop/web", digest };
    const stamps = { scannedAt: readClock(), databaseDigest: "d", policyDigest: "p", relations: [] };
    await store.images.save({ ...key, ...stamps, evaluations });
  }

  test("an image that nobody has scanned is refused to all but who scans it, and in words", async () => {
    await assert.rejects(
      pull("alice"),
      /denied: shop\/web:1 may not be pulled: the image is not scanned yet \(bulkhead\.yaml:2\); fix: try again/,
    );
    assert.match(await pull("robot-signer"), /"layers"/);
    assert.deepEqual(await store.jobs.counts(), { waiting: 1, leased: 0, failed: 0 });
  });

  test("what a scan finds is refused with the finding, the fix and whom to ask, and what it does not is served", async () => {
    await save([]);
    assert.match(await pull("alice"), /"layers"/);
    await save(["critical"]);
    await assert.rejects(
      pull("alice"),
      /shop\/web:1 may not be pulled: critical: CVE-2026-0 in form-data 4\.0\.0 \(bulkhead\.yaml:2\); fix: upgrade to 4\.0\.4; ask for an exception: https:\/\/ask\.example\.com/,
    );
    await state(base.replace("deny", "warn"));
    assert.match(await pull("alice"), /"layers"/);
    await state(base);
  });

  test("HEAD is answered as GET is", async () => {
    await save(["critical"]);
    const scope = "repository:shop/web:pull";
    const authorization = `Basic ${Buffer.from(creds("alice")).toString("base64")}`;
    const query = new URLSearchParams({ service: "registry.example.com", scope });
    const given = await fetch(`${guarded.proxy.origin}/token?${query}`, { headers: { authorization } });
    const { token } = (await given.json()) as { token: string };
    const ask = (method: string, path: string) =>
      fetch(`${guarded.proxy.origin}/v2/shop/web/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    for (const reference of ["1", digest]) {
      assert.equal((await ask("HEAD", `manifests/${reference}`)).status, 403);
      const refused = await ask("GET", `manifests/${reference}`);
      assert.equal(refused.status, 403);
      const { errors } = (await refused.json()) as {
        errors: readonly { readonly code: string; readonly detail: object }[];
      };
      assert.deepEqual(
        errors.map(({ code }) => code),
        ["DENIED"],
      );
    }
    const { layers } = JSON.parse(await pull("robot-signer"));
    for (const method of ["HEAD", "GET"]) assert.equal((await ask(method, `blobs/${layers[0].digest}`)).status, 403);
    await save([]);
    assert.equal((await ask("GET", `blobs/${layers[0].digest}`)).status, 200);
  });

  test("cosign signs through it as who is exempt, and then everybody may pull", {
    skip: findProgram("cosign") === undefined && "cosign is not installed",
  }, async () => {
    await save([]);
    const env = { ...clientFiles(folder), COSIGN_PASSWORD: "", COSIGN_YES: "true" };
    const cosign = (...words: readonly string[]) => run("cosign", words, { env, cwd: folder, timeout: 60_000 });
    await cosign("generate-key-pair");
    await state(signed);
    await assert.rejects(pull("alice"), /The image is not signed \(bulkhead\.yaml:6\); fix: sign the digest/);
    const [username, password] = creds("robot-signer").split(":") as [string, string];
    const login = ["--registry-username", username, "--registry-password", password, "--allow-http-registry"];
    const unlogged = ["--tlog-upload=false", "--key", "cosign.key"];
    await cosign("sign", ...unlogged, ...login, `${guarded.proxy.host}/shop/web@${digest}`);
    // That it was not signed is remembered for some seconds.
    skew += 6_000;
    assert.match(await pull("alice"), /"layers"/);
    const reader = ["--registry-username", "alice", "--registry-password", creds("alice").slice("alice:".length)];
    const verify = ["verify", "--insecure-ignore-tlog=true", "--key", "cosign.pub", "--allow-http-registry", ...reader];
    await cosign(...verify, `${guarded.proxy.host}/shop/web@${digest}`);
  });
});
