import assert from "node:assert/strict";
import { test } from "node:test";
import { secretsOfFolder, versionControl } from "../collect/secrets/folder.ts";
import { treeOf } from "../collect/tree/tree.fixture.ts";
import { createFingerprinter } from "../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../engines/secrets/scan.ts";
import { isBlob } from "./sources.ts";

test("of a layout the blobs alone are left out, by their names and places", async () => {
  using tree = treeOf({
    [`blobs/sha256/${"a".repeat(64)}`]: sampleCode,
    [`inner/blobs/sha512/${"b".repeat(128)}`]: sampleCode,
    [`other/blobs/sha256/${"c".repeat(64)}`]: sampleCode,
    "blobs/sha256/deploy.env": sampleCode,
    "deploy.env": sampleCode,
  });
  const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
  const layouts = new Set(["", "inner"]);
  const { found } = await secretsOfFolder(
    tree.root,
    { scanner },
    {
      skipped: versionControl,
      skipsFile: (path) => isBlob(path, layouts),
    },
  );
  assert.deepEqual(found.secrets.map(({ path }) => path).sort(), [
    "blobs/sha256/deploy.env",
    "deploy.env",
    `other/blobs/sha256/${"c".repeat(64)}`,
  ]);
});
