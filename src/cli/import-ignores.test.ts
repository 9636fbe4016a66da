import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { Problem } from "../core/problem.ts";
import { importIgnores } from "./import-ignores.ts";

const answer = { owner: "team", expires: "2026-12-31" };

/** What is printed for a file of this name, what is left out, and the exit code. */
async function imported(name: string, text: string, more: { readonly reason?: string } = { reason: "known" }) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-ignores-"));
  try {
    writeFileSync(join(folder, name), text);
    const [out, left]: [string[], string[]] = [[], []];
    const code = await importIgnores(
      [join(folder, name)],
      { ...answer, ...more },
      (one) => out.push(one),
      (one) => left.push(one),
    );
    const { exceptions } = parse(out.join("")) as { exceptions: Record<string, string>[] };
    return { code, exceptions, left: left.join("") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("Trivy's lines, with the comment before an id as its reason, and its earlier day", async () => {
  const text = "# not reachable\nCVE-2020-1 exp:2026-06-30\n\nGHSA-aaaa-bbbb-cccc exp:2030-01-01\nAVD-DS-0002\n";
  const { code, exceptions, left } = await imported(".trivyignore", text);
  assert.deepEqual(exceptions, [
    { id: "CVE-2020-1", reason: "not reachable", owner: "team", expires: "2026-06-30" },
    { id: "GHSA-aaaa-bbbb-cccc", reason: "known", owner: "team", expires: "2026-12-31" },
  ]);
  assert.equal(code, 3, "something was left out");
  assert.match(left, /\.trivyignore:5: AVD-DS-0002 is a check of Trivy's/);
});

test("Trivy's YAML: each path with each package", async () => {
  const text = `vulnerabilities:
  - id: CVE-2020-1
    paths: [app/a.jar, "lib/**"]
    purls: ["pkg:npm/%40x/y@1.0.0", "pkg:deb/debian/openssl"]
    statement: only at build time
    expired_at: 2026-02-03
misconfigurations:
  - id: AVD-KSV-0001
`;
  const { exceptions, left } = await imported("x.trivyignore.yaml", text);
  assert.deepEqual(
    exceptions.map(({ package: name, path }) => [name, path]),
    [
      ["@x/y", "app/a.jar"],
      ["openssl", "app/a.jar"],
      ["@x/y", "lib/**"],
      ["openssl", "lib/**"],
    ],
  );
  assert.deepEqual([exceptions[0]?.reason, exceptions[0]?.expires], ["only at build time", "2026-02-03"]);
  assert.match(left, /misconfigurations\[0\]: AVD-KSV-0001/);
});

test("Grype's rules, and those that an exception would make wider are left out", async () => {
  const text = `ignore:
  - vulnerability: CVE-2020-1
    reason: mitigated
    package: {name: openssl}
  - vulnerability: CVE-2020-2
    fix-state: unknown
  - package: {name: x, version: 1.0.0}
`;
  const { code, exceptions, left } = await imported(".grype.yaml", text);
  assert.deepEqual(exceptions, [
    { id: "CVE-2020-1", package: "openssl", reason: "mitigated", owner: "team", expires: "2026-12-31" },
  ]);
  assert.equal(code, 3);
  assert.match(left, /ignore\[1\]: no exception states fix-state/);
  assert.match(left, /ignore\[2\]: no exception states package\.version/);
});

test("gitleaks' fingerprints and allowlists", async () => {
  const lines = `${"a".repeat(40)}:src/key.txt:generic-api-key:3\nsrc/key.txt:generic-api-key:9\ndocs/x.md:aws:1\nnothing\n`;
  const { exceptions, left } = await imported(".gitleaksignore", lines);
  assert.deepEqual(
    exceptions.map(({ id, path }) => [id, path]),
    [
      ["build/committed-secret", "src/key.txt"],
      ["build/committed-secret", "docs/x.md"],
    ],
  );
  assert.match(left, /:4: not a fingerprint/);
  const toml = "[allowlist]\npaths = ['''^testdata/.*''', '''\\.lock$''', '''(a|b)''']\nstopwords = [\"example\"]\n";
  const lists = await imported(".gitleaks.toml", toml);
  assert.deepEqual(
    lists.exceptions.map(({ path }) => path),
    ["testdata/**", "**.lock"],
  );
  assert.match(lists.left, /\(a\|b\) is not a pattern of ours/);
  assert.match(lists.left, /1 stopwords of an allowlist/);
});

test("nobody's exceptions are not made: a reason, an owner and a day are asked for", async () => {
  await assert.rejects(
    imported(".trivyignore", "CVE-2020-1\n", {}),
    (error) => error instanceof Problem && /CVE-2020-1 has no reason/.test(error.message),
  );
  await assert.rejects(
    imported("notes.txt", "CVE-2020-1\n"),
    (error) => error instanceof Problem && error.code === "ignores.format",
  );
  const hostile = await imported(".trivyignore", '# a: [b" \\\nCVE-2020-1\n');
  assert.equal(hostile.exceptions[0]?.reason, 'a: [b" \\');
});
