/** `check --verify` and `image scan --verify` over a real registry with signatures of the real cosign. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inProcess } from "../in-process.ts";
import { cosignIn, withoutCosign } from "./cosign.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

interface Report {
  readonly evaluations: readonly {
    readonly check: string;
    readonly verdict: string;
    readonly asset: { readonly name: string };
    readonly findings: readonly { readonly title: string; readonly severity: string }[];
    readonly gaps: readonly { readonly code: string }[];
  }[];
  readonly controls?: readonly { readonly number: number; readonly verdict: string; readonly reason: string }[];
  readonly relations: readonly { readonly type: string; readonly evidence: Readonly<Record<string, string>> }[];
  readonly exitCode: number;
}

describe("check and image scan with --verify", { skip: withoutCosign }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-check-verify-"));
  let registry: TestRegistry;

  /** What a policy says that was written beside the keys. */
  function policy(name: string, more = "", keys = folder): string {
    const path = join(folder, name);
    writeFileSync(
      path,
      `apiVersion: bulkhead/v1
trust:
  roots: []
  signers:
    release: { key: ${join(keys, "release.pub")} }
    security: { key: ${join(keys, "security.pub")} }
  images:
    - { match: "${registry.host}/shop/**", signedBy: { of: [release] }${more} }
`,
    );
    return path;
  }

  async function report(...words: readonly string[]): Promise<Report> {
    const { stdout, stderr } = await inProcess([...words, "--format", "json", "--quiet"], {
      cwd: folder,
      home: folder,
    });
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as Report;
  }

  /** Check → verdict, of what is asked about one image in its registry, and of how it was built. */
  function verdicts({ evaluations }: Report): Record<string, string> {
    const ofManifests = ["registry/public-registry", "registry/pull-secret-missing"];
    const own = evaluations.filter(
      ({ check }) => /^(?:registry|build\/provenance)/.test(check) && !ofManifests.includes(check),
    );
    return Object.fromEntries(own.map(({ check, verdict }) => [check.replace("registry/", ""), verdict]));
  }

  /** A folder with one Pod that runs an image. */
  function tree(name: string, image: string): string {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "api" },
      spec: { containers: [{ name: "api", image }] },
    };
    writeFileSync(join(path, "pod.yaml"), JSON.stringify(pod));
    return path;
  }

  const seventh = ({ controls }: Report) => controls?.find(({ number }) => number === 7);

  before(async () => {
    registry = await startRegistry(folder);
    const cosign = await cosignIn(folder);
    for (const name of ["release", "security", "stranger"]) await cosign.keyPair(name);
    const signed = await registry.image("shop/api:1", "signed");
    await registry.image("shop/web:1", "unsigned");
    const foreign = await registry.image("shop/worker:1", "by a stranger");
    await cosign.sign(`${registry.host}/shop/api@${signed}`, "release.key");
    await cosign.sign(`${registry.host}/shop/worker@${foreign}`, "stranger.key");
    await cosign.sign(`${registry.host}/shop/worker@${foreign}`, "stranger.key", ["-a", "again=1"]);
    const predicate = join(folder, "sbom.json");
    writeFileSync(predicate, JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6" }));
    await cosign.attest(`${registry.host}/shop/api@${signed}`, "security.key", { type: "cyclonedx", predicate });
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  it("an image that the rule's signer has signed passes, and who signed it is told", async () => {
    const sbom = ", attestations: [{ type: sbom, signedBy: [security] }]";
    const scanned = await report(
      "image",
      "scan",
      `${registry.host}/shop/api:1`,
      "--verify",
      "--policy",
      policy("a.yaml", sbom),
    );
    assert.deepEqual([...new Set(Object.values(verdicts(scanned)))], ["pass"]);
    assert.ok(Object.keys(verdicts(scanned)).includes("missing-attestation"));
    const found = scanned.relations.filter(({ type }) => type === "signedBy" || type === "attests");
    assert.deepEqual(
      found.map(({ type, evidence }) => [type, evidence.signers]),
      [
        ["signedBy", "release"],
        ["attests", "security"],
        ["signedBy", "security"],
      ],
    );
  });

  it("one that nobody, or a stranger, has signed fails by its own check", async () => {
    const trusted = ["--verify", "--policy", policy("b.yaml")];
    const failing = async (name: string) =>
      Object.entries(verdicts(await report("image", "scan", `${registry.host}/shop/${name}:1`, ...trusted)))
        .filter(([, verdict]) => verdict !== "pass")
        .flat();
    assert.deepEqual(await failing("web"), ["unsigned-image", "fail"]);
    assert.deepEqual(await failing("worker"), ["untrusted-signer", "fail"]);
  });

  it("by the tree's own policy nothing passes, and what fails still fails", async () => {
    const path = tree("own", `${registry.host}/shop/api:1`);
    for (const key of ["release.pub", "security.pub"]) copyFileSync(join(folder, key), join(path, key));
    policy("own/bulkhead.yaml", "", ".");
    const scanned = await report("check", path, "--verify");
    assert.deepEqual([...new Set(Object.values(verdicts(scanned)))], ["unknown"]);
    const web = tree("own", `${registry.host}/shop/web:1`);
    assert.equal(verdicts(await report("check", web, "--verify"))["unsigned-image"], "fail");
  });

  it("control 7 tells its halves apart: signed, and verified on admission", async () => {
    const verify = ["--verify", "--policy", policy("c.yaml")];
    const control = async (image: string) => seventh(await report("check", tree("tree", image), ...verify));
    const admission = "verified on admission: unknown (no policy that verifies images found)";
    const signed = await control(`${registry.host}/shop/api:1`);
    assert.deepEqual(
      [signed?.verdict, signed?.reason],
      ["unknown", `signed: pass (nothing at or above the threshold); ${admission}`],
    );
    for (const name of ["web", "worker"]) {
      const image = `${registry.host}/shop/${name}:1`;
      const failed = await control(image);
      assert.deepEqual(
        [failed?.verdict, failed?.reason],
        ["fail", `signed: fail (1 finding at or above the threshold in ${image}); ${admission}`],
      );
    }
    const gone = await control("127.0.0.1:1/shop/api:1");
    assert.equal(gone?.verdict, "unknown");
    assert.match(gone?.reason ?? "", /^signed: unknown \(127\.0\.0\.1:1\/shop\/api:1: .*refused/);
  });

  it("without --verify no registry is asked, and the control says so", async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    after(() => server.close());
    const image = `127.0.0.1:${(server.address() as AddressInfo).port}/shop/api:1`;
    const path = tree("silent", image);
    const control = seventh(await report("check", path, "--policy", policy("d.yaml")));
    assert.match(control?.reason ?? "", /^signed: unknown \(.*--verify\)/);
    assert.equal(asked, 0);
  });
});
