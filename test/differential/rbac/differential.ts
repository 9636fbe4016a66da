/**
 * Who may do what, by the roles and bindings of a tree and by an API server's RBAC authorizer, which answers
 * SubjectAccessReviews. Aggregation is not among it: no controller runs in the server.
 */
import { readManifests } from "../../../src/engines/kubernetes/manifests.ts";
import { allows, firstByName, type Grant } from "../../../src/engines/kubernetes/model.ts";
import { resolveAccess } from "../../../src/engines/kubernetes/rbac/access.ts";
import { allowsUrl } from "../../../src/engines/kubernetes/rbac/allows.ts";
import { clusterMissing } from "../../cluster/api-server.ts";
import type { Differential, Reading } from "../differential.ts";
import { objectsOf } from "./objects.ts";
import { answersOf, closeServer } from "./server.ts";
import { type World, type WorldRequest, worldOf } from "./world.ts";

export const differential: Differential = {
  reader: "rbac",
  consumer: "kube-apiserver 1.20.2 (SubjectAccessReview)",
  needs: clusterMissing === false ? [] : ["kube-apiserver"],
  cluster: true,
  cases: { short: 60, soak: 1_000 },
  accepting: "harmless",
  generate: (random) => Buffer.from(JSON.stringify(worldOf(random))),
  async consume(cases) {
    return answersOf(cases.map(parsed));
  },
  read(bytes) {
    const world = parsed(bytes);
    return world === undefined ? { kind: "refused", why: "it is no world" } : readWorld(world);
  },
  close: closeServer,
};

/** Undefined for what minimising made of one. */
function parsed(bytes: Buffer): World | undefined {
  try {
    const world = JSON.parse(bytes.toString()) as World;
    objectsOf(world, "");
    return world.requests.every(({ user, verb, groups }) => user !== "" && verb !== "" && Array.isArray(groups))
      ? world
      : undefined;
  } catch {
    return undefined;
  }
}

function readWorld(world: World): Reading {
  const text = objectsOf(world, "")
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
  const access = resolveAccess(readManifests([{ path: "world.yaml", text }]));
  const answers = world.requests.map((request) => {
    const may = firstByName(access, (grant) => (gives(grant, request) ? true : undefined));
    const names = [{ kind: "User", name: request.user }, ...request.groups.map((name) => ({ kind: "Group", name }))];
    return names.some((name) => may(name) === true) ? "y" : "n";
  });
  return { kind: "value", value: answers.join("") };
}

function gives({ namespace, role }: Grant, request: WorldRequest): boolean {
  const { verb, url, group = "", resource = "", subresource = "", name = "" } = request;
  if (url !== undefined) return namespace === undefined && role.rules.some(({ rule }) => allowsUrl(rule, verb, url));
  if (namespace !== undefined && namespace !== request.namespace) return false;
  const asked = { verb, group, resource: subresource === "" ? resource : `${resource}/${subresource}`, name };
  return role.rules.some(({ rule }) => allows(rule, asked));
}
