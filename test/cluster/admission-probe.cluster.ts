/**
 * `check --cluster --verify --probe` on a real API server: its admission, by a webhook of the test's, and images of a real
 * registry that the real cosign signed. No kubelet runs here: what a pod runs is written into its status.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { selfSigned } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { bulkhead } from "../bulkhead.ts";
import { cosignIn, withoutCosign } from "../trust/cosign.ts";
import { startRegistry, type TestRegistry } from "../trust/registry.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

interface Report {
  readonly evaluations: readonly {
    readonly check: string;
    readonly verdict: string;
    readonly asset: { readonly name: string };
    readonly findings: readonly { readonly title: string }[];
    readonly gaps: readonly { readonly code: string }[];
  }[];
  readonly controls: readonly { readonly number: number; readonly verdict: string; readonly reason: string }[];
}

interface Review {
  readonly request: {
    readonly uid: string;
    readonly dryRun: boolean;
    readonly object: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

const skip = clusterMissing || withoutCosign;

describe("check --cluster with --verify and --probe", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-probe-"));
  let cluster: Cluster;
  let registry: TestRegistry;
  let guard: Server;
  let url: string;
  let authority: string;
  let kubeconfig: string;
  let policy: string;
  let images: { readonly unsigned: string; readonly stranger: string; readonly signed: string };
  /** What the webhook says of an image; undefined: it is let in. */
  let judge: (image: string) => string | undefined = () => undefined;
  const dryRuns: boolean[] = [];

  before(async () => {
    registry = await startRegistry(folder);
    const cosign = await cosignIn(folder);
    for (const name of ["release", "stranger"]) await cosign.keyPair(name);
    const of = (tag: string) => `${registry.host}/shop/api:${tag}`;
    images = { unsigned: of("unsigned"), stranger: of("stranger"), signed: of("signed") };
    for (const tag of Object.keys(images)) await registry.image(`shop/api:${tag}`, tag);
    await cosign.sign(images.signed, "release.key");
    await cosign.sign(images.stranger, "stranger.key");
    policy = join(folder, "bulkhead.yaml");
    writeFileSync(
      policy,
      `apiVersion: bulkhead/v1
trust:
  roots: []
  signers: { release: { key: ${join(folder, "release.pub")} } }
  images: [{ match: "${registry.host}/shop/**", signedBy: { of: [release] } }]
`,
    );
    const certificate = selfSigned();
    assert.ok(certificate !== undefined);
    authority = Buffer.from(certificate.cert).toString("base64");
    guard = createServer(certificate, async (request, response) => {
      const { request: asked } = JSON.parse(await text(request)) as Review;
      dryRuns.push(asked.dryRun);
      const said = asked.object.spec.containers.map(({ image }) => judge(image)).find((one) => one !== undefined);
      const status = said === undefined ? {} : { status: { code: 403, message: said } };
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          apiVersion: "admission.k8s.io/v1",
          kind: "AdmissionReview",
          response: { uid: asked.uid, allowed: said === undefined, ...status },
        }),
      );
    });
    await new Promise<void>((done) => guard.listen(0, "127.0.0.1", done));
    url = `https://127.0.0.1:${(guard.address() as AddressInfo).port}/validate`;
    cluster = await startCluster();
    for (const name of ["role.yaml", "secrets.yaml", "probe.yaml"]) {
      const input = readFileSync(join(import.meta.dirname, "../../deploy/cluster-audit", name), "utf8");
      const { status, stderr } = await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
      assert.equal(status, 0, stderr);
    }
    await cluster.apply(
      ...["shop", "payments"].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    );
    kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "cluster-audit"));
  });

  after(async () => {
    guard?.close();
    await cluster?.stop();
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Applies the guard's webhook. */
  async function guardWith(more: object = {}): Promise<void> {
    await cluster.apply({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "bulkhead-admission" },
      webhooks: [
        {
          name: "validate.admission.bulkhead.dev",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Fail",
          timeoutSeconds: 5,
          clientConfig: { url, caBundle: authority },
          rules: [
            {
              apiGroups: [""],
              apiVersions: ["v1"],
              operations: ["CREATE", "UPDATE"],
              resources: ["pods", "pods/ephemeralcontainers"],
            },
          ],
          ...more,
        },
      ],
    });
  }

  async function check(...words: readonly string[]): Promise<Report> {
    const named = ["--kubeconfig", kubeconfig, "--policy", policy, "--plain-http", "--no-secrets"];
    const args = ["check", "--cluster", ...named, "--format", "json", "--quiet", ...words];
    const { stdout, stderr } = await bulkhead(args, { cwd: cluster.folder, home: cluster.folder });
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as Report;
  }

  const probe = async (...words: readonly string[]) =>
    await check("--probe-unsigned", images.unsigned, "--probe-stranger", images.stranger, ...words);

  /** `shop pass`, with what was found or is missing. */
  function tried({ evaluations }: Report): string[] {
    return evaluations
      .filter(({ check }) => check === "cluster/unverified-image-admitted")
      .map(({ asset, verdict, findings, gaps }) =>
        [`${asset.name} ${verdict}`, ...findings.map(({ title }) => title), ...gaps.map(({ code }) => code)].join(": "),
      )
      .sort();
  }

  const seventh = ({ controls }: Report) => controls.find(({ number }) => number === 7);
  const isSigned = (image: string) => (image === images.signed ? undefined : `image ${image} is not signed by release`);

  it("without a guard everything is let in, everywhere", async () => {
    const report = await probe();
    const found = "fail: Admission lets in an image that a stranger has signed: Admission lets an unsigned image in";
    assert.deepEqual(
      tried(report),
      ["bulkhead", "default", "payments", "shop"].map((name) => `${name} ${found}`),
    );
    assert.equal(seventh(report)?.verdict, "fail");
  });

  it("a guard that refuses both, for the image, is the proof; nothing is stored", async () => {
    judge = isSigned;
    dryRuns.length = 0;
    await guardWith();
    const report = await probe("--probe-signed", images.signed);
    assert.deepEqual(tried(report), ["bulkhead pass", "default pass", "payments pass", "shop pass"]);
    assert.equal(dryRuns.length, 12);
    assert.ok(dryRuns.every((one) => one));
    const { body } = await cluster.request<{ items: unknown[] }>("/api/v1/pods");
    assert.deepEqual(body.items, []);
    // No image runs: whether any is signed nobody knows.
    assert.match(seventh(report)?.reason ?? "", /^signed: unknown .*verified on admission: pass/);
  });

  it("images that run are verified by their digests, and control 7 passes with them", async () => {
    judge = isSigned;
    await guardWith();
    await run("api", images.signed);
    const report = await probe("--verify");
    assert.deepEqual(
      [seventh(report)?.verdict, seventh(report)?.reason.includes("unknown")],
      ["pass", false],
      seventh(report)?.reason,
    );
    judge = () => undefined;
    await run("old", images.unsigned);
    judge = isSigned;
    const after = await check("--verify");
    const unsigned = after.evaluations.filter(
      ({ check, verdict }) => check === "registry/unsigned-image" && verdict === "fail",
    );
    assert.deepEqual(
      unsigned.map(({ asset }) => asset.name),
      [images.unsigned],
    );
    assert.match(seventh(after)?.reason ?? "", /^signed: fail .*verified on admission: unknown .*--probe/);
  });

  /** A pod, with the status that a kubelet would have written. */
  async function run(name: string, image: string): Promise<void> {
    const [, tag = ""] = image.split("shop/api:");
    const { bytes } = await registry.manifest("shop/api", tag);
    const { sha256 } = await import("../trust/registry.ts");
    await cluster.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "shop" },
      spec: { containers: [{ name, image }] },
    });
    const imageID = `${registry.host}/shop/api@${sha256(bytes)}`;
    const containerStatuses = [{ name, image, imageID, ready: true, restartCount: 0, state: { running: {} } }];
    const { status } = await cluster.request(`/api/v1/namespaces/shop/pods/${name}/status`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { status: { phase: "Running", containerStatuses } },
    });
    assert.equal(status, 200);
  }

  it("a namespace that the webhook leaves out is named, by its objects and by the try", async () => {
    judge = isSigned;
    const selector = {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["payments"] }],
    };
    // Kubernetes 1.20 does not set that label itself.
    for (const name of ["shop", "payments", "default", "bulkhead"]) {
      await cluster.kubectl(["label", "namespace", name, `kubernetes.io/metadata.name=${name}`, "--overwrite"]);
    }
    await guardWith({ namespaceSelector: selector });
    const report = await probe();
    assert.match(tried(report).join("\n"), /^bulkhead pass\ndefault pass\npayments fail: .*\nshop pass$/);
    const said = report.evaluations.find(({ check }) => check === "cluster/image-verification");
    assert.deepEqual(
      said?.findings.map(({ title }) => title),
      ["Images in namespace payments are not verified"],
    );
    assert.equal(seventh(report)?.verdict, "fail");
  });

  it("a webhook that does not answer proves nothing where it is closed, and admits where it is open", async () => {
    const gone = { url: "https://127.0.0.1:1/validate", caBundle: authority };
    await guardWith({ clientConfig: gone });
    assert.deepEqual(
      tried(await probe()).map((line) => line.split(": ").slice(0, 2).join(": ")),
      ["bulkhead", "default", "payments", "shop"].map((name) => `${name} unknown: admission.probe-silent`),
    );
    await guardWith({ clientConfig: gone, failurePolicy: "Ignore" });
    assert.match(tried(await probe()).join("\n"), /^(?:\w+ fail: .*Admission lets an unsigned image in\n?){4}$/);
  });

  it("a refusal for something else, or of everything, proves nothing", async () => {
    await guardWith();
    judge = () => "label team is required";
    assert.match(tried(await probe())[0] ?? "", /^bulkhead unknown: admission.probe-reason/);
    judge = (image) => `image ${image} is not signed by release`;
    assert.match(
      tried(await probe("--probe-signed", images.signed))[0] ?? "",
      /^bulkhead unknown: admission.probe-control/,
    );
  });

  it("who may not create pods finds nothing out", async () => {
    judge = isSigned;
    await guardWith();
    await cluster.kubectl(["delete", "clusterrolebinding", "bulkhead-cluster-audit-probe"]);
    assert.match(tried(await probe())[0] ?? "", /^bulkhead unknown: admission.probe-forbidden/);
  });

  it("registries are asked with the pods' own Secrets on request; who may not read those finds nothing out", async () => {
    const verdict = async (config: string) => {
      const named = ["--kubeconfig", config, "--policy", policy, "--plain-http", "--no-secrets", "--verify"];
      const args = ["check", "--cluster", ...named, "--pull-secrets", "--format", "json", "--quiet"];
      const { stdout, stderr } = await bulkhead(args, { cwd: cluster.folder, home: cluster.folder });
      assert.notEqual(stdout, "", stderr);
      const { evaluations } = JSON.parse(stdout) as Report;
      const own = evaluations.filter(
        ({ check, asset }) => check === "registry/unsigned-image" && asset.name === images.signed,
      );
      return own.map(({ verdict, gaps }) => [verdict, ...gaps.map(({ code }) => code)].join(" "));
    };
    // The published role gets no service account.
    assert.match((await verdict(kubeconfig)).join(), /^unknown cluster\./);
    // There is none here, as there would be in a cluster: the pod pulls with nothing.
    assert.deepEqual(await verdict(await cluster.kubeconfig()), ["pass"]);
  });

  it("an image that is not what it is named as ends the run", async () => {
    const run = async (...words: readonly string[]) =>
      await bulkhead(["check", "--cluster", "--kubeconfig", kubeconfig, "--policy", policy, "--plain-http", ...words], {
        cwd: cluster.folder,
        home: cluster.folder,
      });
    const signed = await run("--probe-unsigned", images.signed);
    assert.deepEqual([signed.code, /has signatures/.test(signed.stderr)], [2, true]);
    const trusted = await run("--probe-stranger", images.signed);
    assert.deepEqual([trusted.code, /is trusted by the policy/.test(trusted.stderr)], [2, true]);
    const none = await run("--probe-stranger", images.unsigned);
    assert.deepEqual([none.code, /is not signed/.test(none.stderr)], [2, true]);
    const nothing = await run("--probe");
    assert.deepEqual([nothing.code, /no image was named/.test(nothing.stderr)], [2, true]);
  });
});
