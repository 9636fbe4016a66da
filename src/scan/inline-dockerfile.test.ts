import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { composeBuilds } from "../collect/tree/compose-builds.ts";
import { imageOfDockerfile } from "../evaluate/build/named-images.ts";
import { scanInlineDockerfile } from "./dockerfile.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-inline-"));
after(() => rmSync(root, { recursive: true }));

test("what is found in a Dockerfile within a Compose file is in that file, and fixed by hand", () => {
  const compose = `services:
  web:
    build:
      dockerfile_inline: |
        FROM ubuntu:18.04
        RUN apt-get update && apt-get install curl
`;
  writeFileSync(join(root, "compose.yaml"), compose);
  const [inline] = composeBuilds(root, ["compose.yaml"]).inline;
  assert.ok(inline);
  const { evaluations, file } = scanInlineDockerfile(root, inline, { policy: defaultPolicy, now: new Date(0) });
  const findings = evaluations.flatMap((one) => one.findings);
  assert.ok(findings.length > 3);
  for (const { check, locations, fix } of findings) {
    const [place] = locations;
    assert.ok(place.kind === "file" && place.path === "compose.yaml", check);
    assert.ok(place.line === 5 || place.line === 6, check);
    assert.ok(place.column === undefined || place.column > 8, check);
    assert.notEqual(fix?.kind, "edit", check);
  }
  assert.ok(file);
  const image = imageOfDockerfile(file.dockerfile);
  assert.equal(image?.asset.name, "compose.yaml#web");
  assert.deepEqual(image?.places, [{ kind: "file", path: "compose.yaml", line: 5, column: 14 }]);
});
