import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { fileAsset } from "../../core/asset.ts";
import { contextLookup } from "../../core/context.ts";
import type { Finding } from "../../core/finding.ts";
import { nastyText } from "../hostile.fixture.ts";
import { noSeverities } from "../severity-counts.ts";
import { commandFor } from "./command.ts";
import type { FixGroup } from "./fix-groups.ts";
import { command } from "./shell-command.ts";

function group(path: string): FixGroup {
  const worst: Finding = {
    subject: "s",
    severity: "high",
    title: "t",
    locations: [{ kind: "file", path }],
    matches: { ids: ["a/b"] },
    evidence: {},
    check: "a/b",
    fingerprint: "",
    overThreshold: true,
  };
  const counts = {
    over: noSeverities(),
    below: noSeverities(),
    enforced: 1,
    context: contextLookup()(fileAsset(path), worst),
    uniform: true,
    idle: false,
  };
  return { key: "k", identity: { kind: "setting" }, ...counts, worst, asset: fileAsset(path) };
}

const nothing = {
  assets: [],
  places: [],
  names: [],
  packages: [],
  versions: [],
  lockfiles: [],
  dependencies: [],
};

test("changes that were verified have the command that makes them, on the file from where the run was", () => {
  const of = (subject: string, changes: readonly string[], ...files: string[]) =>
    commandFor({ subject }, group(files[0] ?? ""), { ...nothing, files, changes });
  const patch = ["patch", "unsafe"];
  assert.equal(of(".", patch, "k8s/web.yaml"), "bulkhead workload fix k8s/web.yaml --unsafe");
  assert.equal(of("deploy/", patch, "web.yaml"), "bulkhead workload fix deploy/web.yaml --unsafe");
  assert.equal(of("deploy/web.yaml", ["patch"], "web.yaml"), "bulkhead workload fix deploy/web.yaml");
  assert.equal(of("deploy", patch, "a.yaml", "b.yaml"), "bulkhead workload fix deploy --unsafe");
  assert.equal(of(".", ["edit"], "api/Dockerfile"), "bulkhead build lint api/Dockerfile --fix");
  assert.equal(of("-", patch, "standard input"), undefined);
  assert.equal(of(".", []), undefined);
  assert.equal(of(".", ["patch"], "it's; rm -rf $HOME.yaml"), "bulkhead workload fix 'it'\\''s; rm -rf $HOME.yaml'");
  assert.equal(of(".", patch, "--all"), undefined);
  assert.equal(of(".", patch, "a\nb"), undefined);
});

test("a shell reads back the words, whatever a path holds, and nothing else runs", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    nastyText,
    fc.constantFrom("$(id)", "`id`", "a'b", "!x", "~", "*", "&"),
  );
  fc.assert(
    // To start a shell takes longer than everything else.
    fc.property(fc.array(word, { minLength: 12, maxLength: 12 }), (texts) => {
      const told = texts.flatMap((text) => {
        const line = command(["printf", "%s|%s\\0", "x", text]);
        return line === undefined ? [] : [{ text, line }];
      });
      const { stdout } = spawnSync("bash", {
        input: told.map(({ line }) => `${line}\n`).join(""),
        encoding: "utf8",
        env: {},
      });
      assert.deepEqual(stdout.split("\0"), [...told.map(({ text }) => `x|${text}`), ""]);
    }),
    { numRuns: 6 },
  );
});
