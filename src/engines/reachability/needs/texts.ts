/** What a workload is told: its environment, its command line and the files that it mounts, with their places. */
import {
  type ConfigMap,
  containersOf,
  effectiveNamespace,
  type FieldPath,
  type KubernetesObject,
  type Manifests,
  type PlacedContainer,
  type SourceReference,
  type Workload,
} from "../../kubernetes/model.ts";
import { statedSecretValues } from "../../kubernetes/secret-values.ts";

export interface WorkloadText {
  readonly text: string;
  /** The variable's name, the flag before it, or nothing. */
  readonly key?: string;
  readonly isFile: boolean;
  /** Of it nothing is repeated that is no Service's name. */
  readonly isSecret: boolean;
  /** `env API_URL of container web`. */
  readonly says: string;
  readonly place: { readonly object: KubernetesObject; readonly field: FieldPath };
  /** The value of another variable of the same container, where it is stated in clear. */
  variable(name: string): string | undefined;
}

export interface Texts {
  of(workload: Workload): Iterable<WorkloadText>;
}

interface Source {
  readonly object: KubernetesObject;
  readonly isSecret: boolean;
  readonly values: ReadonlyMap<string, { readonly text: string; readonly field: FieldPath }>;
}

/** How deep variables may name each other. */
const EXPANSIONS = 8;
/** Characters of one value with its variables put in. */
const EXPANDED_LENGTH = 64 * 1024;

export function workloadTexts(manifests: Manifests): Texts {
  const configMaps = new Map(manifests.configMaps.map((map) => [keyOf(map.object), map]));
  const secrets = new Map(manifests.secrets.map((secret) => [keyOf(secret.object), secret.object]));
  const read = new Map<KubernetesObject, Source>();

  function source(kind: "configMap" | "secret", namespace: string, name: string): Source | undefined {
    const key = `${namespace}/${name}`;
    const map = kind === "configMap" ? configMaps.get(key) : undefined;
    const object = kind === "configMap" ? map?.object : secrets.get(key);
    if (object === undefined) return undefined;
    const found = read.get(object) ?? (map === undefined ? secretSource(object) : configMapSource(map));
    read.set(object, found);
    return found;
  }

  return {
    *of(workload) {
      const namespace = effectiveNamespace(workload.object) ?? "default";
      for (const placed of containersOf(workload.pod)) {
        const variables = environmentOf(workload, placed, (kind, name) => source(kind, namespace, name));
        const variable = (name: string) => expanded(variables.get(name)?.text, variables, 0);
        for (const { text, ...rest } of variables.values()) {
          yield { ...rest, text: expanded(text, variables, 0) ?? "", isFile: false, variable };
        }
        yield* commandLineOf(workload, placed, variables, variable);
      }
      yield* filesOf(workload, (kind, name) => source(kind, namespace, name));
    },
  };
}

type SourceNamed = (kind: "configMap" | "secret", name: string) => Source | undefined;
type Variable = Pick<WorkloadText, "text" | "key" | "isSecret" | "says" | "place">;
type Variables = ReadonlyMap<string, Variable>;

function keyOf(object: KubernetesObject): string {
  return `${effectiveNamespace(object) ?? "default"}/${object.name}`;
}

function configMapSource({ object, data }: ConfigMap): Source {
  const values = Object.entries(data).map(([key, text]) => [key, { text, field: ["data", key] }] as const);
  return { object, isSecret: false, values: new Map(values) };
}

function secretSource(object: KubernetesObject): Source {
  const values = statedSecretValues(object).map(({ key, text, field }) => [key, { text, field }] as const);
  return { object, isSecret: true, values: new Map(values) };
}

/** In the order in which Kubernetes sets them: of equal names the last counts, `env` before `envFrom`. */
function environmentOf(workload: Workload, placed: PlacedContainer, named: SourceNamed): Variables {
  const { container, path } = placed;
  const variables = new Map<string, Variable>();
  const from = (name: string, key: string, source: Source | undefined): void => {
    const value = source?.values.get(key);
    if (source === undefined || value === undefined) return;
    const says = `env ${name} of ${called(placed)}, from ${source.object.kind} ${source.object.name}`;
    const place = { object: source.object, field: value.field };
    variables.set(name, { text: value.text, key: name, isSecret: source.isSecret, says, place });
  };
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom) {
    const source =
      configMapRef === undefined
        ? secretRef === undefined
          ? undefined
          : named("secret", secretRef)
        : named("configMap", configMapRef);
    for (const key of source?.values.keys() ?? []) from(prefix + key, key, source);
  }
  for (const [index, { name, value, configMapKeyRef, secretKeyRef }] of container.env.entries()) {
    if (value !== undefined) {
      const field = [...workload.podPath, ...path, "env", index, "value"];
      const says = `env ${name} of ${called(placed)}`;
      variables.set(name, { text: value, key: name, isSecret: false, says, place: { object: workload.object, field } });
    } else if (configMapKeyRef !== undefined) from(name, configMapKeyRef.key, named("configMap", configMapKeyRef.name));
    else if (secretKeyRef !== undefined) from(name, secretKeyRef.key, named("secret", secretKeyRef.name));
  }
  return variables;
}

/** As the kubelet puts variables in: `$(NAME)`; what is not set stays as it is. */
function expanded(text: string | undefined, variables: Variables, depth: number): string | undefined {
  if (text === undefined || depth > EXPANSIONS || !text.includes("$(")) return text;
  const whole = text.replace(/\$\(([A-Za-z_][A-Za-z0-9_.-]{0,200})\)/g, (reference, name: string) => {
    const variable = variables.get(name);
    // What a Secret holds is put into nothing that is repeated.
    return variable === undefined || variable.isSecret
      ? reference
      : (expanded(variable.text.slice(0, EXPANDED_LENGTH), variables, depth + 1) ?? reference);
  });
  return whole.slice(0, EXPANDED_LENGTH);
}

function* commandLineOf(
  workload: Workload,
  placed: PlacedContainer,
  variables: Variables,
  variable: WorkloadText["variable"],
): Generator<WorkloadText> {
  const { container, path } = placed;
  const probes = (["livenessProbe", "readinessProbe", "startupProbe"] as const).map(
    (name) => [`exec command of ${name}`, container[name]?.command ?? [], [name, "exec", "command"]] as const,
  );
  const lines = [["command", container.command, ["command"]], ["args", container.args, ["args"]], ...probes] as const;
  for (const [what, words, field] of lines) {
    let flag: string | undefined;
    for (const [index, word] of words.entries()) {
      const place = { object: workload.object, field: [...workload.podPath, ...path, ...field, index] };
      const isFlag = word.startsWith("-") && !word.includes("=") && !/\s/.test(word);
      const key = isFlag ? undefined : flag;
      flag = isFlag ? word : undefined;
      const text = expanded(word, variables, 0) ?? "";
      const says = `${what} of ${called(placed)}`;
      yield { text, isFile: false, isSecret: false, says, place, variable, ...(key === undefined ? {} : { key }) };
    }
  }
}

function called({ kind, container }: PlacedContainer): string {
  return `${kind === "container" ? "" : `${kind} `}container ${container.name}`;
}

/** Files of ConfigMaps and Secrets that a container mounts. */
function* filesOf({ pod }: Workload, named: SourceNamed): Generator<WorkloadText> {
  const mounted = new Set(containersOf(pod).flatMap(({ container }) => container.volumeMounts.map(({ name }) => name)));
  for (const volume of pod.volumes) {
    if (!mounted.has(volume.name)) continue;
    const sources: readonly (readonly ["configMap" | "secret", SourceReference | undefined])[] = [
      ["configMap", volume.configMap],
      ["secret", volume.secret],
      ...(volume.projected?.sources ?? []).flatMap(
        ({ configMap, secret }) =>
          [
            ["configMap", configMap],
            ["secret", secret],
          ] as const,
      ),
    ];
    for (const [kind, reference] of sources) {
      const source = reference === undefined ? undefined : named(kind, reference.name);
      if (reference === undefined || source === undefined) continue;
      const wanted = reference.items.length === 0 ? undefined : new Set(reference.items.map(({ key }) => key));
      for (const [key, { text, field }] of source.values) {
        if (wanted !== undefined && !wanted.has(key)) continue;
        yield {
          text,
          isFile: true,
          isSecret: source.isSecret,
          says: `file ${key} of ${source.object.kind} ${source.object.name}`,
          place: { object: source.object, field },
          variable: () => undefined,
        };
      }
    }
  }
}
