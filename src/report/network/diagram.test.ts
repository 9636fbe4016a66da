import assert from "node:assert/strict";
import { test } from "node:test";
import { diagramMarkup } from "../diagram.ts";
import { networkDiagram } from "./diagram.ts";
import { renderNetworkPage } from "./page.ts";
import { sampleView, tcp } from "./view.fixture.ts";
import type { EndpointView, NetworkView } from "./view.ts";

const none = { text: "none", intervals: [] };

/** Workloads of some namespaces, each with ways to some others; the outside cut into many parts. */
function large(count: number, namespaces: number, parts: number): NetworkView {
  const workloads = Array.from({ length: count }, (_, index): EndpointView => {
    const namespace = `team-${index % namespaces}`;
    return {
      name: `${namespace}/Deployment/w${index}`,
      kind: "workload",
      namespace,
      ingress: "isolated",
      egress: "isolated",
    };
  });
  const outside = Array.from({ length: parts }, (_, index): EndpointView => {
    return { name: `192.0.2.${index}`, kind: "addresses", scope: "internet", ranges: [`192.0.2.${index}`] };
  });
  const endpoints = [...workloads, ...outside];
  return {
    ...sampleView,
    endpoints,
    groups: endpoints.map((_, index) => [index]),
    connections: workloads.map((_, index) => ({
      from: [index],
      to: [(index * 7 + 1) % count, count + (index % parts)],
      allowed: tcp(1000 + (index % 5)),
      unknown: none,
      causes: [],
    })),
    exposures: [],
    causes: [],
    gaps: [],
  };
}

test("namespaces are boxes, alike workloads nodes, connections arrows", () => {
  const { boxes, arrows } = networkDiagram(sampleView);
  assert.deepEqual(
    boxes.map(({ label, nodes }) => [label, nodes.map((node) => node.label)]),
    [
      ["shop", ["web", "api", "database"]],
      ["tools", ["shell"]],
      ["outside", ["internet", "everything outside"]],
    ],
  );
  const called = new Map(boxes.flatMap(({ nodes }) => nodes.map(({ id, label }) => [id, label])));
  assert.deepEqual(
    arrows
      .map(({ from, to, label, certain }) => `${called.get(from)} > ${called.get(to)} ${label}${certain ? "" : "?"}`)
      .sort(),
    [
      "api > database TCP 5432?",
      "api > internet TCP 443",
      "shell > everything outside all ports",
      "shell > shell all ports",
      "web > api TCP 8080",
    ],
  );
  assert.equal(boxes[1]?.nodes[0]?.mark, "alarm");
});

test("every pod is one node where all of them are treated alike", () => {
  const view = large(100, 10, 1);
  const groups = view.groups.map((_, index) => index).slice(0, 100);
  const { arrows } = networkDiagram({
    ...view,
    connections: [{ from: groups, to: groups, allowed: tcp(80), unknown: none, causes: [] }],
  });
  // Each namespace is one node by then.
  assert.ok(arrows.length <= 100);
  const few = large(20, 4, 1);
  const all = few.groups.map((_, index) => index).slice(0, 20);
  const drawn = networkDiagram({
    ...few,
    connections: [{ from: all, to: all, allowed: tcp(80), unknown: none, causes: [] }],
  });
  assert.deepEqual(
    drawn.arrows.map(({ from, to, label }) => `${from} ${to} ${label}`),
    ["every every TCP 80"],
  );
});

test("a hundred workloads and ten thousand are drawn within bounds, and what is not drawn is said", () => {
  for (const [count, namespaces] of [
    [100, 10],
    [1000, 50],
    [10_000, 500],
  ] as const) {
    const diagram = networkDiagram(large(count, namespaces, 40));
    const nodes = diagram.boxes.reduce((sum, box) => sum + box.nodes.length, 0);
    assert.ok(nodes <= 70, `${nodes} nodes of ${count}`);
    assert.ok(diagram.arrows.length <= 200);
    if (namespaces > 60) assert.match(diagram.left.join(), /440 more namespaces/);
  }
});

test("everything is drawn within the picture", () => {
  for (const view of [sampleView, large(50, 5, 3), large(100, 10, 30)]) {
    const svg = diagramMarkup(networkDiagram(view));
    const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
    for (const [, x = "", y = "", w = "", h = ""] of svg.matchAll(
      /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
    )) {
      assert.ok(Number(x) + Number(w) <= width && Number(y) + Number(h) <= height);
    }
    for (const [, d = ""] of svg.matchAll(/<path d="(M[^"]+)" marker/g)) {
      for (const [, x = "", y = ""] of d.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)) {
        assert.ok(Number(x) >= 0 && Number(x) <= width && Number(y) >= 0 && Number(y) <= height, d);
      }
    }
  }
});

test("the page asks for nothing, and has no script", () => {
  const html = renderNetworkPage(sampleView);
  assert.match(
    html,
    /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'"/,
  );
  assert.doesNotMatch(html, /<script|<[^>]* style=|(?:src|href)="/);
});
