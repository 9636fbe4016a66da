/** The workflows of `init --pipeline github`, run: from a Dockerfile to a signed image that is trusted, and a proposal to deploy it. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bulkhead } from "../bulkhead.ts";
import { gitHubClaims, startSigstore } from "../trust/signing/sigstore.ts";
import { runWorkflow } from "./github-runner.ts";
import { missingProgram, openSite } from "./site.ts";

const missing = missingProgram();
const skip = missing === undefined ? false : `${missing} is not installed (scripts/setup-tests)`;
const DELIVERY = ".github/workflows/bulkhead-delivery.yml";
const JOBS = ["check", "web/build", "web/scan", "web/publish"];

test("with the policy's keys a push ends in an image that the policy trusts; what is wrong ends it before", {
  skip,
}, async () => {
  await using site = await openSite();
  await site.deliver("github");
  const names = ["RELEASE_KEY", "RELEASE_KEY_PASSWORD", "SECURITY_KEY", "SECURITY_KEY_PASSWORD"];
  const secrets = {
    ...Object.fromEntries(names.map((name) => [name, site.environment[name] ?? ""])),
    ...{ REGISTRY_USERNAME: "ci", REGISTRY_PASSWORD: "password" },
  };
  const run = await runWorkflow(site, DELIVERY, "push", secrets);
  assert.equal(run.failure, undefined, JSON.stringify(run.failure, null, 1));
  assert.deepEqual(
    run.jobs.map(({ name }) => name),
    [...JOBS, "web/sign-security", "deploy"],
  );
  const image = run.jobs.find(({ name }) => name === "web/publish")?.outputs.image ?? "";
  assert.match(image, new RegExp(`^${site.host}/shop/web@sha256:[0-9a-f]{64}$`));
  assert.deepEqual(run.attested, [{ "subject-name": `${site.host}/shop/web`, "subject-digest": image.split("@")[1] }]);
  const by = ["verify", image, "--policy", "bulkhead.yaml", "--offline"];
  const verified = await bulkhead(by, { cwd: site.repository, home: site.folder });
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  // The proposal: a branch that changes the one image and nothing else.
  assert.match(site.calls(), /^pr create --base main --head deploy\/777-1 /m);
  site.git("fetch", "--quiet", "origin");
  const change = site.git("diff", "--unified=0", "origin/main", "origin/deploy/777-1");
  const lines = change.split("\n").filter((line) => /^[-+] /.test(line));
  assert.equal(lines.length, 2, change);
  assert.match(lines[0] ?? "", new RegExp(`^- +image: ${site.host}/shop/web:[0-9.]+@sha256:[0-9a-f]{64}$`));
  assert.equal(lines[1]?.replace(/^[+] +/, ""), `image: ${image}`);

  // A pull request is checked, and nothing of it is built.
  const pulled = await runWorkflow(site, DELIVERY, "pull_request", {});
  assert.deepEqual([pulled.failure, pulled.jobs.map(({ name }) => name)], [undefined, ["check"]]);
  assert.match(pulled.jobs[0]?.summary ?? "", /bulkhead/);

  // A package with a critical vulnerability is built, and not pushed.
  site.write({
    "web/rootfs/srv/node_modules/right/package.json": '{"name":"right","version":"1.0.0","license":"MIT"}\n',
  });
  site.git("add", "--all");
  site.git("commit", "--quiet", "--message", "Right");
  site.git("push", "--quiet", "origin", "HEAD:main");
  const flawed = await runWorkflow(site, DELIVERY, "push", secrets);
  assert.deepEqual([flawed.failure?.job, flawed.failure?.step, flawed.failure?.code], ["web/scan", "Scan", 1]);

  // So is nothing with a program of another hash, such as the placeholder's.
  const caller = join(site.repository, DELIVERY);
  writeFileSync(caller, readFileSync(caller, "utf8").replaceAll(site.packageHash, "0".repeat(64)));
  const unfilled = await runWorkflow(site, DELIVERY, "push", secrets);
  assert.deepEqual([unfilled.failure?.job, unfilled.failure?.step], ["check", "Install Bulkhead"]);
});

test("without keys the called workflow's identity signs, and is verified", { skip }, async () => {
  const sigstore = await startSigstore();
  await using site = await openSite(sigstore);
  const workflow = "Shop/shop/.github/workflows/bulkhead-image.yml@refs/heads/main";
  const identity = `${sigstore.url}/${workflow}`;
  const claims = {
    ...gitHubClaims,
    iss: `${sigstore.url}/_services/token`,
    repository: "Shop/shop",
    workflow_ref: workflow.replace("image", "delivery"),
    job_workflow_ref: workflow,
    ref: "refs/heads/main",
    san: identity,
  };
  const body = () =>
    JSON.stringify({ value: sigstore.token({ ...claims, sha: site.git("rev-parse", "HEAD").trim() }) });
  sigstore.answers.set("/actions/token", () => ({ status: 200, type: "application/json", body: body() }));
  try {
    await site.deliver("github");
    const run = await runWorkflow(site, DELIVERY, "schedule", {
      REGISTRY_USERNAME: "ci",
      REGISTRY_PASSWORD: "password",
    });
    assert.equal(run.failure, undefined, JSON.stringify(run.failure, null, 1));
    assert.deepEqual(
      run.jobs.map(({ name }) => name),
      [...JOBS, "deploy"],
    );
    assert.match(run.jobs.find(({ name }) => name === "web/publish")?.log ?? "", new RegExp(`as +${identity}`));
  } finally {
    await sigstore.close();
  }
});
