import type { FieldPatch } from "../../core/finding.ts";
import { containersOf, type PlacedContainer } from "../../engines/kubernetes/model.ts";
import { gradedByRights } from "./hardening/rights-gained.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { BASELINE_CAPABILITIES } from "./pod-security/capabilities.ts";
import { exceptWindows, podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/**
 * Fields: `containers[*].securityContext.capabilities`. Required: `drop` has ALL. Allowed in `add`: NET_BIND_SERVICE. What
 * is beyond the level baseline `capabilities-baseline` says.
 */
export const capabilitiesRestricted = podSecurityCheck({
  name: "capabilities-restricted",
  level: "restricted",
  title: "Capabilities not dropped",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a container does not drop `ALL` capabilities, or adds one other than `NET_BIND_SERVICE`. `all` in another case is low: runtimes take it for `ALL`, and Pod Security refuses the pod where it enforces `restricted`.",
    why: "Runtimes grant some that few programs need: to send raw packets, to make device files, to read past the rights of files. Each is of use to anyone who gets in.",
    fix: "Set `capabilities.drop: [ALL]` for each container. A port below 1024 needs `add: [NET_BIND_SERVICE]`, or better a port above.",
    references: ["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
  },
  rules: [
    { since: 22, violations },
    { since: 25, violations: exceptWindows(violations) },
  ],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    const { add = [], drop = [] } = placed.container.securityContext?.capabilities ?? {};
    const base = [...placed.path, "securityContext", "capabilities"];
    const other = drop.find((name) => /^all$/i.test(name));
    if (!drop.includes("ALL") && other !== undefined) {
      yield {
        container: placed,
        path: [...base, "drop"],
        subject: "securityContext.capabilities.drop",
        title: `${titleOf(placed)} drops ${other}, which Pod Security does not accept as ALL`,
        severity: "low",
        fix: "set capabilities.drop: [ALL]",
      };
    } else if (!drop.includes("ALL")) {
      yield {
        container: placed,
        path: [...base, "drop"],
        subject: "securityContext.capabilities.drop",
        title: `${titleOf(placed)} does not drop ALL capabilities`,
        fix: {
          text: "set capabilities.drop: [ALL]",
          patches: dropAll(placed, base, add),
          graded: gradedByRights(placed.container),
        },
      };
    }
    const kept = add.filter((name) => name !== "NET_BIND_SERVICE" && BASELINE_CAPABILITIES.has(name));
    if (kept.length > 0) {
      yield {
        container: placed,
        path: [...base, "add"],
        subject: `securityContext.capabilities.add ${kept.toSorted().join(",")}`,
        title: `${titleOf(placed)} adds ${kept.join(", ")}`,
        severity: "medium",
        fix: `remove ${kept.join(", ")} from capabilities.add`,
      };
    }
  }
}

function dropAll({ container }: PlacedContainer, base: Detection["path"], add: readonly string[]): FieldPatch[] {
  const low = container.ports.some(({ containerPort = 0 }) => containerPort > 0 && containerPort < 1024);
  return [
    { path: [...base, "drop"], op: "add", value: "ALL" },
    ...(low && !add.includes("NET_BIND_SERVICE")
      ? [{ path: [...base, "add"], op: "add", value: "NET_BIND_SERVICE" } as const]
      : []),
  ];
}
