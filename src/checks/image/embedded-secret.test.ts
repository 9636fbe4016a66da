import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDigest } from "../../core/digest.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference } from "../../core/location.ts";
import type { SecretFact } from "../../engines/secrets/model.ts";
import { embeddedSecret } from "./embedded-secret.ts";

const secret: SecretFact = {
  rule: "sample-code",
  title: "Sample code",
  confidence: "high",
  severity: "high",
  redacted: "cod_…(28)",
  fingerprint: "r0123456789abcdef01234567",
  path: "srv/settings.env",
  line: 3,
  column: 8,
  offset: 40,
  length: 28,
  validity: "valid",
  reference: "https://example.com/format",
};
const layers: LayerReference[] = [0, 1].map((index) => ({
  index,
  of: 2,
  diffId: parseDigest(`sha256:${String(index).repeat(64)}`) as LayerReference["diffId"],
  instruction: `COPY ${index}`,
}));

function findings(...secrets: readonly SecretFact[]): FindingDraft[] {
  return [...embeddedSecret.evaluate({ secrets: { secrets, files: 1, bytes: 100 }, layers }, new Date(0))];
}

test("a secret of a layer is told with the layer and its instruction", () => {
  const [finding] = findings({ ...secret, layer: 1, hidden: true });
  assert.deepEqual(finding?.locations, [{ kind: "image", path: "srv/settings.env", layer: layers[1] }]);
  assert.match(finding?.title ?? "", /deleted or changed in a later layer/);
  assert.equal(finding?.evidence.line, "3");
});

test("a secret of the configuration is told with its field", () => {
  const { line: _, column: __, ...rest } = secret;
  const [finding] = findings({ ...rest, path: "config.Env[2]" });
  assert.deepEqual(finding?.locations, [{ kind: "config", field: "config.Env[2]" }]);
});

test("a secret of a root file system is told with its file and line", () => {
  const [finding] = findings(secret);
  assert.deepEqual(finding?.locations, [{ kind: "file", path: "srv/settings.env", line: 3, column: 8 }]);
});

test("the same secret in two layers is one finding with both", () => {
  const [finding, more] = findings({ ...secret, layer: 0, hidden: true }, { ...secret, layer: 1 });
  assert.equal(finding?.locations.length, 2);
  assert.equal(more, undefined);
});

test("nothing found is no finding", () => {
  assert.deepEqual(findings(), []);
});
