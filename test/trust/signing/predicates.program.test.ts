/** `attest --type sbom`, `vuln` and `vex` over Bulkhead's own documents: of this image, and refused of another. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Statement } from "../../../src/engines/trust/model.ts";
import { withoutCosign } from "../cosign.ts";
import { openWorkshop, type Workshop } from "./signing.fixture.ts";

describe("attestations of Bulkhead's own documents", { skip: withoutCosign }, () => {
  let shop: Workshop;
  let digest: string;
  let reference: string;
  before(async () => {
    shop = await openWorkshop();
    await shop.cosign.keyPair("cosign");
    digest = await shop.registry.image("shop/api", "documented");
    reference = `${shop.registry.host}/shop/api@${digest}`;
  });
  after(async () => await shop.close());

  const attest = (type: string, predicate: string, place = reference) =>
    shop.run(["attest", place, "--type", type, "--predicate", predicate, "--key", "cosign.key"]);
  const statements = async (predicateType: string): Promise<Statement[]> => {
    const key = shop.key(readFileSync(join(shop.folder, "cosign.pub"), "utf8"));
    const verified = await shop.verified("shop/api", digest, key);
    return verified.flatMap((each) =>
      each.outcome === "verified" && each.content.kind === "statement" && each.content.predicateType === predicateType
        ? [each.content]
        : [],
    );
  };
  const refused = async (ended: ReturnType<typeof attest>, said: RegExp) => {
    const { code, stderr } = await ended;
    assert.equal(code, 2, stderr);
    assert.match(stderr, said);
  };

  it("SBOMs of both formats", async () => {
    const other = await shop.registry.image("shop/other", "another image");
    for (const [format, type, cosignType] of [
      ["cyclonedx", "https://cyclonedx.org/bom", "cyclonedx"],
      ["spdx", "https://spdx.dev/Document", "spdxjson"],
    ] as const) {
      const written = await shop.run(["image", "sbom", reference, "--format", format, "--output", `${format}.json`]);
      assert.equal(written.code, 0, written.stderr);
      const { code, stderr } = await attest("sbom", `${format}.json`);
      assert.equal(code, 0, stderr);
      const [statement] = await statements(type);
      assert.deepEqual(statement?.predicate, JSON.parse(readFileSync(join(shop.folder, `${format}.json`), "utf8")));
      const by = ["--key", "cosign.pub", "--insecure-ignore-tlog", "--type", cosignType];
      assert.ok(await shop.holds(["verify-attestation", ...by, reference]), format);
      const place = `${shop.registry.host}/shop/other@${other}`;
      await refused(attest("sbom", `${format}.json`, place), /the SBOM is of another image than sha256:/);
    }
  });

  it("reports of scans, in the form of cosign's vulnerability predicate", async () => {
    const report = await shop.run(["image", "scan", reference, "--format", "json=scan.json"]);
    assert.notEqual(report.code, 2, report.stderr);
    const { code, stderr } = await attest("vuln", "scan.json");
    assert.equal(code, 0, stderr);
    const [statement] = await statements("https://cosign.sigstore.dev/attestation/vuln/v1");
    assert.ok(statement !== undefined);
    const { scanner, metadata } = statement.predicate as {
      readonly scanner: { readonly uri: string; readonly result: { readonly complete: boolean } };
      readonly metadata: { readonly scanFinishedOn: string };
    };
    assert.match(scanner.uri, /^pkg:generic\/bulkhead@/);
    // No advisories were there to compare with: the scan says so, and so does what is attested.
    assert.equal(scanner.result.complete, false);
    assert.ok(!Number.isNaN(Date.parse(metadata.scanFinishedOn)));
    const by = ["--key", "cosign.pub", "--insecure-ignore-tlog", "--type", "vuln"];
    assert.ok(await shop.holds(["verify-attestation", ...by, reference]));
    const other = await shop.registry.image("shop/other", "another image");
    const place = `${shop.registry.host}/shop/other@${other}`;
    await refused(attest("vuln", "scan.json", place), /the report is not about sha256:/);
  });

  it("OpenVEX documents", async () => {
    const vex = { "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex", statements: [] };
    const { code, stderr } = await attest("vex", shop.file("vex.json", JSON.stringify(vex)));
    assert.equal(code, 0, stderr);
    const [statement] = await statements("https://openvex.dev/ns");
    assert.deepEqual(statement?.predicate, vex);
    const by = ["--key", "cosign.pub", "--insecure-ignore-tlog", "--type", "openvex"];
    assert.ok(await shop.holds(["verify-attestation", ...by, reference]));
  });

  it("nothing that is not what its type says", async () => {
    const file = (content: string) => shop.file("wrong.json", content);
    await refused(attest("sbom", file("{}")), /not CycloneDX or SPDX 2/);
    await refused(attest("vuln", file("{}")), /not a report of Bulkhead/);
    await refused(attest("vex", file("{}")), /not OpenVEX or CycloneDX/);
    await refused(attest("vex", file('{"a":1,"a":2}')), /the key "a" twice in one object/);
    await refused(attest("sbom", file("{")), /not JSON/);
    await refused(attest("provenance", file("{}")), /not slsa, sbom, vuln, vex or a URI/);
    await refused(attest("sbom", "missing.json"), /missing\.json: no such file/);
    const without = await shop.run(["attest", reference, "--type", "sbom", "--key", "cosign.key"]);
    assert.match(without.stderr, /no predicate given/);
    const both = await shop.run([...["attest", reference, "--type", "slsa"], "--predicate", file("{}")]);
    assert.match(both.stderr, /--type slsa makes the provenance itself/);
  });
});
