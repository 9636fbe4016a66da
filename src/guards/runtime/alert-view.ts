/** Alerts as they are shown. */
import { programText } from "../../checks/findings/detection-finding.ts";
import type { Alert, KubernetesUser } from "../../engines/events/model.ts";
import type { AlertView } from "../../report/runtime/view.ts";

export function alertView(alert: Alert, asset: string, state: AlertView["state"]): AlertView {
  const { rule, detector, priority, severity, source, output, fields, tags, count, first, last, about } = alert;
  const { container, pod } = about;
  const digest = container?.imageDigest ?? container?.imageId;
  const program = programText(alert.program);
  return {
    first: timeText(first),
    last: timeText(last),
    count,
    rule,
    detector,
    priority,
    severity,
    source,
    output,
    fields,
    tags,
    asset,
    ...(about.host === undefined ? {} : { host: about.host }),
    ...(container === undefined
      ? {}
      : {
          container: {
            id: container.id,
            ...(container.name === undefined ? {} : { name: container.name }),
            ...(container.image === undefined ? {} : { image: container.image }),
            ...(digest === undefined ? {} : { digest }),
            ...(container.imageId === undefined ? {} : { imageId: container.imageId }),
          },
        }),
    ...(about.object === undefined ? {} : { object: objectText(about.object) }),
    ...(pod === undefined ? {} : { pod: { namespace: pod.namespace, name: pod.name } }),
    ...(alert.process === undefined ? {} : { process: alert.process }),
    ...(program === undefined ? {} : { program }),
    kubernetesUsers: (alert.kubernetesUsers ?? []).map(userView),
    after: alert.after ?? [],
    ...(alert.why === undefined ? {} : { why: alert.why }),
    ...(alert.fix === undefined ? {} : { fix: alert.fix }),
    ...(alert.place === undefined ? {} : { place: `${alert.place.file}:${alert.place.line}` }),
    state,
  };
}

function objectText({ resource, namespace, name }: NonNullable<Alert["about"]["object"]>): string {
  const named = [namespace, name].filter((part) => part !== undefined).join("/");
  return named === "" ? resource : `${resource} ${named}`;
}

function userView({ name, actingAs, request, time }: KubernetesUser): AlertView["kubernetesUsers"][number] {
  return { name: actingAs === undefined ? name : `${name} as ${actingAs}`, request, time: timeText(time) };
}

/** `2026-03-01T14:03:22.123456789Z`; an event's clock may say anything, and then nothing is made of it. */
function timeText(nanoseconds: bigint): string {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  if (Number.isNaN(date.getTime()) || nanoseconds < 0n) return "-";
  const rest = String(nanoseconds % 1_000_000_000n).padStart(9, "0");
  return `${date.toISOString().slice(0, 19)}.${rest}Z`;
}
