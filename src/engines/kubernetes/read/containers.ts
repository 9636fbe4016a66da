import type {
  Container,
  EnvFrom,
  EnvVar,
  Handler,
  KeyReference,
  Lifecycle,
  Resources,
  SecurityContext,
  VolumeMount,
} from "../pod-model.ts";
import { type Fields, stated } from "./fields.ts";
import { sharedSecurity } from "./security-context.ts";

export function readContainer(fields: Fields): Container {
  return stated({
    name: fields.string("name") ?? "",
    image: fields.string("image"),
    imagePullPolicy: fields.string("imagePullPolicy"),
    command: fields.strings("command"),
    args: fields.strings("args"),
    workingDir: fields.string("workingDir"),
    ports: fields.list("ports").map((port) =>
      stated({
        name: port.string("name"),
        containerPort: port.integer("containerPort"),
        hostPort: port.integer("hostPort"),
        hostIP: port.string("hostIP"),
        protocol: port.string("protocol"),
      }),
    ),
    env: fields.list("env").map(readEnvVar),
    envFrom: fields.list("envFrom").map(readEnvFrom),
    resources: readResources(fields.fields("resources")),
    volumeMounts: fields.list("volumeMounts").map(readVolumeMount),
    volumeDevices: fields
      .list("volumeDevices")
      .map((device) => stated({ name: device.string("name") ?? "", devicePath: device.string("devicePath") })),
    securityContext: readSecurityContext(fields.fields("securityContext")),
    livenessProbe: readHandler(fields.fields("livenessProbe")),
    readinessProbe: readHandler(fields.fields("readinessProbe")),
    startupProbe: readHandler(fields.fields("startupProbe")),
    lifecycle: readLifecycle(fields.fields("lifecycle")),
    restartPolicy: fields.string("restartPolicy"),
    stdin: fields.boolean("stdin"),
    tty: fields.boolean("tty"),
    targetContainerName: fields.string("targetContainerName"),
  });
}

export function readResources(fields: Fields | undefined): Resources {
  return { limits: fields?.quantities("limits") ?? {}, requests: fields?.quantities("requests") ?? {} };
}

function readSecurityContext(fields: Fields | undefined): SecurityContext | undefined {
  if (fields === undefined) return undefined;
  const capabilities = fields.fields("capabilities");
  return stated({
    ...sharedSecurity(fields),
    privileged: fields.boolean("privileged"),
    allowPrivilegeEscalation: fields.boolean("allowPrivilegeEscalation"),
    readOnlyRootFilesystem: fields.boolean("readOnlyRootFilesystem"),
    procMount: fields.string("procMount"),
    capabilities:
      capabilities === undefined ? undefined : { add: capabilities.strings("add"), drop: capabilities.strings("drop") },
  });
}

function readEnvVar(fields: Fields): EnvVar {
  const from = fields.fields("valueFrom");
  return stated({
    name: fields.string("name") ?? "",
    value: fields.string("value"),
    secretKeyRef: readKeyReference(from?.fields("secretKeyRef")),
    configMapKeyRef: readKeyReference(from?.fields("configMapKeyRef")),
    fieldRef: from?.fields("fieldRef")?.string("fieldPath"),
    resourceFieldRef: from?.fields("resourceFieldRef")?.string("resource"),
  });
}

function readKeyReference(fields: Fields | undefined): KeyReference | undefined {
  if (fields === undefined) return undefined;
  return stated({
    name: fields.string("name") ?? "",
    key: fields.string("key") ?? "",
    optional: fields.boolean("optional"),
  });
}

function readEnvFrom(fields: Fields): EnvFrom {
  return stated({
    prefix: fields.string("prefix"),
    secretRef: fields.fields("secretRef")?.string("name"),
    configMapRef: fields.fields("configMapRef")?.string("name"),
    optional: (fields.fields("secretRef") ?? fields.fields("configMapRef"))?.boolean("optional"),
  });
}

function readVolumeMount(fields: Fields): VolumeMount {
  return stated({
    name: fields.string("name") ?? "",
    mountPath: fields.string("mountPath"),
    subPath: fields.string("subPath"),
    subPathExpr: fields.string("subPathExpr"),
    readOnly: fields.boolean("readOnly"),
    recursiveReadOnly: fields.string("recursiveReadOnly"),
    mountPropagation: fields.string("mountPropagation"),
  });
}

const HANDLERS = ["exec", "grpc", "httpGet", "sleep", "tcpSocket"] as const;

function readHandler(fields: Fields | undefined): Handler | undefined {
  if (fields === undefined) return undefined;
  const type = HANDLERS.find((name) => fields.has(name));
  const handler = type === undefined ? undefined : fields.fields(type);
  // A handler with two ways is refused by the API server; the host of either is told all the same.
  const others = HANDLERS.filter((name) => name !== type).map((name) => fields.fields(name)?.string("host"));
  return stated({
    type,
    host:
      handler?.string("host") || others.find((host) => host !== undefined && host !== "") || handler?.string("host"),
    port: handler?.integerOrString("port"),
    path: handler?.string("path"),
    scheme: handler?.string("scheme"),
    httpHeaders: (handler?.list("httpHeaders") ?? []).map((header) => ({
      name: header.string("name") ?? "",
      value: header.string("value") ?? "",
    })),
    command: handler?.strings("command") ?? [],
  });
}

function readLifecycle(fields: Fields | undefined): Lifecycle | undefined {
  if (fields === undefined) return undefined;
  return stated({
    postStart: readHandler(fields.fields("postStart")),
    preStop: readHandler(fields.fields("preStop")),
    stopSignal: fields.string("stopSignal"),
  });
}
