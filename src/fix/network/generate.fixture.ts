import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { noSettings } from "../../engines/reachability/settings.ts";
import { type GeneratedSet, type GenerateOptions, generatePolicies } from "./generate.ts";

export function generate(text: string, options: Partial<GenerateOptions> = {}): GeneratedSet {
  return generatePolicies(readManifests([{ path: "a.yaml", text }]), {
    settings: noSettings,
    namespaces: [],
    ingressFrom: [],
    apiServer: [],
    observed: [],
    egress: [],
    proxy: { namespace: "egress-proxy", labels: { app: "squid" } },
    ...options,
  });
}

export interface Made {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly pod?: Readonly<Record<string, unknown>>;
}

/** A Deployment, and a Service of its name where it has a port. */
export function app(
  name: string,
  { namespace = "shop", labels = { app: name }, env = {}, port, pod = {} }: Made = {},
): string {
  const container = {
    name: "main",
    image: "main",
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    ...(port === undefined ? {} : { ports: [{ name: "main", containerPort: port }] }),
  };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...pod } },
    },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ port: 80, targetPort: "main" }] },
  };
  const objects = port === undefined ? [deployment] : [deployment, service];
  return objects.map((object) => `---\n${JSON.stringify(object)}\n`).join("");
}
