/**
 * Suite `pod-security`: the Kubernetes project's own pods, each of which a level of the Pod Security Standards must let
 * pass or refuse at the version of Kubernetes that its folder names. What must be refused must be so by the check that
 * its file is named for.
 *
 * `--data DIR` takes the folder of public data with the archive, or any folder with `<level>/v1.N/{pass,fail}/*.yaml` in it.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { PodSecurityLevel } from "../src/checks/workload/pod-security/pod-security-check.ts";
import { podSecurityViolations, strictestLevel } from "../src/checks/workload/pod-security/standards.ts";
import { readManifests } from "../src/engines/kubernetes/manifests.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Suite } from "./suite.ts";

const ARCHIVE = "kubernetes/pod-security-testdata-v1.0-v1.30.tar.zst";

/** `test/testdata/restricted/v1.24/fail/runasnonroot0.yaml` */
const FIXTURE = /(?:^|\/)(baseline|restricted)\/v1\.(\d{1,3})\/(pass|fail)\/([a-z_]+?)\d*\.yaml$/;

/**
 * A fixture's name → the checks that may refuse it. The project's own restricted checks replace the baseline's of the
 * same field; here they add to them, so that either may speak.
 */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  allowprivilegeescalation: ["allow-privilege-escalation"],
  apparmorprofile: ["apparmor"],
  capabilities_baseline: ["capabilities-baseline"],
  capabilities_restricted: ["capabilities-restricted", "capabilities-baseline"],
  hostnamespaces: ["host-namespaces"],
  hostpathvolumes: ["host-path-volumes"],
  hostports: ["host-ports"],
  hostprobesandhostlifecycle: ["host-probes"],
  privileged: ["privileged"],
  procmount: ["proc-mount"],
  procmount_restricted: ["proc-mount-restricted", "proc-mount"],
  restrictedvolumes: ["volume-types", "host-path-volumes"],
  runasnonroot: ["run-as-non-root"],
  runasuser: ["run-as-user"],
  seccompprofile_baseline: ["seccomp-baseline"],
  seccompprofile_restricted: ["seccomp-restricted", "seccomp-baseline"],
  selinuxoptions: ["selinux"],
  sysctls: ["sysctls"],
  windowshostprocess: ["host-process"],
};

export const podSecurity: Suite = {
  about: "pods that a level of the Pod Security Standards must let pass or refuse, at each version of Kubernetes",
  needs: [],
  async *cases({ data }) {
    const fixtures = fixturesOf(data);
    yield {
      name: "there are fixtures of both levels that must pass and that must fail",
      run() {
        const kinds = new Set(
          [...fixtures.keys()].map((path) => FIXTURE.exec(path)?.slice(1, 4).toSpliced(1, 1).join("/")),
        );
        assert.deepEqual([...kinds].sort(), ["baseline/fail", "baseline/pass", "restricted/fail", "restricted/pass"]);
      },
    };
    for (const [path, text] of [...fixtures].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield { name: path, run: () => judge(path, text) };
    }
  },
};

function judge(path: string, text: string): void {
  const [, level = "", minor, expected, name = ""] = FIXTURE.exec(path) ?? [];
  const { workloads, gaps } = readManifests([{ path, text }]);
  assert.deepEqual(
    gaps.map(({ reason }) => reason),
    [],
    "something of it was not read",
  );
  const [workload] = workloads;
  assert.ok(workload !== undefined && workloads.length === 1, `${workloads.length} pods in place of one`);
  const violations = podSecurityViolations(workload, level as PodSecurityLevel, Number(minor));
  const found = new Set(violations.map(({ check }) => check.id.slice("workload/".length)));
  if (expected === "pass") {
    assert.deepEqual(
      violations.map(({ check, title }) => `${check.id}: ${title}`),
      [],
    );
    assert.ok(["restricted", level].includes(strictestLevel([workload], Number(minor))));
    return;
  }
  assert.ok(found.size > 0, "nothing refuses it");
  const own = CHECKS[name];
  if (own === undefined) return;
  assert.ok(
    own.some((check) => found.has(check)),
    `refused by ${[...found].join(", ")} in place of ${own.join(", ")}`,
  );
}

/** Path → text. */
function fixturesOf(data: string): ReadonlyMap<string, string> {
  const archive = join(data, ARCHIVE);
  if (existsSync(archive)) {
    const files = [...unpackZstd(archive)].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)] as const);
    return new Map(files.filter(([path]) => FIXTURE.test(path)));
  }
  const paths = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const fixtures = paths.map((path) => [relative(data, path).split(sep).join("/"), path] as const);
  return new Map(
    fixtures.filter(([name]) => FIXTURE.test(name)).map(([name, path]) => [name, readFileSync(path, "utf8")]),
  );
}
