import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import { present } from "../../core/evidence.ts";
import { runCheck } from "../../core/runner.ts";
import { deniedLicense } from "./denied-license.ts";

const at = "2026-05-01T00:00:00.000Z";

test("a dependency under a denied licence is found at its lockfile", () => {
  const { verdict, findings } = runCheck(
    deniedLicense,
    {
      licenses: present(
        [
          {
            package: {
              type: "npm",
              name: "left",
              version: "1.0.0",
              licenses: ["AGPL-3.0"],
              purl: "pkg:npm/left@1.0.0",
              path: "web/package-lock.json",
            },
            license: { kind: "license", id: "AGPL-3.0-only", formerly: "AGPL-3.0" },
          },
        ],
        at,
      ),
    },
    {
      asset: fileAsset("web/package-lock.json"),
      policy: { ...defaultPolicy, licenses: { allow: [], deny: ["AGPL-*"], unknown: "allow" } },
      now: new Date(at),
    },
  );
  assert.equal(verdict, "fail");
  assert.deepEqual(
    findings.map(({ title, locations }) => [title, locations]),
    [["left is under AGPL-3.0-only, and the policy denies AGPL-*", [{ kind: "file", path: "web/package-lock.json" }]]],
  );
  assert.equal(findings[0]?.evidence.declared, "AGPL-3.0");
});

test("a dependency under a licence that the policy allows is none", () => {
  const npm = { type: "npm", name: "left", version: "1.0.0", licenses: ["MIT"], purl: "pkg:npm/left@1.0.0" } as const;
  const facts = {
    licenses: [{ package: { ...npm, path: "package-lock.json" }, license: { kind: "license", id: "MIT" } as const }],
    policy: { allow: ["MIT"], deny: [], unknown: "allow" } as const,
  };
  assert.deepEqual([...deniedLicense.evaluate(facts, new Date(at))], []);
});
