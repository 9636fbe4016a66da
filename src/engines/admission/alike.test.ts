import assert from "node:assert/strict";
import { test } from "node:test";
import { valueAt } from "../../core/untyped.ts";
import { createReviewReader } from "./alike.ts";
import { readReview } from "./review.ts";

interface Pod {
  readonly name?: string;
  readonly uid?: string;
  readonly time?: string;
  readonly chance?: string;
  readonly image?: string;
  readonly user?: string;
}

/** As an API server writes it, to the order of its keys. */
function reviewOf({ name = "api-1", uid = "1", time = "2026-11-28T10:00:00Z", chance = "aaaaa", ...more }: Pod = {}) {
  const { image = "api:1", user = "system:serviceaccount:kube-system:replicaset-controller" } = more;
  const volume = `kube-api-access-${chance}`;
  const pods = { group: "", version: "v1", resource: "pods" };
  const kind = { group: "", version: "v1", kind: "Pod" };
  return {
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: {
      uid: `00000000-0000-4000-8000-${uid.padStart(12, "0")}`,
      kind,
      resource: pods,
      requestKind: kind,
      requestResource: pods,
      name,
      namespace: "shop",
      operation: "CREATE",
      userInfo: { username: user, groups: ["system:authenticated"] },
      object: {
        kind: "Pod",
        apiVersion: "v1",
        metadata: {
          name,
          generateName: "api-",
          namespace: "shop",
          uid: `10000000-0000-4000-8000-${uid.padStart(12, "0")}`,
          creationTimestamp: time,
          labels: { app: "api" },
          managedFields: [{ manager: "kube-controller-manager", time, fieldsV1: { "f:spec": {} } }],
        },
        spec: {
          containers: [{ name: "api", image, volumeMounts: [{ name: volume, mountPath: "/token" }] }],
          volumes: [{ name: volume }],
        },
      },
      oldObject: null,
      dryRun: false,
    },
  };
}

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

test("another pod of the same workload is alike, and what is read of it is its own", () => {
  const reader = createReviewReader();
  const first = reader.read(bytesOf(reviewOf()));
  const bytes = bytesOf(reviewOf({ name: "api-2", uid: "2", time: "2026-11-28T10:00:01Z", chance: "bbbbb" }));
  const wanted = readReview(bytes);
  const second = reader.read(bytes);
  assert.ok(first.alike !== undefined);
  assert.equal(second.alike, first.alike);
  // As where the memory of a request's body is used for another's.
  bytes.fill(0x20);
  const { alike: _, ...read } = { ...second };
  assert.deepEqual(read, wanted);
});

for (const [what, pod] of [
  ["another image", { image: "api:2" }],
  ["another user", { user: "mallory" }],
] as const) {
  test(`${what}: not alike`, () => {
    const reader = createReviewReader();
    const { alike } = reader.read(bytesOf(reviewOf()));
    assert.ok(alike !== undefined);
    assert.notEqual(reader.read(bytesOf(reviewOf(pod))).alike, alike);
  });
}

test("what looks like a part that may differ, and is another, is never taken out", () => {
  const review = reviewOf();
  const { object } = review.request;
  const withEnv = (time: string) => {
    const containers = [{ ...object.spec.containers[0], env: { time } }];
    return bytesOf({ ...review, request: { ...review.request, object: { ...object, spec: { containers } } } });
  };
  const reader = createReviewReader();
  assert.equal(reader.read(withEnv("2026-11-28T10:00:00Z")).alike, undefined);
  assert.equal(reader.read(withEnv("2026-11-28T10:00:01Z")).alike, undefined);
});

test("an object's name that is another's than the request's is its own difference", () => {
  const reader = createReviewReader();
  const { alike } = reader.read(bytesOf(reviewOf()));
  const review = reviewOf({ name: "api-2" });
  const two = reader.read(bytesOf({ ...review, request: { ...review.request, name: "api-1" } }));
  assert.equal(two.alike, alike);
  assert.equal(two.name, "api-1");
  assert.equal(valueAt(two.object, ["metadata", "name"]), "api-2");
});

test("a key that stands twice is refused beside one that is known, wherever it stands", () => {
  const reader = createReviewReader();
  const text = JSON.stringify(reviewOf());
  assert.ok(reader.read(Buffer.from(text)).alike !== undefined);
  for (const [from, to] of [
    ['"name":"api-1","generateName"', '"name":"api-1","name":"api-9","generateName"'],
    ['"dryRun":false', '"dryRun":false,"dryRun":true'],
    ['"time":"', '"time":"2026-11-28T10:00:00Z","time":"'],
    ['"uid":"00000000', '"uid":"0","uid":"00000000'],
  ] as const) {
    const twice = text.replace(from, to);
    assert.notEqual(twice, text);
    assert.throws(() => reader.read(Buffer.from(twice)), { code: "admission.json" }, from);
  }
});

test("read with and without what was read before, mutated texts are the same or refused with the same words", () => {
  const text = JSON.stringify(reviewOf());
  const reader = createReviewReader();
  reader.read(Buffer.from(text));
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const pieces = ['"', "\\", "{", "}", ",", ":", "a", "0", "-", '"name":"b",', '"time":"1"', "\0", "\u00e9"];
  for (let round = 0; round < 3_000; round += 1) {
    const at = next(text.length);
    const mutated = Buffer.from(text.slice(0, at) + pieces[next(pieces.length)] + text.slice(at + next(3)));
    assert.deepEqual(
      outcomeOf(() => reader.read(mutated)),
      outcomeOf(() => readReview(mutated)),
      mutated.toString(),
    );
  }
});

function outcomeOf(read: () => ReturnType<typeof readReview>): unknown {
  try {
    const { alike: _, ...request } = { ...read() };
    return request;
  } catch (error) {
    return (error as Error).message;
  }
}

test("what is kept is bounded", () => {
  const reader = createReviewReader(3_000);
  const { alike } = reader.read(bytesOf(reviewOf()));
  for (let at = 0; at < 10; at += 1) reader.read(bytesOf(reviewOf({ image: `api:${at + 2}` })));
  // Forgotten, and read anew: the object is there at once.
  const again = reader.read(bytesOf(reviewOf({ name: "api-7" })));
  assert.equal(again.alike, alike);
  assert.equal(Object.getOwnPropertyDescriptor(again, "object")?.get, undefined);
});
