/**
 * One image from its commit to a watched container, on real parts: buildah builds it, `attest`, `image scan` and `sign` say what it
 * is, the guard lets it into docker-registry, the API server admits it by the webhook, podman runs it, `runtime watch` sees what it
 * does, and `trace` has a link with evidence for each. Then each link is broken in turn: who comes next notices, and the trace
 * names it.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import { goodPod, withSpec } from "../admission/reviews.ts";
import { type Chain, chainMissing, startChain, writeContexts } from "./parts.ts";
import { eventually, learnContainers, replayedAlert, sensorMissing, type Watch, watchContainers } from "./watching.ts";

interface Link {
  readonly name: string;
  readonly state: string;
  readonly facts: readonly { readonly text: string; readonly evidence: Readonly<Record<string, string>> }[];
  readonly breaks: readonly { readonly reason: string; readonly evidence: Readonly<Record<string, string>> }[];
  readonly gaps: readonly { readonly reason: string }[];
}

interface Trace {
  readonly links: readonly Link[];
  readonly firstBroken?: { readonly link: string; readonly broken: { readonly reason: string } };
  readonly unknown: readonly string[];
}

describe("the chain from a commit to a watched container", { skip: chainMissing }, () => {
  let folder: string;
  let chain: Chain;
  let contexts: ReturnType<typeof writeContexts>;
  /** Of `shop/api:v1`. */
  let digest: string;
  let watch: Watch | undefined;
  /** What is broken of an image → how a pod names it. */
  const made = new Map<string, string>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-chain-"));
    chain = await startChain(folder);
    contexts = writeContexts(folder, chain.host);
  });
  after(async () => {
    await watch?.stop();
    await chain?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Builds and pushes as CI does. @returns the digest of its manifest */
  async function push(context: string, name: string, ...options: readonly string[]): Promise<string> {
    const tag = `${chain.host}/shop/${name}`;
    const built = await chain.buildah.build(context, tag, "--tls-verify=false", "--pull-always", ...options);
    assert.equal(built.code, 0, built.said);
    const file = join(folder, "pushed");
    const pushed = await chain.buildah.run("push", "--tls-verify=false", "--digestfile", file, tag);
    assert.equal(pushed.code, 0, pushed.said);
    return readFileSync(file, "utf8").trim();
  }

  const api = (of: string) => `${chain.host}/shop/api@${of}`;

  type Step = "slsa" | "sbom" | "vuln" | "sign";

  /** What CI says of an image; a step that is left out, nobody says. */
  async function vouch(
    of: string,
    { without, key = "release.key" }: { without?: Step; key?: string } = {},
  ): Promise<void> {
    const release = ["--key", "release.key"];
    if (without !== "slsa") {
      const source = ["--source", join(folder, "contexts"), "--dockerfile", join(contexts.api, "Dockerfile")];
      await chain.succeed("attest", "--type", "slsa", ...source, ...release, api(of));
    }
    if (without !== "sbom") {
      await chain.succeed("image", "sbom", api(of), "--format", "cyclonedx", "--output", "sbom.json", "--quiet");
      await chain.succeed("attest", "--type", "sbom", "--predicate", "sbom.json", ...release, api(of));
    }
    if (without !== "vuln") {
      const words = ["--db", "advisories.db", "--format", "json=scan.json", "--quiet"];
      await chain.run("image", "scan", api(of), ...words);
      await chain.succeed("attest", "--type", "vuln", "--predicate", "scan.json", ...release, api(of));
    }
    if (without !== "sign") await chain.succeed("sign", "--key", key, api(of));
  }

  /** As a node pulls: without any exemption. @returns what was said where it is refused */
  function pull(name: string): string | undefined {
    try {
      const creds = `node:${chain.password}`;
      chain.podman.run("pull", "--quiet", "--tls-verify=false", "--creds", creds, `${chain.host}/shop/${name}`);
      return undefined;
    } catch {
      return lastRefusal("user:node");
    }
  }

  /** The guard's own words. */
  function lastRefusal(principal: string): string {
    const lines = readFileSync(join(folder, "decisions.log"), "utf8").trim().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as { principal: string; action: string; reason: string });
    return entries.findLast((entry) => entry.principal === principal && entry.action === "refuse")?.reason ?? "";
  }

  async function admit(name: string, image: string) {
    const pod = withSpec(goodPod(image, name), { imagePullSecrets: [{ name: "registry" }] });
    return await chain.cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(pod) });
  }

  /** What a kubelet would report once it runs. */
  async function reportRunning(name: string, image: string, of: string): Promise<void> {
    const { status } = await chain.cluster.request(`/api/v1/namespaces/shop/pods/${name}/status`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: {
        status: {
          phase: "Running",
          startTime: readClock().toISOString(),
          containerStatuses: [{ name: "api", image, imageID: api(of), ready: true, restartCount: 0 }],
        },
      },
    });
    assert.equal(status, 200);
  }

  async function trace(
    reference: string,
    ...words: readonly string[]
  ): Promise<Trace & { readonly code: number | null }> {
    const all = [
      ...["trace", reference, "--policy", "bulkhead.yaml", "--db", "advisories.db", "--format", "json", "--quiet"],
      ...["--cluster", "--kubeconfig", await chain.cluster.kubeconfig()],
      ...["--registry-log", "decisions.log", "--decisions", "admission/decisions.jsonl", ...words],
    ];
    const { code, stdout, stderr } = await chain.run(...all);
    assert.ok(stdout.startsWith("{"), stderr);
    return { ...(JSON.parse(stdout) as Trace), code };
  }

  const link = ({ links }: Trace, name: string): Link => {
    const found = links.find((each) => each.name === name);
    assert.ok(found !== undefined, name);
    return found;
  };

  it("builds, vouches, pushes, admits, runs and watches one image", async () => {
    await push(contexts.base, "base:1");
    digest = await push(contexts.api, "api:v1");
    assert.match(pull("api:v1") ?? "", /sign|attest|scan/, "nobody vouched for it yet");
    await vouch(digest);
    await eventually(
      () => pull("api:v1") === undefined,
      () => lastRefusal("user:node"),
    );

    const admitted = await admit("api", `${chain.host}/shop/api:v1`);
    assert.equal(admitted.status, 0, admitted.stderr);
    const { body } = await chain.cluster.request<{ spec: { containers: { image: string }[] } }>(
      "/api/v1/namespaces/shop/pods/api",
    );
    assert.equal(body.spec.containers[0]?.image, `${chain.host}/shop/api:v1@${digest}`);
    await reportRunning("api", `${chain.host}/shop/api:v1`, digest);
    await chain.cluster.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "api", namespace: "shop" },
      spec: { type: "LoadBalancer", selector: { app: "api" }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    const learning = sensorMissing === false ? await learnContainers(chain) : undefined;
    watch = sensorMissing === false ? await watchContainers(chain) : undefined;
    chain.podman.run("run", "--detach", "--name", "api", "--network", "none", api(digest));
    chain.podman.run("exec", "api", "/bin/sh", "-c", "read zone < /etc/zone; echo $zone");
    await watch?.until(/Marked file opened/);
    chain.podman.run("stop", "--time", "10", "api");
    await learning?.stop();
  });

  /** With what was seen of its container. */
  const seen = () => {
    if (sensorMissing === false) return ["--alerts", "alerts.jsonl", "--learned", "learned.json"];
    replayedAlert(folder, {
      ...{ time: readClock().toISOString(), rule: "Marked file opened", priority: "Warning", source: "syscall" },
      ...{
        output: "Opened | file=/etc/zone",
        output_fields: { "container.id": "0123456789ab", "container.image.digest": digest },
      },
    });
    return ["--alerts", "alerts.jsonl"];
  };

  it("has in its trace a link for each step, with evidence, and none that is broken", async () => {
    const traced = await trace(`${chain.host}/shop/api:v1`, ...seen());
    assert.equal(traced.firstBroken, undefined, JSON.stringify(traced.firstBroken));
    const states = Object.fromEntries(traced.links.map(({ name, state }) => [name, state]));
    assert.deepEqual(states, {
      ...{ image: "observed", source: "verified", build: "verified", base: "observed", sbom: "verified" },
      ...{ vulnerabilities: "verified", secrets: "observed", signatures: "verified", push: "observed" },
      ...{ admission: "observed", runs: "observed", reach: "observed", behavior: "observed" },
      loaded: sensorMissing === false ? "observed" : "unknown",
    });
    for (const { name, facts } of traced.links) {
      for (const { text, evidence } of facts) assert.notDeepEqual(evidence, {}, `${name}: ${text}`);
    }
    assert.equal(traced.code, 0, JSON.stringify(traced.links.filter(({ state }) => state === "unknown")));
    assert.match(link(traced, "push").facts[0]?.text ?? "", /^pushed by user:ci as v1 at /);
    assert.match(link(traced, "admission").facts[0]?.text ?? "", /^Pod shop\/api admitted at /);
    assert.match(JSON.stringify(link(traced, "reach").facts), /from the internet by Service shop\/api/);
    assert.match(JSON.stringify(link(traced, "behavior").facts), /Marked file opened/);
    assert.match(JSON.stringify(link(traced, "base").facts), /shop\/base:1 is still that base/);
    if (sensorMissing === false)
      assert.match(link(traced, "loaded").facts[0]?.text ?? "", /^2 of 3 packages loaded \(1 not\)/);
  });

  /** The trace of one whose link is broken names it first, and ends with 1. */
  async function broken(reference: string, name: string, reason: RegExp, ...words: readonly string[]): Promise<Trace> {
    const traced = await trace(reference, ...words);
    assert.equal(traced.firstBroken?.link, name, JSON.stringify(traced.firstBroken));
    assert.match(traced.firstBroken?.broken.reason ?? "", reason);
    assert.equal(traced.code, 1);
    return traced;
  }

  it("no provenance: the guard refuses the pull, the webhook the pod, and the trace names the build", async () => {
    const of = await push(contexts.api, "api:v2", "--build-arg", "VERSION=2");
    await vouch(of, { without: "slsa" });
    made.set("no-provenance", api(of));
    assert.match(pull(`api@${of}`) ?? "", /provenance|slsa/i);
    const refused = await admit("v2", api(of));
    assert.match(refused.stderr, /denied the request[\s\S]*(provenance|slsa)/i);
    const traced = await broken(api(of), "build", /provenance|slsa/i);
    assert.match(JSON.stringify(link(traced, "push").breaks), /refuses its pull/);
  });

  it("a stranger's signature: refused by both, and the trace names the signatures", async () => {
    const of = await push(contexts.api, "api:v3", "--build-arg", "VERSION=3");
    await vouch(of, { key: "stranger.key" });
    made.set("stranger", api(of));
    assert.match(pull(`api@${of}`) ?? "", /sign/i);
    const refused = await admit("v3", api(of));
    assert.match(refused.stderr, /denied the request[\s\S]*sign/i);
    await broken(api(of), "signatures", /not signed by release/);

    // The same with admission that only records: it gets in, and the trace says that nothing kept it out.
    chain.admissionPolicy({ default: "audit", unknown: "audit" });
    chain.webhook.signal("SIGHUP");
    await eventually(async () => (await admit("v3", api(of))).status === 0);
    const traced = await broken(api(of), "signatures", /not signed by release/);
    const { breaks } = link(traced, "admission");
    assert.match(
      breaks[0]?.reason ?? "",
      /Pod shop\/v3 was admitted although registry\/.* fails.*the policy only records it/,
    );
  });

  it("unscanned: refused by the guard, and the trace names the scan", async () => {
    const of = await push(contexts.api, "api:v4", "--build-arg", "VERSION=4");
    await vouch(of, { without: "vuln" });
    made.set("unscanned", api(of));
    assert.match(pull(`api@${of}`) ?? "", /scan|vuln/i);
    await broken(api(of), "vulnerabilities", /vuln/i);
  });

  it("a moved tag: the guard refuses one that does not move, and where another did the trace names what runs", async () => {
    const moved = await chain.buildah.build(
      contexts.api,
      `${chain.host}/shop/api:v1`,
      "--tls-verify=false",
      "--build-arg",
      "VERSION=5",
    );
    assert.equal(moved.code, 0, moved.said);
    const pushed = await chain.buildah.run("push", "--tls-verify=false", `${chain.host}/shop/api:v1`);
    assert.notEqual(pushed.code, 0);
    assert.match(lastRefusal("user:ci"), /is immutable and holds sha256:/);

    const edge = `${chain.host}/shop/api:edge`;
    const first = await push(contexts.api, "api:edge", "--build-arg", "VERSION=6");
    await vouch(first);
    assert.equal((await admit("edge", edge)).status, 0);
    made.set("moved", edge);
    await reportRunning("edge", edge, first);
    await vouch(await push(contexts.api, "api:edge", "--build-arg", "VERSION=7"));
    await broken(edge, "runs", new RegExp(`runs ${first} by this name.*the tag moved`));
  });

  it("a detector that stopped: the trace names what it did not see", { skip: sensorMissing }, async () => {
    watch?.blind();
    await watch?.until(/Detection Blind/);
    await chain.cluster.apply({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } });
    const { body } = await chain.cluster.request<{ metadata: { uid: string } }>("/api/v1/namespaces/kube-system");
    const node = ["--node", "node-1", "--cluster-uid", body.metadata.uid, "--record", "proof.json"];
    const proved = await chain.run("runtime", "prove", "--alerts", "alerts.jsonl", "--timeout", "3", ...node);
    assert.equal(proved.code, 1, proved.stderr);
    await broken(`${chain.host}/shop/api:v1`, "behavior", /the detector stopped/, ...seen());
  });

  it("a stale base: the trace names it once the base was built again", async () => {
    await push(contexts.base, "base:1", "--build-arg", "DAY=2");
    await broken(`${chain.host}/shop/api:v1`, "base", /its base is stale: .*shop\/base:1 was sha256:/, ...seen());
  });

  /** Titles of what `check` finds, with the check's id before each. */
  async function found(...words: readonly string[]): Promise<string> {
    const { code, stderr } = await chain.run("check", ...words, "--format", "json=check.json", "--quiet");
    assert.equal(code, 1, stderr);
    const { evaluations } = JSON.parse(readFileSync(join(folder, "check.json"), "utf8")) as {
      evaluations: readonly { check: string; asset: { name: string }; findings: readonly { title: string }[] }[];
    };
    const lines = evaluations.flatMap(({ check, asset, findings }) =>
      findings.map(({ title }) => `${check} ${asset.name}: ${title}`),
    );
    return lines.join("\n");
  }

  it("and check names each of them: in the manifests, in the image, in the cluster", async () => {
    const tree = join(folder, "tree");
    mkdirSync(tree);
    for (const [name, of] of made) writeFileSync(join(tree, `${name}.json`), JSON.stringify(goodPod(of, name)));
    const saved = await chain.buildah.run(
      "push",
      "--tls-verify=false",
      `${chain.host}/shop/api:v4`,
      `oci:${tree}/image`,
    );
    assert.equal(saved.code, 0, saved.said);
    const own = ["--policy", "bulkhead.yaml", "--db", "advisories.db"];
    const inTree = await found("tree", ...own, "--verify");
    const of = (name: string) => made.get(name) ?? "";
    for (const line of [
      `build/provenance-missing ${of("no-provenance")}: No attestation of type slsa`,
      `registry/untrusted-signer ${of("stranger")}: No signature is by a signer whom the rule names`,
      `registry/missing-attestation ${of("unscanned")}: No attestation of type vuln`,
    ]) {
      assert.ok(inTree.includes(line), `${line}\n${inTree}`);
    }
    assert.match(inTree, /^workload\/image-without-digest .*moved: /m);
    // A month later nobody has built it again.
    const later = new Date(readClock().getTime() + 30 * 86_400_000).toISOString();
    assert.match(
      await found("tree", ...own, "--now", later),
      /^image\/pending-updates tree\/image: Image is 30 days old/m,
    );

    // The webhook only records, by the policy that lies beside it; and on the node nobody told of a test event.
    await chain.installPolicy();
    const proofs = sensorMissing === false ? ["--proofs", "proof.json"] : [];
    const kubeconfig = await chain.cluster.kubeconfig();
    const cluster = await found("--cluster", "--kubeconfig", kubeconfig, ...own, ...proofs);
    assert.match(cluster, /^cluster\/image-verification test: Image signatures are verified but not enforced/m);
    if (sensorMissing !== false) return;
    assert.match(cluster, /^cluster\/runtime-detection test: No detector told of a test event on node node-1/m);
  });
});
