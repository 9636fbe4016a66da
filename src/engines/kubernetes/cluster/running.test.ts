import assert from "node:assert/strict";
import { test } from "node:test";
import { createRunningImages } from "./running.ts";

const digest = `sha256:${"a".repeat(64)}`;

function pod(name: string, status: object, images: readonly string[] = ["registry.example/api:1"]) {
  return {
    metadata: { namespace: "shop", name },
    spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
    status,
  };
}

const running = (imageID: string) => ({
  phase: "Running",
  containerStatuses: [{ name: "c0", image: "registry.example/api:1", imageID }],
});

test("an image has its pods by what made them, and those that nothing made by themselves", () => {
  const images = createRunningImages();
  for (const name of ["a", "b"])
    images.pod(pod(name, running(`registry.example/api@${digest}`)), "Deployment shop/api");
  images.pod(pod("alone", running(`registry.example/api@${digest}`)));
  const [only, ...others] = images.images();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [only?.pods, only?.owners],
    [
      3,
      [
        { kind: "Deployment", namespace: "shop", name: "api", pods: 2 },
        { kind: "Pod", namespace: "shop", name: "alone", pods: 1 },
      ],
    ],
  );
  assert.deepEqual(images.silent(), []);
});

test("a pod of which no kubelet tells anything is silent, with what it asks for; one that has ended is not", () => {
  const images = createRunningImages();
  images.pod(pod("a", { phase: "Running" }, ["x:1", "y:1"]), "DaemonSet shop/agent");
  images.pod(pod("b", { phase: "Pending", containerStatuses: [] }, ["x:2"]), "DaemonSet shop/agent");
  images.pod(pod("c", { phase: "Succeeded" }), "Job shop/once");
  assert.deepEqual(images.images(), []);
  assert.deepEqual(images.silent(), [
    { kind: "DaemonSet", namespace: "shop", name: "agent", pods: 2, images: ["x:1", "x:2", "y:1"] },
  ]);
});
