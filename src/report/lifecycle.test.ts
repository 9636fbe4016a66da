import assert from "node:assert/strict";
import { test } from "node:test";
import { type LifecycleStepResult, lifecycleSteps } from "../core/lifecycle.ts";
import { readReport } from "./json/read.ts";
import { renderJson } from "./json/write.ts";
import { lifecycleDetailLines, lifecycleMarkdown, lifecyclePlain, lifecycleRow } from "./lifecycle.ts";
import { pageOf } from "./page.ts";
import { sampleReport } from "./sample.ts";
import { displayWidth } from "./width.ts";

const steps: readonly LifecycleStepResult[] = lifecycleSteps.map((step, at) => ({
  step,
  state: (["exists", "blocks", "absent", "unknown"] as const)[at % 4] ?? "exists",
  reason: `reason of ${step}`,
  places: at % 2 === 0 ? [{ kind: "file", path: ".github/workflows/release.yml", line: at + 1, column: 1 }] : [],
}));
const theatre: LifecycleStepResult = {
  step: "sign",
  state: "theatre",
  short: "never verified",
  reason: "cosign signs images, and nothing verifies them",
  places: [{ kind: "file", path: "a.yml", line: 3 }],
};
const lifecycle = steps.map((one) => (one.step === "sign" ? theatre : one));
const report = { ...sampleReport, lifecycle };
const page = (columns: number) => pageOf({ columns, color: false, all: false, display: undefined } as never);

test("one row, within the page", () => {
  for (const columns of [40, 60, 100, 160]) {
    const lines = lifecycleRow(page(columns), report);
    for (const line of lines) assert.ok(displayWidth(line) <= columns, line);
    if (columns < 60) continue;
    const text = lines.map((line) => line.trim()).join(" ");
    assert.match(
      text,
      /^lifecycle {2}review ✓ · build ✓ blocks · scan – · secrets \? · SBOM ✓ · sign ✗ theatre: never verified · push –/,
    );
  }
  assert.ok(lifecycleRow(page(100), report).length <= 3);
  assert.deepEqual(lifecycleRow(page(100), {}), []);
});

test("each step in a line, with why and where", () => {
  const lines = lifecycleDetailLines(page(100), report).join("\n");
  assert.match(lines, /^LIFECYCLE .*2 blocks · 3 exist · 1 theatre · 3 absent · 3 unknown$/m);
  assert.match(lines, /^ {4}sign {5}✗ theatre {2}cosign signs images, and nothing verifies them\n {24}a\.yml:3$/m);
  assert.deepEqual(
    [...lifecyclePlain({ lifecycle: [theatre] })],
    ["lifecycle: sign theatre: cosign signs images, and nothing verifies them (a.yml:3)"],
  );
});

test("a cause of several steps is told once", () => {
  const unread = (step: LifecycleStepResult["step"]): LifecycleStepResult => ({
    step,
    state: "unknown",
    reason: "what make does was not read",
    places: [{ kind: "file", path: "a.yml", line: 3 }],
  });
  const several = { lifecycle: [unread("sbom"), theatre, unread("push"), { ...unread("rebuild"), places: [] }] };
  assert.deepEqual(
    [...lifecyclePlain(several)],
    [
      "lifecycle: sbom unknown: what make does was not read (a.yml:3)",
      "lifecycle: sign theatre: cosign signs images, and nothing verifies them (a.yml:3)",
      "lifecycle: push unknown: as sbom",
      "lifecycle: rebuild unknown: what make does was not read",
    ],
  );
  assert.match(lifecycleDetailLines(page(100), several).join("\n"), /^ {4}push {5}\? unknown {2}as SBOM$/m);
  assert.match(lifecycleMarkdown(several), /\| push \| .* \| as SBOM \|/);
});

test("Markdown takes nothing for markup", () => {
  const nasty = { ...theatre, reason: "<img src=x> | `a` [b](c)", places: [{ kind: "file" as const, path: "a`|<b>" }] };
  const text = lifecycleMarkdown({ lifecycle: [nasty] });
  assert.doesNotMatch(text, /<img|\[b\]\(c\)|a`\|/);
});

test("JSON gives it back, and reports of before lack it", () => {
  const json = [...renderJson(report)].join("");
  assert.deepEqual(readReport(json).lifecycle, lifecycle);
  assert.equal(readReport([...renderJson(sampleReport)].join("")).lifecycle, undefined);
});
