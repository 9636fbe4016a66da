/**
 * Services of a Compose file (the Compose specification, "Services") as workloads: what a service states is put where a pod
 * would state it, so that the checks of pods apply, and each such field remembers where the service has it.
 */
import { bounds } from "../../../core/bounds.ts";
import { type FieldPath, formatFieldPath } from "../field-path.ts";
import { fieldRange } from "../locate.ts";
import type { FileSource, KubernetesObject } from "../object-model.ts";
import type { Collected } from "../read/collected.ts";
import { type Fields, fieldsOf, isPlain } from "../read/fields.ts";
import { servicePod } from "./service.ts";

type Plain = Readonly<Record<string, unknown>>;

export function readComposeServices(file: Plain, source: FileSource, collected: Collected, path: string): void {
  const services = isPlain(file.services) ? file.services : {};
  for (const [name, service] of Object.entries(services)) {
    if (collected.isFull()) return;
    const root: FieldPath = ["services", name];
    const tell = (field: FieldPath, reason: string, object?: KubernetesObject) => {
      const { line, column } = fieldRange({ ...source, root: [] }, field);
      const text = `${formatFieldPath(field)}: ${reason}`;
      collected.gap({
        code: "kubernetes.type",
        reason: text,
        path,
        line,
        column,
        ...(object ? { object } : {}),
        field,
      });
    };
    if (!isPlain(service)) {
      tell(root, "expected a map");
      continue;
    }
    const wrong: [FieldPath, string][] = [];
    const fields = fieldsOf(service, (field, reason) => wrong.push([field, reason]), root);
    const places = new Map<string, FieldPath>();
    const pod = servicePod(name, fields, places);
    const object = objectOf(name, service, fields, { ...source, root, fields: places });
    if (fields.has("extends")) wrong.push([[...root, "extends"], "what it extends is not followed"]);
    collected.workload({
      object,
      origin: "compose",
      templatePath: [],
      podPath: ["spec"],
      podMetadata: { labels: object.labels, annotations: object.annotations },
      pod,
    });
    for (const [field, reason] of wrong.slice(0, bounds.kubernetesObjectGaps)) tell(field, reason, object);
    if (wrong.length > bounds.kubernetesObjectGaps) {
      tell(root, `${wrong.length - bounds.kubernetesObjectGaps} more fields of a wrong type`, object);
    }
  }
  if (file.include !== undefined) {
    const { line, column } = fieldRange({ ...source, root: [] }, ["include"]);
    const reason = "what it includes is not followed";
    collected.gap({ code: "kubernetes.compose-include", reason, path, line, column });
  }
}

function objectOf(name: string, raw: Plain, fields: Fields, source: FileSource): KubernetesObject {
  return {
    apiVersion: "compose",
    group: "",
    version: "compose",
    kind: "Service",
    name,
    labels: mapOrList(fields, "labels"),
    annotations: mapOrList(fields, "annotations"),
    ownerReferences: [],
    source,
    raw,
  };
}

function mapOrList(fields: Fields, name: string): Record<string, string> {
  if (!fields.isList(name)) return { ...fields.texts(name) };
  return Object.fromEntries(
    fields.strings(name).map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
