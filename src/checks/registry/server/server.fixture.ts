/** For the tests of checks over registry servers: what a check finds in a configuration. */
import assert from "node:assert/strict";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { formatLocation } from "../../../core/location.ts";
import { serverOf } from "../../../engines/oci/server/read.ts";
import { readSettings } from "../../../engines/oci/server/settings.ts";
import { evaluateRegistryServers } from "../../../evaluate/registry/servers.ts";
import type { RegistryServerCheck } from "./server-check.ts";

const now = new Date("2026-01-01T00:00:00Z");
const PATH = "config.yml";

/** Undefined where the check has nothing to judge. @param text - a whole configuration, of which product it says itself */
export function evaluationOf({ id }: RegistryServerCheck, text: string): Evaluation | undefined {
  const server = serverOf(readSettings(PATH, text), { kind: "file", path: PATH, line: 1, column: 1 });
  assert.ok(server !== undefined, "it is the configuration of a registry server");
  const found = [{ of: { kind: "file", path: PATH } as const, server, gaps: [] }];
  return evaluateRegistryServers(found, { policy: defaultPolicy, now }).find(({ check }) => check === id);
}

/** `line:column severity title` of each finding. */
export function detected(check: RegistryServerCheck, text: string): string[] {
  return (evaluationOf(check, text)?.findings ?? []).map(
    ({ locations, severity, title }) => `${formatLocation(locations[0]).replace(`${PATH}:`, "")} ${severity} ${title}`,
  );
}

/** distribution's, with these lines behind what each has. */
export function distribution(...lines: string[]): string {
  return ["version: 0.1", "storage:", "  filesystem: { rootdirectory: /var/lib/registry }", ...lines, ""].join("\n");
}

/** zot's, with this `http` and these `extensions`. */
export function zot(http: object, extensions: object = {}): string {
  const storage = { rootDirectory: "/var/lib/registry" };
  return JSON.stringify(
    { distSpecVersion: "1.1.1", storage, http: { address: "0.0.0.0", port: "5000", ...http }, extensions },
    null,
    2,
  );
}
