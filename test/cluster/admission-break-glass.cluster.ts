/**
 * `bulkhead admission serve` in a cluster with no rights but those that are deployed: its own certificate, breaking the glass in
 * kubectl's words, events, metrics and reports. No kubelet and no controllers run there: what they make is made here.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { readClock } from "../../src/core/clock.ts";
import { accessObjects } from "../../src/guards/admission/deploy/access.ts";
import { certificateObjects } from "../../src/guards/admission/deploy/certificates.ts";
import { names } from "../../src/guards/admission/deploy/names.ts";
import { defaultDeploySettings } from "../../src/guards/admission/deploy/settings.ts";
import { mutatingConfigurations, validatingConfiguration } from "../../src/guards/admission/deploy/webhooks.ts";
import { program } from "../bulkhead.ts";
import { freePorts } from "../free-ports.ts";
import { bound, namespace, reportDefinition, role, user } from "./admission-objects.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const policy = `apiVersion: bulkhead/v1
enforcement:
  admission:
    default: audit
    checks:
      workload/privileged: deny
`;
const deployment = (name: string, annotations: object = {}, privileged = true) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop", annotations },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image: "registry.test/web:1", securityContext: { privileged } }] },
    },
  },
});
const ask = (hours: number) => ({
  "admission.bulkhead.dev/break-glass": "registry down, incident 42",
  "admission.bulkhead.dev/break-glass-until": new Date(readClock().getTime() + hours * 3_600_000).toISOString(),
});

describe("admission serve in a cluster", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let status: string;
  let stop: () => Promise<void>;
  let said = "";

  before(async () => {
    cluster = await startCluster({ users: [{ name: "ann" }, { name: "bob" }] });
    await cluster.apply(namespace("shop"), namespace(names.namespace), reportDefinition);
    const settings = { ...defaultDeploySettings, failurePolicy: "Fail" as const };
    const rules = [{ apiGroups: ["apps", ""], resources: ["deployments", "pods"], verbs: ["get", "create", "patch"] }];
    await cluster.apply(
      ...accessObjects(settings, new Map()),
      ...certificateObjects(settings),
      role("edit-apps", rules),
      bound("edit-apps", [user("ann"), user("bob")], "shop"),
      bound(names.breakGlass, [user("ann")], "shop"),
    );
    const [port, statusPort] = (await freePorts(2)) as [number, number];
    status = `http://127.0.0.1:${statusPort}`;
    // A pod's Service has no address here: the webhooks are asked by URL.
    const byUrl = (configuration: { readonly [key: string]: unknown }) => ({
      ...configuration,
      webhooks: (configuration.webhooks as { clientConfig: { service: { path: string } } }[]).map((webhook) => ({
        ...webhook,
        clientConfig: { url: `https://127.0.0.1:${port}${webhook.clientConfig.service.path}` },
      })),
    });
    await cluster.apply(
      ...mutatingConfigurations(settings, new Map()).map(byUrl),
      byUrl(validatingConfiguration(settings, new Map())),
    );
    const folder = join(cluster.folder, "guard");
    await mkdir(folder);
    await writeFile(join(folder, "bulkhead.yaml"), policy);
    const token = await cluster.serviceAccountToken(names.namespace, names.component);
    const child = spawn(
      process.execPath,
      [
        ...[program, "admission", "serve", "--policy", "bulkhead.yaml", "--offline", "--drain", "0"],
        ...["--kubeconfig", await cluster.kubeconfig(token), "--break-glass", `${names.namespace}/${names.grants}`],
        ...["--host", "127.0.0.1", "--port", String(port), "--status-host", "127.0.0.1"],
        ...["--status-port", String(statusPort), "--webhooks", names.cluster, "--server-name", "127.0.0.1"],
        ...["--certificate-secret", `${names.namespace}/${names.certificate}`],
        ...["--service", `${names.namespace}/${names.component}`],
      ],
      { cwd: folder, env: { PATH: process.env.PATH ?? "", HOME: folder }, stdio: ["ignore", "pipe", "pipe"] },
    );
    const ended = once(child, "exit");
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        said += chunk;
      });
    }
    stop = async () => {
      child.kill();
      await ended;
    };
    await Promise.race([
      until(async () => ((await fetch(`${status}/readyz`).catch(() => undefined))?.status === 200 ? true : undefined)),
      ended.then(() => assert.fail(`it ended: ${said}`)),
    ]);
  });
  after(async () => {
    await stop?.();
    await cluster?.stop();
  });

  const applyAs = (name: string, object: object) =>
    cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(object), token: cluster.tokenOf(name) });
  const events = async () => {
    const { stdout } = await cluster.kubectl(["get", "events", "-n", "shop", "-o", "json"]);
    return (JSON.parse(stdout) as { items: { message: string; involvedObject: { kind: string } }[] }).items;
  };

  it("refuses who asks without the right, and says why", async () => {
    const plain = await applyAs("bob", deployment("plain"));
    assert.equal(plain.status, 1);
    assert.match(plain.stderr, /denied the request: .*privileged/s);
    const asked = await applyAs("bob", deployment("asked", ask(1)));
    assert.equal(asked.status, 1);
    assert.match(asked.stderr, /denied the request/);
    const long = await applyAs("ann", deployment("long", ask(5)));
    assert.equal(long.status, 1, "an end too far away");
    assert.deepEqual(await events(), []);
  });

  it("admits who holds the right, with a warning, an event, a metric and a report that says what is wrong", async () => {
    const broken = await applyAs("ann", deployment("broken", ask(1)));
    assert.equal(broken.status, 0, broken.stderr);
    assert.match(broken.stderr, /Warning: .*ann.*incident 42/);
    const [event] = await events();
    assert.match(event?.message ?? "", /ann broke the glass/);
    const metrics = await (await fetch(`${status}/metrics`)).text();
    assert.match(metrics, /^bulkhead_admission_break_glass_total\{namespace="shop"\} 1$/m);
    assert.match(said, /"break-glass"/);
    const report = await until(async () => {
      const { stdout } = await cluster.kubectl(["get", "reports.openreports.io", "-n", "shop", "-o", "json"]);
      return (
        JSON.parse(stdout) as {
          items: { scope: { name: string }; summary: { fail: number }; results: { rule: string }[] }[];
        }
      ).items[0];
    });
    assert.equal(report.scope.name, "broken");
    assert.ok(report.results.some(({ rule }) => rule === "workload/privileged"));
  });

  it("admits what the controllers make of it, and nothing that anybody else makes", async () => {
    const { body } = await cluster.request<Record<string, unknown>>("/apis/apps/v1/namespaces/shop/deployments/broken");
    const { spec } = body as { spec: { template: { metadata: object; spec: object } } };
    const made = {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "broken-abc", namespace: "shop" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { "pod-template-hash": "abc" } },
        template: { ...spec.template, metadata: { labels: { app: "broken", "pod-template-hash": "abc" } } },
      },
    };
    const as = (who: string, object: object) =>
      cluster.kubectl(["create", "--as", who, "--as-group", "system:masters", "-o", "json", "-f", "-"], {
        input: JSON.stringify(object),
      });
    const by = (controller: string) => `system:serviceaccount:kube-system:${controller}-controller`;
    const set = await as(by("deployment"), made);
    assert.equal(set.status, 0, set.stderr);
    const { uid } = (JSON.parse(set.stdout) as { metadata: { uid: string } }).metadata;
    const pod = (name: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        namespace: "shop",
        ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "broken-abc", uid, controller: true }],
      },
      spec: spec.template.spec,
    });
    const first = await as(by("replicaset"), pod("first"));
    assert.equal(first.status, 0, first.stderr);
    const forged = await applyAs("bob", pod("forged"));
    assert.equal(forged.status, 1);
    assert.match(forged.stderr, /denied the request/);
    const other = await as(by("replicaset"), {
      ...pod("other"),
      spec: { containers: [{ name: "web", image: "evil.test/x:1", securityContext: { privileged: true } }] },
    });
    assert.equal(other.status, 1, "another image than the template's");
  });

  it("admits what the policy has nothing against, and reports that", async () => {
    const fine = await applyAs("bob", deployment("fine", {}, false));
    assert.equal(fine.status, 0, fine.stderr);
    await until(async () => {
      const { stdout } = await cluster.kubectl(["get", "reports.openreports.io", "-n", "shop", "-o", "json"]);
      const { items } = JSON.parse(stdout) as { items: { scope: { name: string } }[] };
      return items.find(({ scope }) => scope.name === "fine");
    });
  });
});

async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await setTimeout(20);
  }
}
