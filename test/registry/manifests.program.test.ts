/** deploy/registry: the program's own audit finds nothing in what guards a registry, and what the pods are told is understood. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { wholeProgram } from "../../src/cli/program.ts";
import { inProcess } from "../in-process.ts";

const program = await wholeProgram();

const root = join(import.meta.dirname, "..", "..");
const base = join(root, "deploy/registry/base");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-registry-manifests-"));
const home = join(folder, "home");
mkdirSync(home);
after(() => rmSync(folder, { recursive: true }));

const kubectl = (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, "kubectl")));
const skip = !kubectl && "kubectl is not installed";

interface Evaluation {
  readonly check: string;
  readonly verdict: string;
  readonly asset: { readonly name: string };
  readonly findings: readonly unknown[];
}

function built(): string {
  return execFileSync("kubectl", ["kustomize", base], { encoding: "utf8" });
}

async function evaluated(...words: readonly string[]): Promise<readonly Evaluation[]> {
  const { stdout, stderr } = await inProcess([...words, "--format", "json", "--quiet"], { cwd: folder, home });
  const { evaluations } = JSON.parse(stdout || "{}");
  assert.ok(Array.isArray(evaluations), stderr);
  return evaluations;
}

test("the audit of what kustomize makes of it has no finding, and nothing is unknown", { skip }, async () => {
  writeFileSync(join(folder, "registry.yaml"), built());
  const evaluations = await evaluated("workload", "audit", "registry.yaml");
  assert.deepEqual(
    evaluations.filter(({ verdict, findings }) => verdict !== "pass" || findings.length > 0).map(({ check }) => check),
    [],
  );
  assert.ok(evaluations.length > 150, `${evaluations.length}`);
});

test("the engine's configuration passes every check of registry servers but that tags move behind the guard", {
  skip,
}, async () => {
  mkdirSync(join(folder, "tree"));
  writeFileSync(join(folder, "tree/registry.yaml"), built());
  const evaluations = await evaluated("check", "tree", "--no-secrets");
  const server = evaluations.filter(({ check, asset }) => /^registry\//.test(check) && /engine$/.test(asset.name));
  assert.deepEqual(
    server.filter(({ findings }) => findings.length > 0).map(({ check }) => check),
    ["registry/server-mutable-tags"],
  );
  const asked = server.map(({ check }) => check);
  for (const check of ["server-without-authentication", "server-plain-http", "server-delete-open"]) {
    assert.ok(asked.includes(`registry/${check}`), check);
  }
  assert.deepEqual(
    server.filter(({ verdict }) => verdict !== "pass"),
    [],
  );
});

test("pods call serve and work with options that there are, and the policy is one", { skip }, async () => {
  const objects = parseAllDocuments(built()).map((document) => document.toJS());
  const argumentsOf = (name: string): string[] =>
    objects.find((each) => each.kind === "Deployment" && each.metadata.name === name).spec.template.spec.containers[0]
      .args;
  const registry = program.commands.find((command) => command.name() === "registry");
  for (const [name, word] of [
    ["guard", "serve"],
    ["worker", "work"],
  ] as const) {
    const [first, second, ...rest] = argumentsOf(name);
    assert.deepEqual([first, second], ["registry", word]);
    const command = registry?.commands.find((each) => each.name() === word);
    const known = new Set(command?.options.map(({ long }) => long));
    const flags = rest.filter((each) => each.startsWith("--"));
    assert.deepEqual(
      flags.filter((flag) => !known.has(flag)),
      [],
    );
    const required = command?.options.filter(({ mandatory }) => mandatory).map(({ long }) => long) ?? [];
    assert.deepEqual(
      required.filter((flag) => !flags.includes(flag ?? "")),
      [],
    );
  }
  const policy = objects.find((each) => each.metadata.name === "registry-policy").data["bulkhead.yaml"];
  writeFileSync(join(folder, "bulkhead.yaml"), policy);
  const { code, stderr } = await inProcess(["policy", "validate", "bulkhead.yaml"], { cwd: folder, home });
  assert.equal(code, 0, stderr);
});

test("only guard and worker reach the engine and the database", { skip }, async () => {
  writeFileSync(join(folder, "network.yaml"), built());
  const lines = [
    "allow registry/guard -> registry/engine:5000",
    "allow registry/worker -> registry/engine:5000",
    "allow registry/guard -> registry/database:5432",
    "allow registry/worker -> registry/database:5432",
    "allow internet -> registry/guard:8443",
    "deny internet -> registry/engine",
    "deny internet -> registry/database",
    "deny registry/advisories -> registry/engine",
    "deny registry/engine -> registry/database",
    "deny registry/engine -> internet",
    "deny registry/database -> internet",
  ];
  writeFileSync(join(folder, "network.txt"), `${lines.join("\n")}\n`);
  const { code, stdout, stderr } = await inProcess(
    ["network", "test", "network.txt", "network.yaml", "--cni", "cilium"],
    {
      cwd: folder,
      home,
    },
  );
  assert.equal(code, 0, stdout + stderr);
});

test("what signs tokens is for no engine", { skip }, () => {
  const objects = parseAllDocuments(built()).map((document) => document.toJS());
  const engine = objects.find((each) => each.kind === "Deployment" && each.metadata.name === "engine");
  const keys = engine.spec.template.spec.volumes.find((each: { name: string }) => each.name === "keys");
  assert.deepEqual(keys.secret.items, [{ key: "engine.crt", path: "engine.crt" }]);
});

test("each Secret that the manifests name is in the documentation", { skip }, () => {
  const names = new Set([...built().matchAll(/secretName: (\S+)/g)].map(([, name = ""]) => name));
  const documentation = readFileSync(join(root, "docs/registry-deploy.md"), "utf8");
  assert.deepEqual(
    [...names].filter((name) => !documentation.includes(`\`${name}\``)),
    [],
  );
  assert.ok(names.size >= 5, [...names].join());
});
