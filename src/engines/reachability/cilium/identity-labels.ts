/**
 * Which labels of a pod Cilium looks at. Those that it leaves out of a pod's identity no selector sees:
 * https://docs.cilium.io/en/latest/operations/performance/scalability/identity-relevant-labels/
 */

/** Undefined: it depends on patterns that are not read here. */
export type LabelFilter = (label: string) => boolean | undefined;

interface Pattern {
  readonly ignore: boolean;
  /** How much of the label it matches from its start; 0 for nothing, undefined where that is not known. */
  readonly length: (label: string) => number | undefined;
}

/** Of pkg/labelsfilter. */
const DEFAULT_PATTERNS = [
  "io\\.kubernetes\\.pod\\.namespace",
  "io\\.cilium\\.k8s\\.namespace\\.labels",
  "io\\.cilium\\.k8s\\.policy\\.cluster",
  "app\\.kubernetes\\.io",
  "io\\.cilium\\.k8s\\.policy\\.serviceaccount",
  "!io\\.kubernetes",
  "!kubernetes\\.io",
  "!statefulset\\.kubernetes\\.io/pod-name",
  "!apps\\.kubernetes\\.io/pod-index",
  "!batch\\.kubernetes\\.io/job-completion-index",
  "!batch\\.kubernetes\\.io/controller-uid",
  "!.*beta\\.kubernetes\\.io",
  "!k8s\\.io",
  "!pod-template-generation",
  "!pod-template-hash",
  "!controller-revision-hash",
  "!annotation.*",
  "!controller-uid",
  "!etcd_node",
  "!topology\\.kubernetes\\.io",
];

/** @param patterns - `labels` of cilium-config; undefined where no configuration was read */
export function createLabelFilter(patterns: string | undefined): LabelFilter {
  const stated = (patterns ?? "")
    .split(/\s+/)
    .filter((one) => one !== "")
    .slice(0, 200);
  const added = stated.flatMap((one) => patternOf(one) ?? []);
  const all = [...DEFAULT_PATTERNS.flatMap((one) => patternOf(one) ?? []), ...added];
  // One inclusive pattern, and only what an inclusive pattern matches counts.
  const inclusive = added.some(({ ignore }) => !ignore);
  const known = patterns !== undefined;
  const answers = new Map<string, boolean | undefined>();
  return (label) => {
    if (label.length > LABEL_LENGTH) return undefined;
    if (!answers.has(label)) answers.set(label, decide(label));
    return answers.get(label);
  };

  function decide(label: string): boolean | undefined {
    let included = 0;
    let ignored = 0;
    for (const { ignore, length } of all) {
      const matched = length(label);
      if (matched === undefined) return undefined;
      if (matched === 0) continue;
      if (ignore) ignored = ignored === 0 ? matched : Math.min(ignored, matched);
      else included = Math.max(included, matched);
    }
    const counts = included > ignored || (!inclusive && ignored === 0);
    // Without its configuration the defaults are the best guess for what they keep, and none for what they drop.
    return counts || known ? counts : undefined;
  }
}

/** Longer ones the API server does not take: 253 of a prefix and 63 of a name, behind those that namespaces' have. */
const LABEL_LENGTH = 400;

const LONGEST_LABEL = 317;

const SIMPLE = /^(?:[A-Za-z0-9_/-]|\\\.|\.\*?)+$/;

/** `k8s:!name`, `!name`, `name`; nothing for labels that are no pod's. Go's expressions, from the label's start. */
function patternOf(text: string): Pattern | undefined {
  const colon = text.indexOf(":");
  const source = colon < 0 ? "any" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (source !== "any" && source !== "k8s" && source !== "") return undefined;
  const ignore = rest.startsWith("!");
  const expression = ignore ? rest.slice(1) : rest;
  if (!SIMPLE.test(expression) || expression.length > 253 || expression.split("*").length > 4) {
    return { ignore, length: () => undefined };
  }
  const pattern = new RegExp(expression, "y");
  return {
    ignore,
    length(label) {
      // No label's name is longer: a prefix of 253, the slash, 63. So no text can make the expression slow.
      if (label.length > LONGEST_LABEL) return undefined;
      pattern.lastIndex = 0;
      return pattern.exec(label)?.[0].length ?? 0;
    },
  };
}
