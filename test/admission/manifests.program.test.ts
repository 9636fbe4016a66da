/** `admission manifests` and deploy/admission: the program's own audit finds nothing in what enforces it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { type CertificateOptions, certificatesOf } from "../../src/cli/admission/serve-certificates.ts";
import { wholeProgram } from "../../src/cli/program.ts";
import type { ClusterApi } from "../../src/engines/kubernetes/cluster/client.ts";
import { certificateModes } from "../../src/guards/admission/deploy/model.ts";
import { defaultDeploySettings } from "../../src/guards/admission/deploy/settings.ts";
import { serveArguments } from "../../src/guards/admission/deploy/workload.ts";
import { inProcess } from "../in-process.ts";

const program = await wholeProgram();

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-admission-manifests-"));
const home = join(folder, "home");
mkdirSync(home);
after(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home });

/** @returns checks with findings, in the manifests of a file */
async function findings(name: string, text: string): Promise<{ readonly failing: string[]; readonly judged: number }> {
  writeFileSync(join(folder, name), text);
  const { stdout, stderr } = await run("workload", "audit", name, "--format", "json", "--quiet");
  const { evaluations } = JSON.parse(stdout || "{}");
  assert.ok(Array.isArray(evaluations), stderr);
  const failing = evaluations.filter((each) => each.findings.length > 0 || each.verdict !== "pass");
  return { failing: failing.map(({ check }) => check), judged: evaluations.length };
}

for (const certificates of ["own", "files", "cert-manager"]) {
  test(`what is printed for certificates ${certificates} has no finding`, async () => {
    const { code, stdout } = await run(
      ...["admission", "manifests", "--certificates", certificates, "--pull-secret", "shop/registry"],
    );
    assert.equal(code, 0);
    const { failing, judged } = await findings(`${certificates}.yaml`, stdout);
    assert.deepEqual(failing, []);
    assert.ok(judged > 60, `${judged}`);
  });
}

const kubectl = (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, "kubectl")));
const skip = !kubectl && "kubectl is not installed";

function built(path: string): string {
  return execFileSync("kubectl", ["kustomize", join(root, "deploy/admission", path)], { encoding: "utf8" });
}

function objectsIn(text: string): Map<string, unknown> {
  const objects = parseAllDocuments(text).map((document) => document.toJS());
  return new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

test("what kustomize makes of the base and its overlays has no finding but that what is made to fail open does", {
  skip,
}, async () => {
  for (const [path, allowed] of [
    ["base", []],
    ["overlays/cert-manager", []],
    ["overlays/audit-first", ["cluster/image-verification", "cluster/webhook-fails-open"]],
  ] as const) {
    const { failing } = await findings(`${path.replaceAll("/", "-")}.yaml`, built(path));
    assert.deepEqual([...new Set(failing)], allowed, path);
  }
});

test("the overlay of cert-manager is what is printed for it", { skip }, async () => {
  const { stdout } = await run("admission", "manifests", "--certificates", "cert-manager");
  assert.deepEqual(objectsIn(built("overlays/cert-manager")), objectsIn(stdout));
});

test("the pod calls serve with options that it has, and that say enough, in every mode", () => {
  const serve = program.commands
    .find((one) => one.name() === "admission")
    ?.commands.find((one) => one.name() === "serve");
  assert.ok(serve !== undefined);
  for (const certificates of certificateModes) {
    const words = serveArguments({ ...defaultDeploySettings, certificates });
    assert.deepEqual(words.slice(0, 2), ["admission", "serve"]);
    const known = serve.createCommand("serve").copyInheritedSettings(serve).exitOverride();
    for (const option of serve.options) known.addOption(option);
    const { operands, unknown } = known.parseOptions(words.slice(2));
    assert.deepEqual([operands, unknown], [[], []], certificates);
    const options = known.opts<CertificateOptions>();
    // It throws where the options do not go together, or say too little.
    const { anchors } = certificatesOf(options, {} as ClusterApi);
    assert.ok(anchors !== undefined);
    assert.deepEqual(
      [known.opts().breakGlass, known.opts().webhooks],
      ["bulkhead/admission-grants", "bulkhead-admission"],
    );
  }
});

test("the policy goes along with the files that it names, and so does the key of the database", async () => {
  mkdirSync(join(folder, "keys"));
  writeFileSync(join(folder, "keys/release.pub"), "a key");
  writeFileSync(
    join(folder, "bulkhead.yaml"),
    "apiVersion: bulkhead/v1\ntrust: { signers: { release: { key: keys/release.pub } } }\n",
  );
  const { publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(join(folder, "db.pub"), publicKey.export({ type: "spki", format: "pem" }));
  const { code, stdout, stderr } = await run(
    ...[
      "admission",
      "manifests",
      "--policy",
      "bulkhead.yaml",
      "--image",
      "registry.example.com/bulkhead:1",
      "--format",
      "json",
    ],
    ...["--advisories", "oci://registry.example.com/advisories:today", "--advisories-key", "db.pub"],
  );
  assert.equal(code, 0);
  assert.match(stderr, /not pinned by digest/);
  const { items } = JSON.parse(stdout);
  const { data } = items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === "admission-policy");
  assert.deepEqual(Object.keys(data), ["bulkhead.yaml", "keys_release.pub", "advisories_db.pub"]);
});

test("files are written over those that it made, and over no other", async () => {
  mkdirSync(join(folder, "out"));
  const write = () => run("admission", "manifests", "--write", "out");
  assert.equal((await write()).code, 0);
  const names = readdirSync(join(folder, "out")).sort();
  assert.deepEqual(names, readdirSync(join(root, "deploy/admission/base")).sort());
  for (const name of names) {
    const published = readFileSync(join(root, "deploy/admission/base", name), "utf8");
    assert.equal(readFileSync(join(folder, "out", name), "utf8"), published, name);
  }
  assert.equal((await write()).code, 0);
  writeFileSync(join(folder, "out/network.yaml"), "# mine\n");
  rmSync(join(folder, "out/access.yaml"));
  const refused = await write();
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /files\.exists: out\/network\.yaml: .*in the way/);
  assert.ok(!existsSync(join(folder, "out/access.yaml")));
});

test("what makes no sense is refused in one line that says what would", async () => {
  for (const [words, told] of [
    [["--namespace", "Shop"], /--namespace Shop: not a namespace name/],
    [["--replicas", "0"], /--replicas 0: not a number from 1 to 100/],
    [["--timeout", "31"], /--timeout 31: not a number from 1 to 30/],
    [["--kind", "rollouts"], /--kind rollouts: not GROUP\/VERSION\/RESOURCE/],
    [["--pull-secret", "registry"], /--pull-secret registry: not NAMESPACE\/NAME/],
    [["--image", "Registry.example.com/A"], /--image Registry/],
    [["--exclude-namespace", "a,b"], /--exclude-namespace a,b: not a namespace name/],
    [["--policy", "gone.yaml"], /policy\.unreadable: gone\.yaml/],
    [["--advisories", "oci://registry.example.com/a:b"], /go together/],
    [["--advisories", "a", "--advisories-key", "bulkhead.yaml"], /not oci:\/\/REFERENCE/],
    [["--format", "json", "--write", "."], /files are YAML/],
    [["--certificates", "none"], /cert-manager/],
  ] as const) {
    const { code, stderr, stdout } = await run("admission", "manifests", ...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, told);
    assert.equal(stdout, "");
  }
});
