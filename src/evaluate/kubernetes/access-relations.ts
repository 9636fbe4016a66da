/** Who may do what, as relations: of each binding one for each that it is for. Pure. */

import { dangerousPermissions, type GrantedPermission } from "../../checks/cluster/rbac/dangerous.ts";
import { nameSubject, pathOf, whereIt } from "../../checks/cluster/rbac/describe.ts";
import { clip, SENTENCE } from "../../checks/findings/one-line.ts";
import type { Gap } from "../../core/evidence.ts";
import { formatLocation } from "../../core/location.ts";
import type { Relation, RelationEnd } from "../../core/relation.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import {
  accountOf,
  describeObject,
  type Grant,
  locationOf,
  type Manifests,
  type Subject,
} from "../../engines/kubernetes/model.ts";
import { resolveAccess } from "../../engines/kubernetes/rbac/access.ts";
import { splitListGaps } from "./list-gaps.ts";
import { manifestGaps } from "./manifest-gaps.ts";

/** A large cluster has some 10,000; a file of a few megabytes could state millions. */
const RELATIONS = 100_000;
/** Of the objects that state a role: places that are named. */
const NAMED = 3;

/**
 * Accounts (service accounts, users, groups) and what each binding lets them do: the role where it holds, with those of its
 * permissions that the checks warn of. The ids of both begin with the scope's.
 *
 * @param scope - the id of the cluster's asset
 */
export function accessRelations(
  all: Manifests,
  { scope, now, most = RELATIONS }: { readonly scope: string; readonly now: Date; readonly most?: number },
): Relation[] {
  const { manifests, short } = splitListGaps(all);
  const gaps = manifestGaps(manifests);
  const unlisted = short.of(["roles"]);
  const observedAt = now.toISOString();
  const relations: Relation[] = [];
  const permissionsOf = rememberedPermissions();
  let over = 0;
  for (const grant of resolveAccess(manifests).grants) {
    const subjects = distinct(grant.subjects);
    const room = Math.min(subjects.size, most - relations.length);
    over += subjects.size - room;
    if (room === 0) continue;
    // All of a binding share what is said of it.
    const shared = {
      to: permissionOf(grant, scope),
      observedAt,
      evidence: evidenceOf(grant, permissionsOf(grant)),
      gaps: [
        ...missing(grant, unlisted),
        ...[grant.binding.object, ...grant.role.objects.slice(0, NAMED)].flatMap((object) => gaps.of(object)),
      ],
    };
    for (const from of [...subjects.values()].slice(0, room)) {
      relations.push({ type: "may", from: accountEnd(from, scope), ...shared });
    }
  }
  const last = relations.pop();
  if (last === undefined) return [];
  const cut = { code: "rbac.bound", reason: `${over} more of those whom bindings are for are not listed` };
  return [...relations, over === 0 ? last : { ...last, gaps: [...last.gaps, cut] }];
}

/** Without those that a binding names twice; a user's name may be that of a service account. */
function distinct(subjects: readonly Subject[]): ReadonlyMap<string, Subject> {
  return new Map(
    subjects.map((subject) => {
      const account = accountOf(subject);
      const named = account === undefined ? subject : { kind: "ServiceAccount", ...account };
      return [nameSubject(named), named];
    }),
  );
}

function accountEnd(subject: Subject, scope: string): RelationEnd {
  const { kind, namespace = "", name } = subject;
  const within = kind === "ServiceAccount" ? namespace : "";
  return { kind: "account", id: idOf(scope, kind, within, name), name: clip(nameSubject(subject)) };
}

function permissionOf(grant: Grant, scope: string): RelationEnd {
  const { kind, name } = grant.binding.roleRef;
  const { namespace = "" } = grant;
  // A Role holds where it stands; a ClusterRole that is bound in a namespace is another permission than in all of them.
  const where = namespace === "" ? [] : ["Namespace", namespace];
  return {
    kind: "permission",
    id: idOf(scope, ...where, kind, kind === "Role" ? namespace : "", name),
    name: clip(`${grant.role.name} ${whereIt(grant)}`),
  };
}

function idOf(...parts: readonly string[]): string {
  return parts.join("/").slice(0, kubernetesBounds.assetNameLength);
}

/** A role is bound in hundreds of namespaces, and gives the same in nearly all of them. */
function rememberedPermissions(): (grant: Grant) => readonly GrantedPermission[] {
  const known = new Map<Grant["role"]["rules"], Map<string | undefined, readonly GrantedPermission[]>>();
  return (grant) => {
    const { role, namespace } = grant;
    const where = namespace === undefined || namespace === "kube-system" ? namespace : "";
    const ofRole = known.get(role.rules) ?? new Map<string | undefined, readonly GrantedPermission[]>();
    const permissions = ofRole.get(where) ?? dangerousPermissions(grant);
    ofRole.set(where, permissions);
    known.set(role.rules, ofRole);
    return permissions;
  };
}

function evidenceOf(grant: Grant, permissions: readonly GrantedPermission[]): Readonly<Record<string, string>> {
  const { binding, role, implied, published } = grant;
  const places = role.objects.slice(0, NAMED).map((object) => formatLocation(locationOf(object)));
  return {
    binding: clip(describeObject(binding.object)),
    // Of what no file states, the place is the role's.
    ...(implied === true ? {} : { "binding at": clip(formatLocation(locationOf(binding.object)), SENTENCE) }),
    ...(published === undefined ? {} : { origin: "every cluster has this binding" }),
    role: clip(role.name),
    ...(places.length === 0 ? {} : { "role at": clip(places.join(", "), SENTENCE) }),
    rules: String(role.rules.length),
    ...(permissions.length === 0
      ? {}
      : {
          permissions: clip(permissions.map(({ action }) => action).join("; "), SENTENCE),
          path: pathOf(grant, [...new Set(permissions.flatMap(({ rules }) => rules))]),
        }),
  };
}

/** Of a role that is not there, or whose list was refused. */
function missing({ role }: Grant, unlisted: readonly Gap[]): readonly Gap[] {
  if (role.origin !== "missing") return [];
  return [{ code: "rbac.missing-role", reason: `${clip(role.name)}: not all that it gives is known` }, ...unlisted];
}
