/** The workflows of `init --pipeline github`, run: from a Dockerfile to a signed image that the policy trusts, and a proposal to deploy it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bulkhead } from "../bulkhead.ts";
import { runWorkflow } from "./github-runner.ts";
import { missingProgram, openSite } from "./site.ts";

const missing = missingProgram();
const skip = missing === undefined ? false : `${missing} is not installed (scripts/setup-tests)`;
const DELIVERY = ".github/workflows/bulkhead-delivery.yml";

test("a push ends in an image that the policy trusts, by digest in a proposal", { skip }, async () => {
  await using site = await openSite();
  await site.deliver("github");
  const run = await runWorkflow(site, DELIVERY, "push", secretsOf(site.environment));
  assert.equal(run.failure, undefined, JSON.stringify(run.failure, null, 1));
  assert.deepEqual(
    run.jobs.map(({ name }) => name),
    ["check", "web/build", "web/scan", "web/publish", "web/sign-security", "deploy"],
  );
  const image = run.jobs.find(({ name }) => name === "web/publish")?.outputs.image ?? "";
  assert.match(image, new RegExp(`^${site.host}/shop/web@sha256:[0-9a-f]{64}$`));
  assert.deepEqual(run.attested, [{ "subject-name": `${site.host}/shop/web`, "subject-digest": image.split("@")[1] }]);
  const verified = await bulkhead(["verify", image, "--policy", "bulkhead.yaml", "--offline"], {
    cwd: site.repository,
    home: site.folder,
  });
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  // The proposal: a branch that changes the one image and nothing else.
  assert.match(site.calls(), /^pr create --base main --head deploy\/777-1 /m);
  site.git("fetch", "--quiet", "origin");
  const change = site.git("diff", "--unified=0", "origin/main", "origin/deploy/777-1");
  const lines = change.split("\n").filter((line) => /^[-+] /.test(line));
  assert.equal(lines.length, 2, change);
  assert.match(lines[0] ?? "", new RegExp(`^- +image: ${site.host}/shop/web:[0-9.]+@sha256:[0-9a-f]{64}$`));
  assert.equal(lines[1]?.trim().replace(/^[+] +/, ""), `image: ${image}`);
});

test("a pull request is checked, and nothing is built or published of it", { skip }, async () => {
  await using site = await openSite();
  await site.deliver("github");
  const run = await runWorkflow(site, DELIVERY, "pull_request", {});
  assert.deepEqual([run.failure, run.jobs.map(({ name }) => name)], [undefined, ["check"]]);
  assert.match(run.jobs[0]?.summary ?? "", /bulkhead/);
});

test("a flawed package, another archive and a package of another hash end the run before anything is pushed", {
  skip,
}, async () => {
  await using site = await openSite();
  site.write({
    "web/rootfs/srv/node_modules/right/package.json": '{"name":"right","version":"1.0.0","license":"MIT"}\n',
  });
  site.write({ "bulkhead.yaml": `${site.git("show", ":bulkhead.yaml")}` });
  await site.deliver("github");
  const flawed = await runWorkflow(site, DELIVERY, "push", secretsOf(site.environment));
  assert.equal(flawed.failure?.step, "Scan", JSON.stringify(flawed.failure));
});

function secretsOf(environment: Readonly<Record<string, string>>): Record<string, string> {
  const names = ["RELEASE_KEY", "RELEASE_KEY_PASSWORD", "SECURITY_KEY", "SECURITY_KEY_PASSWORD"];
  return {
    ...Object.fromEntries(names.map((name) => [name, environment[name] ?? ""])),
    REGISTRY_USERNAME: "ci",
    REGISTRY_PASSWORD: "password",
  };
}
