import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { present } from "../../core/evidence.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { lintDockerfile } from "./dockerfiles.ts";

test("a template is one cause, in however many lines, and no pass", () => {
  const now = new Date(0);
  const text = "{% if a %}\nFROM a:1\n{% endif %}\nUSER 1000\nBOGUS\n";
  const context = present({ ignoreFiles: [], sensitiveFiles: [] }, now.toISOString());
  const evaluations = lintDockerfile(parseDockerfile("Dockerfile.j2", text), context, { policy: defaultPolicy, now });
  const root = evaluations.find(({ check }) => check === "build/runs-as-root");
  assert.equal(root?.verdict, "unknown");
  assert.deepEqual(
    root.gaps?.map(({ reason }) => reason),
    [
      "Dockerfile.j2:1:1: a template, in 2 lines: check what is made of it",
      "Dockerfile.j2:5:1: unknown instruction BOGUS",
    ],
  );
});
