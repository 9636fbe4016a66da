import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { nastyText } from "../hostile.fixture.ts";
import { displayWidth } from "../width.ts";
import { renderTrace, renderTraceJson } from "./trace.ts";
import type { TraceView } from "./trace-view.ts";
import { withMore } from "./view.fixture.ts";

const plain = { columns: 100, color: false, all: false };
const digest = (character: string) => `sha256:${character.repeat(64)}`;

const view: TraceView = {
  tool: { name: "bulkhead", version: "0.0.0" },
  reference: "registry.example.com/shop/api:4.0.0",
  resolved: `registry.example.com/shop/api@${digest("9")}`,
  resolvedAt: "2026-11-27T10:00:00.000Z",
  rules: "trusted: bulkhead.yaml",
  links: [
    {
      name: "source",
      state: "verified",
      facts: [
        { text: "github.com/shop/api at 0123", state: "verified", evidence: { from: "provenance", by: "release" } },
        { text: "github.com/shop/fork", state: "claimed", evidence: { from: "the label x" } },
      ],
      gaps: [],
      breaks: [],
    },
    { name: "sbom", state: "none", facts: [], gaps: [], breaks: [] },
    {
      name: "runs",
      state: "unknown",
      facts: [],
      gaps: [{ code: "trace.places", reason: "nobody looked", remedy: "add --in DIR" }],
      breaks: [],
    },
  ],
  unknown: ["runs"],
  exitCode: 0,
  notes: ["the trusted root is 97 days old"],
};

test("each link is told with its state, what says so, and why more may be unknown", () => {
  assert.equal(
    renderTrace(view, plain),
    `registry.example.com/shop/api:4.0.0
  registry.example.com/shop/api@sha256:${"9".repeat(64)}
  as of 2026-11-27T10:00:00.000Z; rules: trusted: bulkhead.yaml

  ✓ source           github.com/shop/api at 0123
                       verified: from provenance, by release
                     github.com/shop/fork (claimed)
                       from the label x
  - sbom             none
  ? runs             unknown: nobody looked (add --in DIR)

note: the trusted root is 97 days old

no link is broken; unknown: runs
`,
  );
});

test("of many facts of one link the first are told, and how many are left out", () => {
  const facts = Array.from({ length: 400 }, (_, nth) => ({
    text: `Pod ${nth}`,
    state: "observed" as const,
    evidence: {},
  }));
  const many = { ...view, links: [{ name: "runs", state: "observed" as const, facts, gaps: [], breaks: [] }] };
  assert.match(renderTrace(many, plain), /Pod 4\n {21}… 395 more \(--all\)\n/);
  assert.match(renderTrace(many, { ...plain, all: true }), /Pod 399\n/);
  assert.equal(JSON.parse(renderTraceJson(many)).links[0].facts.length, 400);
});

test("lines fit the page, but for the name that is to be copied", () => {
  for (const line of renderTrace(view, plain).split("\n")) {
    assert.ok(displayWidth(line) <= 100 || line.includes(view.resolved), line);
  }
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

test("texts of labels and statements steer no terminal, and make no line of their own", () => {
  fc.assert(
    fc.property(nastyText, fc.boolean(), (more, all) => {
      const links = view.links.map((link) => ({ ...withMore(link, more), name: link.name }));
      const text = renderTrace({ ...withMore(view, more), links }, { ...plain, all });
      assert.doesNotMatch(text, STEERS);
      assert.doesNotMatch(text, /^\s*(?:::|##\[|%0A)/m);
    }),
    runs(100),
  );
});
