import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { findSeccompProfiles } from "./seccomp-profiles.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-seccomp-"));
after(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, "k8s/profiles"), { recursive: true });
mkdirSync(join(root, "node_modules/profiles"), { recursive: true });
const profile = JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW" });
writeFileSync(join(root, "k8s/profiles/own.json"), profile);
writeFileSync(join(root, "k8s/own.json"), profile);
writeFileSync(join(root, "node_modules/profiles/own.json"), profile);
writeFileSync(join(root, "k8s/profiles/broken.json"), "{");
symlinkSync(join(root, "k8s/profiles/own.json"), join(root, "k8s/profiles/link.json"));

function named(...names: string[]) {
  const containers = names.map((localhostProfile, index) => ({
    name: `c${index}`,
    securityContext: { seccompProfile: { type: "Localhost", localhostProfile } },
  }));
  const text = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers } });
  const evidence = findSeccompProfiles(root, readManifests([{ path: "p.yaml", text }]), new Date(0));
  assert.ok(evidence.state === "present");
  const paths = [...evidence.facts].map(([name, profiles]) => [name, ...profiles.map(({ path }) => path)]);
  return { paths, gaps: evidence.gaps.map(({ code }) => code) };
}

test("a file whose path ends with the name is the profile", () => {
  assert.deepEqual(named("profiles/own.json"), { paths: [["profiles/own.json", "k8s/profiles/own.json"]], gaps: [] });
  assert.deepEqual(named("own.json").paths, [["own.json", "k8s/own.json", "k8s/profiles/own.json"]]);
});

test("links, other people's files and names of nothing are none", () => {
  assert.deepEqual(named("link.json", "node_modules/profiles/own.json", "nothing.json"), { paths: [], gaps: [] });
});

test("a profile that cannot be read is a gap", () => {
  assert.deepEqual(named("broken.json"), { paths: [], gaps: ["kubernetes.seccomp-profile"] });
});
