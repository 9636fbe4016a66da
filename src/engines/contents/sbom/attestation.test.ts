import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { readSbom } from "./read.ts";

const CYCLONEDX = {
  ...{ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 },
  components: [{ type: "library", name: "musl", version: "1.2.3-r4", purl: "pkg:apk/alpine/musl@1.2.3-r4" }],
};
const TAGS = `SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: x

PackageName: musl
SPDXID: SPDXRef-musl
PackageVersion: 1.2.3-r4
ExternalRef: PACKAGE-MANAGER purl pkg:apk/alpine/musl@1.2.3-r4
`;

const statement = (predicate: unknown) => ({
  ...{ _type: "https://in-toto.io/Statement/v0.1", predicateType: "https://cyclonedx.org/bom", predicate },
  subject: [{ name: "registry.example/a", digest: { sha256: "00".repeat(32) } }],
});
const envelope = (inner: unknown) => ({
  ...{ payloadType: "application/vnd.in-toto+json", signatures: [{ sig: "AA==" }] },
  payload: Buffer.from(JSON.stringify(inner)).toString("base64"),
});
const read = (document: unknown) => readSbom(Buffer.from(JSON.stringify(document)), "x.json");

describe("a bill of materials in an attestation", () => {
  const forms: Readonly<Record<string, unknown>> = {
    "a statement": statement(CYCLONEDX),
    "a statement with cosign's Data": statement({ Data: CYCLONEDX, Timestamp: "" }),
    "a statement with a text": statement(TAGS),
    "a statement with a text of JSON": statement({ Data: JSON.stringify(CYCLONEDX) }),
    "an envelope": envelope(statement(CYCLONEDX)),
    "a bundle": {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      dsseEnvelope: envelope(statement(CYCLONEDX)),
    },
  };
  for (const [form, document] of Object.entries(forms)) {
    test(`${form} is opened, and is said not to be verified`, () => {
      const { inventory, remarks } = read(document);
      assert.deepEqual(
        inventory.packages.map(({ type, name, version }) => `${type} ${name} ${version}`),
        ["apk musl 1.2.3-r4"],
      );
      assert.ok(remarks.some((remark) => remark.includes("the signature of its attestation is not verified")));
    });
  }

  test("what is in it must be one", () => {
    const broken: readonly unknown[] = [
      ...[statement(undefined), statement({}), statement(envelope(statement(CYCLONEDX))), envelope({ a: 1 })],
      { ...envelope(statement(CYCLONEDX)), payload: "bm8ganNvbg==" },
      { ...envelope(statement(CYCLONEDX)), payloadType: "text/plain" },
    ];
    for (const document of broken) assert.throws(() => read(document), Problem, JSON.stringify(document).slice(0, 80));
  });

  test("whatever the bytes, a document or a Problem", () => {
    const seed = Buffer.from(JSON.stringify(envelope(statement(CYCLONEDX))));
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        try {
          readSbom(bytes, "x.json");
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      }),
      runs(100),
    );
  });
});
