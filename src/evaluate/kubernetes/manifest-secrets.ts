/** Secrets among the values of manifests: the secrets engine judges each object's values as one small file. */

import { manifestValuesChecks } from "../../checks/lists/manifest-values.ts";
import type { ClearSecret, ManifestSecrets, SecretInManifestFacts } from "../../checks/workload/secret-in-manifest.ts";
import { append } from "../../core/append.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import { severityRank } from "../../core/severity.ts";
import {
  containersOf,
  describeObject,
  type FieldPath,
  formatFieldPath,
  type KubernetesObject,
  type Manifests,
  type Workload,
} from "../../engines/kubernetes/model.ts";
import { statedSecretValues } from "../../engines/kubernetes/secret-values.ts";
import { bounds as secretsBounds } from "../../engines/secrets/bounds.ts";
import type { SecretFact } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { assessorOf } from "../secrets/secrets.ts";
import { clearsOf, type Value } from "./clear-values.ts";
import { manifestGaps } from "./manifest-gaps.ts";
import { sourceEvidence } from "./secret-sources.ts";

interface FoundManifestSecrets {
  readonly found: ManifestSecrets;
  readonly gaps: readonly Gap[];
}

interface ManifestSecretsContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What the tree or the cluster is called. */
  readonly scope: string;
  /** What it is all of, where that is no cluster. */
  readonly asset?: Asset;
}

/** The evaluation of a tree of manifests, or of a cluster; none where nothing was read. */
export function evaluateManifestSecrets(
  manifests: Manifests,
  scanner: SecretScanner,
  { policy, now, scope, asset = { kind: "cluster", id: scope, lineage: scope, name: scope } }: ManifestSecretsContext,
): Evaluation[] {
  if (manifests.objects.length + manifests.workloads.length + manifests.gaps.length === 0) return [];
  const { found, gaps } = findManifestSecrets(manifests, scanner, manifestGaps(manifests).all);
  const manifestSecrets = present(found, now.toISOString(), { gaps });
  return runChecks<SecretInManifestFacts>(
    manifestValuesChecks,
    { manifestSecrets },
    {
      asset,
      policy,
      now,
      evidence: { objects: String(found.objects), ...sourceEvidence(manifests) },
      assess: assessorOf(manifestSecrets, { policy, now }),
    },
  );
}

/** @param gaps - of the reading: what was not read may hold a secret */
export function findManifestSecrets(
  manifests: Manifests,
  scanner: SecretScanner,
  gaps: readonly Gap[] = [],
): FoundManifestSecrets {
  const secrets: SecretFact[] = [];
  const places = new Map<SecretFact, { readonly object: KubernetesObject; readonly field: FieldPath }>();
  const clear: ClearSecret[] = [];
  let offset = 0;
  let omitted = 0;
  for (const [object, holders] of holdersOf(manifests)) {
    const file = object.source.kind === "file" ? object.source.text.path : undefined;
    const own = holders.flatMap((values) => [...values()]);
    if (own.length === 0) continue;
    const { text, fields } = lined(object, own);
    const bytes = Buffer.from(text);
    // Rules go by the kind of a file: a cluster's object is configuration as a file's is.
    const { secrets: found, omitted: more } = scanner.scan(file ?? "object.yaml", bytes);
    omitted += more;
    const hits = found.map(({ line = 1, column: _, ...secret }) => ({ secret, field: fields[line - 1] ?? [] }));
    const given = clearsOf(object, own, new Set(hits.filter(({ secret }) => isSure(object, secret)).map(fieldName)));
    append(clear, given);
    // A file of settings may hold several; what rules only guess there says where.
    const inClear = new Set(given.filter(({ kind }) => kind !== "file").flatMap(({ keys }) => keys.map(fieldName)));
    for (const { secret, field } of hits) {
      // What a rule only guesses is told once, and with the password's name.
      if (inClear.has(fieldName({ field }))) continue;
      if (secrets.length >= secretsBounds.secretsOfAsset) {
        omitted += 1;
        continue;
      }
      const fact: SecretFact = { ...secret, path: file ?? describeObject(object), offset: offset + secret.offset };
      secrets.push(fact);
      places.set(fact, { object, field });
    }
    offset += bytes.length;
  }
  const over: Gap[] =
    omitted === 0
      ? []
      : [
          {
            code: "secrets.too-many",
            reason: `${omitted} more places in manifests that look like secrets were not recorded`,
          },
        ];
  return { found: { secrets, places, clear, objects: manifests.objects.length }, gaps: [...gaps, ...over] };
}

/** One value a line, or several where it has some; and whose each line is. */
function lined(object: KubernetesObject, values: readonly Value[]): { text: string; fields: FieldPath[] } {
  const fields: FieldPath[] = [];
  let text = "";
  for (const { name, text: value, field } of values) {
    const own = `${name}: ${value}${allowanceOf(object, value)}\n`;
    text += own;
    for (let lines = own.split("\n").length - 1; lines > 0; lines--) fields.push(field);
  }
  return { text, fields };
}

/** Lines of a file that allow a secret, in the order of the file. */
const allowing = new WeakMap<object, readonly string[]>();
/** So many of one file are looked at. */
const ALLOWANCES = 200;

/** The comment behind the value in its file, where it allows a secret. */
function allowanceOf({ source }: KubernetesObject, value: string): string {
  if (source.kind !== "file" || value === "" || value.includes("\n")) return "";
  let lines = allowing.get(source.text);
  if (lines === undefined) {
    lines = Iterator.from(source.text.texts()).flatMap(allowingLines).take(ALLOWANCES).toArray();
    allowing.set(source.text, lines);
  }
  const line = lines.find((one) => one.slice(0, one.lastIndexOf("#")).includes(value));
  return line === undefined ? "" : ` ${line.slice(line.lastIndexOf("#"))}`;
}

function allowingLines(text: string): string[] {
  if (!text.includes(":allow")) return [];
  return text
    .split("\n")
    .filter(
      (line) =>
        line.length < 2_000 &&
        /(?:bulkhead|gitleaks):allow/.test(line.slice(line.indexOf("#") + 1)) &&
        line.includes("#"),
    );
}

type Values = () => Iterable<Value>;

/** Objects in the order of their first values, which are made when they are asked for: of a great run they are many. */
function holdersOf(manifests: Manifests): ReadonlyMap<KubernetesObject, readonly Values[]> {
  const holders = new Map<KubernetesObject, Values[]>();
  const add = (object: KubernetesObject, values: Values) => {
    const known = holders.get(object);
    if (known === undefined) holders.set(object, [values]);
    else known.push(values);
  };
  const hold = (object: KubernetesObject, values: Values) => {
    const [first] = values();
    if (first !== undefined) add(object, values);
  };
  for (const object of manifests.objects) hold(object, () => annotationsOf(object.annotations, ["metadata"]));
  for (const { object, data } of manifests.configMaps) {
    hold(object, () => Object.entries(data).map(([name, text]) => ({ name, text, field: ["data", name] })));
  }
  for (const workload of manifests.workloads) hold(workload.object, () => valuesOfWorkload(workload));
  // Nothing comes behind them: it does not matter whether there are any, and each is read anew for its values.
  for (const { object } of manifests.secrets) {
    add(object, () => statedSecretValues(object).map(({ key, text, field }) => ({ name: key, text, field })));
  }
  return holders;
}

function* valuesOfWorkload(workload: Workload): Generator<Value> {
  const { pod, podPath, podMetadata, templatePath } = workload;
  if (templatePath.length > 0) yield* annotationsOf(podMetadata.annotations, [...templatePath, "metadata"]);
  for (const { container, path } of containersOf(pod)) {
    const at = [...podPath, ...path];
    for (const [index, { name, value }] of container.env.entries()) {
      if (value !== undefined) yield { name, text: value, field: [...at, "env", index, "value"] };
    }
    for (const list of ["command", "args"] as const) {
      for (const [index, text] of container[list].entries()) {
        yield { name: list, text, field: [...at, list, index] };
      }
    }
    for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
      const { httpHeaders = [], command = [] } = container[probe] ?? {};
      for (const [index, { name, value }] of httpHeaders.entries()) {
        yield { name, text: value, field: [...at, probe, "httpGet", "httpHeaders", index, "value"] };
      }
      if (command.length > 0) {
        yield { name: "command", text: command.join(" "), field: [...at, probe, "exec", "command"] };
      }
    }
  }
}

function* annotationsOf(annotations: Readonly<Record<string, string>>, path: FieldPath): Generator<Value> {
  for (const [name, text] of Object.entries(annotations)) {
    // It repeats the object, which is looked at itself.
    if (name === "kubectl.kubernetes.io/last-applied-configuration") continue;
    yield { name, text, field: [...path, "annotations", name] };
  }
}

/**
 * A rule knows it, and rates it no lower than a value in clear is rated: see `secretInManifest`. Of a Secret only what has a
 * form of its own: any value is one there, and one finding names them all.
 */
function isSure({ kind }: KubernetesObject, { confidence, severity, wellKnown }: SecretFact): boolean {
  if (wellKnown === true) return false;
  if (kind === "Secret") return confidence === "high" && severityRank(severity) <= severityRank("high");
  return confidence !== "low" && severityRank(severity) <= severityRank("medium");
}

function fieldName({ field }: { readonly field: FieldPath }): string {
  return formatFieldPath(field);
}
