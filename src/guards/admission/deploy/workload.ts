/** The Deployment with its Service and budget. */
import type { Plain } from "../../../formats/yaml/write.ts";
import type { DeployObject, DeploySettings } from "./model.ts";
import { labels, names, ports } from "./names.ts";
import { policyKey } from "./policy.ts";

const USER = 65532;

/** Of each half of the young generation: it holds all reviews that are under way, which else V8 would promote. */
export const YOUNG_MEGABYTES = 8;

const paths = {
  policy: "/etc/bulkhead/policy",
  tls: "/etc/bulkhead/tls",
  database: "/home/nonroot/.local/share/bulkhead",
} as const;

export function workloadObjects(settings: DeploySettings): DeployObject[] {
  const { namespace, replicas } = settings;
  const metadata = { name: names.component, namespace, labels: labels() };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas,
        // One more comes up before one goes: there is never one too few to answer.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: labels() },
        template: { metadata: { labels: labels() }, spec: podOf(settings) },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: labels(),
        ports: [{ name: "webhook", port: 443, targetPort: "webhook" }],
      },
    },
    ...(replicas < 2
      ? []
      : [
          {
            apiVersion: "policy/v1",
            kind: "PodDisruptionBudget",
            metadata,
            spec: { maxUnavailable: 1, selector: { matchLabels: labels() } },
          },
        ]),
  ];
}

/** What is called with in the pod. */
export function serveArguments({ namespace, certificates, policy: [policy] }: DeploySettings): string[] {
  return [
    "admission",
    "serve",
    "--policy",
    `${paths.policy}/${policy?.path ?? "bulkhead.yaml"}`,
    "--webhooks",
    names.cluster,
    "--break-glass",
    `${namespace}/${names.grants}`,
    "--service",
    `${namespace}/${names.component}`,
    ...(certificates === "own"
      ? ["--certificate-secret", `${namespace}/${names.certificate}`]
      : ["--certificate", `${paths.tls}/tls.crt`, "--key", `${paths.tls}/tls.key`]),
    ...(certificates === "files" ? ["--certificate-authority", `${paths.tls}/ca.crt`] : []),
  ];
}

function podOf(settings: DeploySettings): Plain {
  const { image, certificates, advisories } = settings;
  return {
    serviceAccountName: names.component,
    // It asks the API server: the token is mounted here, and by no other pod of the account.
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    hostUsers: false,
    priorityClassName: "system-cluster-critical",
    terminationGracePeriodSeconds: 45,
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels() } },
          },
          {
            weight: 50,
            podAffinityTerm: { topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels: labels() } },
          },
        ],
      },
    },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(advisories === undefined
      ? {}
      : {
          initContainers: [
            {
              name: "advisories",
              image,
              imagePullPolicy: "IfNotPresent",
              args: [
                "db",
                "pull",
                advisories.reference,
                "--public-key",
                `${paths.policy}/${advisories.publicKey}`,
                "--quiet",
              ],
              resources: resources("1"),
              securityContext: restricted(),
              volumeMounts: [
                mount("tmp", "/tmp"),
                mount("policy", paths.policy, true),
                mount("database", paths.database),
              ],
            },
          ],
        }),
    containers: [
      {
        name: "bulkhead",
        image,
        imagePullPolicy: "IfNotPresent",
        args: serveArguments(settings),
        env: [{ name: "NODE_OPTIONS", value: `--max-semi-space-size=${YOUNG_MEGABYTES}` }],
        ports: [
          { name: "webhook", containerPort: ports.webhook },
          { name: "metrics", containerPort: ports.metrics },
        ],
        startupProbe: { httpGet: { path: "/healthz", port: "metrics" }, periodSeconds: 2, failureThreshold: 60 },
        readinessProbe: { httpGet: { path: "/readyz", port: "metrics" }, periodSeconds: 5, failureThreshold: 2 },
        livenessProbe: { httpGet: { path: "/healthz", port: "metrics" }, periodSeconds: 20, timeoutSeconds: 5 },
        resources: resources("2"),
        securityContext: restricted(),
        volumeMounts: [
          mount("tmp", "/tmp"),
          mount("policy", paths.policy, true),
          ...(certificates === "own" ? [] : [mount("tls", paths.tls, true)]),
          ...(advisories === undefined ? [] : [mount("database", paths.database, true)]),
        ],
      },
    ],
    volumes: [
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      {
        name: "policy",
        configMap: {
          name: names.policy,
          items: settings.policy.map(({ path }) => ({ key: policyKey(path), path })),
        },
      },
      ...(certificates === "own" ? [] : [{ name: "tls", secret: { secretName: names.tls, defaultMode: 0o440 } }]),
      ...(advisories === undefined ? [] : [{ name: "database", emptyDir: { sizeLimit: "4Gi" } }]),
    ],
  };
}

function mount(name: string, mountPath: string, readOnly = false): Plain {
  return { name, mountPath, ...(readOnly ? { readOnly } : {}) };
}

function resources(cpu: string): Plain {
  return {
    requests: { cpu: "100m", memory: "192Mi", "ephemeral-storage": "64Mi" },
    limits: { cpu, memory: "512Mi", "ephemeral-storage": "256Mi" },
  };
}

function restricted(): Plain {
  return {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: USER,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
    appArmorProfile: { type: "RuntimeDefault" },
  };
}
