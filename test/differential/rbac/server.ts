/** An API server that holds many worlds, each under a prefix of its own, and is asked what is allowed in each. */
import { setTimeout } from "node:timers/promises";
import { type Cluster, startCluster } from "../../cluster/api-server.ts";
import type { Reading } from "../differential.ts";
import { objectsOf, userFor } from "./objects.ts";
import { everyGroup, type World, type WorldRequest } from "./world.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
/** Requests at a time. */
const AT_ONCE = 16;
const READY_WITHIN = 30_000;

let started: Promise<Cluster> | undefined;
let worlds = 0;

export async function closeServer(): Promise<void> {
  const cluster = started;
  started = undefined;
  await (await cluster)?.stop();
}

export async function answersOf(cases: readonly (World | undefined)[]): Promise<Reading[]> {
  started ??= startCluster();
  const cluster = await started;
  const prefixes = cases.map(() => `w${++worlds}-`);
  const refused = new Map<number, string>();
  const objects = cases.flatMap((world, index) =>
    world === undefined ? [] : objectsOf(world, prefixes[index] ?? "").map((object) => ({ object, index })),
  );
  await each(objects, async ({ object, index }) => {
    const { status, body } = await cluster.request(pathOf(object), { method: "POST", body: object });
    if (status !== 201) refused.set(index, `${status} ${JSON.stringify(body).slice(0, 200)}`);
  });
  await settle(cluster);
  const answers = cases.map((world): string[] => world?.requests.map(() => "?") ?? []);
  const asked = cases.flatMap((world, index) => world?.requests.map((request, at) => ({ request, index, at })) ?? []);
  await each(asked, async ({ request, index, at }) => {
    const spec = specOf(request, prefixes[index] ?? "");
    const allowed = await review(cluster, spec);
    (answers[index] as string[])[at] = allowed ? "y" : "n";
  });
  return cases.map((world, index) => {
    const why = world === undefined ? "it is no world" : refused.get(index);
    return why === undefined ? { kind: "value", value: answers[index]?.join("") ?? "" } : { kind: "refused", why };
  });
}

function pathOf(object: object): string {
  const { kind, metadata } = object as { kind: string; metadata: { namespace?: string } };
  const inside = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${RBAC}${inside}/${kind.toLowerCase()}s`;
}

function specOf(request: WorldRequest, prefix: string): object {
  const { user, verb, url, group, resource, subresource, name, namespace } = request;
  return {
    user: userFor(user, prefix),
    groups: everyGroup(request).map((each) => prefix + each),
    ...(url === undefined
      ? { resourceAttributes: { verb, group, resource, subresource, name, namespace } }
      : { nonResourceAttributes: { verb, path: url } }),
  };
}

async function review(cluster: Cluster, spec: object): Promise<boolean> {
  const { status, body } = await cluster.request<{ status?: { allowed?: boolean } }>(REVIEWS, {
    method: "POST",
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec },
  });
  if (status !== 201) throw new Error(`a review was refused: ${status} ${JSON.stringify(body)}`);
  return body.status?.allowed === true;
}

/** The authorizer sees objects of each kind in the order of their creation: when it sees the last of each it sees all. */
async function settle(cluster: Cluster): Promise<void> {
  const prefix = `w${++worlds}-`;
  const rules = [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }];
  const subjects = [{ kind: "User" as const, name: "last" }];
  const world: World = {
    roles: [
      { name: "c", rules },
      { name: "r", namespace: "default", rules },
    ],
    bindings: [
      { role: { kind: "ClusterRole", name: "c" }, subjects },
      { namespace: "default", role: { kind: "Role", name: "r" }, subjects: [{ kind: "User", name: "inside" }] },
    ],
    requests: ["last", "inside"].map((user) => ({
      user,
      groups: [],
      verb: "get",
      group: "",
      resource: "pods",
      namespace: "default",
    })),
  };
  for (const object of objectsOf(world, prefix))
    await cluster.request(pathOf(object), { method: "POST", body: object });
  const deadline = performance.now() + READY_WITHIN;
  for (;;) {
    const allowed = await Promise.all(world.requests.map((request) => review(cluster, specOf(request, prefix))));
    if (allowed.every((one) => one)) return;
    if (performance.now() > deadline) throw new Error("the authorizer does not see what was created");
    await setTimeout(20);
  }
}

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
