import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import { formatFieldPath } from "../../engines/kubernetes/field-path.ts";
import { pathOf } from "./changes.ts";
import { asking, calmAssessor, deploymentOf, goodContainer, guardOf, podOf, requestFor } from "./guard.fixture.ts";

const policy = "apiVersion: bulkhead/v1\nenforcement: { admission: deny }\n";
const privileged = { ...goodContainer, securityContext: { ...goodContainer.securityContext, privileged: true } };
const other = { ...goodContainer, name: "other", image: "registry.example.com/shop/other:1" };
const hostPath = (path: string) => ({ volumes: [{ name: "data", hostPath: { path } }] });

type Plain = Readonly<Record<string, unknown>>;

function update(object: Plain, oldObject: Plain, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return requestFor(object, { operation: "UPDATE", oldObject, ...more });
}

const labelled = (object: Plain): Plain => ({
  ...object,
  metadata: { ...(object.metadata as Plain), labels: { a: "b" } },
});

test("what was wrong before and is not touched is not refused: a label, a number of replicas, another container", async (t) => {
  const images = calmAssessor();
  const guard = await guardOf(t, policy, { images });
  const allowed = async (object: Plain, old: Plain) =>
    (await guard.decide(update(object, old), asking())).answer.allowed;
  const bad = deploymentOf([privileged]);
  assert.equal((await guard.decide(requestFor(bad), asking())).answer.allowed, false);
  images.asked.length = 0;
  assert.equal(await allowed(labelled(bad), bad), true);
  assert.equal(await allowed({ ...bad, spec: { ...(bad.spec as Plain), replicas: 0 } }, bad), true);
  assert.deepEqual(images.asked, [], "nobody asks a registry for what is not new");
  assert.equal(await allowed(deploymentOf([privileged, other]), bad), true);
  assert.equal(await allowed(deploymentOf([other, privileged]), bad), true, "whatever its place in the list");
  assert.deepEqual([...new Set(images.asked)], [other.image]);
});

test("what a change brings is refused, also beside what was wrong before, and under the same name", async (t) => {
  const guard = await guardOf(t, policy);
  const refused = async (object: Plain, old: Plain) => {
    const { answer, outcomes } = await guard.decide(update(object, old), asking());
    assert.equal(answer.allowed, false);
    return outcomes.map(({ check, field }) => `${check} ${field}`);
  };
  assert.deepEqual(await refused(deploymentOf([privileged]), deploymentOf()), [
    "workload/privileged spec.template.spec.containers[0].securityContext.privileged",
  ]);
  assert.deepEqual(
    await refused(deploymentOf([privileged, { ...privileged, name: "b" }]), deploymentOf([privileged])),
    ["workload/privileged spec.template.spec.containers[1].securityContext.privileged"],
  );
  const moved = await refused(podOf([goodContainer], hostPath("/")), podOf([goodContainer], hostPath("/var/log")));
  assert.ok(
    moved.some((line) => line.includes("host-path")),
    moved.join(),
  );
});

test("an update without the object before it is judged whole", async (t) => {
  const guard = await guardOf(t, policy);
  const request = requestFor(deploymentOf([privileged]), { operation: "UPDATE" });
  assert.equal((await guard.decide(request, asking())).answer.allowed, false);
});

test("a debug container is judged, and a resize that changes no rule's mind passes", async (t) => {
  const guard = await guardOf(t, policy);
  const old = podOf([privileged]);
  const debug = { name: "debug", image: "busybox:1", securityContext: { privileged: true } };
  const added = podOf([privileged], { ephemeralContainers: [debug] });
  const { answer, outcomes } = await guard.decide(update(added, old, { subResource: "ephemeralcontainers" }), asking());
  assert.equal(answer.allowed, false);
  assert.ok(outcomes.every(({ field }) => field?.startsWith("spec.ephemeralContainers[0]") === true));
  const resized = podOf([{ ...privileged, resources: { limits: { cpu: "2", memory: "128Mi" } } }]);
  const resize = await guard.decide(update(resized, old, { subResource: "resize" }), asking());
  assert.equal(resize.answer.allowed, true);
});

test("a field's path is read as it is written", () => {
  for (const path of [["spec", "containers", 0, "image"], ["metadata", "annotations", "example.com/a.b"], []]) {
    assert.deepEqual(pathOf(formatFieldPath(path)), path);
  }
});
