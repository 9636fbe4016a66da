/**
 * The guard's certificate and its webhooks against the API server itself: two replicas that begin at once, what the API server
 * trusts of them, what kubectl shows of a refusal, and a certificate that is exchanged while requests flow.
 */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { readClock } from "../../src/core/clock.ts";
import { type ClusterApi, createClient } from "../../src/engines/kubernetes/cluster/client.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { webhookAnchors } from "../../src/guards/admission/certificates/anchors.ts";
import { ownCertificates } from "../../src/guards/admission/certificates/own.ts";
import { certificateSecret } from "../../src/guards/admission/certificates/secret.ts";
import { deployFiles } from "../../src/guards/admission/deploy/files.ts";
import { names } from "../../src/guards/admission/deploy/names.ts";
import { defaultDeploySettings } from "../../src/guards/admission/deploy/settings.ts";
import { goodContainer, podOf } from "../../src/guards/admission/guard.fixture.ts";
import { serveForTest } from "../../src/guards/admission/serve/served.fixture.ts";
import { namespace } from "./admission-objects.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const deployed = deployFiles(defaultDeploySettings).flatMap(({ name, objects }) =>
  name === "access.yaml" || name === "certificate.yaml" ? objects : [],
);

const SERVICE = "admission.bulkhead.svc";
const DAY = 86_400_000;

/** As deployed, but for where the guard is. */
function webhooks(port: number): object[] {
  const [file] = deployFiles(defaultDeploySettings).filter(({ name }) => name === "webhooks.yaml");
  return (file?.objects ?? []).map((object) => {
    const { webhooks, ...rest } = object as unknown as { webhooks: { clientConfig: { service: { path: string } } }[] };
    return {
      ...rest,
      webhooks: webhooks.map(({ clientConfig, ...webhook }) => ({
        ...webhook,
        clientConfig: { url: `https://127.0.0.1:${port}${clientConfig.service.path}` },
      })),
    };
  });
}

describe("the guard serves an API server", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let api: ClusterApi;

  before(async () => {
    cluster = await startCluster();
    await cluster.apply(namespace("bulkhead"), namespace("shop"), ...deployed);
    const token = await cluster.serviceAccountToken("bulkhead", "admission");
    api = createClient(connectionOf({ kubeconfig: await cluster.kubeconfig(token), environment: {} }));
  });
  after(async () => {
    api?.close();
    await cluster?.stop();
  });

  const replica = (t: TestContext) =>
    serveForTest(t, {
      now: () => readClock(),
      certificates: ownCertificates(certificateSecret(api, { namespace: "bulkhead", name: names.certificate }), {
        names: [SERVICE, "127.0.0.1"],
        authorityMilliseconds: 30 * DAY,
        leafMilliseconds: 9 * DAY,
        overlapMilliseconds: 60_000,
      }),
      anchors: webhookAnchors(
        api,
        [
          { kind: "MutatingWebhookConfiguration", name: names.cluster, webhooks: [names.mutating] },
          { kind: "ValidatingWebhookConfiguration", name: names.cluster, webhooks: [names.validating] },
          { kind: "ValidatingWebhookConfiguration", name: names.cluster, webhooks: [names.excluded] },
        ],
        SERVICE,
      ),
    });

  const privileged = podOf([{ ...goodContainer, securityContext: { privileged: true } }]);

  const create = (pod: object) => cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(pod) });

  /** The API server hears of a configuration somewhat later than kubectl. */
  async function refusal(): Promise<string> {
    for (;;) {
      const { status, stderr } = await cluster.kubectl(["create", "--dry-run=server", "-f", "-"], {
        input: JSON.stringify(privileged),
      });
      if (status !== 0 && stderr.includes(names.validating) && !stderr.includes("x509")) return stderr;
      await setImmediate();
    }
  }

  it("shows one certificate by all replicas, which the API server trusts, and refuses by it", async (t) => {
    const [one, two] = await Promise.all([replica(t), replica(t)]);
    // No webhook is registered: nothing is asked, and nothing is amiss.
    assert.deepEqual([one.served.isReady(), two.served.isReady()], [true, true]);
    const { body } = await cluster.request<{ data: Record<string, string> }>(
      `/api/v1/namespaces/bulkhead/secrets/${names.certificate}`,
    );
    assert.deepEqual(Object.keys(body.data).sort(), ["ca.crt", "ca.key", "tls.crt", "tls.key"]);

    await cluster.apply(...webhooks(one.served.port() as number));
    await Promise.all([one.served.reload(), two.served.reload()]);
    assert.deepEqual([one.served.isReady(), two.served.isReady()], [true, true]);
    const shown = await refusal();
    assert.match(
      shown,
      /Error from server \(Forbidden\).*admission webhook "validate\.admission\.bulkhead\.dev" denied/s,
    );
    assert.match(shown, /Pod shop\/api\n {2}spec\.containers\[0\]\.securityContext\.privileged/);
    const good = await create(podOf());
    assert.equal(good.status, 0, good.stderr);
    assert.deepEqual((await create(privileged)).status, 1);

    // What another hand takes away is put back, with the API server's trust.
    const patch = [{ op: "replace", path: "/webhooks/0/clientConfig/caBundle", value: body.data["tls.crt"] }];
    const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${names.cluster}`;
    const contentType = "application/json-patch+json";
    assert.equal((await cluster.request(path, { method: "PATCH", body: patch, contentType })).status, 200);
    await two.served.reload();
    assert.equal(two.served.isReady(), true);
    const kept = await cluster.request<{ webhooks: { clientConfig: { caBundle: string } }[] }>(path);
    assert.equal(kept.body.webhooks[0]?.clientConfig.caBundle, body.data["ca.crt"]);
  });

  it("makes anew what somebody emptied, and goes on", async (t) => {
    const served = await replica(t);
    await cluster.apply(...webhooks(served.served.port() as number));
    await served.served.reload();
    await refusal();
    const secret = `/api/v1/namespaces/bulkhead/secrets/${names.certificate}`;
    const contentType = "application/merge-patch+json";
    const before = await cluster.request<{ data: Record<string, string> }>(secret);
    await cluster.request(secret, { method: "PATCH", body: { data: null }, contentType });
    await served.served.reload();
    const now = await cluster.request<{ data: Record<string, string> }>(secret);
    assert.notEqual(now.body.data["ca.crt"], before.body.data["ca.crt"]);
    assert.equal(served.served.isReady(), true);
    await refusal();
    assert.equal((await create(privileged)).status, 1);
  });
});
