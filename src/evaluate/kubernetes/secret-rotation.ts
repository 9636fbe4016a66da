/** What a new value of a Secret would restart, as relations: of each workload and Secret one. Pure. */

import { clip, SENTENCE } from "../../checks/findings/one-line.ts";
import { type SecretUse, secretUses } from "../../checks/findings/secret-uses.ts";
import { someOf } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Relation, RelationEnd } from "../../core/relation.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import {
  describeObject,
  type ExternalSecret,
  keyOfSecret,
  type Manifests,
  secretKey,
  type Workload,
} from "../../engines/kubernetes/model.ts";
import { workloadAsset } from "./assets.ts";
import { splitListGaps } from "./list-gaps.ts";
import { manifestGaps } from "./manifest-gaps.ts";
import { scopeOf } from "./namespaces.ts";
import { interruptions } from "./restart-interruption.ts";
import { restarterOf, runsReloader } from "./restarters.ts";

/** A large cluster has some 20,000; a file of a few megabytes could state millions. */
const RELATIONS = 100_000;
/** Places of one use that are named. */
const NAMED = 5;

/**
 * Who uses which Secret, and what becomes of a new value there. Evidence: `how` (`env DB_PASSWORD in container web`), `restart`
 * (`needed`, `not needed`, `by itself`, `unknown`), `because`, and of a workload that must be restarted `interruption`. The ids of what is no workload begin with the scope's.
 *
 * @param scope - the id of the cluster's asset
 */
export function rotationRelations(
  all: Manifests,
  { scope, now, most = RELATIONS }: { readonly scope: string; readonly now: Date; readonly most?: number },
): Relation[] {
  const { manifests, short } = splitListGaps(all);
  const gaps = manifestGaps(manifests);
  const { uses } = secretUses(manifests);
  const secrets = new Map(manifests.secrets.map((secret) => [keyOfSecret(secret.object), secret]));
  const makers = new Map<string, ExternalSecret>();
  for (const one of manifests.externalSecrets) {
    if (one.direction === "out") continue;
    for (const name of one.targets) makers.set(keyOfSecret(one.object, name), one);
  }
  const reloads = runsReloader(manifests);
  const interruptionOf = interruptions(manifests);
  const unlisted = short.of(["workloads", "secrets"]);
  const byPair = Map.groupBy(
    uses.filter(({ name }) => name !== ""),
    (use) => `${secretKey(use)} ${describeObject(use.object)} ${scopeOf(use.object)}`,
  );
  const relations: Relation[] = [];
  for (const some of byPair.values()) {
    const [first] = some;
    if (first === undefined || relations.length >= most) continue;
    const key = secretKey(first);
    const secret = secrets.get(key);
    const outcome = outcomeOf(some, {
      immutable: secret?.immutable === true,
      maker: makers.get(key),
      annotations: secret?.object.annotations ?? {},
      reloads,
    });
    relations.push({
      type: "uses",
      from: userEnd(first, scope),
      to: secretEnd(first, scope),
      observedAt: now.toISOString(),
      evidence: {
        how: clip(namedUses(some), SENTENCE),
        ...outcome,
        ...(outcome.restart === "needed" && first.workload !== undefined
          ? { interruption: clip(interruptionOf(first.workload), SENTENCE) }
          : {}),
      },
      gaps: [...gaps.of(first.object), ...unlisted, ...untoldOf(first.workload)],
    });
  }
  const over = byPair.size - relations.length;
  const last = relations.pop();
  if (last === undefined) return [];
  const cut: Gap = { code: "kubernetes.bound", reason: `${over} more users of Secrets are not listed` };
  return [...relations, over === 0 ? last : { ...last, gaps: [...last.gaps, cut] }];
}

function userEnd({ object, workload }: SecretUse, scope: string): RelationEnd {
  if (workload !== undefined) {
    const { id, name } = workloadAsset(object);
    return { kind: "workload", id, name };
  }
  const { kind, namespace = "", name } = object;
  const id = [scope, kind, namespace, name].join("/").slice(0, kubernetesBounds.assetNameLength);
  // A ServiceAccount is one of those who may do something.
  return { kind: kind === "ServiceAccount" ? "account" : "object", id, name: clip(describeObject(object)) };
}

function secretEnd({ namespace, name }: SecretUse, scope: string): RelationEnd {
  const id = [scope, "Secret", namespace, name].join("/");
  return { kind: "secret", id: id.slice(0, kubernetesBounds.assetNameLength), name: clip(`${namespace}/${name}`) };
}

/** `env DB_PASSWORD in container web, volume creds`. */
function namedUses(uses: readonly SecretUse[]): string {
  const names = [...new Set(uses.map(nameOfUse))];
  return someOf(names, NAMED);
}

function nameOfUse({ kind, key, container, workload, path }: SecretUse): string {
  const within = container === undefined ? "" : ` in container ${container.container.name}`;
  switch (kind) {
    case "env": {
      const index = path.at(-1);
      const variable = typeof index === "number" ? container?.container.env[index]?.name : undefined;
      return `env ${variable ?? key ?? ""}${within}`;
    }
    case "envFrom":
      return `envFrom${within}`;
    case "volume":
    case "subPath": {
      const index = path.at(-1);
      const volume = typeof index === "number" ? workload?.pod.volumes[index]?.name : undefined;
      return `${kind === "subPath" ? "subPath of " : ""}volume ${volume ?? ""}`;
    }
    case "csi":
      return "login of a CSI volume";
    case "imagePull":
      return "image pulls";
    case "tls":
      return "TLS certificate";
    case "store":
      return "login to the store";
    case "push":
      return "pushed to a store";
    case "account":
      return "listed by the ServiceAccount";
  }
}

interface Around {
  readonly immutable: boolean;
  readonly maker: ExternalSecret | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly reloads: boolean | undefined;
}

type Outcome = { readonly restart: string; readonly because: string };

/** Of all ways together: one that needs a restart decides. */
function outcomeOf(uses: readonly SecretUse[], around: Around): Outcome {
  const [first] = uses;
  const { workload } = first ?? {};
  const kinds = new Set(uses.map(({ kind }) => kind));
  const isFixed = kinds.has("env") || kinds.has("envFrom") || kinds.has("subPath");
  const isMounted = kinds.has("volume");
  if (first === undefined || workload === undefined || (!isFixed && !isMounted)) {
    if (kinds.has("csi")) return { restart: "not needed", because: "the driver is handed it at each mount" };
    if (kinds.has("imagePull")) return { restart: "not needed", because: "the kubelet reads it at each pull" };
    return { restart: "not needed", because: "its controller reads it again" };
  }
  const { kind } = first.object;
  if (kind === "CronJob") return { restart: "not needed", because: "the next run has the new value" };
  if (!isFixed && !around.immutable) {
    return { restart: "not needed", because: "the kubelet updates the files; the program must read them again" };
  }
  const because =
    isFixed && (kinds.has("env") || kinds.has("envFrom"))
      ? "variables are set when a container starts"
      : isFixed
        ? "a subPath is never updated"
        : "an immutable Secret is only exchanged for another";
  const restarter = restarterOf(first, workload, around.maker, around.annotations, around.reloads);
  if (restarter === undefined) return { restart: "needed", because };
  return { restart: restarter.sure ? "by itself" : "unknown", because: `${because}; ${restarter.reason}` };
}

function untoldOf(workload: Workload | undefined): Gap[] {
  return (workload?.untold ?? []).map(({ code, reason }) => ({ code, reason }));
}
