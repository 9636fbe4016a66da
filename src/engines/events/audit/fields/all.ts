/**
 * Fields of the source `k8s_audit`: Bulkhead's own (`ka.pods.*`, `ka.role.*`, `ka.binding.*`), and the others with the names
 * and types of Falco's plugins `k8saudit` 0.18 and `json` 0.7. Where a field of the plugin gives something else than its
 * description says, ours gives what it says: `ka.sourceips`, `ka.req.pod.*.eff_run_as_user`,
 * `ka.req.pod.*.eff_run_as_group`, `ka.req.pod.*.add_capabilities`, and `ka.req.pod.*.image.repository` of a registry with a
 * port.
 */
import type { AuditField } from "./define.ts";
import { grantFields } from "./grants.ts";
import { jsonFields } from "./json.ts";
import { objectFields } from "./object.ts";
import { podFields } from "./pod.ts";
import { requestFields } from "./request.ts";
import { templateFields } from "./templates.ts";

export const auditFields: readonly AuditField[] = [
  ...requestFields,
  ...objectFields,
  ...podFields,
  ...templateFields,
  ...grantFields,
  ...jsonFields,
];
