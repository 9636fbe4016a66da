import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { nastyText, withTexts } from "./hostile.fixture.ts";
import { renderJunit } from "./rendered.fixture.ts";
import { npm, sampleReport } from "./sample.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** What XML 1.0 allows in a document (section 2.2). */
const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

const decode = (text: string) => {
  assert.match(text, /^(?:[^&<]|&(?:amp|lt|gt|quot|#39);)*$/);
  const references: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&([^;]+);/g, (_, name: string) => references[name] ?? "?");
};

/** Reads the XML that the format writes: a declaration, elements and text. Anything else fails. */
function parse(xml: string): Element {
  assert.match(xml, allowed);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  assert.ok(xml.startsWith(declaration));
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (const [, text = "", tag] of xml.slice(declaration.length).matchAll(/([^<]*)(?:<([^>]*)>|$)/g)) {
    const parent = open.at(-1);
    assert.ok(parent);
    parent.text += decode(text);
    if (tag === undefined) continue;
    if (tag.startsWith("/")) {
      assert.equal(tag.slice(1), open.pop()?.name);
      continue;
    }
    const [, name = "", pairs = "", closed] = /^([a-z-]+)((?: [a-z]+="[^"]*")*)(\/?)$/.exec(tag) ?? [];
    assert.notEqual(name, "", tag);
    const attributes = Object.fromEntries(
      [...pairs.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, decode(value)]),
    );
    const element: Element = { name, attributes, children: [], text: "" };
    parent.children.push(element);
    if (closed !== "/") open.push(element);
  }
  assert.equal(open.length, 1);
  assert.equal(root.children.length, 1);
  return root.children[0] as Element;
}

const outcome = ({ attributes, children }: Element) => [attributes.name, children[0]?.name ?? "passed"];

test("an evaluation is a suite, a finding a case", () => {
  const suites = parse(renderJunit(sampleReport));
  assert.deepEqual(
    suites.children.map(({ attributes: { name, tests, failures, skipped } }) => [name, tests, failures, skipped]),
    [
      ["bulkhead.yaml policy/expired-exception", "1", "1", "0"],
      ["shop/web:1.4 npm image/known-vulnerabilities", "4", "1", "1"],
      ["shop/web:1.4 Debian:13 image/known-vulnerabilities", "1", "0", "1"],
      ["shop/web:1.4 Alpine:v3.10 image/known-vulnerabilities", "3", "0", "0"],
    ],
  );
  const { tests, failures, errors, skipped } = suites.attributes;
  assert.deepEqual([tests, failures, errors, skipped], ["9", "2", "0", "2"]);
});

test("over the threshold fails, under it passes, excepted and unknown are skipped with the reason", () => {
  const [expired, findings, unknown, passed] = parse(renderJunit(sampleReport)).children;
  assert.deepEqual(findings?.children.map(outcome), [
    ["CVE-2021-44906 minimist 1.2.5 /app/node_modules/minimist/package.json (layer 3/3)", "failure"],
    ["CVE-2020-8203 lodash 4.17.15 /app/node_modules/lodash/package.json (layer 3/3)", "system-out"],
    [
      "GHSA-xx4c-jj58-r7x6 @scope/a-rather-long-package-name 10.0.0-rc.1 /app/node_modules/some/deeply/nested/node_modules/@scope/a-rather-long-package-name/package.json (layer 3/3)",
      "system-out",
    ],
    ["CVE-2019-10744 lodash.template 4.4.0 /app/node_modules/lodash.template/package.json (layer 3/3)", "skipped"],
  ]);
  assert.match(
    findings?.children[3]?.children[0]?.attributes.message ?? "",
    /^excepted: only used at build time \(shop/,
  );
  assert.match(
    findings?.children[0]?.children[0]?.text ?? "",
    /^minimist can .*\nat .*, RUN npm ci --omit=dev\nfix: upgrade/,
  );
  assert.equal(
    unknown?.children[0]?.children[0]?.attributes.message,
    "unknown: no advisories for Debian:13 (bulkhead db import them)",
  );
  assert.deepEqual(passed?.children.map(outcome)[0], ["image/known-vulnerabilities", "system-out"]);
  assert.deepEqual(
    [expired?.children[0]?.attributes.file, expired?.children[0]?.attributes.line],
    ["bulkhead.yaml", "15"],
  );
});

test("a baselined finding is skipped, and says since when it is known", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const evaluation = { ...npm, findings: [], excepted: [], baselined: [{ finding, since: "2025-01-02" }] };
  const [suite] = parse(renderJunit({ ...sampleReport, evaluations: [evaluation] })).children;
  assert.equal(suite?.children[0]?.children[0]?.attributes.message, "in the baseline since 2025-01-02");
});

test("whatever text a report holds, it is XML of the same shape", () => {
  const names = ({ name, children }: Element): unknown => [name, children.map(names)];
  const expected = names(parse(renderJunit(sampleReport)));
  fc.assert(
    fc.property(nastyText, (text) => {
      const report = withTexts(sampleReport, (clean) => `${text}${clean}${text}`) as Report;
      assert.deepEqual(names(parse(renderJunit(report))), expected);
    }),
    runs(100),
  );
});
