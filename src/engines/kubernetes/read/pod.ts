import type {
  NodeExpression,
  NodeTerm,
  PodSpec,
  ProjectedSource,
  SourceReference,
  Toleration,
  Volume,
} from "../pod-model.ts";
import { readContainer, readResources } from "./containers.ts";
import { type Fields, sharedList, stated } from "./fields.ts";
import { readPodSecurityContext } from "./security-context.ts";

/** A PodSpec (Kubernetes API reference, core/v1). */
export function readPodSpec(fields: Fields): PodSpec {
  const os = fields.fields("os");
  return stated({
    containers: fields.list("containers").map(readContainer),
    initContainers: fields.list("initContainers").map(readContainer),
    ephemeralContainers: fields.list("ephemeralContainers").map(readContainer),
    volumes: fields.list("volumes").map(readVolume),
    securityContext: readPodSecurityContext(fields.fields("securityContext")),
    hostNetwork: fields.boolean("hostNetwork"),
    hostPID: fields.boolean("hostPID"),
    hostIPC: fields.boolean("hostIPC"),
    hostUsers: fields.boolean("hostUsers"),
    shareProcessNamespace: fields.boolean("shareProcessNamespace"),
    serviceAccountName: fields.string("serviceAccountName") || fields.string("serviceAccount") || undefined,
    automountServiceAccountToken: fields.boolean("automountServiceAccountToken"),
    enableServiceLinks: fields.boolean("enableServiceLinks"),
    imagePullSecrets: readNames(fields, "imagePullSecrets"),
    os: os === undefined ? undefined : stated({ name: os.string("name") }),
    nodeName: fields.string("nodeName"),
    nodeSelector: fields.stringMap("nodeSelector"),
    tolerations: fields.has("tolerations") ? fields.list("tolerations").map(readToleration) : undefined,
    nodeTerms: readNodeTerms(fields),
    runtimeClassName: fields.string("runtimeClassName"),
    priorityClassName: fields.string("priorityClassName"),
    restartPolicy: fields.string("restartPolicy"),
    dnsPolicy: fields.string("dnsPolicy"),
    nameservers: fields.fields("dnsConfig")?.strings("nameservers"),
    activeDeadlineSeconds: fields.integer("activeDeadlineSeconds"),
    terminationGracePeriodSeconds: fields.integer("terminationGracePeriodSeconds"),
    resources: fields.has("resources") ? readResources(fields.fields("resources")) : undefined,
  });
}

function readToleration(fields: Fields): Toleration {
  return stated({
    key: fields.string("key"),
    operator: fields.string("operator"),
    value: fields.string("value"),
    effect: fields.string("effect"),
  });
}

function readNodeTerms(fields: Fields): readonly NodeTerm[] | undefined {
  const required = fields
    .fields("affinity")
    ?.fields("nodeAffinity")
    ?.fields("requiredDuringSchedulingIgnoredDuringExecution");
  return required?.list("nodeSelectorTerms").map((term) => ({
    labels: term.list("matchExpressions").map(readNodeExpression),
    fields: term.list("matchFields").map(readNodeExpression),
  }));
}

function readNodeExpression(fields: Fields): NodeExpression {
  return {
    key: fields.string("key") ?? "",
    operator: fields.string("operator") ?? "",
    values: fields.strings("values"),
  };
}

/** A list of references that hold a name alone. */
export function readNames(fields: Fields, list: string): string[] {
  return fields.list(list).flatMap((item) => item.string("name") ?? []);
}

function readVolume(fields: Fields): Volume {
  const hostPath = fields.fields("hostPath");
  const emptyDir = fields.fields("emptyDir");
  const claim = fields.fields("persistentVolumeClaim");
  const csi = fields.fields("csi");
  const image = fields.fields("image");
  const projected = fields.fields("projected");
  const { medium, sizeLimit } = {
    medium: emptyDir?.string("medium"),
    sizeLimit: emptyDir?.integerOrString("sizeLimit"),
  };
  return stated({
    name: fields.string("name") ?? "",
    types: sharedList(fields.keys.filter((key) => key !== "name" && fields.has(key))),
    hostPath:
      hostPath === undefined
        ? undefined
        : stated({ path: hostPath.string("path") ?? "", type: hostPath.string("type") }),
    emptyDir:
      emptyDir === undefined
        ? undefined
        : stated({ medium, sizeLimit: sizeLimit === undefined ? undefined : String(sizeLimit) }),
    secret: readSource(fields.fields("secret"), "secretName"),
    configMap: readSource(fields.fields("configMap"), "name"),
    persistentVolumeClaim:
      claim === undefined
        ? undefined
        : stated({ claimName: claim.string("claimName") ?? "", readOnly: claim.boolean("readOnly") }),
    csi:
      csi === undefined
        ? undefined
        : stated({
            driver: csi.string("driver") ?? "",
            readOnly: csi.boolean("readOnly"),
            volumeAttributes: csi.stringMap("volumeAttributes"),
            nodePublishSecretRef: csi.fields("nodePublishSecretRef")?.string("name"),
          }),
    image:
      image === undefined
        ? undefined
        : stated({ reference: image.string("reference") ?? "", pullPolicy: image.string("pullPolicy") }),
    projected: projected === undefined ? undefined : { sources: projected.list("sources").map(readProjected) },
  });
}

function readSource(fields: Fields | undefined, name: "name" | "secretName"): SourceReference | undefined {
  if (fields === undefined) return undefined;
  return stated({
    name: fields.string(name) ?? "",
    items: fields.list("items").map((item) => ({ key: item.string("key") ?? "", path: item.string("path") ?? "" })),
    defaultMode: fields.integer("defaultMode"),
    optional: fields.boolean("optional"),
  });
}

function readProjected(fields: Fields): ProjectedSource {
  const token = fields.fields("serviceAccountToken");
  return stated({
    secret: readSource(fields.fields("secret"), "name"),
    configMap: readSource(fields.fields("configMap"), "name"),
    serviceAccountToken:
      token === undefined
        ? undefined
        : stated({
            audience: token.string("audience"),
            expirationSeconds: token.integer("expirationSeconds"),
            path: token.string("path"),
          }),
    types: sharedList(fields.keys.filter((key) => fields.has(key))),
  });
}
