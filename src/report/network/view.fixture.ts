/** A small network as it is shown, and the same with hostile names. */
import type { DiffView } from "./diff-view.ts";
import type { ExplainView, StageView } from "./explain-view.ts";
import type { TestView } from "./test-view.ts";
import type { EndpointView, NetworkView, PortsView } from "./view.ts";

const none: PortsView = { text: "none", intervals: [] };
const all: PortsView = { text: "all ports", intervals: [{ protocol: "TCP", first: 0, last: 65_535 }] };

export function tcp(port: number): PortsView {
  return { text: `TCP ${port}`, intervals: [{ protocol: "TCP", first: port, last: port }] };
}

function workload(name: string, more: Partial<EndpointView> = {}): EndpointView {
  const [namespace = ""] = name.split("/");
  return { name, kind: "workload", namespace, ingress: "isolated", egress: "isolated", place: "a.yaml:1:1", ...more };
}

/** web → api:8080; api → internet, perhaps → database; tools/shell is open; the internet gets to web by an Ingress. */
export const sampleView: NetworkView = {
  tool: { name: "bulkhead", version: "0" },
  subject: "deploy",
  enforced: "yes",
  cni: "cilium",
  policies: 3,
  endpoints: [
    workload("shop/Deployment/web"),
    workload("shop/Deployment/api"),
    workload("shop/StatefulSet/database"),
    workload("tools/Deployment/shell", { ingress: "open", egress: "open" }),
    { name: "", kind: "node" },
    {
      name: "internet",
      kind: "addresses",
      scope: "internet",
      ranges: ["0.0.0.0-9.255.255.255", "11.0.0.0/8", "12.0.0.0/6"],
    },
    { name: "metadata", kind: "addresses", scope: "metadata", ranges: ["169.254.169.254"] },
  ],
  groups: [[0], [1], [2], [3], [4], [5], [6]],
  connections: [
    { from: [0], to: [1], allowed: tcp(8080), unknown: none, causes: [] },
    { from: [1], to: [5], allowed: tcp(443), unknown: none, causes: [] },
    { from: [1], to: [2], allowed: none, unknown: tcp(5432), causes: [0] },
    { from: [3], to: [3, 4, 5, 6], allowed: all, unknown: none, causes: [] },
    { from: [4, 5, 6], to: [3], allowed: all, unknown: none, causes: [] },
  ],
  exposures: [
    {
      way: "ingress",
      by: "Ingress shop/web",
      place: "a.yaml:9:3",
      reach: "internet",
      listens: ["TCP 443"],
      hosts: ["shop.example.com"],
      targets: [{ to: 0, allowed: tcp(8080), unknown: none, verdict: "allowed", causes: [] }],
      remarks: [],
    },
  ],
  causes: [
    {
      code: "network.pod-address",
      reason: "whether a CIDR takes in pods is the CNI's own",
      remedy: "state cluster.cni",
    },
  ],
  gaps: [{ code: "kubernetes.yaml", reason: "not valid YAML", place: "b.yaml:3:1" }],
  notes: [],
};

const stages: readonly StageView[] = [
  {
    title: "egress of shop/web",
    decisions: [
      {
        outcome: "allowed",
        ports: "TCP 8080",
        text: "allowed by NetworkPolicy shop/web, egress rule 1",
        place: "a.yaml:20:5",
        doubts: [],
      },
      {
        outcome: "unknown",
        text: "unknown: NetworkPolicy shop/x may allow it",
        doubts: [{ reason: "nobody knows", remedy: "state it" }],
        narrowing: "GET /",
        source: "https://example.com/doc",
      },
    ],
  },
];

export const sampleExplain: ExplainView = {
  subject: "deploy",
  from: "shop/web",
  to: "shop/api",
  port: "8080",
  meaning: ["shop/api is a Service of shop/api: port 80 leads to port 8080"],
  pairs: [
    {
      from: ["shop/web"],
      to: ["shop/api"],
      ports: tcp(8080),
      verdict: "allowed",
      allowed: tcp(8080),
      denied: none,
      unknown: none,
      stages,
      advice: [{ text: "To close it: narrow NetworkPolicy shop/web", snippet: ["- to:", "    - podSelector: {}"] }],
    },
  ],
  left: 2,
  enforced: "yes",
  notes: ["1 gap"],
};

export const sampleTest: TestView = {
  file: "network.txt",
  subject: "deploy",
  results: [
    {
      line: 1,
      text: "allow shop/web -> shop/api:8080",
      verdict: "pass",
      pairs: 1,
      failing: 0,
      unknown: 0,
      counterexamples: [],
    },
    {
      line: 2,
      text: "deny * -> internet",
      verdict: "fail",
      pairs: 4,
      failing: 2,
      unknown: 0,
      counterexamples: [{ from: "shop/api", to: "internet", found: "allowed", ports: "TCP 443", stages }],
    },
    {
      line: 4,
      text: "deny shop/* -> metadata",
      verdict: "unknown",
      pairs: 3,
      failing: 0,
      unknown: 3,
      because: "denied, but by whom",
      counterexamples: [],
    },
  ],
  unread: [{ reason: "not valid YAML", place: "b.yaml:3:1" }],
  notes: ["a note"],
  exitCode: 1,
};

export const sampleDiff: DiffView = {
  before: "git:main:deploy",
  after: "deploy",
  endpoints: sampleView.endpoints,
  changes: [
    {
      kind: "opened",
      from: [0],
      to: [2],
      pairs: 1,
      ports: tcp(5432),
      was: [{ outcome: "denied", text: "denied by NetworkPolicy shop/deny", place: "a.yaml:2:1", doubts: [] }],
      is: [
        {
          outcome: "allowed",
          text: "allowed by NetworkPolicy shop/new, ingress rule 1",
          place: "n.yaml:9:5",
          doubts: [],
        },
      ],
    },
    { kind: "closed", from: [3], to: [1, 2], pairs: 2, ports: all, was: [], is: [] },
    { kind: "mayBeOpened", from: [1], to: [6], pairs: 1, ports: tcp(80), was: [], is: [] },
    { kind: "nowAllowed", from: [4], to: [1], pairs: 1, ports: all, was: [], is: [] },
  ],
  added: ["tools/shell"],
  removed: [],
  objects: [{ what: "added", name: "NetworkPolicy shop/new", place: "n.yaml:1:1" }],
  enforced: "yes",
  notes: [],
  exitCode: 1,
};

/** Keys whose texts come from manifests, files and the command line. */
const FOREIGN = new Set([
  "name",
  "namespace",
  "subject",
  "place",
  "reason",
  "remedy",
  "by",
  "hosts",
  "ranges",
  "notes",
  "title",
  "text",
  "before",
  "after",
  "file",
  "because",
  "meaning",
  "snippet",
  "added",
  "removed",
  "narrowing",
  "source",
  "from",
  "to",
]);

/** The value with something behind each of those texts. */
export function withForeign<T>(value: T, more: string): T {
  return changed(value, "", more) as T;
}

function changed(value: unknown, key: string, more: string): unknown {
  if (typeof value === "string") return FOREIGN.has(key) ? `${value}${more}` : value;
  if (Array.isArray(value)) return value.map((item) => changed(item, key, more));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, changed(item, name, more)]));
}
