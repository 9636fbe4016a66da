/** The fields of each source of events. */
import { auditFields } from "../audit/fields/all.ts";
import type { AuditEvent } from "../audit/model.ts";
import type { SyscallEvent } from "../event.ts";
import { anySourceFields } from "./any-source.ts";
import { type Fields, fieldsBy } from "./registry.ts";
import { syscallFields } from "./syscall.ts";

const audit: Fields<AuditEvent> = fieldsBy("k8s_audit", [
  ...anySourceFields<AuditEvent>({
    source: "k8s_audit",
    plugin: "k8saudit",
    hostname: () => undefined,
    firstTime: () => undefined,
  }),
  ...auditFields,
]);

/** What conditions and outputs of one source may name. */
export interface FieldsOfSources {
  readonly syscall: Fields<SyscallEvent>;
  readonly k8s_audit: Fields<AuditEvent>;
}

const all: FieldsOfSources = { syscall: syscallFields, k8s_audit: audit };

export function fieldsOf<Source extends keyof FieldsOfSources>(source: Source): FieldsOfSources[Source] {
  return all[source];
}
