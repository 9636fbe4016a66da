import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { learnedFile, learnedWorkload } from "../../engines/events/learn/learned.fixture.ts";
import type { LearnedProof, LearnedWorkload } from "../../engines/events/learn/model.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { fixWorkloads, type WorkloadFixes } from "./fixes.ts";
import { noImageUsers } from "./image-users.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: shop/api:1
`;

const file = (path: string) => ({ path, count: 1 });
const seen: Partial<LearnedWorkload> = {
  capabilities: { used: ["CAP_NET_BIND_SERVICE"], refused: [] },
  written: [file("/var/cache/nginx/x"), file("/run/nginx.pid")],
  users: [{ uid: 101, gid: 101 }],
};
const proven: LearnedProof = {
  ...{ at: "2026-03-02T12:00:00.000Z", image: "sha256:1", volumes: ["/run", "/var/cache/nginx"] },
  ...{ capabilities: ["CAP_NET_BIND_SERVICE"], uid: 101, syscalls: 60, refused: "mount" },
};

function fix(learned: readonly LearnedWorkload[], unsafe = false, text = deployment): WorkloadFixes {
  return fixWorkloads(readManifests([{ path: "api.yaml", text }]), {
    ...{ policy: defaultPolicy, now: new Date("2026-01-01T00:00:00Z"), scope: "manifests", unsafe, enforce: false },
    users: noImageUsers,
    learned: learnedFile(learned),
  });
}

const reasons = ({ refused }: WorkloadFixes) =>
  Object.fromEntries(refused.map(({ finding, reason }) => [finding.check.replace("workload/", ""), reason]));

test("what was proven is made as it is", () => {
  const fixes = fix([learnedWorkload({ ...seen, proven })]);
  const { after = "" } = fixes.files[0] ?? {};
  assert.match(after, /readOnlyRootFilesystem: true/);
  assert.match(after, /runAsNonRoot: true/);
  assert.match(after, /runAsUser: 101/);
  assert.match(after, /drop:\s+- ALL/);
  assert.match(after, /add:\s+- NET_BIND_SERVICE/);
  assert.match(after, /mountPath: \/run$/m);
  assert.match(after, /mountPath: \/var\/cache\/nginx$/m);
  assert.match(after, /name: var-cache-nginx\s+emptyDir:\s+sizeLimit: "1Gi"/);
  const ended = new Set(fixes.made.map(({ finding }) => finding.check));
  for (const check of ["writable-root-filesystem", "capabilities-restricted", "run-as-non-root"]) {
    assert.ok(ended.has(`workload/${check}`), check);
    assert.ok(!fixes.last.some(({ check: id, findings }) => id === `workload/${check}` && findings.length > 0), check);
  }
});

test("what was seen and not proven takes --unsafe", () => {
  const careful = fix([learnedWorkload(seen)]);
  assert.deepEqual(careful.files, []);
  assert.match(reasons(careful)["writable-root-filesystem"] ?? "", /seen to run for 24 h; prove it/);
  assert.match(fix([learnedWorkload(seen)], true).files[0]?.after ?? "", /readOnlyRootFilesystem: true/);
});

test("what is proven of less is not proven of more", () => {
  const fixes = fix([
    learnedWorkload({ ...seen, proven: { ...proven, volumes: ["/run"], uid: 5, capabilities: ["CAP_KILL"] } }),
  ]);
  assert.deepEqual(fixes.files, []);
});

test("incomplete learning, and what speaks against it, is told and nothing is made", () => {
  const watched = { ...learnedWorkload().watched, complete: false, missing: ["no stop was seen"] };
  const of = (change: Partial<LearnedWorkload>) => reasons(fix([learnedWorkload({ ...seen, ...change })], true));
  assert.match(of({ watched })["writable-root-filesystem"] ?? "", /incomplete: no stop was seen/);
  assert.match(of({ users: [{ uid: 0, gid: 0 }] })["run-as-non-root"] ?? "", /seen to run as root/);
  const two = [1, 2].map((uid) => ({ uid, gid: uid }));
  assert.match(of({ users: two })["run-as-non-root"] ?? "", /several users: UIDs 1, 2/);
  const used = { used: ["CAP_SYS_ADMIN"], refused: [] };
  assert.match(of({ capabilities: used })["capabilities-restricted"] ?? "", /seen to use CAP_SYS_ADMIN/);
  assert.match(of({ written: [file("/core")] })["writable-root-filesystem"] ?? "", /writes to \/core/);
  const hidden = { written: [file("/etc/app/x")], opened: [file("/etc/app/default.conf")] };
  assert.match(of(hidden)["writable-root-filesystem"] ?? "", /would hide \/etc\/app\/default\.conf/);
});

test("another workload's is not taken; a container without Kubernetes goes by its name and its image", () => {
  const other = learnedWorkload({
    ...seen,
    proven,
    of: { namespace: "shop", kind: "Deployment", name: "web", container: "api" },
  });
  assert.deepEqual(fix([other]).files, []);
  const of = { container: "api" };
  assert.deepEqual(fix([learnedWorkload({ ...seen, proven, of, images: [{ name: "other" }] })]).files, []);
  assert.equal(fix([learnedWorkload({ ...seen, proven, of, images: [{ name: "shop/api:1" }] })]).files.length, 1);
});
