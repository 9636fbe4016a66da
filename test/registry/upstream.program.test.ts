/** Pull-through between two real engines: one is another registry's, the other the guard's own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { unopenedImage } from "../../src/core/asset.ts";
import { readClock } from "../../src/core/clock.ts";
import type { Digest } from "../../src/core/digest.ts";
import { openRegistryPolicies } from "../../src/guards/registry/policies.ts";
import { createEngine } from "../../src/guards/registry/proxy/engine.ts";
import { type OpenProxy, openProxy } from "../../src/guards/registry/proxy/open.fixture.ts";
import { engineRepositories } from "../../src/guards/registry/pull/engine-repository.ts";
import { createPullGate } from "../../src/guards/registry/pull/gate.ts";
import { credentialsIn } from "../../src/guards/registry/upstream/credentials.ts";
import { openUpstreams } from "../../src/guards/registry/upstream/upstreams.ts";
import { createUpstream } from "../../src/net/upstream.ts";
import { type MemoryStore, memoryStore } from "../../src/store/memory.fixture.ts";
import { inProcess } from "../in-process.ts";
import { type Cosign, cosignIn, withoutCosign } from "../trust/cosign.ts";
import { startRegistry, type TestRegistry } from "../trust/registry.ts";
import { findProgram } from "./client-programs.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";

const run = promisify(execFile);
const withoutSkopeo = findProgram("skopeo") === undefined && "skopeo is not installed";

describe("pull-through", { skip: withoutCosign }, () => {
  let folder: string;
  let hub: TestRegistry;
  let engine: DockerRegistry;
  let cosign: Cosign;
  let store: MemoryStore;
  const opened: { close(): void }[] = [];
  const proxies: OpenProxy[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bulkhead-through-"));
    hub = await startRegistry(folder);
    engine = await startDockerRegistry(findDockerRegistry() as string, await mkdtemp(join(folder, "engine-")));
    cosign = await cosignIn(folder);
    await cosign.keyPair("release");
    await cosign.keyPair("stranger");
    store = memoryStore();
    const policy = {
      apiVersion: "bulkhead/v1",
      registry: {
        upstreams: {
          open: { registry: hub.host },
          sparse: { registry: hub.host, platforms: ["linux/arm64"] },
          signed: { registry: hub.host, allow: ["signed/*"], signedBy: { of: ["release"] }, refreshMinutes: 0 },
        },
      },
      trust: { signers: { release: { key: "release.pub" } } },
    };
    await writeFile(join(folder, "bulkhead.yaml"), JSON.stringify(policy));
  });
  after(async () => {
    for (const one of opened) one.close();
    for (const one of proxies) await one.close(0);
    await hub?.stop();
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A replica, which knows nothing but what is stored; with the gate of pulls, or one that lets everything through. */
  async function replica(isGated = false): Promise<OpenProxy> {
    const policies = await openRegistryPolicies({
      policy: join(folder, "bulkhead.yaml"),
      root: folder,
      roots: join(folder, "roots"),
    });
    const upstreams = openUpstreams({
      policies: () => policies,
      engine: createEngine(createUpstream({ origin: new URL(`http://${engine.host}`) }), undefined),
      place: { host: engine.host, registry: {} },
      store,
      credentials: credentialsIn(undefined),
    });
    opened.push(upstreams);
    const url = new URL(`http://${engine.host}`);
    const gate = createPullGate({
      policies: () => policies,
      engine: createEngine(createUpstream({ origin: url }), undefined),
      store,
      open: engineRepositories({ url }),
      host: "registry.example.com",
    });
    opened.push(gate);
    const proxy = await openProxy(url.origin, { upstreams, locks: store.locks, ...(isGated ? { pull: gate } : {}) });
    proxies.push(proxy);
    return proxy;
  }

  /** A scan that found nothing. */
  const scanned = () => ({
    scannedAt: readClock(),
    databaseDigest: "",
    policyDigest: "",
    evaluations: [
      {
        check: "image/known-vulnerabilities",
        asset: unopenedImage("image"),
        verdict: "pass" as const,
        reason: "nothing was found",
        findings: [],
        excepted: [],
        evidence: {},
        gaps: [],
        observedAt: readClock().toISOString(),
      },
    ],
    relations: [],
  });

  const manifest = (proxy: OpenProxy, repository: string, reference: string, method = "GET") =>
    fetch(`${proxy.origin}/v2/${repository}/manifests/${reference}`, {
      method,
      headers: { accept: "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json" },
    });

  it("serves an index with all its images to a real client, and asks for the scan", {
    skip: withoutSkopeo,
  }, async () => {
    const { index, images } = await hub.index("team/api:1", "the first");
    const proxy = await replica();
    const { stdout } = await run("skopeo", [
      "copy",
      "--all",
      "--src-tls-verify=false",
      `docker://${proxy.host}/open/team/api:1`,
      `oci:${join(folder, "pulled")}:1`,
    ]);
    assert.match(stdout, /Writing manifest list/);
    for (const digest of [index, ...images]) {
      assert.equal((await manifest(proxy, "open/team/api", digest, "HEAD")).status, 200);
    }
    const jobs = await store.jobs.take("test", 10, 60_000);
    assert.deepEqual(
      jobs.map(({ about }) => about),
      [{ repository: "open/team/api", digest: index }],
    );
  });

  it("answers a client that asks in the other registry's place, as containerd's mirrors do", async () => {
    const digest = await hub.image("team/mirrored:1", "by its own name");
    const proxy = await replica();
    const answer = await fetch(`${proxy.origin}/v2/team/mirrored/manifests/1?ns=${hub.host}`);
    assert.equal(answer.headers.get("docker-content-digest"), digest);
    assert.equal(proxy.decided.at(-1)?.entry.repository, "open/team/mirrored");
    await store.jobs.take("test", 10, 60_000);
    assert.equal((await fetch(`${proxy.origin}/v2/team/mirrored/manifests/1`)).status, 404, "our own is another one");
  });

  it("is asked by a real client in another registry's place, by the settings that are made for it", async (t) => {
    if (findProgram("podman") === undefined) return t.skip("podman is not installed");
    const digest = await hub.image("team/named:1", "by another name");
    const proxy = await replica();
    // A registry that nobody could reach: what answers is the guard.
    const policy = {
      apiVersion: "bulkhead/v1",
      registry: { upstreams: { open: { registry: "registry.invalid" } } },
    };
    const node = await mkdtemp(join(folder, "node-"));
    await writeFile(join(node, "bulkhead.yaml"), JSON.stringify(policy));
    const words = ["registry", "mirror-config", proxy.origin, "--for", "podman", "--policy"];
    const made = await inProcess([...words, join(node, "bulkhead.yaml"), "--write", node], { cwd: node, home: node });
    assert.equal(made.code, 0, made.stderr);
    const environment = {
      PATH: process.env.PATH ?? "",
      HOME: node,
      CONTAINERS_REGISTRIES_CONF: join(node, "etc/containers/registries.conf.d/50-bulkhead.conf"),
    };
    const storage = ["--root", join(node, "root"), "--runroot", join(node, "run"), "--storage-driver", "vfs"];
    const image = "registry.invalid/team/named:1";
    await run("podman", [...storage, "pull", "--quiet", image], { env: environment });
    const { stdout } = await run("podman", [...storage, "image", "inspect", "--format", "{{.Digest}}", image], {
      env: environment,
    });
    assert.equal(stdout.trim(), digest);
    assert.equal(
      proxy.decided.some(({ entry }) => entry.repository === "open/team/named"),
      true,
    );
    await store.jobs.take("test", 10, 60_000);
  });

  it("fetches the rest of an index after all where the engine takes none without it", async () => {
    const { index, images } = await hub.index("team/sparse:1", "of one platform");
    const proxy = await replica();
    assert.equal((await manifest(proxy, "sparse/team/sparse", "1")).headers.get("docker-content-digest"), index);
    for (const image of images) assert.equal((await manifest(proxy, "sparse/team/sparse", image)).status, 200);
    await store.jobs.take("test", 10, 60_000);
  });

  it("lets no first pull pass before the image is scanned, by whatever it is asked for", async () => {
    const digest = await hub.image("team/first:1", "never scanned");
    const proxy = await replica(true);
    const blob = JSON.parse(String((await hub.manifest("team/first", "1")).bytes)).layers[0].digest;
    const statuses = async () => [
      (await manifest(proxy, "open/team/first", "1", "HEAD")).status,
      (await manifest(proxy, "open/team/first", "1")).status,
      (await manifest(proxy, "open/team/first", digest)).status,
      (await fetch(`${proxy.origin}/v2/open/team/first/blobs/${blob}`)).status,
    ];
    assert.deepEqual(await statuses(), [403, 403, 403, 403]);
    const answer = await manifest(proxy, "open/team/first", "1");
    assert.match(await answer.text(), /not scanned/);
    const [job] = await store.jobs.take("test", 10, 60_000);
    assert.deepEqual(job?.about, { repository: "open/team/first", digest });
    const key = { repository: "open/team/first", digest: digest as Digest };
    await store.images.save({ ...key, ...scanned() });
    assert.deepEqual(await statuses(), [200, 200, 200, 200]);
  });

  it("lets two replicas fetch one image once", async () => {
    const digest = await hub.image("team/web:1", "once");
    const both = await Promise.all([replica(), replica()]);
    const answers = await Promise.all(both.map((proxy) => manifest(proxy, "open/team/web", "1")));
    for (const answer of answers) assert.equal(answer.headers.get("docker-content-digest"), digest);
    const jobs = await store.jobs.take("test", 10, 60_000);
    assert.equal(jobs.length, 1);
  });

  it("refuses what nobody signed and what a stranger signed, and serves it once it is signed by whom it must be", async () => {
    const proxy = await replica();
    const digest = await hub.image("signed/api:1", "to be signed");
    const refusal = async () => {
      const answer = await manifest(proxy, "signed/signed/api", "1");
      assert.equal(answer.status, 403);
      return ((await answer.json()) as { errors: { message: string }[] }).errors[0]?.message ?? "";
    };
    assert.match(await refusal(), /signed\/api@sha256:.* is held back/);
    const head = await manifest(proxy, "signed/signed/api", "1", "HEAD");
    assert.equal(head.status, 403);
    await cosign.sign(`${hub.host}/signed/api@${digest}`, "stranger.key");
    const stranger = await replica();
    assert.equal((await manifest(stranger, "signed/signed/api", "1")).status, 403);
    assert.equal(
      (await fetch(`http://${engine.host}/v2/signed/signed/api/tags/list`)).status,
      404,
      "nothing was fetched",
    );
    await cosign.sign(`${hub.host}/signed/api@${digest}`, "release.key");
    await writeFile(join(folder, "sbom.json"), JSON.stringify({ spdxVersion: "SPDX-2.3", packages: [] }));
    const statement = { type: "spdxjson", predicate: "sbom.json", bundle: true };
    await cosign.attest(`${hub.host}/signed/api@${digest}`, "release.key", statement);
    const later = await replica();
    assert.equal((await manifest(later, "signed/signed/api", "1")).headers.get("docker-content-digest"), digest);
    // With what came along, another verifier comes to the same.
    const place = `${later.host}/signed/signed/api@${digest}`;
    const verify = ["verify", "--key", "release.pub", "--insecure-ignore-tlog", "--allow-http-registry"];
    await cosign.run([...verify, place]);
    const gated = await replica(true);
    const listed = await fetch(`${later.origin}/v2/signed/signed/api/referrers/${digest}`);
    const { manifests } = (await listed.json()) as { manifests: { digest: string; artifactType: string }[] };
    assert.deepEqual(
      manifests.map(({ artifactType }) => artifactType),
      ["application/vnd.dev.sigstore.bundle.v0.3+json"],
      "an attestation in a bundle, in the list that the engine does not keep itself",
    );
    assert.equal((await manifest(later, "signed/signed/api", manifests[0]?.digest ?? "")).status, 200);
    const key = { repository: "signed/signed/api", digest: digest as Digest };
    await store.images.save({ ...key, ...scanned() });
    await cosign.run([...verify, `${gated.host}/signed/signed/api@${digest}`]);
  });

  it("goes on serving what it has, signatures with it, when the upstream is gone, and nothing that it has not", async () => {
    const before = await replica();
    const known = (await manifest(before, "signed/signed/api", "1")).headers.get("docker-content-digest") ?? "";
    await hub.image("signed/other:1", "never asked for");
    await hub.stop();
    const proxy = await replica();
    const served = await manifest(proxy, "signed/signed/api", "1");
    assert.equal(served.headers.get("docker-content-digest"), known);
    assert.match(served.headers.get("warning") ?? "", /is served as it was fetched before/);
    assert.equal((await manifest(proxy, "signed/signed/api", known)).status, 200);
    const never = await manifest(proxy, "signed/signed/other", "1");
    assert.equal(never.status, 403);
    assert.match(await never.text(), /cannot be fetched/);
  });
});
