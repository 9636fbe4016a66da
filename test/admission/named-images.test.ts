import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../src/engines/vulnerability/database/import.ts";
import {
  attestImage,
  type CountingRegistry,
  countingRegistry,
  pushImage,
  releaseImage,
  report,
  signer,
  signImage,
  stranger,
} from "../../src/guards/admission/images/guarded.fixture.ts";
import { inProcess } from "../in-process.ts";

/** Images that objects name, from the command line: who signed them, and what is in them by what is attested of them. */

const NOW = "2026-11-27T12:00:00Z";
const CYCLONEDX = "https://cyclonedx.org/bom";

function sbom(version: string): object {
  const component = { type: "library", name: "flawed", version, purl: `pkg:npm/flawed@${version}` };
  return { bomFormat: "CycloneDX", specVersion: "1.6", components: [component] };
}

async function writeDatabase(folder: string): Promise<string> {
  const critical = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };
  const records = join(folder, "records.jsonl");
  writeFileSync(records, `${JSON.stringify(recordBelow("GHSA-1", "npm", "flawed", "2.0.0", critical))}\n`);
  const coverage = [{ ecosystem: "npm", asOf: NOW.slice(0, 10), complete: true }];
  const database = join(folder, "advisories.db");
  await importAdvisories({ database, sources: [records], coverage, now: new Date(NOW) });
  return database;
}

interface Asked {
  readonly registry: CountingRegistry;
  /** Exit code and output of `admission test` of a pod with the images of these tags. */
  ask(...tags: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }>;
}

async function asked(t: TestContext): Promise<Asked> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-named-images-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const registry = await countingRegistry(t);
  const database = await writeDatabase(folder);
  for (const name of ["home", "work"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "release.pub"), signer.pem);
  const policy = {
    apiVersion: "bulkhead/v1",
    enforcement: { admission: { default: "audit", checks: { "registry/*": "deny", "image/*": "deny" } } },
    trust: {
      signers: { release: { key: "release.pub" } },
      images: [{ match: "**", signedBy: { of: ["release"] } }],
    },
  };
  writeFileSync(join(folder, "policy.yaml"), JSON.stringify(policy));
  return {
    registry,
    async ask(...tags) {
      const containers = tags.map((tag) => ({ name: tag, image: `${registry.name}:${tag}` }));
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "api", namespace: "shop" }, spec: { containers } };
      writeFileSync(join(folder, "work", "pod.json"), JSON.stringify(pod));
      const ended = await inProcess(
        ["admission", "test", "pod.json", "--policy", "../policy.yaml", "--db", database, "--now", NOW],
        { cwd: join(folder, "work"), home: join(folder, "home") },
      );
      const { code, stdout, stderr } = ended;
      return { code, stdout: `${stdout}${code === 2 ? stderr : ""}`.replaceAll(/\s+/g, " ") };
    },
  };
}

test("an image is refused for who signed it, and for what is in it, and says how that is put right", async (t) => {
  const { registry, ask } = await asked(t);
  releaseImage(registry, "reported", "reported");
  pushImage(registry, "bare", "bare");
  signImage(registry, pushImage(registry, "theirs", "theirs").digest, stranger);
  for (const [tag, version] of [
    ["fixed", "2.0.0"],
    ["flawed", "1.0.0"],
  ] as const) {
    const { digest } = pushImage(registry, tag, tag);
    signImage(registry, digest);
    attestImage(registry, digest, CYCLONEDX, sbom(version));
  }
  const critical = pushImage(registry, "critical", "critical");
  signImage(registry, critical.digest);
  const vulnerabilities = [{ id: "CVE-2026-1", severity: "critical", fixedVersion: "2" }];
  attestImage(registry, critical.digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report(vulnerabilities));

  const passed = await ask("reported", "fixed");
  assert.equal(passed.code, 0, passed.stdout);
  const refused = await ask("bare", "theirs", "flawed", "critical", "gone");
  assert.equal(refused.code, 1, refused.stdout);
  for (const said of [
    /:bare\S*: The image is not signed \(\S*policy\.yaml:1\) .{0,60}fix: .{0,60}bulkhead sign/,
    /:bare\S*: The image is not scanned .{0,100}fix: .{0,60}bulkhead attest --type sbom/,
    /:theirs\S*: No signature is by a signer whom the rule names/,
    /:flawed\S*: GHSA-1 .{0,100}2\.0\.0/,
    /:critical\S*: CVE-2026-1/,
    /:gone: \S+: not found/,
  ]) {
    assert.match(refused.stdout, said);
  }
  const unknown = await ask("gone");
  assert.equal(unknown.code, 3, unknown.stdout);
});
