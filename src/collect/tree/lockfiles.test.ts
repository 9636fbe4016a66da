import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { recordBelow, withDatabase } from "../../engines/vulnerability/database/advisories.fixture.ts";
import { openVex } from "../../engines/vulnerability/vex/documents.fixture.ts";
import { readVex } from "../../engines/vulnerability/vex/read.ts";
import { scanLockfile } from "../../scan/lockfile.ts";
import { openAdvisories } from "../image/advisories.ts";
import { defaultPolicy } from "../policy/default.ts";
import { isLockfile } from "./lockfiles.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-lockfiles-"));
after(() => rmSync(root, { recursive: true, force: true }));

// What the advisories say is tested where they are read: here there are none.
const context = {
  now: new Date("2026-01-01"),
  policy: defaultPolicy,
  advisories: openAdvisories(join(root, "none.db")),
};

function lockfile(packages: object): string {
  const path = join(root, "package-lock.json");
  writeFileSync(path, JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } }));
  return path;
}

test("lockfiles are told by their names, and nothing that is installed is one", () => {
  for (const path of ["package-lock.json", "web/yarn.lock", "api/poetry.lock", "go.mod", "a/b/Cargo.lock"]) {
    assert.equal(isLockfile(path), true, path);
  }
  for (const path of ["node_modules/x/package.json", "package.json", "var/lib/dpkg/status", "README.md"]) {
    assert.equal(isLockfile(path), false, path);
  }
});

test("a lockfile that is known and not read is unknown by its name, one whose packages have no advisories as well", () => {
  const reasons = (name: string, text: string): string[] => {
    writeFileSync(join(root, name), text);
    return scanLockfile(join(root, name), name, context).flatMap(({ verdict, gaps }) => {
      assert.equal(verdict, "unknown");
      return gaps.map(({ reason }) => reason);
    });
  };
  assert.ok(reasons("flake.lock", '{"nodes":{}}').includes("/flake.lock: lockfiles of Nix are not read"));
  assert.ok(reasons("Podfile.lock", "PODS:\n  - Moya (15.0.0)\n").length > 0);
});

test("development packages are left out and counted", () => {
  const file = lockfile({
    "node_modules/used": { version: "1.0.0" },
    "node_modules/tool": { version: "2.0.0", dev: true },
  });
  const [only, ...others] = scanLockfile(file, "package-lock.json", context);
  assert.deepEqual(others, []);
  assert.equal(only?.verdict, "unknown");
  assert.deepEqual(only?.evidence, { packages: "1", "left out": "1 only for development" });
});

test("a lockfile that pins nothing has no evaluation, one that is broken or gone is unknown", () => {
  assert.deepEqual(scanLockfile(lockfile({}), "package-lock.json", context), []);
  writeFileSync(join(root, "package-lock.json"), "{");
  const verdicts = (file: string) =>
    scanLockfile(join(root, file), "package-lock.json", context).map(({ verdict, gaps }) => [verdict, gaps.length > 0]);
  assert.deepEqual(verdicts("package-lock.json"), [["unknown", true]]);
  assert.deepEqual(verdicts("gone.json"), [["unknown", true]]);
});

test("licences are judged where the policy speaks of them", () => {
  const file = lockfile({
    "node_modules/a": { version: "1.0.0", license: "GPL-3.0" },
    "node_modules/b": { version: "1.0.0", license: "(MIT OR GPL-3.0)" },
  });
  const policy = { ...defaultPolicy, licenses: { ...defaultPolicy.licenses, deny: ["GPL-*"] } };
  const evaluations = scanLockfile(file, "package-lock.json", { ...context, policy });
  const judged = evaluations.filter(({ check }) => check === "build/denied-license");
  assert.deepEqual(
    judged.map(({ verdict, findings }) => [verdict, findings.map(({ subject }) => subject)]),
    [["fail", ["GPL-3.0-only of npm a"]]],
  );
});

test("what a requirements file includes is read with it, and never through a link out of the tree", () => {
  const tree = join(root, "tree");
  mkdirSync(join(tree, "app/deps"), { recursive: true });
  writeFileSync(join(root, "outside.txt"), "secret==1\n");
  writeFileSync(join(tree, "app/deps/prod.in"), "django==1.11\n-r more.txt\n-r requirements.txt\n");
  writeFileSync(join(tree, "app/deps/more.txt"), "flask==0.12\n");
  symlinkSync(join(root, "outside.txt"), join(tree, "app/deps/requirements.txt"));
  symlinkSync(root, join(tree, "app/link"));
  const read = (text: string) => {
    writeFileSync(join(tree, "app/requirements.txt"), text);
    const [only] = scanLockfile(join(tree, "app/requirements.txt"), "app/requirements.txt", context);
    return { packages: only?.evidence.packages, gaps: only?.gaps.map(({ reason }) => reason) ?? [] };
  };
  const { packages, gaps } = read("-r deps/prod.in\n");
  assert.equal(packages, "2");
  assert.ok(
    gaps.some((reason) => reason.includes("includes requirements.txt, which cannot be read")),
    gaps.join(),
  );
  const linked = read("-r link/outside.txt\n-r ../../outside.txt\n-r deps\n");
  assert.equal(linked.gaps.filter((reason) => reason.includes("which cannot be read")).length, 3, linked.gaps.join());
});

test("a VEX statement's product may be the main module of a go.mod", async () => {
  const path = join(root, "go.mod");
  writeFileSync(path, "module github.com/aquasecurity/trivy\n\ngo 1.22\n\nrequire helm.sh/helm/v3 v3.1.0\n");
  const statement = (product: string) => ({
    vulnerability: { "@id": "https://pkg.go.dev/vuln/GO-2024-2575", name: "GO-2024-2575" },
    products: [{ "@id": product, subcomponents: [{ "@id": "pkg:golang/helm.sh/helm/v3" }] }],
    ...{ status: "not_affected", justification: "vulnerable_code_not_in_execute_path" },
  });
  const record = recordBelow("GO-2024-2575", "Go", "helm.sh/helm/v3", "3.14.2");
  await withDatabase([record], [{ ecosystem: "Go", asOf: "2026-01-01", complete: true }], (advisories) => {
    const found = (product: string): number =>
      scanLockfile(path, "go.mod", {
        ...context,
        advisories,
        vex: [readVex(openVex([statement(product)]), "vex.json")],
      }).flatMap(({ findings }) => findings).length;
    assert.equal(found("pkg:golang/github.com/aquasecurity/trivy"), 0);
    assert.equal(found("pkg:golang/github.com/aquasecurity/other"), 1);
  });
});
