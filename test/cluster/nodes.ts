/**
 * Nodes of a cluster without kubelets: what kubelets would do is done here. Pods of `runtime prove` are run, the alerts of a
 * detector stand in its log, and statuses say what pods run.
 */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { readClock } from "../../src/core/clock.ts";
import { authority } from "../../src/net/loopback.fixture.ts";
import type { Cluster } from "./api-server.ts";

export const nodes = ["node-1", "node-2"] as const;

const own = authority();

/** Why none can be started: what `skip` of a test takes. */
export const nodesMissing: string | false = own === undefined && "no openssl";

const FALCO = "docker.io/falcosecurity/falco:0.44.1";

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly nodeName: string;
    readonly containers: readonly { readonly command?: readonly string[] }[];
  };
  readonly status: { readonly phase: string };
}

export interface Kubelets {
  readonly port: number;
  close(): Promise<void>;
}

/** Runs what is put on its nodes, and writes each program that was executed into its detector's log. */
export async function kubelets(cluster: Cluster, silent: ReadonlySet<string> = new Set()): Promise<Kubelets> {
  if (own === undefined) throw new Error("openssl is not there");
  const alerts = new Map<string, string[]>();
  const { key, cert } = own.issue("IP:127.0.0.1");
  const server = createServer({ key, cert }, (request, response) => {
    // /containerLogs/NAMESPACE/POD/CONTAINER?…
    const pod = request.url?.split("/")[3] ?? "";
    const lines = alerts.get(pod.replace(/^falco-/, "")) ?? [];
    response.writeHead(200, { "content-type": "text/plain" }).end(lines.join(""));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const pods = "/api/v1/namespaces/bulkhead/pods";
  const run = async () => {
    const { body } = await cluster.request<{ items: readonly Pod[] }>(pods);
    for (const { metadata, spec, status } of body.items ?? []) {
      const [nonce] = /[0-9a-f]{32}/.exec(spec.containers[0]?.command?.at(-1) ?? "") ?? [];
      if (nonce === undefined || status.phase === "Succeeded") continue;
      const time = readClock().toISOString();
      const alert = {
        time,
        rule: "Drop and execute new binary in container",
        priority: "Critical",
        output: `exe=${nonce}`,
      };
      if (!silent.has(spec.nodeName)) {
        alerts.set(spec.nodeName, [...(alerts.get(spec.nodeName) ?? []), `${time} ${JSON.stringify(alert)}\n`]);
      }
      await patchStatus(cluster, `${pods}/${metadata.name}`, { phase: "Succeeded" });
    }
  };
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(run).catch(() => undefined);
  }, 200);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(timer);
      await running;
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As its kubelet or controller would write it. */
export async function patchStatus(cluster: Cluster, path: string, status: object): Promise<void> {
  const contentType = "application/merge-patch+json";
  const answer = await cluster.request(`${path}/status`, { method: "PATCH", contentType, body: { status } });
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
}

export function falco(namespace: string, tolerations: readonly object[], image = FALCO): object {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "falco", namespace },
    spec: {
      selector: { matchLabels: { app: "falco" } },
      template: {
        metadata: { labels: { app: "falco" } },
        spec: { tolerations, containers: [{ name: "falco", image }] },
      },
    },
  };
}

/** Two nodes, one of them tainted, with Falco's pods on both: no controller makes the DaemonSet's. */
export async function startNodes(cluster: Cluster, namespace: string, port: number, image = FALCO): Promise<void> {
  const owner = await controllerOf(cluster, { kind: "DaemonSet", namespace, name: "falco" });
  for (const name of nodes) {
    const taints = name === "node-2" ? [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }] : [];
    await cluster.apply({ apiVersion: "v1", kind: "Node", metadata: { name }, spec: { taints } });
    await patchStatus(cluster, `/api/v1/nodes/${name}`, {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    });
    await cluster.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `falco-${name}`, namespace, ownerReferences: [owner] },
      spec: { nodeName: name, containers: [{ name: "falco", image }] },
    });
    await patchStatus(cluster, `/api/v1/namespaces/${namespace}/pods/falco-${name}`, { phase: "Running" });
  }
}

export interface Named {
  readonly kind: "DaemonSet" | "Deployment" | "StatefulSet";
  readonly namespace: string;
  readonly name: string;
}

/** What a pod says that was made by it. */
export async function controllerOf(cluster: Cluster, { kind, namespace, name }: Named): Promise<object> {
  const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
  const { body } = await cluster.request<{ metadata: { uid: string } }>(path);
  return { apiVersion: "apps/v1", kind, name, controller: true, uid: body.metadata.uid };
}
