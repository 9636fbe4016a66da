import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { countingRegistry, guardPolicy, now, releaseImage, told } from "./guarded.fixture.ts";
import { openServedImages } from "./served.ts";

test("a server's images are assessed by what is there by then, and its roots are those that its rules name", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-served-images-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const registry = await countingRegistry(t);
  releaseImage(registry, "one", "1");
  const policy = guardPolicy();
  let isLoaded = false;
  const asked: string[] = [];
  const images = openServedImages({
    database: join(folder, "advisories.db"),
    rootsFolder: folder,
    registry: { ...registry.options, plainHttp: true },
    policies: () => (isLoaded ? { digest: policy.digest, forNamespace: () => identity } : undefined),
    onRootsRenewed: () => undefined,
    onAsked: ({ registry: host, what, outcome }) => asked.push(`${host === registry.host} ${what} ${outcome}`),
  });
  t.after(() => images.close());
  const signers = { release: { kind: "identity", identity: "a", issuer: "b" } } as const;
  const trust = { ...policy.policy.trust, roots: [{ kind: "github" } as const], signers };
  const identity = { ...policy, policy: { ...policy.policy, trust } };
  const deadline = new AbortController().signal;
  const image = await images.assessor.assess(`${registry.name}:1`, { policy, now, deadline });
  assert.deepEqual(told(image), []);
  const gone = await images.assessor.assess(`${registry.name}:2`, { policy, now, deadline });
  assert.notDeepEqual(told(gone), []);
  assert.deepEqual(asked, ["true tag ok", "true signatures ok", "true tag registry.not-found"]);
  assert.deepEqual(images.roots.states(), []);
  isLoaded = true;
  assert.deepEqual(
    images.roots.states().map(({ name, from }) => [name, from]),
    [["github", "carried"]],
  );
  const advisories = images.advisoriesAsOf();
  assert.ok(advisories instanceof Problem);
  assert.equal(advisories.code, "database.missing");
});
