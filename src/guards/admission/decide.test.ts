import assert from "node:assert/strict";
import { test } from "node:test";
import { readReview, writeAnswer } from "../../engines/admission/review.ts";
import { asking, calmAssessor, deploymentOf, goodContainer, guardOf, podOf, requestFor } from "./guard.fixture.ts";

const policy = `apiVersion: bulkhead/v1
enforcement:
  admission:
    default: deny
    unknown: deny
    checks:
      workload/host-ports: warn
    namespaces:
      "sandbox-*": warn
`;

const privileged = { ...goodContainer, securityContext: { ...goodContainer.securityContext, privileged: true } };

test("what breaks no rule is admitted, by bytes and back", async (t) => {
  const guard = await guardOf(t, policy);
  const object = podOf();
  const { uid, operation, kind, resource, user } = requestFor(object);
  const request = { uid, operation, kind, resource, userInfo: user, namespace: "shop", object };
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
  const read = readReview(Buffer.from(JSON.stringify(review)));
  const { answer, outcomes } = await guard.decide(read, asking());
  assert.deepEqual(outcomes, []);
  const written = JSON.parse(writeAnswer(answer).toString()) as { response: Record<string, unknown> };
  assert.deepEqual([written.response.uid, written.response.allowed], [uid, true]);
});

test("a refusal says what, where in the object, which line of the policy, how to fix it, and how to see it elsewhere", async (t) => {
  const guard = await guardOf(t, policy);
  const { answer, outcomes } = await guard.decide(requestFor(deploymentOf([privileged])), asking());
  assert.equal(answer.allowed, false);
  assert.equal(answer.code, 403);
  assert.deepEqual(
    outcomes.map(({ check }) => check),
    ["workload/privileged"],
  );
  assert.match(
    answer.message ?? "",
    /^Deployment shop\/api\n {2}spec\.template\.spec\.containers\[0\]\.securityContext\.privileged: Container api is privileged \(\S*bulkhead\.yaml:4\)\n {4}fix: set privileged: false; .*\n {2}reproduce: bulkhead admission test FILE --policy bulkhead\.yaml --namespace shop$/,
  );
});

test("in a namespace that the policy takes less strictly it is admitted with a warning", async (t) => {
  const guard = await guardOf(t, policy);
  const object = { ...podOf([privileged]), metadata: { name: "api", namespace: "sandbox-1" } };
  const { answer } = await guard.decide(requestFor(object), asking());
  assert.equal(answer.allowed, true);
  assert.match(
    answer.warnings[0] ?? "",
    /^bulkhead: spec\.containers\[0\]\.securityContext\.privileged: Container api/,
  );
});

test("tags of a Pod become digests, once, and those of a Deployment stay as they are", async (t) => {
  const images = calmAssessor();
  const guard = await guardOf(t, policy, { images });
  const pinned = `${goodContainer.image}@sha256:${"a".repeat(64)}`;
  const path = "/spec/containers/0/image";
  const first = await guard.decide(requestFor(podOf()), asking("mutate"));
  assert.deepEqual(first.answer.patch, [
    { op: "test", path, value: goodContainer.image },
    { op: "replace", path, value: pinned },
  ]);
  const again = await guard.decide(requestFor(podOf([{ ...goodContainer, image: pinned }])), asking("mutate"));
  assert.deepEqual(again.patch, []);
  const template = await guard.decide(requestFor(deploymentOf()), asking("mutate"));
  assert.deepEqual(template.patch, []);
});
