import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { deployment, pipelineOf, told, workflow } from "./lifecycle.fixture.ts";

const RELEASE = ".github/workflows/release.yml";
const IMAGE = "registry.example.com/shop/api";
const HEX = "a".repeat(64);
const build = `
- run: docker build -t ${IMAGE}:1 .
- run: docker push ${IMAGE}:1`;
const sign = `${build}
- run: cosign sign --yes ${IMAGE}@\${DIGEST}`;
const signed = { [RELEASE]: workflow(sign) };
const tagged = { "k8s/api.yaml": deployment(`${IMAGE}:1`) };
const pinned = { "k8s/api.yaml": deployment(`${IMAGE}@sha256:${HEX}`) };

/** Enforced, of every image, and fails closed. */
const kyverno = `
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: verify }
spec:
  validationFailureAction: Enforce
  failurePolicy: Fail
  rules:
    - name: signed
      match: { any: [{ resources: { kinds: [Pod] } }] }
      verifyImages:
        - imageReferences: ["*"]
          failureAction: Enforce
          attestors: [{ entries: [{ keys: { publicKeys: k8s://kyverno/key } }] }]
`;

test("what is signed has to be verified by something", () => {
  const never =
    "signed-never-verified 8: cosign signs images in .github/workflows/release.yml, and nothing verifies them";
  assert.deepEqual(told({ files: { ...signed, ...tagged } }), [never]);
  // Who verifies was not seen: there is nothing to judge.
  assert.deepEqual(told({ files: signed }), []);
  assert.deepEqual(told({ files: { ...signed, "compose.yaml": `services: { api: { image: "${IMAGE}:1" } }\n` } }), []);
  assert.deepEqual(told({ files: { ...signed, ...tagged, "verify.yaml": kyverno } }), ["signed-never-verified pass"]);
  const images = [{ match: "**", signedBy: { of: ["ci"], atLeast: 1 }, attestations: [], eachImage: false }];
  const policy = { trust: { ...defaultPolicy.trust, images } };
  assert.ok(told({ files: { ...signed, ...pinned }, policy }).includes("signed-never-verified pass"));
  for (const verify of ["cosign verify --key k", "notation verify", "npx bulkhead verify", "gh attestation verify"]) {
    const files = { [RELEASE]: workflow(`${sign}\n- run: ${verify} ${IMAGE}@\${DIGEST}`), ...pinned };
    assert.ok(told({ files }).includes("signed-never-verified pass"), verify);
  }
  // One whose result is thrown away verifies nothing.
  const ignored = {
    [RELEASE]: workflow(`${sign}\n- run: cosign verify --key k ${IMAGE}@\${DIGEST} || true`),
    ...pinned,
  };
  assert.deepEqual(told({ files: ignored }), [never]);
});

test("what was not read may verify", () => {
  const files = { [RELEASE]: workflow(`${sign}\n- run: make release`), ...tagged };
  assert.deepEqual(told({ files }), [
    "signed-never-verified unknown: what make release (.github/workflows/release.yml:9) does was not read",
  ]);
  assert.match(
    told({ files: { [RELEASE]: workflow(`${sign}\n- run: '"$VERIFIER" image'`), ...tagged } })[0] ?? "",
    /^signed-never-verified unknown/,
  );
  // Targets that look after code hide nothing.
  assert.match(
    told({ files: { [RELEASE]: workflow(`${sign}\n- run: make test`), ...tagged } })[0] ?? "",
    /^signed-never-verified 8/,
  );
  const hook = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: own }
webhooks:
  - name: pods.example.com
    clientConfig: { url: "https://example.com" }
    admissionReviewVersions: [v1]
    sideEffects: None
    rules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
`;
  assert.match(
    told({ files: { ...signed, ...tagged, "hook.yaml": hook } })[0] ?? "",
    /unknown: webhook pods[.]example[.]com is asked/,
  );
});

test("a digest that is signed has to be the one that is deployed", () => {
  const verified = workflow(`${sign}\n- run: cosign verify --key k ${IMAGE}@\${DIGEST}`);
  assert.deepEqual(
    told({ files: { [RELEASE]: verified, ...tagged } }),
    [
      "signed-never-verified pass",
      `signed-digest-deployed-by-tag 8,9: cosign signs a digest in .github/workflows/release.yml, and ${IMAGE}:1 is deployed by its tag`,
    ].toSorted(),
  );
  assert.deepEqual(told({ files: { [RELEASE]: verified, ...pinned } }), [
    "signed-digest-deployed-by-tag pass",
    "signed-never-verified pass",
  ]);
  // Admission goes by the digest, and the pipeline may set it.
  assert.deepEqual(told({ files: { [RELEASE]: verified, ...tagged, "verify.yaml": kyverno } }), [
    "signed-never-verified pass",
  ]);
  const set = verified.replace(
    "cosign verify",
    `kustomize edit set image api=${IMAGE}@\${DIGEST}\n      - run: cosign verify`,
  );
  assert.deepEqual(told({ files: { [RELEASE]: set, ...tagged } }), ["signed-never-verified pass"]);
  // Another image's tag.
  assert.equal(
    told({ files: { [RELEASE]: verified, "k8s.yaml": deployment("nginx:1") } })[0],
    "signed-digest-deployed-by-tag pass",
  );
});

test("provenance has to be required by something", () => {
  const attest = `${build}\n- uses: actions/attest-build-provenance@v2\n  with: { subject-name: ${IMAGE}, subject-digest: "x" }`;
  const files = { [RELEASE]: workflow(attest), ...pinned };
  assert.deepEqual(told({ files }), [
    "provenance-never-required 8: actions/attest-build-provenance attests provenance in .github/workflows/release.yml, and nothing requires it",
  ]);
  const images = [{ match: "**", attestations: [{ type: "slsa", level: 2 }], eachImage: false }] as const;
  assert.deepEqual(told({ files, policy: { trust: { ...defaultPolicy.trust, images } } }), [
    "provenance-never-required pass",
  ]);
  const verified = workflow(`${attest}\n- run: slsa-verifier verify-image ${IMAGE}`);
  assert.deepEqual(told({ files: { [RELEASE]: verified, ...pinned } }), ["provenance-never-required pass"]);
  // A verifier of signatures alone asks for no provenance.
  assert.match(told({ files: { ...files, "verify.yaml": kyverno } })[0] ?? "", /^provenance-never-required 8/);
  assert.deepEqual(told({ files: { [RELEASE]: workflow(attest) } }), []);
  // Of archives: no cluster admits them.
  const archives = {
    [RELEASE]: workflow("- uses: actions/attest-build-provenance@v2\n  with: { subject-path: dist/* }"),
    ...pinned,
  };
  assert.deepEqual(told({ files: archives }), []);
});

test("an SBOM has to be read by something", () => {
  const syft = `${build}\n- run: syft ${IMAGE}:1 -o spdx-json=sbom.spdx.json`;
  const upload = "\n- uses: actions/upload-artifact@v4\n  with: { path: sbom.spdx.json }";
  const one = (steps: string) => told({ files: { [RELEASE]: workflow(steps) } });
  const never = "sbom-never-read 8: syft writes an SBOM in .github/workflows/release.yml that nothing reads";
  assert.deepEqual(one(syft), [never]);
  assert.deepEqual(one(syft + upload), [never]);
  for (const use of [
    `cosign attest --type spdxjson --predicate sbom.spdx.json ${IMAGE}@\${D}`,
    "grype sbom:sbom.spdx.json --fail-on critical",
    "gh release upload v1 sbom.spdx.json",
    "gh release upload v1 dist/*",
    "curl -F bom=@sbom.spdx.json https://dtrack.example.com/api/v1/bom",
  ]) {
    assert.equal(one(`${syft}${upload}\n- run: ${use}`)[0], "sbom-never-read pass", use);
  }
  assert.deepEqual(one(`${syft}\n- uses: actions/attest-sbom@v2\n  with: { sbom-path: sbom.spdx.json }`), [
    "sbom-never-read pass",
  ]);
  // A pattern that is of other files takes nothing along.
  assert.deepEqual(one(`${syft}\n- run: rm -rf reports/*.xml`), [never]);
  assert.match(one(`${syft}\n- run: ./scripts/publish.sh`)[0] ?? "", /^sbom-never-read unknown/);
  const buildx = "- uses: docker/build-push-action@v6\n  with: { push: true, sbom: true, tags: a/b }";
  assert.deepEqual(one(buildx), ["sbom-never-read pass"]);
});

test("a scan has to come before what it gates", () => {
  const scan = (image = IMAGE) => `- run: trivy image --exit-code 1 ${image}:1`;
  const order = (files: Readonly<Record<string, string>>) =>
    told({ files }).filter((one) => one.startsWith("scan-after"));
  const one = (steps: string) => order({ [RELEASE]: workflow(steps) });
  const late = "scan-after-release 8,7: trivy scans after the image is pushed, with nothing left to stop";
  assert.deepEqual(one(`${build}\n${scan()}`), [late]);
  assert.deepEqual(one(`- run: docker build -t ${IMAGE}:1 .\n${scan()}\n- run: docker push ${IMAGE}:1`), []);
  // Behind the push there is something that a failure stops.
  assert.deepEqual(one(`${build}\n${scan()}\n- run: cosign sign --yes ${IMAGE}@\${D}`), []);
  assert.deepEqual(one(`${build}\n${scan()}\n- run: kubectl apply -f k8s`), []);
  assert.match(one(`- run: kubectl apply -f k8s\n${scan()}`)[0] ?? "", /trivy scans after the image is deployed/);
  // In another job, by what it needs; side by side nothing is known.
  const jobs = (needs: string) =>
    `on: push\njobs:\n  push:\n    runs-on: x\n    steps: [{ run: "docker push ${IMAGE}:1" }]\n  scan:\n    runs-on: x\n${needs}    steps: [{ run: "trivy image ${IMAGE}:1 --exit-code 1" }]\n`;
  assert.match(order({ [RELEASE]: jobs("    needs: push\n") })[0] ?? "", /^scan-after-release/);
  assert.deepEqual(order({ [RELEASE]: jobs("") }), []);
  // GitLab: by stages.
  const gitlab = `stages: [release, check]\npush:\n  stage: release\n  script: [docker push ${IMAGE}:1]\nscan:\n  stage: check\n  script: [trivy image --exit-code 1 ${IMAGE}:1]\n`;
  assert.match(order({ ".gitlab-ci.yml": gitlab })[0] ?? "", /^scan-after-release 7,4/);
  assert.deepEqual(order({ ".gitlab-ci.yml": gitlab.replace("[release, check]", "[check, release]") }), []);
  // What goes on in another pipeline may wait for this one.
  const deploys = {
    ".github/workflows/deploy.yml": workflow("- run: kubectl apply -f k8s", "on: { workflow_run: { workflows: [x] } }"),
  };
  assert.deepEqual(order({ [RELEASE]: workflow(`${build}\n${scan()}`), ...deploys }), []);
  // One that is earlier is enough.
  const early = `- run: docker build -t ${IMAGE}:1 .\n${scan()}\n- run: docker push ${IMAGE}:1\n${scan()}`;
  assert.deepEqual(one(early), ["scan-after-release pass"]);
});

test("the image that is scanned has to be the one that is released", () => {
  const steps = (scanned: string) =>
    workflow(
      `- run: docker build -t ${IMAGE}:1 .\n- run: trivy image --exit-code 1 ${scanned}\n- run: docker push ${IMAGE}:1`,
    );
  assert.deepEqual(told({ files: { [RELEASE]: steps("node:22") } }), [
    `scan-of-other-image 7,8: trivy scans node, and ${IMAGE} is released`,
  ]);
  assert.deepEqual(told({ files: { [RELEASE]: steps(`${IMAGE}:1`) } }), ["scan-of-other-image pass"]);
  assert.deepEqual(told({ files: { [RELEASE]: steps("$IMAGE") } }), []);
});

test("a scan that its scanner lets end with 0 gates nothing", () => {
  const early = (scan: string) => `- run: docker build -t ${IMAGE}:1 .\n${scan}\n- run: docker push ${IMAGE}:1`;
  const late = `\n- run: trivy image --exit-code 1 ${IMAGE}:1`;
  for (const scan of [
    `- run: trivy image ${IMAGE}:1`,
    `- run: trivy image --exit-code 1 --severity HIGH ${IMAGE}:1`,
    `- run: grype ${IMAGE}:1`,
    `- run: docker scout cves ${IMAGE}:1`,
    `- run: npx bulkhead image scan ${IMAGE}:1 --fail-on never`,
    `- uses: aquasecurity/trivy-action@0.28.0\n  with: { image-ref: "${IMAGE}:1" }`,
    `- uses: aquasecurity/trivy-action@0.28.0\n  with: { image-ref: "${IMAGE}:1", exit-code: "0" }`,
    `- uses: anchore/scan-action@v6\n  with: { image: "${IMAGE}:1", fail-build: false }`,
    `- uses: docker/scout-action@v1\n  with: { command: cves, image: "${IMAGE}:1" }`,
  ]) {
    const [found] = told({ files: { [RELEASE]: workflow(early(scan) + late) } });
    assert.match(found ?? "", /^scan-after-release [0-9,]+: trivy scans after the image is pushed/, scan);
    // Nor is it one of another image.
    const released = scan.replaceAll(IMAGE, "registry.example.com/shop/other");
    assert.deepEqual(told({ files: { [RELEASE]: workflow(early(released)) } }), [], scan);
  }
  for (const scan of [
    `- run: grype ${IMAGE}:1 --fail-on critical`,
    `- run: docker scout cves -e ${IMAGE}:1`,
    `- run: docker run --rm aquasec/trivy:0.65.0 image --exit-code 1 ${IMAGE}:1`,
    `- uses: aquasecurity/trivy-action@0.28.0\n  with: { image-ref: "${IMAGE}:1", exit-code: "1" }`,
    `- uses: anchore/scan-action@v6\n  with: { image: "${IMAGE}:1" }`,
    `- uses: docker/scout-action@v1\n  with: { command: cves, image: "${IMAGE}:1", exit-code: true }`,
  ]) {
    const found = told({ files: { [RELEASE]: workflow(early(scan) + late) } });
    assert.deepEqual(found, ["scan-after-release pass", "scan-of-other-image pass"], scan);
  }
});

const WEEKLY = ".github/workflows/rebuild-images.yml";
const every = (cron: string) => `name: rebuild\non:\n  schedule: [{ cron: "${cron}" }]`;

test("a rebuild on schedule has to bring something new", () => {
  const one = (
    steps: string,
    { cron = "0 3 * * 1", files = {}, more = {} }: { cron?: string; files?: object; more?: object } = {},
  ) => told({ files: { [WEEKLY]: workflow(steps, every(cron)), ...files }, more });
  const fresh = `- run: docker build --pull -t ${IMAGE}:1 .\n- run: docker push ${IMAGE}:1`;
  const none = "rebuild-without-effect";
  assert.deepEqual(one(fresh), [`${none} pass`]);
  assert.deepEqual(one(fresh, { cron: "0 3 30 2 *" }), [
    `${none} 3: The schedule of ${WEEKLY} never starts it: no month of 2 has a day 30`,
  ]);
  assert.match(one(fresh, { cron: "0 25 * * 1" })[0] ?? "", /hour "25" cannot be read/);
  assert.match(one(fresh, { cron: "weekly" })[0] ?? "", /has 1 fields, not 5/);
  assert.deepEqual(one("- run: echo done"), [`${none} 3: ${WEEKLY} is called "rebuild" and builds no image`]);
  // What else is built on a schedule is no image.
  const site = { ".github/workflows/rebuild-site.yml": workflow("- run: hugo", every("0 3 * * 1")) };
  assert.deepEqual(told({ files: site }), []);
  // What was not read may build.
  assert.deepEqual(one("- run: make images"), [`${none} pass`]);
  assert.match(
    one(`- if: github.event_name == 'push'\n  run: docker build --pull -t ${IMAGE}:1 .`)[0] ?? "",
    /No job of .* that builds runs on its schedule/,
  );
  assert.deepEqual(one(`- if: github.event_name != 'pull_request'\n  run: docker build --pull -t ${IMAGE}:1 .`), [
    `${none} pass`,
  ]);
  const cached = (input: string) =>
    `- uses: docker/build-push-action@v6\n  with: { push: true, tags: "${IMAGE}:1", cache-from: type=gha${input} }`;
  assert.match(one(cached(""))[0] ?? "", /takes its layers from a cache and asks for no newer base/);
  assert.deepEqual(one(cached(", pull: true")), [`${none} pass`]);
  assert.deepEqual(one(cached(", no-cache: true")), [`${none} pass`]);

  const base = { Dockerfile: `FROM node:22@sha256:${HEX}\n` };
  assert.match(one(fresh, { files: base })[0] ?? "", /gives the same image: its base images are pinned by digest/);
  assert.deepEqual(one(fresh, { files: { Dockerfile: "FROM node:22\n" } }), [`${none} pass`]);
  const entry = { name: "docker in /", place: PLACE, ecosystem: "docker", found: "yes" } as const;
  const dependabot = { updates: [{ tool: "Dependabot", path: ".github/dependabot.yml", entries: [entry] }] };
  assert.ok(one(fresh, { files: base, more: dependabot }).includes(`${none} pass`));
});

test("past runs tell whether a schedule succeeds, and when it last did", () => {
  const files = { [WEEKLY]: workflow(`- run: docker build --pull -t ${IMAGE}:1 .`, every("0 3 * * 1")) };
  const runs = (...days: readonly (readonly [day: string, conclusion: string, event?: string])[]) =>
    days.map(([day, conclusion, event = "schedule"]) => ({
      workflow: "rebuild",
      event,
      conclusion,
      at: `2026-${day}T03:00:00Z`,
    }));
  const one = (past: ReturnType<typeof runs>, policy = {}) => told({ files, policy, more: { runs: past } })[0] ?? "";
  const failures = runs(["11-20", "failure"], ["11-19", "failure"], ["11-18", "failure"]);
  assert.match(one(failures), /The last 3 scheduled runs of .* did not succeed/);
  // It is the 28th.
  assert.equal(one(runs(["11-27", "failure"], ["11-22", "success"])), "rebuild-without-effect pass");
  const old = "No scheduled run of .github/workflows/rebuild-images.yml has succeeded for 9 days";
  assert.match(one(runs(["11-18", "success"])), new RegExp(`^rebuild-without-effect 3: ${old}; the policy requires a`));
  assert.match(one(runs(["11-27", "failure"], ["11-26", "failure"], ["11-18", "success"])), new RegExp(old));
  // One that still runs has not succeeded, and one that somebody started says nothing of the schedule.
  const others = runs(["11-27", ""], ["11-27", "success", "workflow_dispatch"], ["11-18", "success"]);
  assert.match(one(others), new RegExp(old));
  assert.equal(one(runs(["11-18", "success"]), { rebuild: { maxAgeDays: 10 } }), "rebuild-without-effect pass");
  // A list that has none of it may have been cut.
  const none = /^rebuild-without-effect unknown: no scheduled run of .* among the past runs/;
  for (const past of [[], runs(["11-27", "success", "push"])]) assert.match(one(past), none);
});

test("of GitLab past runs alone tell that a schedule starts it", () => {
  const files = { ".gitlab-ci.yml": `build:\n  script: [docker build --pull -t ${IMAGE}:1 .]\n` };
  const runs = (conclusion: string, at: string) => [
    { workflow: ".gitlab-ci.yml", event: "schedule", conclusion, at: `2026-11-${at}T03:00:00Z` },
  ];
  assert.deepEqual(told({ files }), []);
  assert.deepEqual(told({ files, more: { runs: [] } }), []);
  assert.deepEqual(told({ files, more: { runs: runs("success", "27") } }), ["rebuild-without-effect pass"]);
  assert.match(
    told({ files, more: { runs: runs("success", "01") } })[0] ?? "",
    /2: No scheduled run of [.]gitlab-ci[.]yml has succeeded for 26 days/,
  );
  assert.match(
    told({ files, more: { runs: runs("failure", "27") } })[0] ?? "",
    /2: The last scheduled run of [.]gitlab-ci[.]yml did not succeed/,
  );
});

const PLACE = { path: ".github/dependabot.yml", line: 4, column: 5, start: 0, end: 0 };

test("updates that are stopped, or look where there is nothing, never come", () => {
  const path = ".github/dependabot.yml";
  const of = (...entries: readonly object[]) =>
    told({
      files: { [WEEKLY]: workflow("- run: echo") },
      more: { updates: [{ tool: "Dependabot", path, entries: entries as never }] },
    });
  const npm = { name: "npm in /web", place: PLACE, ecosystem: "npm", found: "yes" };
  assert.deepEqual(of(npm), ["dependency-updates-without-effect pass"]);
  assert.deepEqual(of({ ...npm, found: "unknown" }), ["dependency-updates-without-effect pass"]);
  const updateGaps = [{ code: "pipelines.broken", reason: "renovate.json5 cannot be read as JSON" }];
  assert.deepEqual(told({ files: { [WEEKLY]: workflow("- run: echo") }, more: { updateGaps } }), [
    "dependency-updates-without-effect unknown: renovate.json5 cannot be read as JSON",
  ]);
  assert.deepEqual(of({ ...npm, found: "no" }), [
    "dependency-updates-without-effect 4: Dependabot brings no updates of npm in /web: there is nothing of it there",
  ]);
  const stopped = { reason: "open-pull-requests-limit is 0", place: { ...PLACE, line: 7 } };
  assert.deepEqual(of(npm, { ...npm, stopped }), [
    "dependency-updates-without-effect 7: Dependabot brings no updates of npm in /web: open-pull-requests-limit is 0",
  ]);
});

test("a secret scan has to see the history and to fail the job", () => {
  const one = (steps: string) => told({ files: { [RELEASE]: workflow(steps) } });
  const gitleaks = (checkout: string, command: string) => `- uses: actions/checkout@v4\n${checkout}- run: ${command}`;
  const whole = "  with: { fetch-depth: 0 }\n";
  const none = "secret-scan-without-effect";
  assert.deepEqual(one(gitleaks(whole, "gitleaks git .")), [`${none} pass`]);
  assert.match(one(gitleaks("", "gitleaks git ."))[0] ?? "", /gitleaks scans a checkout of one commit/);
  assert.deepEqual(one(gitleaks("", "gitleaks dir .")), [`${none} pass`]);
  assert.match(
    one(gitleaks(whole, "gitleaks git . || true"))[0] ?? "",
    /do not fail the job: its exit code is thrown away/,
  );
  assert.match(one(gitleaks(whole, "gitleaks git . --exit-code 0"))[0] ?? "", /do not fail the job/);
  assert.match(one(gitleaks(whole, "trufflehog git file://."))[0] ?? "", /--fail is not set/);
  assert.deepEqual(one(gitleaks(whole, "trufflehog git file://. --fail")), [`${none} pass`]);
  const fetching = (checkout: string, fetch: string) =>
    one(`${gitleaks(checkout, fetch)}\n- run: gitleaks git .`)[0] ?? "";
  for (const fetch of [
    "git fetch --unshallow",
    "git fetch --depth=2147483647",
    "git -C . fetch origin --depth 2147483647",
  ]) {
    assert.equal(fetching("", fetch), `${none} pass`, fetch);
  }
  for (const fetch of [
    "git fetch --depth=50",
    "git fetch --depth 50 origin main",
    "git fetch --deepen=10",
    "git fetch",
  ]) {
    assert.match(fetching("", fetch), /a checkout of one commit/, fetch);
  }
  assert.match(fetching(whole, "git fetch --depth=1"), /a checkout of one commit/);
  assert.equal(fetching(whole, "git fetch --deepen=10"), `${none} pass`);
  // Another one that blocks makes up for it.
  assert.deepEqual(one(`${gitleaks("", "gitleaks git .")}\n- run: npx bulkhead secrets scan .`), [`${none} pass`]);
  const leftOut = [{ reason: "paths of its allowlist has .*", place: { ...PLACE, path: ".gitleaks.toml", line: 1 } }];
  const files = { [RELEASE]: workflow(gitleaks(whole, "gitleaks git .")) };
  assert.match(told({ files, more: { secretScansLeftOut: leftOut } })[0] ?? "", /Secret scans leave out everything/);
  // GitLab.
  const gitlab = "scan:\n  allow_failure: true\n  script: [gitleaks git .]\n";
  assert.match(told({ files: { ".gitlab-ci.yml": gitlab } })[0] ?? "", /its job may fail/);
  const job = (variables: string, script = "gitleaks git .", all = "") =>
    told({ files: { ".gitlab-ci.yml": `${all}scan:\n  variables: {${variables}}\n  script: ["${script}"]\n` } });
  const shallow = [`${none} 3: gitleaks scans a checkout of the last commits in .gitlab-ci.yml`];
  assert.deepEqual(job(""), shallow);
  assert.deepEqual(job('GIT_DEPTH: "50"'), shallow);
  assert.deepEqual(job('GIT_DEPTH: "0"'), [`${none} pass`]);
  assert.deepEqual(job("", "gitleaks git .", 'variables: {GIT_DEPTH: "0"}\n').slice(0, 1), [`${none} pass`]);
  assert.deepEqual(job("", "gitleaks dir ."), [`${none} pass`]);
  assert.deepEqual(job("", "git fetch --unshallow && gitleaks git ."), [`${none} pass`]);
  // Nothing is fetched, or nobody knows how much.
  for (const unknown of ["GIT_STRATEGY: none", "GIT_DEPTH: $DEPTH"]) assert.deepEqual(job(unknown), [`${none} pass`]);
});

test("a step says what it is about, by variables that are known", () => {
  const text = workflow(`- env: { REPO: ${IMAGE} }\n  run: docker push "$REPO:1" && cosign sign $REPO@$D`);
  const steps = pipelineOf(RELEASE, text).steps.map(({ role, image }) => [
    role,
    image?.repository,
    image?.whole,
    image?.byDigest,
  ]);
  assert.deepEqual(steps, [
    ["push", IMAGE, true, false],
    ["sign", IMAGE, true, true],
  ]);
  const partly = workflow(`- run: cosign sign \${{ env.REGISTRY }}/shop/api@\${{ steps.b.outputs.digest }}`);
  assert.deepEqual(
    pipelineOf(RELEASE, partly).steps.map(({ image }) => [image?.repository, image?.whole, image?.byDigest]),
    [["/shop/api", false, true]],
  );
});
