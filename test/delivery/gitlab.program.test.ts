/** The pipeline of `init --pipeline gitlab`, run: from a Dockerfile to a signed image that the policy trusts, and a proposal to deploy it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bulkhead } from "../bulkhead.ts";
import { runPipeline } from "./gitlab-runner.ts";
import { missingProgram, openSite } from "./site.ts";

const missing = missingProgram();
const skip = missing === undefined ? false : `${missing} is not installed (scripts/setup-tests)`;

test("the default branch ends in an image that the policy trusts, by digest in a proposal", { skip }, async () => {
  await using site = await openSite();
  await site.deliver("gitlab");
  const {
    RELEASE_KEY = "",
    SECURITY_KEY = "",
    RELEASE_KEY_PASSWORD = "",
    SECURITY_KEY_PASSWORD = "",
  } = site.environment;
  const run = await runPipeline(site, {
    "": { REGISTRY_USERNAME: "ci", REGISTRY_PASSWORD: "password" },
    release: { RELEASE_KEY, RELEASE_KEY_PASSWORD },
    security: { SECURITY_KEY, SECURITY_KEY_PASSWORD },
  });
  assert.equal(run.failure, undefined, JSON.stringify(run.failure, null, 1));
  assert.deepEqual(run.jobs, [
    "check",
    "build web",
    "scan web",
    "push web",
    "sign web",
    "sign web as security",
    "deploy",
  ]);
  const image = run.artifact("push web", "delivery/web.image");
  assert.match(image, new RegExp(`^${site.host}/shop/web@sha256:[0-9a-f]{64}$`));
  const verified = await bulkhead(["verify", image, "--policy", "bulkhead.yaml", "--offline"], {
    cwd: site.repository,
    home: site.folder,
  });
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  site.git("fetch", "--quiet", "origin");
  const change = site.git("diff", "--unified=0", "origin/main", "origin/deploy/888");
  assert.deepEqual(
    change.split("\n").filter((line) => /^[+] /.test(line)),
    [`+          image: ${image}`],
  );
});
