/**
 * Manifests as the API server shows them to its policies: with the defaults of pods and of what makes them (pkg/apis/core/v1,
 * apps/v1 and batch/v1, defaults.go), and without what it does not keep. What admission plugins add besides is not among it,
 * but for the name of the service account: the volume of its token, tolerations, priority.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";

/** The same for an object that has them already. Other kinds stay as they are. */
export function withDefaults(object: Untyped): Untyped {
  const { kind, spec } = object;
  if (!isObject(spec) || typeof kind !== "string") return object;
  if (kind === "Pod") return { ...object, spec: podSpec(spec, true) };
  const own = Object.hasOwn(SPECS, kind) ? SPECS[kind] : undefined;
  return own === undefined ? object : { ...object, spec: own(spec) };
}

type Change = (spec: Untyped) => Untyped;

const template: Change = (spec) => inner(spec, "template", (held) => inner(held, "spec", (pod) => podSpec(pod, false)));

const rolling = (rollingUpdate: Untyped) => ({ type: "RollingUpdate", rollingUpdate });

const job: Change = (spec) => ({
  ...(spec.completions === undefined && spec.parallelism === undefined ? { completions: 1 } : {}),
  ...{ parallelism: 1, backoffLimit: 6, completionMode: "NonIndexed", suspend: false },
  podReplacementPolicy: isObject(spec.podFailurePolicy) ? "Failed" : "TerminatingOrFailed",
  ...template(spec),
});

const SPECS: Readonly<Record<string, Change>> = {
  ReplicaSet: (spec) => ({ replicas: 1, ...template(spec) }),
  ReplicationController: (spec) => ({ replicas: 1, ...template(spec) }),
  Deployment: (spec) => ({
    ...{ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
    strategy: rolling({ maxUnavailable: "25%", maxSurge: "25%" }),
    ...template(spec),
  }),
  StatefulSet: (spec) => ({
    ...{ replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: "OrderedReady" },
    updateStrategy: rolling({ partition: 0 }),
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    ...template(spec),
  }),
  DaemonSet: (spec) => ({
    revisionHistoryLimit: 10,
    updateStrategy: rolling({ maxUnavailable: 1, maxSurge: 0 }),
    ...template(spec),
  }),
  Job: job,
  CronJob: (spec) => ({
    ...{ concurrencyPolicy: "Allow", suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    ...inner(spec, "jobTemplate", (held) => inner(held, "spec", job)),
  }),
};

/** @param isPod - false of a template: what is set of Pods alone is not */
function podSpec(written: Untyped, isPod: boolean): Untyped {
  const spec = kept(written, ["hostNetwork", "hostPID", "hostIPC"]);
  const onHost = isPod && spec.hostNetwork === true;
  const account = spec.serviceAccountName ?? spec.serviceAccount ?? (isPod ? "default" : undefined);
  return {
    ...{ dnsPolicy: "ClusterFirst", restartPolicy: "Always", securityContext: {} },
    ...{ terminationGracePeriodSeconds: 30, schedulerName: "default-scheduler" },
    ...(isPod ? { enableServiceLinks: true } : {}),
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
    ...spec,
    ...each(spec, "containers", (one) => container(one, isPod, onHost)),
    ...each(spec, "initContainers", (one) => container(one, isPod, onHost)),
    ...each(spec, "ephemeralContainers", (one) => container(one, false, false)),
    ...each(spec, "volumes", volume),
  };
}

function container(written: Untyped, isPod: boolean, onHost: boolean): Untyped {
  const own = kept(written, ["stdin", "stdinOnce", "tty"]);
  return {
    ...{ terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File" },
    imagePullPolicy: pullPolicy(own.image),
    resources: {},
    ...own,
    ...(isPod && isObject(own.resources) ? { resources: requested(own.resources) } : {}),
    ...each(own, "ports", (port) => ({
      protocol: "TCP",
      ...(onHost && port.containerPort !== undefined ? { hostPort: port.containerPort } : {}),
      ...port,
    })),
    ...Object.fromEntries(
      ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((name) => {
        const held = own[name];
        return isObject(held) ? [[name, probe(held)] as const] : [];
      }),
    ),
    ...each(own, "env", (variable) =>
      inner(variable, "valueFrom", (from) => inner(from, "fieldRef", (field) => ({ apiVersion: "v1", ...field }))),
    ),
    ...each(own, "volumeMounts", (mount) => kept(mount, ["readOnly"])),
  };
}

/** What is limited is asked for to the same amount. */
function requested(resources: Untyped): Untyped {
  const { limits, requests } = resources;
  if (!isObject(limits)) return resources;
  return { ...resources, requests: { ...limits, ...(isObject(requests) ? requests : {}) } };
}

function probe(written: Untyped): Untyped {
  const all = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...written };
  return inner(all, "httpGet", (get) => ({ path: "/", scheme: "HTTP", ...get }));
}

function pullPolicy(image: unknown): string {
  const [name = "", digest] = typeof image === "string" ? image.split("@") : [];
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  const isLatest = tag === undefined ? digest === undefined : tag === "latest";
  return isLatest ? "Always" : "IfNotPresent";
}

const MODED = ["secret", "configMap", "downwardAPI", "projected"];

function volume(own: Untyped): Untyped {
  if (Object.keys(own).every((name) => name === "name")) return { ...own, emptyDir: {} };
  let made: Untyped = inner(own, "hostPath", (path) => ({ type: "", ...path }));
  made = inner(made, "image", (image) => ({ pullPolicy: pullPolicy(image.reference), ...image }));
  for (const name of MODED) made = inner(made, name, (source) => ({ defaultMode: 420, ...source }));
  return made;
}

/** With one field changed, where it holds an object. */
function inner(fields: Untyped, name: string, change: Change): Untyped {
  const held = fields[name];
  return isObject(held) ? { ...fields, [name]: change(held) } : fields;
}

/** A list with each object in it changed; nothing where it is none. */
function each(fields: Untyped, name: string, change: Change): Untyped {
  const list = fields[name];
  if (!Array.isArray(list)) return {};
  return { [name]: list.map((one: unknown) => (isObject(one) ? change(one) : one)) };
}

/** Without null, empty texts and empty lists, and without what is false of those that are left out then. */
function kept(fields: Untyped, flags: readonly string[]): Untyped {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => {
      if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return false;
      return value !== false || !flags.includes(name);
    }),
  );
}
