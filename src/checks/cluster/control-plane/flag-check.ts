/** What the checks over flags of the control plane have in common. */
import type { CheckDocumentation, ControlNumber } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { Component, ComponentProgram } from "../../../engines/kubernetes/model.ts";
import { type ClusterCheck, clusterCheck } from "../kubernetes/cluster-check.ts";

export interface FlagRule {
  readonly program: ComponentProgram;
  /** Without its dashes. */
  readonly flag: string;
  /** What kubeadm sets where its configuration sets nothing; absent: nothing. */
  readonly kubeadm?: string;
  /** Other flags under which this one says nothing: a configuration file that has its place. */
  readonly unless?: readonly string[];
  /** What is wrong with the value, which is absent where the flag is: nothing, or the finding. */
  judge(value: string | undefined): FlagFault | undefined;
}

interface FlagFault {
  readonly title: string;
  readonly fix: string;
  /** Absent: the check's. */
  readonly severity?: RatedSeverity;
}

interface FlagSpecification {
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  readonly rules: readonly FlagRule[];
}

export function flagCheck(specification: FlagSpecification): ClusterCheck {
  const { rules, ...described } = specification;
  const programs = new Set(rules.map(({ program }) => program));
  return clusterCheck<"components">({
    ...described,
    needs: { manifests: "partial", components: "partial" },
    applies: ({ components }) => components.some(({ program }) => programs.has(program)),
    *detect({ components }) {
      for (const component of components) {
        for (const rule of rules) {
          const fault = faultOf(component, rule);
          if (fault === undefined) continue;
          const value = component.flags.get(rule.flag)?.value;
          yield {
            object: component.object,
            path: component.flags.get(rule.flag)?.path ?? component.path,
            subject: `${component.program} --${rule.flag}${value === undefined ? "" : `=${value}`}`,
            title: `${component.program}: ${fault.title}`,
            ...(fault.severity === undefined ? {} : { severity: fault.severity }),
            fix: fault.fix,
            evidence: { flag: `--${rule.flag}` },
          };
        }
      }
    },
  });
}

function faultOf(component: Component, rule: FlagRule): FlagFault | undefined {
  const { program, flags, origin, configured } = component;
  if (program !== rule.program) return undefined;
  const flag = flags.get(rule.flag);
  if (flag === undefined) {
    if (configured || (rule.unless ?? []).some((other) => flags.has(other))) return undefined;
    // What kubeadm starts a kubelet with beside these stands in the kubelet's own configuration.
    if (origin === "kubeadm" && program === "kubelet") return undefined;
  }
  return rule.judge(flag?.value ?? (origin === "kubeadm" ? rule.kubeadm : undefined));
}

/** The items of a value that is a list. */
export function listed(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.split(",").map((item) => item.trim());
}

/** Whether a flag that is true or false is true; without a value it is. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["true", "t", "1", ""].includes(value.toLowerCase());
}
