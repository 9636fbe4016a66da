/** `admission test` and `admission replay` as their users run them. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inProcess } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-admission-test-"));
const home = join(folder, "home");
mkdirSync(home);
mkdirSync(join(folder, "deploy"));
after(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home });

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

// Of images nothing is asked here: what is about them is unknown, and the policy says that it does not matter.
const policy = written(
  "bulkhead.yaml",
  `apiVersion: bulkhead/v1
enforcement:
  admission:
    default: deny
    unknown: audit
    checks:
      "workload/privileged": deny
      "workload/host-namespaces": warn
    namespaces:
      "sandbox-*": { default: audit }
`,
);

const pod = (name: string, spec: object, namespace = "shop") => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace },
  spec: {
    automountServiceAccountToken: false,
    serviceAccountName: "shop",
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    ...spec,
  },
});

const container = (more: object = {}) => ({
  name: "web",
  image: `registry.example.com/web:1.4.2@sha256:${"a".repeat(64)}`,
  resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "1", memory: "1Gi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
    ...more,
  },
});

const good = pod("good", { containers: [container()] });
const privileged = pod("privileged", { containers: [container({ privileged: true, allowPrivilegeEscalation: true })] });

written("deploy/pods.yaml", `${JSON.stringify(good)}\n---\n${JSON.stringify(privileged, null, 2)}\n`);

const tried = (...words: readonly string[]) => run("admission", "test", ...words, "--offline", "--quiet");

test("a pod that the policy denies is refused with field, line of the policy, fix and file; another is admitted", async () => {
  const { code, stdout, stderr } = await tried("deploy", "--policy", policy);
  assert.equal(stderr, "");
  assert.equal(code, 1, stdout);
  assert.match(stdout, /^✗ Pod shop\/privileged: refused · deploy\/pods\.yaml:3:1$/m);
  assert.match(stdout, /spec\.containers\[0\]\.securityContext\.privileged: .*\n? *.*\(bulkhead\.yaml:\d+\)/);
  assert.match(stdout, /^ {6}at deploy\/pods\.yaml:\d+:\d+$/m);
  assert.match(stdout, /^ {6}fix: set privileged: false/m);
  assert.doesNotMatch(stdout, /shop\/good/);
  assert.match(stdout, /1 of 2 objects refused · policy: trusted: bulkhead\.yaml · exit code 1/);
});

test("one that is all right ends with 0, in a namespace that only audits too, and from standard input and JSON", async () => {
  const file = written("good.json", JSON.stringify(good));
  assert.equal((await tried(file, "--policy", policy)).code, 0);
  const sandbox = written(
    "sandbox.json",
    JSON.stringify(pod("x", { containers: [container({ privileged: true })] }, "sandbox-1")),
  );
  const audited = await tried(sandbox, "--policy", policy, "--format", "json");
  const { requests, exitCode } = JSON.parse(audited.stdout);
  assert.equal(audited.code, 0);
  assert.equal(exitCode, 0);
  assert.equal(requests[0].answer, "admitted");
  assert.ok(requests[0].reasons.some((one: { action: string }) => one.action === "audit"));
});

test("what is unknown and denied ends with 3, and something refused beside it with 1", async () => {
  const strict = written(
    "strict.yaml",
    "apiVersion: bulkhead/v1\nenforcement: { admission: deny }\ntrust: { signers: { release: { key: release.pub } }, images: [{ match: registry.example.com/**, signedBy: { of: [release] } }] }\n",
  );
  const key = `-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n`;
  written("release.pub", key);
  const unknown = await tried(written("good.json", JSON.stringify(good)), "--policy", strict);
  assert.equal(unknown.code, 3, unknown.stdout);
  assert.match(unknown.stdout, /\? Pod shop\/good: refused: not everything could be found out/);
  assert.match(unknown.stdout, /no registry was asked/);
  assert.equal((await tried("good.json", "deploy", "--policy", strict)).code, 1);
});

test("what is not read, and nothing at all, is no pass", async () => {
  const template = await tried(
    written("template.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {{ .Values.meta }}\n"),
    "--policy",
    policy,
  );
  assert.equal(template.code, 3, template.stdout);
  assert.match(template.stdout, /not read: 1 place\n {4}template\.yaml:3:\d+: a template/);
  const old = { apiVersion: "admission.k8s.io/v1beta1", kind: "AdmissionReview", request: {} };
  const beta = await tried(written("beta.json", JSON.stringify(old)), "good.json", "--policy", policy);
  assert.equal(beta.code, 3);
  assert.match(beta.stdout, /beta\.json: apiVersion is "admission\.k8s\.io\/v1beta1"/);
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: {} };
  const none = await tried(written("service.json", JSON.stringify(service)), "--policy", policy);
  assert.equal(none.code, 3);
  assert.match(none.stdout, /0 objects|1 without pods/);
});

test("a review is answered as it is: an update that only labels a pod is not refused for what was there", async () => {
  const review = (object: unknown, oldObject: unknown) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "u-1",
      operation: "UPDATE",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      namespace: "shop",
      name: "privileged",
      userInfo: { username: "jane" },
      object,
      oldObject,
    },
  });
  const labelled = { ...privileged, metadata: { ...privileged.metadata, labels: { a: "b" } } };
  const label = await tried(written("label.json", JSON.stringify(review(labelled, privileged))), "--policy", policy);
  assert.equal(label.code, 0, label.stdout);
  const made = await tried(written("made.json", JSON.stringify(review(labelled, good))), "--policy", policy);
  assert.equal(made.code, 1, made.stdout);
  assert.match(made.stdout, /Pod shop\/privileged \(UPDATE\): refused/);
});

test("JUnit and SARIF go to files, and the words that make no sense are told", async () => {
  const { code } = await tried(
    "deploy",
    "--policy",
    policy,
    "--format",
    "junit=out.xml",
    "--format",
    "sarif=out.sarif",
  );
  assert.equal(code, 1);
  assert.match(
    readFileSync(join(folder, "out.xml"), "utf8"),
    /<testsuites name="bulkhead admission test" tests="2" failures="1" errors="0"/,
  );
  assert.ok(JSON.parse(readFileSync(join(folder, "out.sarif"), "utf8")).runs[0].results.length > 0);
  for (const [words, told] of [
    [["gone"], /cli\.usage: gone: /],
    [["--cluster", "deploy"], /--cluster deploy: a cluster is read in place of files/],
    [["deploy", "--namespace-labels", "shop:team"], /"team" is not KEY=VALUE/],
    [["deploy", "--namespace-labels", "Shop:team=a"], /"Shop" is not a namespace name/],
    [["deploy", "--kubernetes-version", "latest"], /--kubernetes-version latest: not a version of Kubernetes/],
    [["deploy", "--format", "html"], /--format html/],
    [["deploy", "--policy", "gone.yaml"], /gone\.yaml/],
  ] as const) {
    const refused = await tried(...words);
    assert.equal(refused.code, 2, words.join(" "));
    assert.match(refused.stderr, told);
  }
});

/** What `serve --record` writes of a request. */
function recorded(object: ReturnType<typeof pod>, allowed: boolean, outcomes: readonly object[], more: object = {}) {
  const { name, namespace } = object.metadata;
  return JSON.stringify({
    version: 1,
    time: "2026-11-27T10:00:00.000Z",
    webhook: "validate",
    redacted: 0,
    review: {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: {
        uid: name,
        operation: "CREATE",
        kind: { group: "", version: "v1", kind: "Pod" },
        resource: { group: "", version: "v1", resource: "pods" },
        namespace,
        name,
        userInfo: { username: "jane" },
        object,
      },
    },
    decision: { allowed, basis: "judged", reason: "", policy: "sha256:00", outcomes },
    ...more,
  });
}

test("a replay says what a policy would have refused and admitted, and what stays as it was", async () => {
  const audited = { check: "workload/privileged", verdict: "fail", action: "audit", message: "m", field: "spec" };
  const denied = { check: "workload/made-up", verdict: "fail", action: "deny", message: "m", place: "old.yaml:3" };
  const log = written(
    "requests.jsonl",
    [
      recorded(good, false, [denied]),
      recorded(privileged, true, [audited]),
      recorded(good, true, [], { webhook: "mutate" }),
      "",
      recorded(pod("again", { containers: [container({ privileged: true })] }), true, []),
      "not a record",
    ].join("\n"),
  );
  const replay = () => run("admission", "replay", log, "--policy", policy, "--offline", "--quiet");
  const { code, stdout } = await replay();
  assert.equal(code, 1, stdout);
  assert.match(stdout, /WOULD NOW BE REFUSED\n {2}✗ workload\/[a-z-]+ \(bulkhead\.yaml:\d+\): \d requests?\n/);
  assert.match(stdout, /line 2: Pod shop\/privileged, line 5: Pod shop\/again/);
  assert.match(stdout, /WOULD NOW BE ADMITTED\n {2}✓ workload\/made-up \(old\.yaml:3\): 1 request\n/);
  assert.match(stdout, /not read: 1 line\n {4}requests\.jsonl:6: no recorded request: not JSON/);
  assert.match(
    stdout,
    /3 requests from 2026-11-27T10:00 to 2026-11-27T10:00, 2 would now be refused, 1\s+would now be admitted, 0 as before/,
  );
  const json = await run("admission", "replay", log, "--policy", policy, "--offline", "--quiet", "--format", "json");
  const { changes, replayed, skipped } = JSON.parse(json.stdout);
  assert.deepEqual([replayed, skipped], [3, 1]);
  assert.deepEqual(
    changes.map(({ change, line }: Record<string, unknown>) => [change, line]),
    [
      ["admitted", 1],
      ["refused", 2],
      ["refused", 5],
    ],
  );
});

test("a replay by the policy by which it was recorded changes nothing", async () => {
  const first = JSON.parse((await tried("deploy", "--policy", policy, "--format", "json")).stdout);
  const [, { reasons }] = first.requests;
  const outcomes = reasons.map(({ policy: place, place: _, fix: __, ...one }: Record<string, unknown>) => ({
    ...one,
    place,
  }));
  const log = written("same.jsonl", `${recorded(privileged, false, outcomes)}\n`);
  const { code, stdout } = await run("admission", "replay", log, "--policy", policy, "--offline", "--quiet");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /1 as before/);
});

test("reasons that rest on values which are not recorded are left out on both sides", async () => {
  const secret = { check: "workload/secret-in-manifest", verdict: "fail", action: "deny", message: "m" };
  const log = written("values.jsonl", `${recorded(good, false, [secret], { redacted: 1 })}\n`);
  const { code, stdout } = await run("admission", "replay", log, "--policy", policy, "--offline", "--quiet");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /1 rested on values of variables/);
  assert.doesNotMatch(stdout, /WOULD NOW BE ADMITTED/);
});

test("a log without a request, and none at all, is no success", async () => {
  assert.equal((await run("admission", "replay", written("empty.jsonl", "\n"), "--offline")).code, 3);
  const { code, stderr } = await run("admission", "replay", "gone.jsonl", "--offline");
  assert.notEqual(code, 0);
  assert.match(stderr, /gone\.jsonl/);
});
