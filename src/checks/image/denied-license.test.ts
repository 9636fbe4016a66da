import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Digest } from "../../core/digest.ts";
import { present } from "../../core/evidence.ts";
import { runCheck } from "../../core/runner.ts";
import type { LicensedPackage, LicensePolicy, LicenseTerm, PackageType } from "../../engines/contents/model.ts";
import { deniedLicense } from "./denied-license.ts";

const now = new Date("2026-05-01T00:00:00Z");
const layers = [{ index: 0, of: 1, diffId: `sha256:${"a".repeat(64)}` as Digest }];
const gpl: LicenseTerm = { kind: "license", id: "GPL-3.0-only" };
const mit: LicenseTerm = { kind: "license", id: "MIT" };
const odd: LicenseTerm = { kind: "unlisted", text: "Dual License" };

function licensed(type: PackageType, name: string, license?: LicenseTerm, path = `lib/${name}`): LicensedPackage {
  const text = license?.kind === "license" ? license.id : license?.kind === "unlisted" ? license.text : undefined;
  return {
    package: {
      type,
      name,
      version: "1.0",
      licenses: text === undefined ? [] : [text],
      purl: `pkg:${type}/${name}@1.0`,
      path,
      layer: 0,
    },
    ...(license === undefined ? {} : { license }),
  };
}

function evaluate(policy: Partial<LicensePolicy>, ...licenses: readonly LicensedPackage[]) {
  const whole: LicensePolicy = { allow: [], deny: [], unknown: "allow", ...policy };
  return runCheck(
    deniedLicense,
    {
      licenses: present(licenses, now.toISOString()),
      layers: present(layers, now.toISOString()),
    },
    { asset: { kind: "rootfs", id: "/", lineage: "/", name: "/" }, policy: { ...defaultPolicy, licenses: whole }, now },
  );
}

test("a language's package under a denied licence is a finding of its own", () => {
  const { verdict, findings } = evaluate(
    { deny: ["GPL-*"] },
    licensed("npm", "left", gpl),
    licensed("npm", "right", mit),
  );
  assert.equal(verdict, "fail");
  assert.equal(findings.length, 1);
  const [finding] = findings;
  assert.equal(finding?.title, "left is under GPL-3.0-only, and the policy denies GPL-*");
  assert.equal(finding?.subject, "GPL-3.0-only of npm left");
  assert.deepEqual(finding?.matches, {
    ids: ["image/denied-license", "GPL-3.0-only"],
    package: "left",
    version: "1.0",
    purl: "pkg:npm/left@1.0",
    path: "lib/left",
  });
  assert.deepEqual(finding?.locations, [{ kind: "image", path: "lib/left", layer: layers[0] }]);
});

test("three hundred packages of a distribution under one licence are one finding", () => {
  const packages = Array.from({ length: 300 }, (_, index) =>
    licensed("deb", `lib${index}`, gpl, "var/lib/dpkg/status"),
  );
  const { findings } = evaluate({ deny: ["GPL-3.0*"] }, ...packages);
  assert.equal(findings.length, 1);
  const [finding] = findings;
  assert.equal(finding?.title, "300 deb packages are under GPL-3.0-only, and the policy denies GPL-3.0*");
  assert.equal(finding?.locations.length, 1);
  assert.match(finding?.evidence.packages ?? "", /^lib0, lib1, .* and 290 more$/);
});

test("a package at many places is one finding", () => {
  const { findings } = evaluate({ deny: ["GPL-*"] }, licensed("npm", "a", gpl, "x"), licensed("npm", "a", gpl, "y"));
  assert.deepEqual([findings.length, findings[0]?.locations.length], [1, 2]);
});

test("the subject of a group does not depend on how many there are", () => {
  const one = evaluate({ deny: ["GPL-*"] }, licensed("deb", "a", gpl)).findings[0];
  const two = evaluate({ deny: ["GPL-*"] }, licensed("deb", "b", gpl), licensed("deb", "c", gpl)).findings[0];
  assert.equal(one?.fingerprint, two?.fingerprint);
  assert.equal(one?.title, "deb package a is under GPL-3.0-only, and the policy denies GPL-*");
});

test("what is unknown is as the policy says", () => {
  const packages = [licensed("pypi", "a", odd), licensed("golang", "b"), licensed("golang", "c")];
  assert.equal(evaluate({ deny: ["GPL-*"] }, ...packages).verdict, "pass");
  const reported = evaluate({ unknown: "report" }, ...packages);
  assert.equal(reported.verdict, "pass");
  assert.deepEqual(reported.findings.map(({ severity, title }) => `${severity}: ${title}`).sort(), [
    "medium: 2 golang packages state no license",
    'medium: pypi package a is under "Dual License", which is no license that SPDX lists',
  ]);
  assert.equal(evaluate({ unknown: "deny" }, ...packages).verdict, "fail");
});

test("every verdict counts the packages whose license is unknown", () => {
  const all = [
    licensed("deb", "a", mit),
    licensed("deb", "b"),
    licensed("golang", "c"),
    licensed("golang", "d"),
    licensed("npm", "e", { kind: "or", parts: [odd, mit] }),
    licensed("npm", "f", { kind: "and", parts: [odd, mit] }),
  ];
  const passed = evaluate({ deny: ["GPL-*"] }, ...all);
  assert.equal(passed.verdict, "pass");
  assert.equal(
    passed.reason,
    "no findings; 4 of 6 packages have an unknown license: none stated (golang 2, deb 1), not listed by SPDX, in whole or part (npm 1)",
  );
  assert.deepEqual(passed.evidence, { packages: "6", "no license": "3", "unlisted license": "1" });
  const failed = evaluate({ deny: ["GPL-*"] }, licensed("deb", "a"), licensed("npm", "b", gpl));
  assert.equal(
    failed.reason,
    "1 finding at or above the threshold (high or above); 1 of 2 packages has an unknown license: none stated (deb 1)",
  );
  assert.equal(evaluate({ deny: ["GPL-*"] }, licensed("deb", "a", mit)).reason, "no findings");
});

test("a license that was recognized in a text says so", () => {
  const item = licensed("deb", "a", gpl);
  const recognized = { ...item, package: { ...item.package, licensesRecognized: true } };
  const [finding] = evaluate({ deny: ["GPL-*"] }, recognized).findings;
  assert.equal(finding?.evidence["recognized in a text"], "1 of 1 package");
});

test("an image whose licences are all allowed passes", () => {
  assert.equal(evaluate({ allow: ["MIT"], unknown: "deny" }, licensed("npm", "a", mit)).verdict, "pass");
});
