/** The policy's keys about responses. Whoever may change them decides what is killed: none of an untrusted policy counts. */
import { type Form, setting, type TextForm, type Tighten } from "../../../core/setting.ts";
import { priorities } from "../model.ts";
import { type RespondMode, type ResponseExemption, type ResponseRule, respondModes, responseActions } from "./model.ts";

const ruleName: TextForm = {
  says: "the name of a rule or a pattern over names: Reverse shell*",
  is: (text) => text.length <= 300,
};

const workloadPattern: TextForm = {
  says: "a workload as alerts name it, or a pattern: shop/Deployment/api, shop/**, */Container/jump",
  is: (text) => text.length <= 300 && text.includes("/"),
};

const workloadName: TextForm = {
  says: "a workload as alerts name it, no pattern: kube-system/Deployment/coredns, node-1/Container/jump, host:/usr/bin/agent",
  is: (text) => text.length <= 300 && !/[*?]/.test(text) && /\/./.test(text),
};

const texts = (each: TextForm): Form => ({ kind: "texts", each });

const responseForm: Form = {
  kind: "list",
  of: {
    kind: "mapping",
    fields: {
      rules: { form: texts(ruleName), description: "Names of rules, or patterns over them, in any case." },
      tags: {
        form: texts({ says: "a tag of a rule: T1059, container", is: (text) => text.length <= 100 }),
        description: "Tags of rules: T1059, mitre_execution.",
      },
      priority: { form: { kind: "choice", of: priorities }, description: "Alerts of this priority or a worse one." },
      in: {
        form: texts(workloadPattern),
        description: "Workloads or patterns over them: shop/**, */Container/jump. Default: all that are not exempt.",
      },
      do: {
        form: { kind: "choices", of: responseActions },
        description:
          "What is done: label, detach or quarantine the pod, protect, pause, stop or kill its container, kill the process.",
        required: true,
      },
    },
    rules: [
      {
        fault: "responds to nothing",
        allowed: "at least one of rules, tags, priority",
        holds: (written) => ["rules", "tags", "priority"].some((name) => written[name] !== undefined),
      },
    ],
  },
};

function exemptionForm(workload: TextForm, description: string): Form {
  const reason: Form = { kind: "text", each: { says: "a reason", is: (text) => text.trim() !== "" } };
  return {
    kind: "list",
    of: {
      kind: "mapping",
      fields: {
        workload: { form: { kind: "text", each: workload }, description, required: true },
        reason: { form: reason, description: "Why.", required: true },
      },
    },
  };
}

/** Whoever adds one acts, and whoever takes one away lets an attacker act: neither is stricter. */
function same<Value>(): Tighten<Value> {
  return (current, wanted) => ({ value: current, loosens: JSON.stringify(current) !== JSON.stringify(wanted) });
}

function limit(initial: number, from: number, to: number, description: string) {
  return setting<number>({
    form: { kind: "number", from, to },
    description: `${description} Default: ${initial}. Stricter: nothing.`,
    initial,
    tighten: same(),
  });
}

export const responseSettings = {
  "runtime.respond": setting<RespondMode>({
    form: { kind: "choice", of: respondModes },
    description:
      "Whether `runtime.responses` are carried out: off, dry-run (what would be done is told) or on. Of an untrusted policy always off. Default: off. Stricter: nothing.",
    initial: "off",
    tighten: same(),
  }),
  "runtime.responses": setting<readonly ResponseRule[]>({
    form: responseForm,
    description:
      "What is done about an alert, by its rule, tags or priority. All entries that match an alert count together. Default: none. Stricter: nothing.",
    initial: [],
    tighten: same(),
    show: (rules) => (rules.length === 0 ? "none" : rules.map(shownRule).join("; ")),
  }),
  "runtime.exempt": setting<readonly ResponseExemption[]>({
    form: exemptionForm(workloadPattern, "Workload or pattern: shop/StatefulSet/database, billing/**."),
    description:
      "Workloads that nothing is done to, beside those of the system: kube-* namespaces, Bulkhead's own, static pods and the host's processes. Default: none. Stricter: nothing.",
    initial: [],
    tighten: same(),
    show: shownExemptions,
  }),
  "runtime.notExempt": setting<readonly ResponseExemption[]>({
    form: exemptionForm(
      workloadName,
      "Name of a workload, or of a program of the host as host:PATH: kube-system/Deployment/coredns, host:/usr/local/bin/agent.",
    ),
    description: "Workloads of the system that responses reach after all. Default: none. Stricter: nothing.",
    initial: [],
    tighten: same(),
    show: shownExemptions,
  }),
  "runtime.responseLimits.rule": limit(5, 1, 10_000, "Actions for alerts of one rule within `minutes`."),
  "runtime.responseLimits.workload": limit(5, 1, 10_000, "Actions on one workload within `minutes`."),
  "runtime.responseLimits.node": limit(20, 1, 10_000, "Actions on one node within `minutes`."),
  "runtime.responseLimits.minutes": limit(10, 1, 1_440, "Minutes that the limits are about."),
};

function shownRule({ rules = [], tags = [], priority, in: workloads = [], do: actions }: ResponseRule): string {
  const on = [...rules, ...tags, ...(priority === undefined ? [] : [priority])].join(", ");
  return `${on}${workloads.length === 0 ? "" : ` in ${workloads.join(", ")}`}: ${actions.join(", ")}`;
}

function shownExemptions(exemptions: readonly ResponseExemption[]): string {
  return exemptions.length === 0 ? "none" : exemptions.map(({ workload }) => workload).join(", ");
}
