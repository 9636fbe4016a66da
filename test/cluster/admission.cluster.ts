/** Admission on a real API server: what is refused, with the reason that kubectl shows; and what goes on while parts of it fail. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Json } from "../admission/oracle/json.ts";
import { goodDeployment, goodPod, withContainer, withContext, withSpec } from "../admission/reviews.ts";
import type { ServedProcess } from "../admission/served.ts";
import { withoutCosign } from "../trust/cosign.ts";
import {
  type AdmissionShop,
  admissionShop,
  installRights,
  installWebhooks,
  type Manifest,
  manifestsFor,
  policyFor,
  startWebhook,
} from "./admission-shop.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const OWN = ["--certificate-secret", "bulkhead/admission-certificate", "--service", "bulkhead/admission"];
const WORDS = [...OWN, "--server-name", "127.0.0.1"];

describe("admission on an API server", { skip: clusterMissing || withoutCosign }, () => {
  let folder: string;
  let cluster: Cluster;
  let shop: AdmissionShop;
  let manifests: readonly Manifest[];
  let webhook: ServedProcess;
  let port: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-admission-"));
    [cluster, shop] = await Promise.all([startCluster(), admissionShop(folder)]);
    writeFileSync(join(folder, "bulkhead.yaml"), JSON.stringify(policyFor(shop.registry.host), null, 1));
    manifests = await manifestsFor(folder);
    await installRights(cluster, manifests);
    // A configuration that nobody answers yet: it must be there for the webhook to write whom to trust.
    await installWebhooks(cluster, manifests, 1);
    webhook = await startWebhook(cluster, { folder, words: WORDS });
    ({ port } = webhook);
    await installWebhooks(cluster, manifests, port);
    webhook.signal("SIGHUP");
    await webhook.ready();
    await untilAsked();
  });
  after(async () => {
    await webhook?.stop();
    await shop?.registry.stop();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The API server sees a webhook configuration by its watch. */
  async function untilAsked(): Promise<void> {
    await until(async () => {
      const { status, stderr } = await create(pod("asked", "bare"), "--dry-run=server");
      return status !== 0 && /denied the request/.test(stderr);
    });
  }

  /** @throws AssertionError where it does not come to be so */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 100; tries++) if (await holds()) return;
    assert.fail("it does not come to be so");
  }

  const pod = (name: string, tag: string, namespace = "shop") => goodPod(shop.image(tag), name, namespace);

  async function create(object: Json, ...words: readonly string[]) {
    return await cluster.kubectl(["create", "-f", "-", ...words], { input: JSON.stringify(object) });
  }

  it("has the API server trust the certificate that it made itself, kept in its Secret", async () => {
    for (const kind of ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"]) {
      const path = `/apis/admissionregistration.k8s.io/v1/${kind}/bulkhead-admission`;
      const { body } = await cluster.request<{ webhooks: { clientConfig: { caBundle: string } }[] }>(path);
      for (const { clientConfig } of body.webhooks) {
        assert.match(Buffer.from(clientConfig.caBundle, "base64").toString(), /BEGIN CERTIFICATE/);
      }
    }
    const secret = await cluster.request<{ data: object }>("/api/v1/namespaces/bulkhead/secrets/admission-certificate");
    assert.ok(Object.keys(secret.body.data).length > 0);
  });

  it("refuses each with its reason, the line of the policy, the fix and the command that says the same", async () => {
    const mount = { volumes: [{ name: "host", hostPath: { path: "/var/run" } }] };
    const refused: readonly (readonly [string, Json, RegExp])[] = [
      ["unsigned", pod("unsigned", "bare"), /shop\/api:bare[^\n]*not signed|no signature/i],
      ["wrongly signed", pod("stranger", "stranger"), /shop\/api:stranger[^\n]*(signed by|signer|trust)/i],
      ["unscanned", pod("unscanned", "unscanned"), /shop\/api:unscanned[^\n]*not scanned/i],
      ["vulnerable", pod("vulnerable", "vulnerable"), /vulnerab|CVE-2026-0001/i],
      [
        "privileged",
        withContext(pod("privileged", "signed"), { privileged: true, allowPrivilegeEscalation: true }),
        /securityContext\.privileged/,
      ],
      ["latest", goodPod(`${shop.registry.host}/shop/api`, "latest"), /untagged|latest/],
      ["hostPath", withSpec(pod("host", "signed"), mount), /hostPath/],
      ["elsewhere", goodPod("docker.io/library/nginx:1", "elsewhere"), /not allow/],
      ["Deployment", goodDeployment(shop.image("bare"), "bare"), /Deployment shop\/bare/],
      [
        "init",
        withSpec(pod("init", "signed"), { initContainers: [{ name: "init", image: shop.image("bare") }] }),
        /bare/,
      ],
    ];
    for (const [what, object, reason] of refused) {
      const { status, stderr } = await create(object);
      assert.notEqual(status, 0, `${what} is admitted`);
      assert.match(stderr, /admission webhook "validate\.[^"]+" denied the request/, what);
      assert.match(stderr, reason, what);
      assert.match(stderr, /bulkhead\.yaml:\d+\)/, what);
      assert.match(stderr, /reproduce: bulkhead admission test /, what);
    }
  });

  it("admits the signed one with its digest pinned, in a Pod alone", async () => {
    const made = await create(pod("good", "signed"));
    assert.equal(made.status, 0, made.stderr);
    const { body } = await cluster.request<{ spec: { containers: { image: string }[] } }>(
      "/api/v1/namespaces/shop/pods/good",
    );
    assert.equal(body.spec.containers[0]?.image, `${shop.image("signed")}@${shop.digests.get("signed")}`);
    const deployed = await create(goodDeployment(shop.image("signed"), "good"));
    assert.equal(deployed.status, 0, deployed.stderr);
    const { stdout } = await cluster.kubectl(["get", "deployment", "good", "-n", "shop", "-o", "jsonpath={..image}"]);
    assert.equal(stdout, shop.image("signed"));
  });

  it("refuses another image of what runs, and lets it be labelled, scaled and deleted", async () => {
    const in_ = ["-n", "shop"];
    const changed = await cluster.kubectl([...in_, "set", "image", "pod/good", `api=${shop.image("bare")}`]);
    assert.notEqual(changed.status, 0);
    assert.match(changed.stderr, /bare/);
    const label = await cluster.kubectl([...in_, "label", "pod/good", "team=b", "admission.bulkhead.dev/exempt=true"]);
    assert.equal(label.status, 0, label.stderr);
    const scale = await cluster.kubectl([...in_, "scale", "deployment/good", "--replicas=0"]);
    assert.equal(scale.status, 0, scale.stderr);
    for (const each of ["pod/good", "deployment/good"]) {
      const gone = await cluster.kubectl([...in_, "delete", each, "--wait=false"]);
      assert.equal(gone.status, 0, gone.stderr);
    }
  });

  it("warns where the policy only warns, and kubectl shows it", async () => {
    const { status, stderr } = await create(pod("warned", "bare", "sandbox-1"), "--dry-run=server");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Warning: bulkhead: /);
  });

  it("keeps the old policy where a new one is broken, and takes the next that is whole", async () => {
    const path = join(folder, "bulkhead.yaml");
    const from = webhook.said.length;
    writeFileSync(path, "apiVersion: bulkhead/v1\nenforcement: { admission: nothing }\n");
    webhook.signal("SIGHUP");
    await webhook.hears(/policy: refused, the old one stays/, from);
    assert.notEqual((await create(pod("broken", "bare"), "--dry-run=server")).status, 0);
    assert.equal((await create(pod("broken", "signed"), "--dry-run=server")).status, 0);
    const policy = policyFor(shop.registry.host) as { readonly enforcement: { readonly admission: object } };
    writeFileSync(path, JSON.stringify({ ...policy, enforcement: { admission: "audit" } }));
    webhook.signal("SIGHUP");
    await webhook.hears(/policy: in force/, from);
    assert.equal((await create(pod("audited", "bare"), "--dry-run=server")).status, 0);
    writeFileSync(path, JSON.stringify(policy));
    const again = webhook.said.length;
    webhook.signal("SIGHUP");
    await webhook.hears(/policy: in force/, again);
    assert.notEqual((await create(pod("again", "bare"), "--dry-run=server")).status, 0);
  });

  it("admits nothing wrong while it is killed and restarted and its certificate is made anew under load", async () => {
    const path = "/api/v1/namespaces/shop/pods?dryRun=All";
    const told = { admitted: 0, refused: 0, unanswered: 0 };
    let flows = true;
    const flow = async (tag: string, at: number) => {
      while (flows) {
        const body = pod(`flow-${at}`, tag);
        const { status, body: answer } = await cluster.request<{ message?: string }>(path, { method: "POST", body });
        const message = answer.message ?? "";
        if (status === 201) {
          assert.equal(tag, "signed", "an unsigned image is admitted");
          told.admitted += 1;
        } else if (/failed calling webhook/.test(message)) told.unanswered += 1;
        else {
          assert.match(message, /denied the request/);
          assert.equal(tag, "bare", message);
          told.refused += 1;
        }
      }
    };
    const flowing = Promise.all(["signed", "bare", "signed", "bare"].map(flow));
    await webhook.kill();
    webhook = await startWebhook(cluster, { folder, words: WORDS, port });
    await webhook.ready();
    // Gone, and made anew: what is new is trusted before it is shown.
    const secret = "/api/v1/namespaces/bulkhead/secrets/admission-certificate";
    const { body } = await cluster.request<Manifest>(secret);
    const from = webhook.said.length;
    await cluster.request(secret, {
      method: "PATCH",
      body: { data: null },
      contentType: "application/merge-patch+json",
    });
    webhook.signal("SIGHUP");
    await webhook.hears(/certificate: /, from);
    await webhook.ready();
    const before = { ...told };
    while (told.admitted < before.admitted + 20 || told.refused < before.refused + 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    flows = false;
    await flowing;
    assert.ok(body.metadata.name === "admission-certificate");
    assert.ok(told.admitted > 20 && told.refused > 20, JSON.stringify(told));
  });

  it("admits what it verified while the registry is down, and nothing else", async () => {
    assert.equal((await create(pod("known", "signed"), "--dry-run=server")).status, 0);
    await shop.registry.stop();
    const known = goodPod(`${shop.image("signed")}@${shop.digests.get("signed")}`, "known");
    assert.equal((await create(known, "--dry-run=server")).status, 0);
    const { status, stderr } = await create(pod("late", "late"), "--dry-run=server");
    assert.notEqual(status, 0);
    assert.doesNotMatch(stderr, /not signed/);
  });

  it("never locks out kube-system and its own namespace, and fails closed or open as configured", async () => {
    await webhook.kill();
    const bad = (namespace: string) => withContainer(goodPod("nginx", `dead-${namespace}`, namespace), {});
    for (const namespace of ["kube-system", "bulkhead"]) {
      const { status, stderr } = await create(bad(namespace));
      assert.equal(status, 0, `${namespace}: ${stderr}`);
    }
    const closed = await create(bad("shop"), "--dry-run=server");
    assert.notEqual(closed.status, 0);
    assert.match(closed.stderr, /failed calling webhook/);
    await installWebhooks(cluster, manifests, port, "Ignore");
    await until(async () => (await create(bad("shop"), "--dry-run=server")).status === 0);
    webhook = await startWebhook(cluster, { folder, words: WORDS, port });
  });
});
