/**
 * Falco's public rules, and its own regression cases over captures (falcosecurity/testing, 2023) and, where the folder has
 * test/falco_k8s_audit_tests.yaml with rules/k8s_audit_rules.yaml, over audit events. A case's evaluation sees no
 * expectations. Rules are held to today's language (engine 0.63), which differs in places from that of the cases: those
 * that cannot hold for that reason are listed with it and counted as failed.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { diagnosticLines } from "../src/engines/events/falco/diagnostics.ts";
import { readCases } from "./falco/cases.ts";
import { compare } from "./falco/compare.ts";
import { evaluate, loadFiles } from "./falco/evaluate.ts";
import type { Case, Suite } from "./suite.ts";

const ARCHIVES = ["falco-regression-2023-08.tar.zst", "falco-rules.tar.zst"];

const PUBLIC = ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"];

const HALVED =
  "a call fires once, when it has returned: the case counts its start as well, of which there are no events now";

const OF_ITS_TIME = "its rules ask a list of texts with `contains`, which today's engine refuses";
const LISTS_RENAMED = "its rules append to lists that today's k8s_audit_rules.yaml has under other names";
const RULES_RENAMED = "today's k8s_audit_rules.yaml has a rule each for roles and cluster roles, and their bindings";
const NO_EVENT = "what it reads is no audit event, which is told in other words";

/** Why a case's demand is not met, where it is known. */
const KNOWN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["disallowed_pod", "allowed_pod", "privileged_pod", "unprivileged_pod", "hostnetwork_pod"].map((name) => [
      `k8s_audit compat_engine_v4_create_${name}`,
      OF_ITS_TIME,
    ]),
  ),
  ...Object.fromEntries(
    [
      ...["compat_engine_v4_create_privileged", "compat_engine_v4_create_hostnetwork", "create_privileged"],
      ...["create_unprivileged", "create_sensitive_mount", "create_unsensitive_mount", "create_hostnetwork"],
      "create_nohostnetwork",
    ].map((name) => [`k8s_audit ${name}_trusted_pod`, LISTS_RENAMED]),
  ),
  ...Object.fromEntries(
    ["create_clusterrole", "delete_clusterrole", "create_clusterrolebinding", "delete_clusterrolebinding"].map(
      (name) => [`k8s_audit ${name}`, RULES_RENAMED],
    ),
  ),
  "k8s_audit fal_01_003": NO_EVENT,
  rule_names_with_regex_chars: HALVED,
  multiple_rules_suppress_info: HALVED,
  catchall_order: HALVED,
};

export const falco: Suite = {
  about: "Falco's public rules load; its regression cases fire as they demand",
  needs: [],
  async *cases({ data, temporary }): AsyncIterable<Case> {
    const folder = unpacked(data, temporary);
    const rules = PUBLIC.map((name) => join(folder, "rules", name));
    for (const [index, path] of rules.entries())
      yield { name: `rules/${PUBLIC[index]} loads by itself`, run: () => assertLoads([path]) };
    yield { name: "all public rules load together", run: () => assertLoads(rules) };
    const { cases, without } = readCases(folder);
    process.stdout.write(`${cases.length} cases with inputs; without: ${without.join(", ")}\n`);
    for (const { name, inputs, expected } of cases) {
      const outcome = await evaluate(inputs).catch((error: unknown) => error);
      yield {
        name: name in KNOWN ? `${name} (${KNOWN[name]})` : name,
        run() {
          if (outcome instanceof Error) throw outcome;
          compare(expected, outcome as Awaited<ReturnType<typeof evaluate>>);
        },
      };
    }
  },
};

/** The folder with `rules` and `test`: as it is, or unpacked from the two archives. */
function unpacked(data: string, temporary: string): string {
  for (const folder of [data, join(data, "falco")]) {
    if (existsSync(join(folder, "test/falco_tests.yaml")) && existsSync(join(folder, "rules"))) return folder;
    if (!ARCHIVES.every((archive) => existsSync(join(folder, archive)))) continue;
    for (const archive of ARCHIVES) execFileSync("tar", ["--zstd", "-xf", join(folder, archive), "-C", temporary]);
    return temporary;
  }
  throw new Error(`${data} lacks rules and test/falco_tests.yaml, or falco/${ARCHIVES.join(" and falco/")}`);
}

function assertLoads(paths: readonly string[]): void {
  const { rules, errors, warnings } = loadFiles(paths);
  assert.deepEqual(errors.flatMap(diagnosticLines), []);
  assert.ok(rules.length > 0);
  assert.deepEqual(warnings.flatMap(diagnosticLines), [], "no warnings either");
}
