import assert from "node:assert/strict";
import { test } from "node:test";
import { renderDiff, renderDiffMarkdown } from "./diff.ts";
import { renderExplain } from "./explain.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderTest, renderTestJunit } from "./test.ts";
import { renderNetworkText } from "./text.ts";
import { sampleDiff, sampleExplain, sampleTest, sampleView, tcp } from "./view.fixture.ts";
import type { EndpointView, NetworkView } from "./view.ts";

const plain = { columns: 100, color: false, all: false };

test("a map: what it comes to first, then who reaches whom, out and in", () => {
  const lines = renderNetworkText(sampleView, plain).split("\n");
  assert.deepEqual(lines, [
    "deploy · 2 namespaces, 4 workloads, 3 policies · CNI cilium",
    "  · 1 open in both directions, 3 restricted in both",
    "  2 workloads reach the internet",
    "  1 workload reaches a cloud metadata service",
    "  1 workload is exposed to the internet",
    "",
    "WHO REACHES WHOM",
    "  shop/web    → shop/api       TCP 8080",
    "? shop/api    → shop/database  TCP 5432",
    "  tools/shell → tools/shell    all ports",
    "",
    "OUT OF THE CLUSTER",
    "  tools/shell → everything outside  all ports",
    "  shop/api    → internet            TCP 443",
    "",
    "IN FROM OUTSIDE",
    "  internet → shop/web  TCP 8080 · Ingress shop/web (TCP 443) · shop.example.com · a.yaml:9:3",
    "",
    "UNKNOWN (1)",
    "  ? 1 connection: whether a CIDR takes in pods is the CNI's own (state cluster.cni)",
    "",
    "NOT READ, OR WITHOUT EFFECT (1)",
    "  b.yaml:3:1: not valid YAML",
    "",
  ]);
});

/** Workloads of some namespaces; each reaches the next one on a port of its own. */
function chain(count: number, namespaces: number): NetworkView {
  const endpoints = Array.from({ length: count }, (_, index): EndpointView => {
    const namespace = `team-${index % namespaces}`;
    return {
      name: `${namespace}/Deployment/w${index}`,
      kind: "workload",
      namespace,
      ingress: "isolated",
      egress: "isolated",
    };
  });
  return {
    ...sampleView,
    endpoints,
    groups: endpoints.map((_, index) => [index]),
    connections: endpoints.slice(1).map((_, index) => ({
      from: [index],
      to: [index + 1],
      allowed: tcp(1000 + index),
      unknown: { text: "none", intervals: [] },
      causes: [],
    })),
    exposures: [],
    causes: [],
    gaps: [],
  };
}

test("a thousand workloads take two screens, and --all shows each", () => {
  const view = chain(1000, 40);
  const short = renderNetworkText(view, plain).split("\n");
  assert.ok(short.length <= 60, `${short.length} lines`);
  assert.ok(short.some((line) => /\(--all, or --focus NAME\)/.test(line)));
  const whole = renderNetworkText(view, { ...plain, all: true });
  assert.equal(whole.match(/→/g)?.length, 999);
});

test("what is alike is one line, whatever its number", () => {
  const view = chain(500, 5);
  const everybody = {
    ...view,
    connections: [
      {
        from: view.groups.map((_, index) => index),
        to: view.groups.map((_, index) => index),
        allowed: tcp(80),
        unknown: { text: "none", intervals: [] },
        causes: [],
      },
    ],
  };
  const text = renderNetworkText(everybody, plain);
  assert.equal(text.match(/→/g)?.length, 1);
  assert.match(text, /every pod → every pod {2}TCP 80/);
  const namespace = {
    ...everybody,
    connections: everybody.connections.map((one) => ({ ...one, from: one.from.filter((index) => index % 5 === 2) })),
  };
  assert.match(renderNetworkText(namespace, plain), /team-2\/\* → every pod {2}TCP 80/);
});

test("nobody enforcing it is said, and whether anybody does", () => {
  assert.match(renderNetworkText({ ...sampleView, enforced: "no" }, plain), /✗ the CNI enforces no policies/);
  assert.match(
    renderNetworkText({ ...sampleView, enforced: "unknown" }, plain),
    /\? whether the cluster enforces policies is unknown/,
  );
});

test("an explanation", () => {
  assert.deepEqual(renderExplain(sampleExplain, plain).split("\n"), [
    "shop/api is a Service of shop/api: port 80 leads to port 8080",
    "",
    "shop/web → shop/api:8080/TCP   ✓ ALLOWED",
    "",
    "  egress of shop/web   TCP 8080: allowed by NetworkPolicy shop/web, egress rule 1   a.yaml:20:5",
    "                       unknown: NetworkPolicy shop/x may allow it",
    "                         of its requests only: GET /",
    "  ? nobody knows (state it)",
    "  see https://example.com/doc",
    "",
    "To close it: narrow NetworkPolicy shop/web",
    "    - to:",
    "        - podSelector: {}",
    "",
    "… 2 more pairs (name one workload, or use network map)",
    "",
    "1 gap",
    "",
  ]);
});

test("a test: what does not hold with the rule that decides, the rest as a count", () => {
  const text = renderTest(sampleTest, plain);
  assert.match(
    text,
    /^✗ line 2: deny \* -> internet\n {4}shop\/api → internet: TCP 443 is allowed\n {6}egress of shop\/web/,
  );
  assert.match(text, /\? line 4: deny shop\/\* -> metadata\n {4}denied, but by whom/);
  assert.doesNotMatch(text, /line 1/);
  assert.match(text, /✗ network\.txt · deploy: 1 of 3 assertions fails, 1 unknown, 1 hold · exit code 1\n$/);
  const junit = renderTestJunit(sampleTest);
  assert.match(junit, /tests="4" failures="1" errors="2" skipped="0"/);
  assert.match(junit, /<testcase name="allow shop\/web -&gt; shop\/api:8080" classname="network.txt" line="1"\/>/);
});

test("a diff: what is opened first, with what decided and decides", () => {
  const text = renderDiff(sampleDiff, plain);
  assert.match(text, /^git:main:deploy → deploy: opens 1 connection, may open 1, closes 2, 1 new workload\n/);
  assert.match(
    text,
    /OPENED denied before, allowed now\n {2}shop\/web → shop\/database {2}TCP 5432\n {6}before: denied by NetworkPolicy shop\/deny \(a\.yaml:2:1\)\n {6}now: allowed by NetworkPolicy shop\/new, ingress rule 1 \(n\.yaml:9:5\)\n/,
  );
  assert.ok(text.indexOf("OPENED") < text.indexOf("CLOSED"));
  assert.doesNotMatch(text, /any node/);
  assert.match(
    renderDiffMarkdown(sampleDiff),
    /\| ✗ \*\*opened\*\* \| <code>shop\/web<\/code> \| <code>shop\/database<\/code> \| TCP 5432 \|/,
  );
  const same = { ...sampleDiff, changes: [], added: [], objects: [] };
  assert.match(renderDiff(same, plain), /: opens and closes nothing\n/);
});

test("Mermaid: namespaces are frames, unknown edges are dotted", () => {
  const text = renderMermaid(sampleView);
  assert.match(text, /^flowchart LR\n {2}subgraph ns0\["shop"\]\n {4}n0\["shop\/web"\]\n/);
  assert.match(text, /\n {2}n1 -\.->\|"unknown: TCP 5432"\| n2\n/);
  assert.match(text, /\n {2}n0 -->\|"TCP 8080"\| n1\n/);
});
