/** Alerts for the tests of their forms. */
import { withTexts } from "../hostile.fixture.ts";
import type { AlertsView, AlertView } from "./view.ts";

export const sampleAlert: AlertView = {
  first: "2026-03-01T14:03:22.123456789Z",
  last: "2026-03-01T14:03:32Z",
  count: 3,
  rule: "Terminal shell in container",
  detector: "bulkhead",
  priority: "NOTICE",
  severity: "low",
  source: "syscall",
  output: "A shell was spawned in a container | process=sh",
  fields: { "proc.name": "sh", "fd.name": null },
  tags: ["container", "T1059.004"],
  asset: "shop/Deployment/api",
  host: "node-1",
  container: {
    id: "c".repeat(64),
    name: "api",
    image: "registry.example.com/shop/api:2",
    digest: `sha256:${"3".repeat(64)}`,
  },
  pod: { namespace: "shop", name: "api-7f9c" },
  process: {
    pid: 42,
    name: "sh",
    commandLine: 'sh -c "curl 169.254.169.254"',
    path: "/bin/sh",
    user: "root",
    uid: 0,
    ancestors: ["node", "containerd-shim"],
  },
  kubernetesUsers: [{ name: "alice@example.com", request: "pods/exec", time: "2026-03-01T14:03:21Z" }],
  after: ["14:03:20.000 curl -o /tmp/x https://example.com"],
  why: "Nobody works in production by hand",
  fix: "find out who it was",
  place: "rules/falco_rules.yaml:120",
  state: "over",
};

export const sampleAlerts: AlertsView = {
  subject: "capture.scap",
  alerts: [sampleAlert],
  events: 1200,
  evaluated: 340,
  gaps: ["2 events lost: the kernel's buffer was full"],
  notes: ["2 rules are optional and were not loaded"],
  policy: "policy: built-in defaults",
  exitCode: 1,
};

const OURS = new Set(["first", "last", "severity", "priority", "state", "policy"]);

/** As an attacker would have it: every text but our own words with more in it. */
export function hostileAlert(more: string): AlertView {
  const changed = withTexts(sampleAlert, (text) => `${text}${more}`) as AlertView;
  const own = Object.fromEntries(Object.entries(sampleAlert).filter(([key]) => OURS.has(key)));
  return { ...changed, ...own };
}
